"""Sessions: one for each client that has said hello, until it leaves, is silent for too long, or the daemon ends."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from . import clock, logs
from .metrics import Metrics
from .settings import Settings

COMPONENT = "sessions"
GOODBYE = 1000
"""The code with which a silent session is closed: nobody did anything wrong."""
GOING_AWAY = 1001
"""The code with which all are closed when the daemon ends."""


@dataclass
class Session:
    """One client. `close(code, reason)` ends its connection, in any case soon; `calls` are under way, by request id."""

    id: str
    close: Callable[[int, str], Awaitable[None]]
    opened: float
    last_active: float
    calls: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def touch(self) -> None:
        """Something came from the client, or was sent to it."""
        self.last_active = clock.now()

    def silent_for(self) -> float:
        """Seconds since the last activity; a session with a call under way is active."""
        return 0.0 if self.calls else clock.now() - self.last_active


class LimitReachedError(Exception):
    """There are as many sessions as there may be."""


@dataclass
class Sessions:
    """All sessions of a daemon."""

    settings: Settings
    metrics: Metrics
    open: dict[str, Session] = field(default_factory=dict)
    _farewells: set[asyncio.Task[None]] = field(default_factory=set)

    def count(self) -> int:
        """How many there are."""
        return len(self.open)

    def full(self) -> bool:
        """Whether no other may be opened."""
        return self.count() >= self.settings.session_limit

    def begin(self, close: Callable[[int, str], Awaitable[None]]) -> Session:
        """Open one. Raises LimitReachedError."""
        if self.full():
            self.metrics.session("refused")
            logs.warning(COMPONENT, "session refused: limit reached", limit=self.settings.session_limit)
            raise LimitReachedError(f"session limit of {self.settings.session_limit} reached; try again later")
        session = Session(str(uuid.uuid4()), close, clock.now(), clock.now())
        self.open[session.id] = session
        self.metrics.session("opened")
        logs.info(COMPONENT, "session opened", session_id=session.id, sessions=self.count())
        return session

    def end(self, session: Session) -> None:
        """The client has left, or was sent away: stop what it had begun, and forget it."""
        if self.open.pop(session.id, None) is not None:
            self.metrics.session("closed")
            logs.info(COMPONENT, "session closed", session_id=session.id, sessions=self.count())
        for call in list(session.calls.values()):
            call.cancel()

    def stale(self) -> list[Session]:
        """Those that were silent for longer than they may."""
        return [each for each in self.open.values() if each.silent_for() > self.settings.session_timeout]

    def sweep(self) -> None:
        """Remove the stale ones at once, and tell their clients why without waiting for any of them."""
        for session in self.stale():
            self.metrics.session("timed_out")
            logs.warning(COMPONENT, "session timed out", session_id=session.id, silent=round(session.silent_for(), 3))
            self.end(session)
            farewell = asyncio.ensure_future(session.close(GOODBYE, self.reason()))
            self._farewells.add(farewell)
            farewell.add_done_callback(self._farewells.discard)

    async def dismiss(self) -> None:
        """Send all clients away, since the daemon ends; one that does not listen holds nothing up."""
        await asyncio.gather(*(each.close(GOING_AWAY, "") for each in list(self.open.values())))

    def reason(self) -> str:
        """What a client that was silent for too long is told."""
        return f"session timed out after {self.settings.session_timeout:g} s without activity"

    async def keep_sweeping(self) -> None:
        """Sweep at every interval."""
        async for _ in clock.ticks(self.settings.sweep_interval):
            self.sweep()
