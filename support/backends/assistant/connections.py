"""One WebSocket connection from the upgrade to its end.

Frames of a session are handled in order, heartbeats and cancels at once. How it ends: 4400 a profile that is none, 4401
no token in time, 4404 no such session (any more), 4408 silence, 1003 binary, 1008 a reader that does not read, 1009 too
large, 1011 a failure of the service, 1013 too many connections. Before the upgrade: HTTP 400, 401, 404, 503.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from fastapi import WebSocket
from fastapi.responses import JSONResponse
from starlette.websockets import WebSocketDisconnect

from . import chat, frames, identity, owners, turns, ui_state
from .frames import Frame, FrameFaultError
from .identity import Caller
from .outlet import ClosedError, Outlet
from .sessions import Session, SessionNotFoundError
from .state import State
from .store import StoreUnavailableError
from .turns import Turn

UNSUPPORTED, FAILED, TRY_LATER = 1003, 1011, 1013
NO_PROFILE, NO_TOKEN, NO_SESSION, IDLE = 4400, 4401, 4404, 4408

_log = logging.getLogger(__name__)


@dataclass
class Job:
    """A frame that waits for those before it, and as whom it was said."""

    frame: Frame
    caller: Caller
    turn: Turn | None = None


class Connection:
    """A connection that was accepted: one task reads, one writes, one handles frames in order."""

    def __init__(self, websocket: WebSocket, session_id: str, state: State) -> None:
        self.websocket, self.session_id, self.state = websocket, session_id, state
        self.outlet = Outlet(websocket, session_id, state.settings.send_queue, state.settings.send_timeout)
        self.say = self.outlet.say
        self.caller: Caller | None = None
        self.jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self.turns: set[Turn] = set()
        self.over = False
        """Whether nothing more is begun."""
        self.waits = False
        """Whether a frame waits for another connection's turn in this session."""


async def serve(websocket: WebSocket, session_id: str, state: State) -> None:
    """Refuse the upgrade, or serve the connection until it ends."""
    connection = Connection(websocket, session_id, state)
    session = None
    authorization = websocket.headers.get("authorization")
    if authorization is not None:
        try:
            session = await enter(connection, identity.bearer(authorization))
        except (ClosedError, StoreUnavailableError) as fault:
            await websocket.send_denial_response(denial(fault))
            return
    await websocket.accept()
    if is_full(state):
        await websocket.close(TRY_LATER, "too many connections; try again later")
        return
    state.connections += 1
    try:
        _log.info("session %r: connected, as one of %d", session_id[:64], state.connections)
        await run(connection, session)
    finally:
        state.connections -= 1
        _log.info("session %r: disconnected", session_id[:64])


def is_full(state: State) -> bool:
    """Whether no further connection is taken."""
    return state.connections >= state.settings.max_connections


def denial(fault: ClosedError | StoreUnavailableError) -> JSONResponse:
    """The answer to an upgrade that is refused."""
    if isinstance(fault, StoreUnavailableError):
        return JSONResponse({"detail": str(fault)}, 503, {"retry-after": "1"})
    status = fault.code - 4000
    return JSONResponse({"detail": str(fault)}, status, {"www-authenticate": "Bearer"} if status == 401 else None)


async def enter(connection: Connection, token: str | None) -> Session:
    """Let the one who shows this token in, if the session is theirs; that renews its life. Raises ClosedError."""
    if token is None:
        raise ClosedError(NO_TOKEN, "show a bearer token: in the Authorization header, or as auth_token at first")
    websocket = connection.websocket
    sessions = connection.state.sessions
    try:
        caller = identity.caller_from(token, websocket.headers, websocket.client.host if websocket.client else None)
        user = await owners.user_in(connection.state, connection.session_id, caller)
        session = await sessions.read(connection.session_id, user)
        session = await sessions.touch(connection.session_id)
    except SessionNotFoundError as fault:
        raise ClosedError(NO_SESSION, str(fault)) from None
    except identity.UnfitProfileError as fault:
        raise ClosedError(NO_PROFILE, str(fault)) from None
    await connection.state.ui_states.read(connection.session_id)  # so that it is here if Redis goes
    connection.caller = identity.renewed(replace(caller, user=user), None, caller.profile or session.profile)
    return session


async def run(connection: Connection, session: Session | None) -> None:
    """Read until the end, whoever makes it, and leave no work behind."""
    connection.outlet.when_lost = lambda: interrupt(connection)
    writer = asyncio.create_task(connection.outlet.write())
    worker = asyncio.create_task(work(connection))
    try:
        await read(connection, session)
    except ClosedError as end:
        await stop(connection, worker)
        await connection.outlet.put(end)
    except StoreUnavailableError as fault:
        await stop(connection, worker)
        await connection.outlet.put(ClosedError(TRY_LATER, str(fault)))
    except WebSocketDisconnect:
        connection.outlet.gone = True
        await stop(connection, worker)
        writer.cancel()
    except Exception:  # noqa: BLE001 - an open connection that nobody serves is worse than a closed one
        _log.exception("a connection to session %r failed", connection.session_id[:64])
        await stop(connection, worker)
        await connection.outlet.put(ClosedError(FAILED, "the service failed"))
    finally:
        await asyncio.wait({writer})


async def stop(connection: Connection, worker: asyncio.Task[None]) -> None:
    """Break off what runs for this connection; how far it came is kept."""
    interrupt(connection)
    connection.jobs.put_nowait(None)
    if connection.waits:
        worker.cancel()
    await asyncio.wait({worker})
    while not connection.jobs.empty():
        if (job := connection.jobs.get_nowait()) is not None:
            done(connection, job)


def interrupt(connection: Connection) -> None:
    """Begin nothing more, and break off the replies that nobody will read."""
    connection.over = True
    for turn in list(connection.turns):
        turn.stop(turns.INTERRUPTED)


# Reading


async def read(connection: Connection, session: Session | None) -> None:
    """Take frames until the end. Raises ClosedError or WebSocketDisconnect."""
    if session is None:
        session, text = await first_frame(connection)
        await greet(connection, session)
        await take(connection, text)
    else:
        await greet(connection, session)
    while True:
        await take(connection, await next_text(connection))


async def first_frame(connection: Connection) -> tuple[Session, str]:
    """The first frame of a connection that came without a token: it must show one. Raises ClosedError."""
    try:
        text = await receive(connection, connection.state.settings.auth_timeout)
        token = frames.optional_header(frames.read(text), "auth_token")
    except TimeoutError:
        raise ClosedError(NO_TOKEN, "no token was shown in time") from None
    except FrameFaultError:
        token = None
    return await enter(connection, token), text


async def greet(connection: Connection, session: Session) -> None:
    """Announce the service, and how the last turn ended."""
    await connection.say("connected", persona_type=session.persona_type, last_outcome=session.last_outcome)


async def next_text(connection: Connection) -> str:
    """The next frame; a reply that runs is no silence. Raises ClosedError."""
    while True:
        try:
            return await receive(connection, connection.state.settings.idle_timeout)
        except TimeoutError:
            if is_idle(connection):
                raise ClosedError(IDLE, "nothing was heard from you for too long") from None


def is_idle(connection: Connection) -> bool:
    """Whether a silent connection is waiting for nothing."""
    return not connection.turns


async def receive(connection: Connection, within_s: float) -> str:
    """The next frame's text. Raises TimeoutError, WebSocketDisconnect, and ClosedError for a binary one."""
    async with asyncio.timeout(within_s):
        message = await connection.websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    if text is None:
        raise ClosedError(UNSUPPORTED, "only text frames are understood")
    return str(text)


async def take(connection: Connection, text: str) -> None:
    """Answer a frame at once, or queue it; whatever is wrong with it is told, and the connection goes on."""
    try:
        frame = frames.read(text)
        renew(connection, frame)
        if frame["type"] == frames.HEARTBEAT:
            await connection.say("heartbeat_ack")
        elif frame["type"] == frames.CANCEL:
            cancel(connection)
        elif frame["type"] != frames.AUTH:
            queue(connection, frame)
    except FrameFaultError as fault:
        await connection.say("message_error", code=fault.code, message=str(fault))


def renew(connection: Connection, frame: Frame) -> None:
    """From now on with the token, and the profile, that the frame shows. Raises FrameFaultError."""
    assert connection.caller is not None
    token = frames.optional_header(frame, "auth_token")
    connection.caller = identity.renewed(connection.caller, token, frames.optional_header(frame, "profile_id"))


def cancel(connection: Connection) -> None:
    """Stop the session's reply. Raises FrameFaultError when there is none."""
    if not connection.state.turns.cancel(connection.session_id):
        raise FrameFaultError("nothing_to_cancel", "No reply is running.")


def queue(connection: Connection, frame: Frame) -> None:
    """Have a frame handled after those before it. Raises FrameFaultError."""
    assert connection.caller is not None
    if connection.jobs.qsize() >= connection.state.settings.max_pending:
        raise FrameFaultError("busy", "Too many messages are waiting; this one was not taken. Send it again later.")
    job = Job(frame, connection.caller)
    if frame["type"] == frames.CHAT:
        text = frames.message_of(frame, connection.state.settings.max_message_chars)
        job.turn = Turn(connection.session_id, connection.caller, text)
        connection.turns.add(job.turn)
        connection.state.turns.enter(job.turn)
    connection.jobs.put_nowait(job)


# Handling in order


async def work(connection: Connection) -> None:
    """Handle what was queued, one after another, until the connection ends."""
    while (job := await connection.jobs.get()) is not None:
        try:
            if not connection.over:
                await handle(connection, job)
        finally:
            done(connection, job)


async def handle(connection: Connection, job: Job) -> None:
    """Handle one frame when it is its session's turn; whatever goes wrong is told, and the connection goes on."""
    connection.waits = True
    async with connection.state.turns.order(connection.session_id):
        connection.waits = False
        try:
            if job.turn is not None:
                await chat.run(job.turn, connection.state, connection.say)
            else:
                await update_ui_state(connection, job.frame)
        except FrameFaultError as fault:
            await connection.say("message_error", code=fault.code, message=str(fault))
        except StoreUnavailableError as fault:
            await connection.say("message_error", code="unavailable", message=str(fault))
        except SessionNotFoundError as fault:
            await connection.outlet.put(ClosedError(NO_SESSION, str(fault)))
        except Exception:  # noqa: BLE001 - the next frame is another matter
            _log.exception("session %s: a frame of the type %s failed", connection.session_id, job.frame["type"])
            await connection.say("message_error", code="internal_error", message="Something went wrong. Try again.")


def done(connection: Connection, job: Job) -> None:
    """A frame was handled, or will not be."""
    if job.turn is not None:
        connection.turns.discard(job.turn)
        connection.state.turns.leave(job.turn)


async def update_ui_state(connection: Connection, frame: Frame) -> None:
    """Take what the front end tells of its state. Raises FrameFaultError, SessionNotFoundError."""
    states, session_id = connection.state.ui_states, connection.session_id
    at = frames.moment_of(frame)
    incremental = frames.is_incremental(frame)
    told = frames.told_keys(frame) if incremental else frames.required_object(frame, "state")
    await connection.state.sessions.touch(session_id)
    try:
        await (states.update(session_id, told, at) if incremental else states.replace(session_id, told, at))
    except ui_state.StaleStateError as fault:
        await connection.say("ui_state_ack", success=False, code="stale_state", message=str(fault))
        return
    await connection.say("ui_state_ack", success=True)
