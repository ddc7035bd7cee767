"""Answers that are kept for a while, and what makes two calls the same."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from . import clock

T = TypeVar("T")
MOST = 1_000
"""Answers that are kept at most; the oldest go first."""


def identity(name: str, arguments: dict[str, Any]) -> str:
    """The same text for the same tool with the same arguments, in whatever order they are given."""
    said = json.dumps([name, arguments], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass
class Cache(Generic[T]):
    """Values by key, each for `ttl` seconds; 0: nothing is kept."""

    ttl: float
    _kept: OrderedDict[str, tuple[float, T]] = field(default_factory=OrderedDict)

    def get(self, key: str) -> T | None:
        """The value, unless there is none or it is too old."""
        found = self._kept.get(key)
        if found is None or self.too_old(found[0]):
            self._kept.pop(key, None)
            return None
        return found[1]

    def put(self, key: str, value: T) -> None:
        """Keep a value."""
        if self.ttl > 0:
            self._kept[key] = (clock.now(), value)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def too_old(self, kept_at: float) -> bool:
        """Whether what was kept then is to be forgotten."""
        return clock.now() - kept_at > self.ttl
