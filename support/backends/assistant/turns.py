"""Chat turns that wait or run: in order within a session, side by side otherwise, and stopped from outside."""

from __future__ import annotations

import asyncio
import weakref
from dataclasses import dataclass, field
from typing import Any

from .identity import Caller

CANCELLED, INTERRUPTED = "cancelled", "interrupted"


@dataclass(eq=False)
class Turn:
    """One message of the user's, and the reply to it. `work` is the part that can be broken off."""

    session_id: str
    caller: Caller
    text: str
    stopped: str | None = None
    """Why it was stopped: cancelled (by the user) or interrupted (nobody is there any more)."""
    ended: bool = False
    """Whether the reply is over, so that it cannot be stopped any more."""
    work: asyncio.Task[None] | None = field(default=None, repr=False)

    def stop(self, why: str) -> bool:
        """Break it off; False when it is too late."""
        if self.ended or self.stopped:
            return False
        self.stopped = why
        if self.work is not None:
            self.work.cancel()
        return True

    def begin(self, work: Any) -> asyncio.Task[None]:
        """Start the part that can be broken off; a turn that was stopped before is broken off at once."""
        self.work = asyncio.ensure_future(work)
        if self.stopped:
            self.work.cancel()
        return self.work


class Turns:
    """The turns of all sessions of this process."""

    def __init__(self) -> None:
        self._of_sessions: dict[str, list[Turn]] = {}
        self._orders: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def order(self, session_id: str) -> asyncio.Lock:
        """Held by whoever handles a frame of this session; the others wait in order of arrival."""
        return self._orders.setdefault(session_id, asyncio.Lock())

    def enter(self, turn: Turn) -> None:
        """A turn waits or runs from now on."""
        self._of_sessions.setdefault(turn.session_id, []).append(turn)

    def leave(self, turn: Turn) -> None:
        """It does not any more."""
        rest = [each for each in self._of_sessions.get(turn.session_id, ()) if each is not turn]
        if rest:
            self._of_sessions[turn.session_id] = rest
        else:
            self._of_sessions.pop(turn.session_id, None)

    def cancel(self, session_id: str) -> bool:
        """Stop the reply that runs in this session, or that is the next to run; False when there is none."""
        return any(turn.stop(CANCELLED) for turn in self._stoppable(session_id)[:1])

    def interrupt(self, session_id: str) -> None:
        """Stop all replies of a session that is gone."""
        for turn in self._stoppable(session_id):
            turn.stop(INTERRUPTED)

    def _stoppable(self, session_id: str) -> list[Turn]:
        return [turn for turn in self._of_sessions.get(session_id, ()) if not turn.ended and not turn.stopped]
