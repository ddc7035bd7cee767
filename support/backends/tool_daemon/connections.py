"""One client's connection: its hello, then message by message; every call is a task of its own."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from . import calls, health, logs, protocol, tools
from .sessions import LimitReachedError, Session
from .state import State

COMPONENT = "connections"
FAREWELL_S = 0.25
"""How long a client has to answer that it is being disconnected."""


async def serve(state: State, socket: ServerConnection) -> None:
    """Serve a connection until it ends."""
    try:
        session = await welcome(state, socket)
        if session is not None:
            await converse(state, socket, session)
    except (ConnectionClosed, calls.GoneError) as end:
        logs.debug(COMPONENT, "connection ended", cause=str(end))
    except Exception as fault:  # the client is told 1011; what it was must not be lost
        logs.breakdown(COMPONENT, "connection broke down", fault)
        raise


async def welcome(state: State, socket: ServerConnection) -> Session | None:
    """The session of a client that says hello as it should; others are told why not, and sent away."""
    try:
        async with asyncio.timeout(state.settings.hello_timeout):
            frame = await socket.recv()
    except TimeoutError:
        await socket.close(protocol.HELLO_TIMEOUT, "no hello in time")
        return None
    refused = rejection(state, frame)
    if refused is not None:
        error, code = refused
        logs.warning(COMPONENT, "client refused", why=error)
        await turn_away(socket, error, code)
        return None
    try:
        session = state.sessions.begin(partial(part, socket))
    except LimitReachedError as full:
        await turn_away(socket, str(full), protocol.TRY_LATER)
        return None
    try:
        await socket.send(protocol.write({"op": "hello_ack", "ok": True, "session_id": session.id}))
    except ConnectionClosed:
        state.sessions.end(session)
        raise
    return session


def rejection(state: State, frame: str | bytes) -> tuple[str, int] | None:
    """Why a first message opens no session, and the code to close with; None when it does."""
    try:
        message = protocol.read(frame)
    except protocol.MessageError:
        return "invalid_hello", protocol.INVALID_HELLO
    if message.get("op") != "hello":
        return "missing_hello", protocol.MISSING_HELLO
    if not state.tokens.opens(message.get("token")):
        return "unauthorized", protocol.UNAUTHORIZED
    return None


async def turn_away(socket: ServerConnection, error: str, code: int) -> None:
    """Say why, and close."""
    await socket.send(protocol.write({"op": "hello_ack", "ok": False, "error": error}))
    await socket.close(code, error)


async def part(socket: ServerConnection, code: int, reason: str) -> None:
    """Close a connection; that of a client which reads nothing, not even a farewell, is cut."""
    try:
        async with asyncio.timeout(1.2 * FAREWELL_S):
            await socket.close(code, reason)
    except TimeoutError:
        socket.transport.abort()


async def converse(state: State, socket: ServerConnection, session: Session) -> None:
    """Answer message after message until the client leaves."""
    with logs.of_session(session.id):
        try:
            async for frame in socket:
                session.touch()
                await take(state, socket, session, frame)
        finally:
            state.sessions.end(session)


async def take(state: State, socket: ServerConnection, session: Session, frame: str | bytes) -> None:
    """Answer one message; a call is begun and not waited for."""

    async def send(message: dict[str, Any]) -> None:
        await deliver(socket, session, message, state.settings.ping_interval)

    try:
        message = protocol.read(frame)
        if message.get("op") == "call_tool":
            begin(state, session, message, send)
        else:
            await send(reply(state, message))
    except protocol.MessageError as fault:
        await send({"op": "error", "message": str(fault)})


async def deliver(socket: ServerConnection, session: Session, message: dict[str, Any], patience: float) -> None:
    """Send a message; that is activity, too. Raises GoneError.

    A client that reads nothing for `patience` seconds is cut off: pings do not find it, since they queue up behind the
    message, and its calls would keep their places for ever.
    """
    session.touch()
    try:
        async with asyncio.timeout(patience):
            await socket.send(protocol.write(message))
    except TimeoutError as late:
        logs.warning(COMPONENT, "client cut off: it does not read", waited=patience)
        socket.transport.abort()
        raise calls.GoneError("the client does not read") from late
    except ConnectionClosed as end:
        raise calls.GoneError("the client has gone") from end


def reply(state: State, message: dict[str, Any]) -> dict[str, Any]:
    """The answer to a message that can be answered at once. Raises MessageError."""
    match message.get("op"):
        case "list_tools":
            return {"op": "list_tools_res", "tools": tools.listed()}
        case "health":
            return {"op": "health_res", "ok": True, "health": health.brief(state)}
        case "rotate_token":
            error = state.tokens.rotate(message.get("old"), message.get("new"))
            return {"op": "rotate_token_res", "ok": error is None, **({"error": error} if error else {})}
        case str(op):
            raise protocol.MessageError(f"Unknown op: {op}")
        case _:
            raise protocol.MessageError("invalid_message: op must be a text")


def begin(state: State, session: Session, message: dict[str, Any], send: calls.Send) -> None:
    """Begin a call, as a task of its own. Raises MessageError."""
    request_id, name, arguments = protocol.read_call(message)
    call = calls.Call(state, session, send, request_id, name, arguments)
    task = asyncio.create_task(calls.serve(call))
    session.calls.setdefault(request_id, task)  # one that takes the id of another is about to be refused
    task.add_done_callback(lambda done: finish(session, request_id, done))


def finish(session: Session, request_id: str, task: asyncio.Task[None]) -> None:
    """A call is over: forget it; what it could not tell its client, it tells the log."""
    if session.calls.get(request_id) is task:
        del session.calls[request_id]
    session.touch()
    failure = None if task.cancelled() else task.exception()
    if failure is not None and not isinstance(failure, calls.GoneError):
        logs.breakdown(COMPONENT, "call broke down", failure, request=request_id)
