"""The token that clients must present, and its rotation. It is compared in constant time, and never shown."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Any

from . import logs
from .settings import SHORTEST_TOKEN

COMPONENT = "tokens"


@dataclass
class Tokens:
    """The token in force."""

    current: str = field(repr=False)

    def opens(self, given: Any) -> bool:
        """Whether it is the right one."""
        return isinstance(given, str) and hmac.compare_digest(encoded(given), encoded(self.current))

    def rotate(self, old: Any, new: Any) -> str | None:
        """Put a new token in force for all who connect from now on; answers why not, or None."""
        if not self.opens(old):
            logs.warning(COMPONENT, "token not rotated: the old one is wrong")
            return "unauthorized"
        if not isinstance(new, str) or len(new) < SHORTEST_TOKEN:
            return "invalid_new_token"
        logs.hide(new)
        self.current = new
        logs.info(COMPONENT, "token rotated")
        return None


def encoded(token: str) -> bytes:
    """A token as bytes, whatever characters somebody sends."""
    return token.encode("utf-8", "surrogatepass")
