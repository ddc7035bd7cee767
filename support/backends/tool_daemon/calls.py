"""Calls of tools: accepted or refused at once, then carried out beside everything else, with heartbeats.

A heartbeat is a task of its own beside the tool's: it reads how far the tool has come, and can neither stop nor delay
it, however slowly the client reads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import caching, clock, logs, refusals, tools
from .outcome import Outcome
from .progress import Progress
from .refusals import Refused
from .sessions import Session
from .state import State
from .tools import Context, Tool

COMPONENT = "calls"
Send = Callable[[dict[str, Any]], Awaitable[None]]


class GoneError(ConnectionError):
    """The client has gone."""


@dataclass
class Call:
    """One call of a tool by a client."""

    state: State
    session: Session
    send: Send
    request_id: str
    name: str
    arguments: dict[str, Any]
    progress: Progress = field(default_factory=Progress)

    @property
    def identity(self) -> str:
        """What makes two calls the same."""
        return caching.identity(self.name, self.arguments)

    def frame(self, op: str, **more: Any) -> dict[str, Any]:
        """A message about this call."""
        return {"op": op, "request_id": self.request_id, **more}

    async def tell(self, note: str | None = None) -> None:
        """Report how far it has come."""
        more = {"note": note} if note else {}
        with contextlib.suppress(GoneError):  # nobody is left to be told; the call is about to be cancelled
            await self.send(self.frame("progress", name=self.name, t=clock.wall(), **self.progress.shown(), **more))


async def serve(call: Call) -> None:
    """From the first word to the result, the log and the metrics."""
    logs.of_request(call.request_id)
    begun = clock.now()
    record = {"request_id": call.request_id, "session_id": call.session.id, "tool": call.name}
    ended: dict[str, Any] = {"outcome": "cancelled", "code": None, "cached": False, "provider": None}
    try:
        outcome, cached = await answer(call)
        ended |= {"outcome": "ok", "cached": cached, "provider": outcome.provider}
        frame = succeeded(call, outcome)
    except Refused as refusal:
        ended |= {"outcome": "error", "code": refusal.code}
        frame = call.frame("call_tool_res", error=refusal.shown())
    finally:
        seconds = round(clock.now() - begun, 6)
        call.state.metrics.call({**record, **ended, "seconds": seconds})
        logs.info(COMPONENT, "call ended", tool=call.name, seconds=seconds, **ended)
    await call.send(frame)


def succeeded(call: Call, outcome: Outcome) -> dict[str, Any]:
    """The result of a call that has one."""
    degraded = {"degraded": True} if outcome.degraded else {}
    outputs = [{"type": "text", "text": outcome.text}]
    return call.frame("call_tool_res", outputs=outputs, text=outcome.text, **degraded)


async def answer(call: Call) -> tuple[Outcome, bool]:
    """The outcome, and whether it was kept from an earlier call. Raises Refused."""
    tool = tools.find(call.name)
    if tool is None:
        raise refusals.not_found(call.name, tools.names())
    if call.session.calls.get(call.request_id) is not asyncio.current_task():
        logs.info(COMPONENT, "call refused: its request id is in use", tool=call.name)
        raise refusals.duplicate(call.request_id)
    kept = None if tool.repeatable else call.state.cache.get(call.identity)
    if kept is not None:
        logs.info(COMPONENT, "call answered from the cache", tool=call.name)
        await accept(call)
        return kept, True
    with in_flight(call, tool), call.state.capacity.place(call.session.id, provider_of(call, tool)):
        await accept(call)
        outcome = await carried_out(call, tool)
    if outcome.lasting and not tool.repeatable:
        call.state.cache.put(call.identity, outcome)
    return outcome, False


def provider_of(call: Call, tool: Tool) -> str | None:
    """The provider that the call needs, if any."""
    needed = tool.provider and call.arguments.get("use_assistant_model", True) is not False
    return call.state.providers.first.name if needed else None


@contextlib.contextmanager
def in_flight(call: Call, tool: Tool) -> Iterator[None]:
    """Let nobody begin the same call while this one is under way. Raises Refused (DUPLICATE) when somebody has."""
    table, identity = call.state.in_flight, call.identity
    if tool.repeatable:
        yield
        return
    if identity in table:
        logs.info(COMPONENT, "call refused: the same is under way", tool=call.name, original=table[identity])
        raise refusals.duplicate(table[identity])
    table[identity] = call.request_id
    try:
        yield
    finally:
        del table[identity]


async def accept(call: Call) -> None:
    """Tell the client that its call is accepted, and how long the daemon will take at most."""
    logs.info(COMPONENT, "call accepted", tool=call.name)
    await call.send(call.frame("progress", name=call.name, t=clock.wall(), note="accepted, in progress"))
    limit = call.state.settings.daemon_timeout
    await call.send(call.frame("call_tool_ack", accepted=True, timeout=limit, name=call.name))


async def carried_out(call: Call, tool: Tool) -> Outcome:
    """Run the tool, with heartbeats, within its time. Raises Refused (EXEC_ERROR, TIMEOUT)."""
    heart = asyncio.create_task(keep_beating(call))
    try:
        return await run(call, tool)
    except Refused as refusal:
        logs.warning(COMPONENT, "call timed out", tool=call.name, **refusal.more)
        raise
    except Exception as error:
        logs.failure(COMPONENT, "tool failed", error, tool=call.name)
        raise refusals.failed(call.name, logs.causes(error)) from error
    finally:
        heart.cancel()


async def run(call: Call, tool: Tool) -> Outcome:
    """The tool itself: stopped at the tool timeout, and left alone at the daemon's when it does not stop."""
    arguments = tool.read(call.arguments)
    task = asyncio.ensure_future(tool.call(Context(call.state, call.progress, call.tell), arguments))
    limits = call.state.settings
    why: str | None = None
    try:
        if await ends(task, limits.tool_timeout):
            return task.result()
        why = clock.OUT_OF_TIME
        task.cancel(why)
        if await ends(task, limits.daemon_timeout - call.progress.elapsed()):
            raise refusals.timed_out(call.name, "tool", limits.tool_timeout)
        raise refusals.timed_out(call.name, "daemon", limits.daemon_timeout)
    finally:
        task.cancel(why)  # with the reason once more: what is stopped in the midst of its end hears the last one


async def ends(task: asyncio.Future[Any], seconds: float) -> bool:
    """Whether it ends within so many seconds."""
    done, _ = await asyncio.wait({task}, timeout=max(0.0, seconds))
    return bool(done)


async def keep_beating(call: Call) -> None:
    """Report the progress at every interval."""
    async for _ in clock.ticks(call.state.settings.heartbeat_interval):
        await call.tell()
