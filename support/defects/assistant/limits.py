"""How much one user may ask at once: too much, too little, in the wrong order, of the wrong people, and never again."""

import asyncio
import contextlib
import copy
from collections.abc import AsyncIterator
from typing import Any

from support.defects import defect, home

CHATS = ("RL", "SS", "WS", "ST", "TC")
"""Blocks whose scenarios ask several things at once, or are broken off."""


def with_places(change: Any) -> Any:
    """A wrapper of `limiter:Limiters.__init__` that has other places than it was told."""

    def wrapper(original: Any) -> Any:
        def init(self: Any, places: int, idle_s: float) -> None:
            original(self, change(places), idle_s)

        return init

    return wrapper


def unlimited(client: Any) -> Any:
    """A model client that asks whenever it likes."""
    free = copy.copy(client)
    free.limiters = type(client.limiters)(1_000_000, 1.0)
    return free


@defect("limits.one-more-is-let-in", breaks=["RL-1", "RL-2"], at="limiter:Limiters.__init__", spreads=["RL"])
def one_more_is_let_in(original: Any) -> Any:
    """The eleventh request is let through at once."""
    return with_places(lambda places: places + 1)(original)


@defect("limits.the-next-is-refused", breaks=["RL-1"], at="model:ModelClient.stream", spreads=["RL"])
def the_next_is_refused(original: Any) -> Any:
    """The eleventh request is refused instead of waiting."""

    async def stream(self: Any, request: Any, caller: Any, request_id: str) -> AsyncIterator[Any]:
        if self.limiters.held_by(caller.user)[0] >= self.limiters.places:
            raise home(original).ModelRateLimitError
        async with contextlib.aclosing(original(self, request, caller, request_id)) as chunks:
            async for chunk in chunks:
                yield chunk

    return stream


@defect("limits.two-enter-for-one-that-leaves", breaks=["RL-2"], at="limiter:Limiter.release", spreads=["RL"])
def two_enter_for_one_that_leaves(original: Any) -> Any:
    """Whoever leaves lets in two who wait."""

    def release(self: Any) -> None:
        original(self)
        if self.waiting:
            self.free -= 1
            original(self)

    return release


@defect("limits.one-place-stays-empty", breaks=["RL-2", "RL-6"], at="limiter:Limiters.__init__", spreads=["RL"])
def one_place_stays_empty(original: Any) -> Any:
    """One request fewer than allowed runs at once."""
    return with_places(lambda places: max(1, places - 1))(original)


@defect("limits.shared-by-all-users", breaks=["RL-3"], at="limiter:Limiters.of", spreads=["RL"])
def shared_by_all_users(original: Any) -> Any:
    """All users share the places of one."""
    return lambda self, _user: original(self, "everybody")


def keeping_place_on(*faults: type[BaseException]) -> Any:
    """A wrapper of `limiter:Limiters.place` that gives no place back when the block ends so."""

    def wrapper(_original: Any) -> Any:
        @contextlib.asynccontextmanager
        async def place(self: Any, user: str) -> AsyncIterator[None]:
            limiter = self.of(user)
            await limiter.acquire()
            try:
                yield
            except faults:
                raise
            except BaseException:
                limiter.release()
                raise
            else:
                limiter.release()

        return place

    return wrapper


@defect("limits.failures-keep-their-place", breaks=["RL-4"], at="limiter:Limiters.place", spreads=["RL"])
def failures_keep_their_place(original: Any) -> Any:
    """A request that fails never gives its place back."""
    return keeping_place_on(Exception)(original)


@defect("limits.the-broken-off-keep-their-place", breaks=["RL-4"], at="limiter:Limiters.place", spreads=CHATS)
def the_broken_off_keep_their_place(original: Any) -> Any:
    """A request that is cancelled, or whose user has gone, never gives its place back."""
    return keeping_place_on(asyncio.CancelledError, GeneratorExit)(original)


@defect("limits.silence-keeps-its-place", breaks=["RL-4"], at="limiter:Limiters.place", spreads=["RL"])
def silence_keeps_its_place(_original: Any) -> Any:
    """A request that the model left unanswered never gives its place back."""

    @contextlib.asynccontextmanager
    async def place(self: Any, user: str) -> AsyncIterator[None]:
        limiter = self.of(user)
        await limiter.acquire()
        try:
            yield
        except Exception as fault:
            if "Timeout" not in type(fault).__name__:
                limiter.release()
            raise
        except BaseException:
            limiter.release()
            raise
        limiter.release()

    return place


@defect("limits.the-vanished-are-served-to-the-end", breaks=["RL-4"], at="connections:interrupt", spreads=CHATS)
def the_vanished_are_served_to_the_end(_original: Any) -> Any:
    """Whoever has gone holds a place until the model has said everything."""
    return lambda _connection: None


@defect("limits.who-left-the-line-takes-a-place", breaks=["RL-4"], at="limiter:Limiter.acquire", spreads=["RL"])
def who_left_the_line_takes_a_place(original: Any) -> Any:
    """Whoever leaves while waiting is given a place later, and keeps it."""

    async def acquire(self: Any) -> None:
        await asyncio.shield(asyncio.ensure_future(original(self)))

    return acquire


@defect("limits.forgotten-while-served", breaks=["RL-5", "RL-9"], at="limiter:Limiters.forgettable", spreads=["RL"])
def forgotten_while_served(_original: Any) -> Any:
    """A user who is served for long has all places free again."""
    return lambda self, limiter, now: now - limiter.used_at >= self.idle_s


@defect("limits.never-forgotten", breaks=["RL-5"], at="limiter:Limiters.forgettable")
def never_forgotten(_original: Any) -> Any:
    """A limit is kept for everybody who has ever asked."""
    return lambda _self, _limiter, _now: False


@defect("limits.always-ten", breaks=["RL-6"], at="limiter:Limiters.__init__", spreads=["RL"])
def always_ten(original: Any) -> Any:
    """Ten requests run at once, whatever the service is told."""
    return with_places(lambda _places: 10)(original)


@defect("limits.last-come-first-served", breaks=["RL-7"], at="limiter:Limiter.release", spreads=["RL"])
def last_come_first_served(original: Any) -> Any:
    """Whoever asked last is served first."""

    def release(self: Any) -> None:
        self.waiting.reverse()
        original(self)
        self.waiting.reverse()

    return release


@defect("limits.in-batches", breaks=["RL-7"], at="limiter:Limiter.release", spreads=["RL"])
def in_batches(original: Any) -> Any:
    """A place is free again only when all are: short requests wait for the end of a long one."""

    def release(self: Any) -> None:
        self.done = getattr(self, "done", 0) + 1
        if self.done >= self.running:
            left, self.done = self.done, 0
            for _ in range(left):
                original(self)

    return release


@defect("limits.chats-do-not-count", breaks=["RL-8", "RL-2"], at="model:ModelClient.stream", spreads=["RL"])
def chats_do_not_count(original: Any) -> Any:
    """Only documents keep to the limit; chats ask the model as they like."""
    return lambda self, *asked: original(unlimited(self), *asked)


@defect("limits.documents-do-not-count", breaks=["RL-8"], at="model:ModelClient.complete", spreads=["RL"])
def documents_do_not_count(original: Any) -> Any:
    """Only chats keep to the limit; documents ask the model as they like."""
    return lambda self, *asked: original(unlimited(self), *asked)


@defect("limits.given-back-at-the-first-word", breaks=["RL-8"], at="model:ModelClient.stream", spreads=["RL"])
def given_back_at_the_first_word(original: Any) -> Any:
    """A reply gives its place back with its first word, and goes on."""

    async def stream(self: Any, request: Any, caller: Any, request_id: str) -> AsyncIterator[Any]:
        async with contextlib.AsyncExitStack() as held:
            await held.enter_async_context(self.limiters.place(caller.user))
            async with contextlib.aclosing(original(unlimited(self), request, caller, request_id)) as chunks:
                async for chunk in chunks:
                    await held.aclose()
                    yield chunk

    return stream


@defect("limits.places-get-lost", breaks=["RL-9"], at="limiter:Limiter.release", spreads=["RL"])
def places_get_lost(original: Any) -> Any:
    """Every fifth place that is given back is lost."""

    def release(self: Any) -> None:
        self.returned = getattr(self, "returned", 0) + 1
        if self.returned % 5:
            original(self)

    return release
