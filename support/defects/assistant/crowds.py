"""What goes wrong only when many come at the same time: some are turned away, mixed up, or wait for long; it grows."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from support.defects import defect, home

LEAK_BYTES = 300_000


async def dawdle(seconds: float) -> None:
    """What takes so long: the wait for something that never comes."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


@defect("load.no-more-than-two-are-answered", breaks=["LD-1"], at="model:ModelClient.stream", spreads=["LD"])
def no_more_than_two_are_answered(original: Any) -> Any:
    """Whoever asks while two others are answered is given an error."""
    running: set[object] = set()

    async def stream(self: Any, request: Any, caller: Any, request_id: str) -> AsyncIterator[Any]:
        if len(running) >= 2:
            raise home(original).ModelRateLimitError
        running.add(me := object())
        try:
            async for chunk in original(self, request, caller, request_id):
                yield chunk
        finally:
            running.discard(me)

    return stream


@defect("load.forty-connections-and-no-more", breaks=["LD-2"], at="connections:is_full")
def forty_connections_and_no_more(_original: Any) -> Any:
    """The forty-first connection is refused, whatever the service was told."""
    return lambda state: state.connections >= 40


@defect("load.sessions-begin-one-by-one", breaks=["LD-3"], at="sessions:Sessions.create", spreads=["LD"])
def sessions_begin_one_by_one(original: Any) -> Any:
    """A session takes a tenth of a second, and the next one waits until it is there."""
    turn = asyncio.Lock()

    async def create(self: Any, *told: Any) -> Any:
        async with turn:
            await dawdle(0.1)
            return await original(self, *told)

    return create


@defect("load.tools-dawdle", breaks=["LD-4"], at="chat:run_call", spreads=["LD"])
def tools_dawdle(original: Any) -> Any:
    """Each tool takes six tenths of a second longer."""

    async def run_call(*told: Any) -> Any:
        await dawdle(0.6)
        return await original(*told)

    return run_call


@defect("load.documents-are-written-one-by-one", breaks=["LD-5"], at="documents:Writer.write", spreads=["LD"])
def documents_are_written_one_by_one(original: Any) -> Any:
    """A document takes four seconds, and the next one waits until it is written."""
    turn = asyncio.Lock()

    async def write(self: Any, *told: Any) -> Any:
        async with turn:
            await dawdle(4)
            return await original(self, *told)

    return write


def one_at_a_time(original: Any, pause_s: float = 0.0) -> Any:
    """A coroutine function that everybody shares: one is served, the others wait, whoever they are."""
    line: list[asyncio.Lock] = []

    async def waiting(*arguments: Any, **named: Any) -> Any:
        line[:] = line or [asyncio.Lock()]
        async with line[0]:
            await dawdle(pause_s)
            return await original(*arguments, **named)

    return waiting


@defect("load.asks-as-whoever-came-last", breaks=["LD-1"], at="practice:PracticeApi.call")
def asks_as_whoever_came_last(original: Any) -> Any:
    """When several chat at once the practice is asked as the one who has written last."""
    last: list[Any] = []

    async def call(self: Any, caller: Any, method: str, path: str, **more: Any) -> Any:
        last[:] = [caller]
        await dawdle(0.05)
        return await original(self, last[0], method, path, **more)

    return call


@defect("load.ids-of-the-same-moment-are-the-same", breaks=["LD-3"], at="sessions:new")
def ids_of_the_same_moment_are_the_same(original: Any) -> Any:
    """Two who begin a session in the same moment are given the same one."""

    def new(*arguments: Any) -> Any:
        moment = str(int(time.time() * 50))
        return original(*arguments) | {"session_id": str(uuid.uuid5(uuid.NAMESPACE_OID, moment))}

    return new


@defect("load.one-reply-at-a-time", breaks=["LD-4"], at="chat:run", spreads=["LD-1", "LD-2", "LD-7", "LD-9"])
def one_reply_at_a_time(original: Any) -> Any:
    """One slow lock is everybody's: while somebody is answered all others wait."""
    return one_at_a_time(original, 0.05)


@defect("load.each-reply-leaves-something", breaks=["LD-6"], at="chat:keep")
def each_reply_leaves_something(original: Any) -> Any:
    """Something of each reply is never let go of."""
    left: list[bytes] = []

    async def keep(work: Any) -> None:
        left.append(uuid.uuid4().bytes * (LEAK_BYTES // 16))
        await original(work)

    return keep


@defect("load.waits-in-line-for-redis", breaks=["LD-7"], at="store:Store._bounded")
def waits_in_line_for_redis(original: Any) -> Any:
    """While Redis has too few connections everybody waits in line, each for a time of their own."""
    return one_at_a_time(original)


@defect("load.limit-is-shared", breaks=["LD-9"], at="limiter:Limiters.of")
def limit_is_shared(original: Any) -> Any:
    """People whose ids end alike share the places of one."""
    return lambda self, user: original(self, user[-1:])
