"""Identifiers and instants."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A fresh identifier: 96 random bits, so that none is ever given twice, also after its bearer was deleted."""
    return secrets.token_hex(12)


def now() -> int:
    """Microseconds since 1970, larger at every call: what is created later is newer, also within one tick."""
    global _last  # noqa: PLW0603 - one clock for the process is the point
    with _lock:
        _last = max(time.time_ns() // 1000, _last + 1)
        return _last


def iso(instant: int | None) -> str | None:
    """An instant of `now` as the wire shows it, in UTC."""
    if instant is None:
        return None
    return datetime.fromtimestamp(instant / 1_000_000, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
