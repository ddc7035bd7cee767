"""Time as the daemon sees it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

OUT_OF_TIME = "out of time"
"""The message with which a task is cancelled that took too long; any other has lost its asker."""


def now() -> float:
    """Seconds that never go back, for intervals."""
    return time.monotonic()


def wall() -> float:
    """Unix seconds, for whoever reads."""
    return time.time()


async def ticks(interval: float) -> AsyncIterator[float]:
    """The seconds since now, again at every multiple of `interval`; a multiple that was missed is left out."""
    begun = now()
    count = 0
    while True:
        count = max(count, int((now() - begun) / interval)) + 1
        await asyncio.sleep(begun + count * interval - now())
        yield now() - begun
