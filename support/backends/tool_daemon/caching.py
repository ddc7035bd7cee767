"""Answers that are kept for a while, and what makes two calls the same."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from . import clock

T = TypeVar("T")


def identity(name: str, arguments: dict[str, Any]) -> str:
    """The same text for the same tool with the same arguments, in whatever order they are given."""
    said = json.dumps([name, arguments], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass
class Cache(Generic[T]):
    """Values by key, each for `ttl` seconds (0: nothing is kept); at most `most`, of at most `most_bytes` together.

    `weigh` tells the bytes of a value. The oldest go first; one that is larger than all may be together is not kept.
    """

    ttl: float
    most: int
    most_bytes: int
    weigh: Callable[[T], int]
    held: int = 0
    """Bytes that the values have now."""
    _kept: OrderedDict[str, tuple[float, T]] = field(default_factory=OrderedDict)

    def get(self, key: str) -> T | None:
        """The value, unless there is none or it is too old."""
        found = self._kept.get(key)
        if found is None or self.too_old(found[0]):
            self.drop(key)
            return None
        return found[1]

    def put(self, key: str, value: T) -> None:
        """Keep a value."""
        self.drop(key)
        weight = self.weigh(value)
        if self.ttl <= 0 or weight > self.most_bytes:
            return
        while self._kept and (len(self._kept) >= self.most or self.held + weight > self.most_bytes):
            self.drop(next(iter(self._kept)))
        self._kept[key] = (clock.now(), value)
        self.held += weight

    def drop(self, key: str) -> None:
        """Forget a value, if there is one."""
        if key in self._kept:
            self.held -= self.weigh(self._kept.pop(key)[1])

    def too_old(self, kept_at: float) -> bool:
        """Whether what was kept then is to be forgotten."""
        return clock.now() - kept_at > self.ttl
