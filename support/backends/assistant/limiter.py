"""How many model requests of one user run at once: the next wait, first come first served, and places always return."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator


class Limiter:
    """The places of one user. For one event loop."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.places = places
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.used_at = time.monotonic()

    @property
    def running(self) -> int:
        """How many places are held."""
        return self.places - self.free

    @property
    def idle(self) -> bool:
        """Whether nobody holds a place or waits for one."""
        return self.free == self.places and not self.waiting

    async def acquire(self) -> None:
        """Take a place, after all who asked before."""
        if self.free > 0 and not self.waiting:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()  # the place was handed over in the very moment of giving up
            else:
                self.waiting.remove(turn)
            raise

    def release(self) -> None:
        """Give a place back: to the first who waits, else to nobody."""
        self.used_at = time.monotonic()
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


class Limiters:
    """A limiter for each user who asks; one that was idle for `idle_s` seconds is forgotten."""

    def __init__(self, places: int, idle_s: float) -> None:
        self.places = places
        self.idle_s = idle_s
        self.of_users: dict[str, Limiter] = {}

    @contextlib.asynccontextmanager
    async def place(self, user: str) -> AsyncIterator[None]:
        """A place of this user's for the length of the block; waits for one."""
        limiter = self.of(user)
        await limiter.acquire()
        try:
            yield
        finally:
            limiter.release()

    def of(self, user: str) -> Limiter:
        """The limiter of this user."""
        limiter = self.of_users.get(user)
        if limiter is None:
            limiter = self.of_users[user] = Limiter(self.places)
        limiter.used_at = time.monotonic()
        return limiter

    def held_by(self, user: str) -> tuple[int, int]:
        """How many requests of this user run, and how many wait."""
        limiter = self.of_users.get(user)
        return (0, 0) if limiter is None else (limiter.running, len(limiter.waiting))

    def sweep(self) -> int:
        """Forget the limiters of users who have been idle for long; how many."""
        now = time.monotonic()
        gone = [user for user, limiter in self.of_users.items() if self.forgettable(limiter, now)]
        for user in gone:
            del self.of_users[user]
        return len(gone)

    def forgettable(self, limiter: Limiter, now: float) -> bool:
        """Whether nobody will miss a limiter."""
        return limiter.idle and now - limiter.used_at >= self.idle_s
