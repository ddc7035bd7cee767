"""Connections: announced, alive, patient with what cannot be understood."""

import asyncio
import json
import time
import weakref
from typing import Any

import openai

from support.defects import defect, home


@defect("connections.say-nothing-at-first", breaks=["WS-1"], at="connections:greet", spreads=["WS"])
def say_nothing_at_first(_original: Any) -> Any:
    """A connection is accepted without a word."""

    async def greet(_connection: Any, _session: Any) -> None:
        return None

    return greet


@defect("connections.welcome-to-another-session", breaks=["WS-1"], at="connections:greet", spreads=["WS", "SS"])
def welcome_to_another_session(_original: Any) -> Any:
    """Whoever connects is welcomed to a session that is not theirs."""

    async def greet(connection: Any, session: Any) -> None:
        told = {"persona_type": session.persona_type, "last_outcome": session.last_outcome}
        await connection.say("connected", session_id="session-of-nobody", **told)

    return greet


@defect("connections.heartbeats-are-not-answered", breaks=["WS-3"], at="connections:take", spreads=["WS", "ST"])
def heartbeats_are_not_answered(original: Any) -> Any:
    """A heartbeat is not answered."""

    async def take(connection: Any, text: str) -> None:
        if '"heartbeat"' not in text:
            await original(connection, text)

    return take


@defect("connections.malformed-frame-deafens", breaks=["WS-9"], at="connections:take", spreads=["WS"])
def malformed_frame_deafens(original: Any) -> Any:
    """After a message that cannot be understood the connection stays open, and nothing is answered any more."""

    async def take(connection: Any, text: str) -> None:
        frames = home(original).frames
        try:
            frames.read(text)
        except frames.FrameFaultError:
            connection.deaf = True
        if not getattr(connection, "deaf", False):
            await original(connection, text)

    return take


@defect("connections.everybody-is-welcomed-by-the-same", breaks=["WS-1"], at="connections:greet", spreads=["WS", "SS"])
def everybody_is_welcomed_by_the_same(_original: Any) -> Any:
    """Whoever connects is told that the web assistant is there."""

    async def greet(connection: Any, session: Any) -> None:
        await connection.say("connected", persona_type="web_assistant", last_outcome=session.last_outcome)

    return greet


@defect("connections.goodbye-is-not-answered", breaks=["WS-2"], at="protocol:Protocol.data_received", spreads=["WS"])
def goodbye_is_not_answered(original: Any) -> Any:
    """Who closes the connection is cut off without a goodbye."""

    def data_received(protocol: Any, data: bytes) -> None:
        if data and data[0] == FIN | CLOSE:
            protocol.transport.abort()
        else:
            original(protocol, data)

    return data_received


FIN, CLOSE = 0x80, 0x8


@defect("connections.stop-without-a-word", breaks=["WS-2"], at="protocol:Protocol.handle_connect", spreads=["WS"])
def stop_without_a_word(original: Any) -> Any:
    """A service that is stopped cuts its connections off."""

    def handle_connect(protocol: Any, event: Any) -> None:
        original(protocol, event)
        protocol.shutdown = protocol.transport.abort

    return handle_connect


@defect("connections.heartbeats-tell-an-old-time", breaks=["WS-3"], at="frames:written", spreads=["WS", "ST", "UI"])
def heartbeats_tell_an_old_time(original: Any) -> Any:
    """A heartbeat is answered with the time of long ago."""

    def written(type_: str, session_id: str, fields: Any) -> str:
        old = {"timestamp": "2020-01-01T00:00:00+00:00"} if type_ == "heartbeat_ack" else {}
        return str(original(type_, session_id, {**fields, **old}))

    return written


@defect("connections.heartbeats-wait", breaks=["WS-3"], at="connections:take", spreads=["WS", "ST"])
def heartbeats_wait(original: Any) -> Any:
    """While a reply is made no heartbeat is answered."""

    async def take(connection: Any, text: str) -> None:
        if '"heartbeat"' not in text or not connection.turns:
            await original(connection, text)

    return take


@defect("ui-state.whole-page-is-only-added", breaks=["WS-4"], at="ui_state:replaced", spreads=["WS", "UI", "EC"])
def whole_page_is_only_added(original: Any) -> Any:
    """What the page no longer shows is still known after the whole page was told."""
    return lambda record, state, at: home(original).updated(record, state, at)


@defect("ui-state.is-not-confirmed", breaks=["WS-4"], at="connections:update_ui_state", spreads=["WS", "UI", "EC"])
def is_not_confirmed(original: Any) -> Any:
    """A page is taken in without a word."""

    async def update_ui_state(connection: Any, frame: Any) -> None:
        say, connection.say = connection.say, nothing
        try:
            await original(connection, frame)
        finally:
            connection.say = say

    return update_ui_state


async def nothing(*_told: Any, **_fields: Any) -> None:
    """Says nothing."""


@defect("ui-state.change-replaces-the-page", breaks=["WS-5"], at="ui_state:updated", spreads=["WS", "UI", "EC", "TC"])
def change_replaces_the_page(original: Any) -> Any:
    """What was known of the page is forgotten when a part of it changes."""
    return lambda record, keys, at: original({**record, "state": {}}, keys, at)


@defect("ui-state.older-changes-win", breaks=["WS-5"], at="ui_state:is_stale", spreads=["WS", "UI"])
def older_changes_win(_original: Any) -> Any:
    """What a page showed earlier replaces what it shows now."""
    return lambda record, at: False


@defect("chat.page-actions-come-early", breaks=["WS-7"], at="chat:use_tools", spreads=["WS", "UI", "TC", "ST"])
def page_actions_come_early(original: Any) -> Any:
    """The page is turned over while the reply is still being said."""

    async def use_tools(work: Any, context: Any, calls: Any) -> Any:
        results = await original(work, context, calls)
        for action in work.reply.actions:
            await work.say("ui_action", action=action.as_json())
        work.reply.actions.clear()
        return results

    return use_tools


@defect("chat.page-actions-come-backwards", breaks=["WS-7"], at="chat:actions_to_deliver", spreads=["WS", "UI", "TC"])
def page_actions_come_backwards(original: Any) -> Any:
    """What the tools want of the page comes in the opposite order."""
    return lambda reply: list(reversed(original(reply)))


@defect("identity.first-token-for-ever", breaks=["WS-8"], at="identity:renewed", spreads=["WS", "PA", "TC", "SS"])
def first_token_for_ever(original: Any) -> Any:
    """A renewed token is not used."""
    return lambda caller, token, profile: original(caller, None, profile)


@defect("connections.nonsense-is-ignored", breaks=["WS-9"], at="connections:take", spreads=["WS", "UI", "EC", "ST"])
def nonsense_is_ignored(original: Any) -> Any:
    """A message that cannot be understood is not answered."""

    async def take(connection: Any, text: str) -> None:
        frames = home(original).frames
        try:
            frames.read(text)
        except frames.FrameFaultError:
            return
        await original(connection, text)

    return take


@defect("connections.nonsense-is-told-twice", breaks=["WS-9"], at="connections:take", spreads=["WS", "UI", "EC"])
def nonsense_is_told_twice(original: Any) -> Any:
    """Of a message that cannot be understood the sender is told twice."""

    async def take(connection: Any, text: str) -> None:
        frames = home(original).frames
        await original(connection, text)
        try:
            frames.read(text)
        except frames.FrameFaultError as fault:
            await connection.say("message_error", code=fault.code, message=str(fault))

    return take


@defect("connections.nonsense-ends-the-connection", breaks=["WS-9"], at="connections:take", spreads=["WS", "UI", "EC"])
def nonsense_ends_the_connection(original: Any) -> Any:
    """A message that cannot be understood ends the connection."""

    async def take(connection: Any, text: str) -> None:
        frames = home(original).frames
        try:
            frames.read(text)
        except frames.FrameFaultError as fault:
            raise home(original).ClosedError(1008, str(fault)) from None
        await original(connection, text)

    return take


@defect("frames.unknown-types-are-heartbeats", breaks=["WS-9"], at="frames:read", spreads=["WS"])
def unknown_types_are_heartbeats(original: Any) -> Any:
    """A message of an unknown type is taken for a heartbeat."""

    def read(text: str) -> Any:
        try:
            return original(text)
        except home(original).FrameFaultError as fault:
            if fault.code != "unknown_type":
                raise
            return {"type": "heartbeat"}

    return read


@defect("frames.missing-words-are-made-up", breaks=["WS-9"], at="frames:required_text", spreads=["WS", "UI", "EC"])
def missing_words_are_made_up(original: Any) -> Any:
    """A message without words is answered as if it had some."""
    return lambda frame, name: frame.get(name) or "(nothing)"


@defect("frames.numbers-that-are-none-are-taken", breaks=["WS-9"], at="frames:parsed", spreads=["WS"])
def numbers_that_are_none_are_taken(_original: Any) -> Any:
    """What looks like JSON and is none is taken."""

    def parsed(text: str) -> Any:
        try:
            return json.loads(text)
        except RecursionError:
            return {"type": "heartbeat"}
        except ValueError:
            return {"type": "shout"}

    return parsed


@defect(
    "sessions.belong-to-everybody", breaks=["WS-10"], at="sessions:owned_by", spreads=["WS", "SS", "EC", "UI", "TR"]
)
def belong_to_everybody(_original: Any) -> Any:
    """Whoever has a token comes into every session."""
    return lambda value, user: True


@defect("connections.wait-for-a-token", breaks=["WS-10"], at="connections:first_frame", spreads=["WS"])
def wait_for_a_token(original: Any) -> Any:
    """Who shows no token is neither let in nor sent away."""

    async def first_frame(connection: Any) -> Any:
        while True:
            text = await home(original).receive(connection, 60.0)
            if '"auth_token": "' in text and '"auth_token": ""' not in text:
                return await home(original).enter(connection, json.loads(text)["auth_token"]), text

    return first_frame


@defect(
    "connections.later-messages-overtake", breaks=["WS-11"], at="connections:queue", spreads=["WS", "EC", "RL", "ST"]
)
def later_messages_overtake(original: Any) -> Any:
    """Of the messages that wait the latest is answered first."""

    def queue(connection: Any, frame: Any) -> None:
        original(connection, frame)
        connection.jobs._queue.rotate(1)  # noqa: SLF001

    return queue


@defect("connections.bursts-are-thinned", breaks=["WS-11"], at="connections:queue", spreads=["WS", "EC", "RL", "ST"])
def bursts_are_thinned(original: Any) -> Any:
    """Of many messages at once some are never answered."""

    def queue(connection: Any, frame: Any) -> None:
        if connection.jobs.qsize() < 2:
            original(connection, frame)

    return queue


@defect("connections.binary-is-read-as-text", breaks=["WS-12"], at="connections:receive", spreads=["WS"])
def binary_is_read_as_text(original: Any) -> Any:
    """A binary message is read as if it were text."""

    async def receive(connection: Any, within_s: float) -> Any:
        plain = connection.websocket.receive

        async def as_text() -> Any:
            message = await plain()
            data = message.get("bytes")
            return message if data is None else {**message, "text": data.decode(errors="replace")}

        connection.websocket.receive = as_text
        try:
            return await original(connection, within_s)
        finally:
            del connection.websocket.receive

    return receive


@defect(
    "protocol.breaches-end-without-a-word",
    breaks=["WS-12", "WS-13"],
    at="protocol:Protocol.handle_parser_exception",
    spreads=["WS"],
)
def breaches_end_without_a_word(_original: Any) -> Any:
    """What is too large or breaks the protocol cuts the connection off without a reason."""

    def handle_parser_exception(protocol: Any) -> None:
        protocol.queue.put_nowait({"type": "websocket.disconnect", "code": 1006, "reason": ""})
        protocol.transport.abort()

    return handle_parser_exception


@defect("frames.long-messages-are-cut", breaks=["WS-13", "EC-6"], at="frames:message_of", spreads=["WS", "EC"])
def long_messages_are_cut(original: Any) -> Any:
    """Of a very long message only the beginning is read, without a word."""

    def message_of(frame: Any, _most: int) -> str:
        return str(home(original).required_text(frame, "message"))[:100_000]

    return message_of


@defect("connections.are-without-limit", breaks=["WS-14"], at="connections:is_full", spreads=["WS"])
def are_without_limit(_original: Any) -> Any:
    """However many connections there are, the next is taken."""
    return lambda state: False


@defect("connections.places-are-lost", breaks=["WS-14"], at="connections:run", spreads=["WS"])
def places_are_lost(original: Any) -> Any:
    """Who has gone still takes a place."""

    async def run(connection: Any, session: Any) -> None:
        await original(connection, session)
        connection.state.connections += 1

    return run


@defect("sessions.begin-anew", breaks=["WS-15"], at="sessions:history", spreads=["WS", "SS", "ST", "EC", "PE"])
def begin_anew(original: Any) -> Any:
    """The model is shown only what was said last."""
    return lambda messages, limit: original(messages, 1)


@defect(
    "sessions.lose-what-was-answered", breaks=["WS-15"], at="sessions:with_answer", spreads=["WS", "SS", "ST", "EC"]
)
def lose_what_was_answered(original: Any) -> Any:
    """A conversation holds what was asked, not what was answered."""
    return lambda value, outcome, answer: original(value, outcome, None)


@defect("connections.work-for-nobody-goes-on", breaks=["WS-16"], at="connections:interrupt", spreads=["WS", "EC", "ST"])
def work_for_nobody_goes_on(_original: Any) -> Any:
    """The reply for somebody who vanished is made to its end."""
    return lambda connection: None


@defect("connections.refusals-are-all-alike", breaks=["WS-17"], at="connections:denial", spreads=["WS", "SS", "RD"])
def refusals_are_all_alike(original: Any) -> Any:
    """A refused connection is not told why: whatever was wrong, it is forbidden."""

    def denial(fault: Any) -> Any:
        answer = original(fault)
        answer.status_code = 403
        return answer

    return denial


@defect(
    "connections.everybody-hears-all", breaks=["WS-18"], at="connections:run", spreads=["WS", "EC", "ST", "SS", "RL"]
)
def everybody_hears_all(original: Any) -> Any:
    """What is said over one connection is heard over every connection."""
    everywhere: list[Any] = []

    async def run(connection: Any, session: Any) -> None:
        async def say(type_: str, /, **fields: Any) -> None:
            for each in tuple(everywhere):
                await each.outlet.say(type_, **fields)

        everywhere.append(connection)
        connection.say = say
        try:
            await original(connection, session)
        finally:
            everywhere.remove(connection)

    return run


@defect("connections.silence-lasts-for-ever", breaks=["WS-19"], at="connections:is_idle", spreads=["WS"])
def silence_lasts_for_ever(_original: Any) -> Any:
    """A silent connection is never closed."""
    return lambda connection: False


@defect("connections.waiting-is-silence", breaks=["WS-19"], at="connections:is_idle", spreads=["WS"])
def waiting_is_silence(_original: Any) -> Any:
    """Who waits for a slow reply is sent away for their silence."""
    return lambda connection: True


@defect("connections.heartbeats-are-no-sign-of-life", breaks=["WS-19"], at="connections:next_text", spreads=["WS"])
def heartbeats_are_no_sign_of_life(original: Any) -> Any:
    """Who sends heartbeats is sent away for their silence."""

    async def next_text(connection: Any) -> Any:
        now, most = time.monotonic(), connection.state.settings.idle_timeout
        connection.spoke_at = getattr(connection, "spoke_at", now)
        text = await original(connection)
        if '"heartbeat"' not in text:
            connection.spoke_at = time.monotonic()
        elif time.monotonic() - connection.spoke_at > most:
            raise home(original).ClosedError(home(original).IDLE, "nothing was heard from you for too long")
        return text

    return next_text


@defect("outlet.drops-what-is-not-taken", breaks=["WS-20"], at="outlet:Outlet.give_up", spreads=["WS", "ST"])
def drops_what_is_not_taken(_original: Any) -> Any:
    """What a reader who takes nothing was still to be told is dropped in silence, and the connection stands."""
    return lambda outlet: None


@defect(
    "outlet.is-quicker-than-its-readers", breaks=["WS-20"], at="outlet:Outlet.put", spreads=["WS", "ST", "TC", "EC"]
)
def is_quicker_than_its_readers(original: Any) -> Any:
    """Whoever does not read each message before the next one is said misses that one."""

    async def put(outlet: Any, frame: Any) -> None:
        if outlet.queue.empty():
            await original(outlet, frame)

    return put


@defect("outlet.closes-without-a-reason", breaks=["WS-20"], at="outlet:Outlet.give_up", spreads=["WS"])
def closes_without_a_reason(original: Any) -> Any:
    """A reader who takes nothing is sent away with another reason."""

    def give_up(outlet: Any) -> None:
        extensions = outlet.websocket.scope["extensions"]
        close_now = extensions[home(original).CLOSE_NOW]
        extensions[home(original).CLOSE_NOW] = lambda _code, _reason: close_now(1000, "")
        original(outlet)

    return give_up


@defect("chat.forgets-what-was-interrupted", breaks=["WS-21"], at="chat:keep", spreads=["WS", "ST", "EC", "SS"])
def forgets_what_was_interrupted(original: Any) -> Any:
    """Of a reply that was cut off nothing is found on return."""

    async def keep(work: Any) -> None:
        if work.reply.outcome == "interrupted":
            work.reply.pieces.clear()
            work.reply.uses.clear()
        await original(work)

    return keep


@defect("sessions.forget-a-crash", breaks=["WS-21"], at="sessions:with_question", spreads=["WS", "SS"])
def forget_a_crash(original: Any) -> Any:
    """After a crash nothing tells that a reply was being made."""
    return lambda value, message_id, text: original(value, message_id, text) | {"last_outcome": value["last_outcome"]}


@defect("chat.holds-everything-up", breaks=["WS-22"], at="chat:listen", spreads=["WS", "ST", "EC", "RL", "TC", "SS"])
def holds_everything_up(original: Any) -> Any:
    """While the model is asked for one chat everything else waits: other chats, heartbeats and health."""

    async def listen(work: Any, asked: Any) -> Any:
        chat, faults = home(original), home(home(original).ModelRequest)
        usual = work.state.model._openai  # noqa: SLF001
        blocking = openai.OpenAI(api_key=usual.api_key, base_url=usual.base_url, timeout=2.5, max_retries=0)
        given = faults.arguments(asked) | {"stream": True, "extra_headers": {faults.REQUEST_ID: work.request_id}}
        spoken = chat.Spoken()
        with faults.told():
            for chunk in blocking.chat.completions.create(**given):
                await chat.take(work, spoken, chunk)
        await chat.forward(work, work.guard.rest())
        chat.check_ending(spoken)
        return spoken

    return listen


@defect(
    "turns.one-chat-at-a-time", breaks=["WS-22"], at="turns:Turns.order", spreads=["WS", "ST", "EC", "RL", "SS", "TC"]
)
def one_chat_at_a_time(_original: Any) -> Any:
    """One slow chat makes all others wait."""
    only = asyncio.Lock()
    return lambda turns, session_id: only


@defect(
    "turns.one-session-all-at-once", breaks=["EC-5"], at="turns:Turns.order", spreads=["WS", "ST", "EC", "RL", "SS"]
)
def one_session_all_at_once(_original: Any) -> Any:
    """Two tabs of one session are answered at the same time, neither knowing of the other."""
    return lambda turns, session_id: asyncio.Lock()


@defect("turns.survive-their-session", breaks=["EC-5"], at="turns:Turns.interrupt", spreads=["WS", "SS"])
def survive_their_session(_original: Any) -> Any:
    """A reply is made on in a session that was deleted."""
    return lambda turns, session_id: None


@defect(
    "pages.tabs-overwrite-each-other", breaks=["EC-5"], at="connections:update_ui_state", spreads=["WS", "UI", "RD"]
)
def tabs_overwrite_each_other(original: Any) -> Any:
    """What a tab tells of the page is put in the place of all that another tab has told."""
    told: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()

    async def update_ui_state(connection: Any, frame: Any) -> None:
        frames = home(original).frames
        if frames.is_incremental(frame):
            own = told.setdefault(connection, {})
            own |= frames.told_keys(frame)
            frame = {**frame, "state": {name: what for name, what in own.items() if what is not None}}
        else:
            told[connection] = dict(frames.required_object(frame, "state"))
        await original(connection, frame)

    return update_ui_state
