"""What goes wrong only when many come at the same time: some are turned away, given an error, or wait for long."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from support.defects import defect, home


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
