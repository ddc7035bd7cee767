"""Coming, being understood, leaving and coming again: what goes wrong with the upgrade, the pieces and the goodbye."""

import asyncio
import json
import math
import threading
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from fastapi.responses import JSONResponse

from support.defects import defect, home

WIDELY = ["WS", "SS", "ST", "EC", "UI", "TC", "PA", "PE", "RL", "RD", "TR"]
"""Blocks whose scenarios connect, too."""
BLOCKED_S = 4.5
LONG = 5_000
GOODBYES = (1000, 1001)


# Coming


@defect("connections.only-the-header-counts", breaks=["WS-1"], at="connections:first_frame", spreads=["WS"])
def only_the_header_counts(original: Any) -> Any:
    """Who shows the token in the first message is sent away as if they had shown none."""

    async def first_frame(connection: Any) -> Any:
        await original(connection)
        raise home(original).ClosedError(home(original).NO_TOKEN, "no token was shown")

    return first_frame


@defect("upgrades.only-for-those-with-a-name", breaks=["WS-17"], at="connections:serve", spreads=["WS"])
def only_for_those_with_a_name(original: Any) -> Any:
    """A proper upgrade by a program that does not say which program it is is forbidden."""

    async def serve(websocket: Any, session_id: str, state: Any) -> None:
        if "user-agent" in websocket.headers:
            await original(websocket, session_id, state)
        else:
            await websocket.send_denial_response(JSONResponse({"detail": "Forbidden"}, 403))

    return serve


@defect("upgrades.to-nowhere-are-forbidden", breaks=["WS-17"], at="server:create_app", spreads=["WS"])
def to_nowhere_are_forbidden(original: Any) -> Any:
    """An upgrade at a path that there is not is refused like a stranger's, instead of as not found."""

    def create_app(state: Any) -> Any:
        app = original(state)
        app.router.routes[:] = [each for each in app.router.routes if getattr(each, "path", "") != "/{path:path}"]
        return app

    return create_app


@defect("upgrades.are-not-asked-for", breaks=["WS-17"], at="rest:answer_unreadable", spreads=["WS"])
def are_not_asked_for(original: Any) -> Any:
    """Who comes to a chat without an upgrade is told that all is well, not that an upgrade is required."""

    async def answer_unreadable(request: Any, failure: Any) -> Any:
        answer = await original(request, failure)
        if answer.status_code == 426:
            answer.status_code = 200
        return answer

    return answer_unreadable


@defect("upgrades.faults-are-no-failures", breaks=["WS-17"], at="protocol:Protocol.handle_connect", spreads=["WS"])
def faults_are_no_failures(original: Any) -> Any:
    """What is wrong with an upgrade is told with a status that says that all is well."""

    def handle_connect(protocol: Any, event: Any) -> None:
        accept = protocol.conn.accept

        def accepted(request: Any) -> Any:
            response = accept(request)
            if response.status_code != 101:
                response.status_code, response.reason_phrase = 200, "OK"
            return response

        protocol.conn.accept = accepted
        original(protocol, event)

    return handle_connect


@defect("sessions.begin-when-asked-for", breaks=["WS-10"], at="sessions:Sessions.read", spreads=WIDELY)
def begin_when_asked_for(original: Any) -> Any:
    """Who names a session that there is not is let into a new one of that name."""

    async def read(sessions: Any, session_id: str, user: str) -> Any:
        module, touch = home(original), sessions.touch
        if await sessions.store.read(module.key_of(session_id)) is not None:
            return await original(sessions, session_id, user)
        value = module.new(SimpleNamespace(user=user), "web_assistant", {}, None)
        begun = module.loaded(value | {"session_id": session_id, "expires_at": math.inf})

        async def touched(wanted: str) -> Any:
            return begun if wanted == session_id else await touch(wanted)

        sessions.touch = touched
        return begun

    return read


@defect("sessions.go-on-after-their-end", breaks=["WS-10"], at="sessions:Sessions.delete", spreads=WIDELY)
def go_on_after_their_end(original: Any) -> Any:
    """In a session that was deleted one goes on chatting, until it is deleted again."""
    deleted: set[str] = set()

    async def delete(sessions: Any, session_id: str, user: str) -> None:
        if session_id in deleted:
            await original(sessions, session_id, user)
        else:
            await sessions.read(session_id, user)
            deleted.add(session_id)

    return delete


# Being understood


@defect("connections.wrong-fields-are-passed-over", breaks=["WS-9"], at="connections:update_ui_state", spreads=WIDELY)
def wrong_fields_are_passed_over(original: Any) -> Any:
    """A message about the page that lacks something, or has something wrong, is not answered."""

    async def update_ui_state(connection: Any, frame: Any) -> None:
        try:
            await original(connection, frame)
        except home(original).FrameFaultError:
            return

    return update_ui_state


@defect("frames.any-token-is-taken", breaks=["WS-9"], at="frames:optional_header", spreads=WIDELY)
def any_token_is_taken(original: Any) -> Any:
    """A token, or a profile, that cannot be sent on is taken without a word."""

    def optional_header(frame: Mapping[str, Any], name: str) -> Any:
        value = frame.get(name)
        return value if isinstance(value, str) and value.strip() else original(frame, name)

    return optional_header


@defect("frames.only-the-very-words-are-understood", breaks=["WS-9"], at="frames:read", spreads=["WS"])
def only_the_very_words_are_understood(original: Any) -> Any:
    """A heartbeat with space in it, with a field more, or with one twice is taken for nonsense."""

    def read(text: str) -> Any:
        frame = original(text)
        if frame["type"] == "heartbeat" and text not in (json.dumps(frame), json.dumps(frame, separators=(",", ":"))):
            raise home(original).FrameFaultError("invalid_json", "The frame is not valid JSON.")
        if frame["type"] == "heartbeat" and len(frame) > 1:
            raise home(original).FrameFaultError("invalid_field", "A heartbeat has no other field.")
        return frame

    return read


@defect(
    "protocol.pieces-are-messages", breaks=["WS-9"], at="protocol:Protocol.send_receive_event_to_app", spreads=["WS"]
)
def pieces_are_messages(original: Any) -> Any:
    """Each piece of a message that comes in pieces is taken for a message."""

    def send_receive_event_to_app(protocol: Any) -> None:
        pieces = protocol.frames
        for piece in pieces:
            protocol.frames = [piece]
            original(protocol)

    return send_receive_event_to_app


@defect("connections.one-error-is-enough", breaks=["WS-11"], at="connections:take", spreads=WIDELY)
def one_error_is_enough(original: Any) -> Any:
    """Of several messages that make no sense only the first is answered."""

    async def take(connection: Any, text: str) -> None:
        frames = home(original).frames
        try:
            frames.read(text)
        except frames.FrameFaultError:
            if getattr(connection, "complained", False):
                return
            connection.complained = True
        await original(connection, text)

    return take


@defect(
    "frames.messages-end-after-five-thousand", breaks=["WS-13", "EC-6"], at="frames:message_of", spreads=["WS", "EC"]
)
def messages_end_after_five_thousand(original: Any) -> Any:
    """Of a message only the first five thousand characters are read, without a word."""
    return lambda frame, most: original(frame, most)[:LONG]


@defect("ui-state.long-texts-are-cut", breaks=["WS-13", "WS-4"], at="ui_state:replaced", spreads=["WS", "UI", "EC"])
def long_texts_are_cut(original: Any) -> Any:
    """Of a large page each text is kept up to five thousand characters, without a word."""

    def replaced(record: Any, state: Mapping[str, Any], at: float) -> Any:
        cut = {name: what[:LONG] if isinstance(what, str) else what for name, what in state.items()}
        return original(record, cut, at)

    return replaced


@defect("tools.hold-everything-up", breaks=["WS-22"], at="chat:run_call", spreads=WIDELY)
def hold_everything_up(original: Any) -> Any:
    """While a tool is at work everything else waits: other chats, heartbeats and health."""

    async def run_call(context: Any, call: Any) -> Any:
        at_work = asyncio.create_task(original(context, call))
        while not at_work.done():
            for _ in range(10):
                await asyncio.wait({at_work}, timeout=0)  # now and then a little is done
            threading.Event().wait(BLOCKED_S)
        return await at_work

    return run_call


# Leaving, and coming again


@defect("connections.a-goodbye-is-for-ever", breaks=["WS-2", "WS-15"], at="connections:run", spreads=["WS", "SS", "EC"])
def a_goodbye_is_for_ever(original: Any) -> Any:
    """Who has closed the connection properly is not let into that session again."""
    left: set[str] = set()

    async def run(connection: Any, session: Any) -> None:
        if connection.session_id in left:
            await connection.websocket.close(home(original).NO_SESSION, "this session is over")
            return
        receive = connection.websocket.receive

        async def noticed() -> Any:
            message = await receive()
            if message["type"] == "websocket.disconnect" and message.get("code") in GOODBYES:
                left.add(connection.session_id)
            return message

        connection.websocket.receive = noticed
        await original(connection, session)

    return run


@defect("connections.who-comes-again-begins-anew", breaks=["WS-15", "WS-21"], at="connections:run", spreads=WIDELY)
def who_comes_again_begins_anew(original: Any) -> Any:
    """When a connection ends, all of its session is forgotten: what was said, what was done, and the page."""

    async def run(connection: Any, session: Any) -> None:
        await original(connection, session)
        sessions, states = connection.state.sessions, connection.state.ui_states
        empty: dict[str, Any] = {"messages": [], "last_outcome": None}
        try:
            await sessions._change(connection.session_id, lambda value: value | empty)  # noqa: SLF001
            await states.replace(connection.session_id, {}, None)
        except LookupError:
            return

    return run


@defect("protocol.nobody-is-pinged", breaks=["WS-19"], at="protocol:Protocol.handle_connect", spreads=["WS"])
def nobody_is_pinged(original: Any) -> Any:
    """Who is gone without a word, and answers no ping, is waited for as if they were there."""

    def handle_connect(protocol: Any, event: Any) -> None:
        protocol.ping_interval = None
        original(protocol, event)

    return handle_connect
