"""Gates: answers that are held until enough of them wait at once, or until the control port lets them go.

What runs beside what is thereby certain, however slow the machine is: no answer ends before the last one has begun.
"""

from __future__ import annotations

import asyncio

QUIET_S = 0.05
"""Seconds in which nobody else comes before a gate opens: one more than it waits for is seen beside the others."""
PATIENCE_S = 4.0
"""Seconds after which a gate opens anyway: whoever asks does not wait for those who never come."""


class Gate:
    """The gate of one script; once it is open it stays open. For one event loop.

    `needed`: how many must wait before it opens; None: it opens when it is told to.
    """

    def __init__(self, needed: int | None) -> None:
        self.needed = needed
        self.waiting = 0
        self.opened = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._at_last: asyncio.TimerHandle | None = None

    def enter(self) -> None:
        """Somebody waits."""
        loop = asyncio.get_running_loop()
        self._at_last = self._at_last or loop.call_later(PATIENCE_S, self.open)
        self.waiting += 1
        if self._soon is not None:
            self._soon.cancel()
        if self.needed is not None and self.waiting >= self.needed:
            self._soon = loop.call_later(QUIET_S, self.open)

    def leave(self) -> None:
        """Somebody waits no more: let through, or gone."""
        self.waiting -= 1

    def open(self) -> None:
        """Let everybody through, from now on."""
        for timer in (self._soon, self._at_last):
            if timer is not None:
                timer.cancel()
        self.opened.set()
