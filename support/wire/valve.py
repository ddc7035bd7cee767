"""What holds back, paces and ends one answer, as a fault has planned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from support.wire.faults import Ending, Plan


@dataclass(frozen=True, slots=True)
class Outlets:
    """What a valve does to its connection."""

    strike: Callable[[], None]
    """The fault begins to act; called once, before the client can notice."""
    deliver: Callable[[bytes], None]
    end: Callable[[Ending], None]
    """The planned end; nothing is delivered after it."""
    emptied: Callable[[], None]
    """All that came was let out."""


class Valve:
    """Takes an answer's bytes as they come and lets them out as planned. Works on the wire's loop."""

    def __init__(self, plan: Plan, outlets: Outlets) -> None:
        self._plan = plan
        self._out = outlets
        self._held = bytearray()
        self._room = plan.limit
        self._after: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._began = False
        self._struck = False
        self.shut = False
        """Whether the planned end has come, or it was stopped."""

    @property
    def holds(self) -> int:
        """Bytes waiting in it."""
        return len(self._held)

    def take(self, data: bytes) -> None:
        """Bytes of the answer, in order."""
        if self.shut:
            return
        self._held += data
        if not self._began:
            self._began = True
            if self._plan.delay_s or self._plan.piece:
                self._strike()
            if self._plan.delay_s:
                self._wait(self._plan.delay_s)
        if self._timer is None:
            self._let_out()

    def afterwards(self, act: Callable[[], None]) -> None:
        """Do this when all that is held was let out: at once, if nothing is."""
        if self._held and not self.shut:
            self._after.append(act)
        else:
            act()

    def stop(self) -> None:
        """Drop what is held."""
        self.shut = True
        self._held.clear()
        self._after.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _let_out(self) -> None:
        if self._room is not None and len(self._held) >= self._room:
            self._end(bytes(self._held[: self._room]))
            return
        size = self._plan.piece or len(self._held)
        piece = bytes(self._held[:size])
        del self._held[:size]
        if self._room is not None:
            self._room -= len(piece)
        if self._plan.piece:
            self._wait(self._plan.every_s)
        self._out.deliver(piece)
        if not self._held:
            after, self._after = self._after, []
            for act in after:
                act()
            self._out.emptied()

    def _end(self, last: bytes) -> None:
        assert self._plan.ending is not None
        self._strike()
        if last:
            self._out.deliver(last)
        self.stop()
        self._out.end(self._plan.ending)

    def _strike(self) -> None:
        if not self._struck:
            self._struck = True
            self._out.strike()

    def _wait(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._woken)

    def _woken(self) -> None:
        self._timer = None
        if self._held:
            self._let_out()
