"""Talking to the assistant: sessions, connections, what is asked, sent and done there, and what comes back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from support.checks.tables import LEFT_OUT, OfLength, in_many_scripts, path, put, value
from support.checks.waiting import eventually
from support.clients.assistant import (
    Conversation,
    Dialling,
    Heard,
    Identity,
    NotConnectedError,
    Refusal,
    Service,
    SessionMade,
    connect,
)
from support.clients.assistant.service import REASONS
from support.deeds import practice, telling
from support.deeds.practice import HERE, Colleague, Pairs
from support.deeds.raw_frames import RAW
from support.world import World

PERSONAS: Mapping[str, str] = {
    "the web assistant": "web_assistant",
    "the therapist": "jaimee_therapist",
    "the transcriber": "transcriber_agent",
}
"""Personas, by what the sentences call them."""
REPLY_S = 15.0
"""Within this time every reply has come that is not held back on purpose."""
SOON_S = 3.0
"""Within this time everything else has come."""

UNAVAILABLE_S = 3.0
"""For so long what is out is asked again for what a scenario takes back."""


@dataclass
class Chat:
    """Somebody's session with the assistant, and the connection to it."""

    who: Colleague
    identity: Identity
    session: str
    conversation: Conversation | None = None
    mark: int = 0
    """How many messages had come before the last deed."""
    asked: list[str] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    """Every connection there was, this one included."""
    proofs: list[Heard] = field(default_factory=list)
    """What only answered a check that looked whether the connection stands."""

    @property
    def connection(self) -> Conversation:
        """The connection; an error when nobody has connected."""
        assert self.conversation is not None, f"{self.who.name} is not connected"
        return self.conversation

    @property
    def received(self) -> list[Heard]:
        """What has come since the last deed, but for what answered a check."""
        return [each for each in self.connection.since(self.mark) if not any(each is proof for proof in self.proofs)]

    @property
    def answers(self) -> list[str]:
        """Every whole reply that has come, on any connection."""
        heard = [each for connection in self.conversations for each in connection.heard]
        return [text for each in heard if each.type == "message_complete" and (text := each.fields.get("content"))]


def service(world: World) -> Service:
    """The assistant's REST interface."""
    made: Service = world.worker.assistant.service
    return made


def key(who: Colleague, where: str | None) -> str:
    """How a chat is remembered: whose it is, and where, if somebody has several."""
    return f"{who.name} in {where}" if where else who.name


def chat(world: World, who: Colleague, where: str | None = None) -> Chat:
    """Somebody's chat; a clear error when no step has begun one."""
    found: Chat = world.recall("chat", key(who, where))
    return found


def the_chat(world: World) -> Chat:
    """The chat that was last acted in."""
    found: Chat = world.recall("chat", "the last")
    return found


# Beginning


def begin(world: World, who: Colleague, persona: str, where: str | None = None, **more: Any) -> SessionMade | Refusal:
    """Make a session, deleted after the scenario. `persona` is what the sentences call it, or a name in quotes."""
    shown = practice.identity(world, who)
    wanted = PERSONAS.get(persona, persona.strip('"'))
    made = service(world).open_session(shown, wanted, **more)
    world.answer = made
    if isinstance(made, SessionMade):
        enter(world, who, where, made.session_id)
    return made


def enter(world: World, who: Colleague, where: str | None, session: str) -> Chat:
    """Remember a session as somebody's, to be deleted after the scenario."""
    shown = practice.identity(world, who)
    service_ = service(world)
    world.undo(f"delete the session of {key(who, where)}", lambda: forget(service_, shown, session))
    made = Chat(who, shown, session)
    keep(world, made, where)
    tell_at_the_end(world)
    return made


def tell_at_the_end(world: World) -> None:
    """See to it that what was said and asked is told, as evidence."""
    if not world.tellings:
        world.tellings.append(lambda: telling.tell(world))


def keep(world: World, which: Chat, where: str | None = None) -> None:
    """Remember a chat as somebody's, and as the one that was last acted in."""
    world.remember("chat", key(which.who, where), which)
    world.remember("chat", "the last", which)


def forget(service_: Service, who: Identity, session: str) -> None:
    """Delete a session; one that is gone already is fine. Where sessions are out, they may be back in a moment."""

    def asked() -> Refusal | None:
        refused = service_.delete_session(who, session)
        assert refused is None or refused.reason != "unavailable", f"it is refused as {refused}"
        return refused

    refused = eventually(asked, within=UNAVAILABLE_S, what=f"the end of session {session}").value
    if refused is not None and refused.reason != "not found":
        raise RuntimeError(f"the session was not deleted: {refused}")


def start(
    world: World, who: Colleague, persona: str, where: str | None = None, browser: str | None = None, **more: Any
) -> Chat:
    """Make a session and connect to it; a scenario that starts from there cannot be played where that is refused."""
    made = begin(world, who, persona, where, **more)
    if isinstance(made, Refusal):
        raise RuntimeError(f"{who.name} cannot chat with {persona}: {made}")
    started = chat(world, who, where)
    outcome = join(world, started, Dialling(headers={"User-Agent": browser}) if browser else None)
    if isinstance(outcome, Refusal):
        raise RuntimeError(f"{who.name} cannot connect: {outcome}")
    if started.connection.closed is not None:
        raise RuntimeError(f"{who.name} cannot connect: {started.connection.closed}")
    started.mark = started.connection.mark
    return started


def join(world: World, which: Chat, how: Dialling | None = None, *, shown: Mapping[str, str] | None = None) -> Any:
    """Connect to a session and hear the welcome. Answers the conversation, or a Refusal of the upgrade or at once.

    `shown`: the headers that are shown instead of the owner's; without a token among them there is no welcome yet.
    """
    headers = which.identity.headers() if shown is None else shown
    world.remember("chat", "the last", which)
    try:
        made = connect(world.worker.assistant.address, which.session, headers, how or Dialling())
    except NotConnectedError as refused:
        if refused.status is None:
            raise
        world.answer = Refusal(status=refused.status, message=refused.body)
        return world.answer
    world.undo(f"close the connection of {which.who.name}", made.close)
    which.conversation, which.mark = made, 0
    which.conversations.append(made)
    world.answer = welcomed(made) if "Authorization" in headers else made
    return world.answer


def welcomed(made: Conversation) -> Any:
    """The conversation, once the service has announced itself; a Refusal when it closed the connection instead.

    A connection that was closed for a reason that is no refusal is answered as it is.
    """
    try:
        made.wait_for(lambda heard: heard.type == "connected", within=SOON_S, what="the welcome")
    except AssertionError:
        if made.closed is None:
            raise
        status = made.closed.code - 4000
        return Refusal(status=status, message=made.closed.reason) if status in REASONS else made
    return made


# Asking


def ask(world: World, who: Colleague, text: str, where: str | None = None, **more: Any) -> Chat:
    """Send a message and wait for the whole reply."""
    asking = say(world, who, text, where, **more)
    await_reply(asking)
    return asking


SHOWN: Mapping[str, Callable[[World, Colleague], dict[str, str]]] = {
    "a new token": lambda world, who: {"auth_token": practice.renew(world, who)},
    "another profile": lambda world, who: {"profile_id": "practitioner-of-nobody"},
}
"""What somebody can show together with a message."""


def shown(world: World, who: Colleague, what: str | None) -> dict[str, str]:
    """What is sent with a message by somebody who shows one of SHOWN; nothing, for None."""
    return SHOWN[what](world, who) if what else {}


def say(world: World, who: Colleague, text: str, where: str | None = None, **more: Any) -> Chat:
    """Send a message, and wait for nothing."""
    asking = turn_to(world, who, where)
    asking.asked.append(text)
    asking.connection.send({"type": "chat_message", "message": text, **more})
    return asking


def turn_to(world: World, who: Colleague, where: str | None = None) -> Chat:
    """The chat that is acted in now; what came before is past."""
    found = chat(world, who, where)
    if found.conversation is not None:
        found.mark = found.connection.mark
    world.remember("chat", "the last", found)
    return found


def await_reply(which: Chat, count: int = 1, *, within: float = REPLY_S) -> None:
    """Wait until so many replies have come whole since the last deed.

    Raises:
        AssertionError: they did not come in time, or the connection ended.

    """

    def whole(heard: list[Heard]) -> bool:
        ends = [each for each in heard[which.mark :] if each.type == "typing" and each.fields.get("typing") is False]
        return len(ends) >= count

    which.connection.wait_until(whole, within=within, what="the end of the reply")


def write_all(world: World, who: Colleague, texts: Iterable[str], where: str | None = None, *, at_once: bool) -> None:
    """Send several messages: each when the reply to the one before it has come, or all at once."""
    asking = turn_to(world, who, where)
    count = 0
    for count, text in enumerate(texts, 1):
        asking.asked.append(text)
        asking.connection.send({"type": "chat_message", "message": text})
        if not at_once:
            await_reply(asking, count)
    await_reply(asking, count)


def wait_until(world: World, which: Chat, point: str) -> None:
    """Wait until a reply has come so far: one of POINTS.

    Raises:
        AssertionError: it has not come so far in time.

    """
    wanted = POINTS[point]
    if isinstance(wanted, str):
        which.connection.wait_for(lambda heard: heard.type == wanted, within=SOON_S, since=which.mark, what=point)
    else:
        eventually(lambda: wanted(world, which), within=SOON_S, what=point)


def _model_asked(world: World, which: Chat) -> None:
    received = world.worker.model.scripted.received(api="chat")
    asked_for = [each.headers.get("x-client-request-id", which.session) for each in received if each.ended is None]
    assert any(each.startswith(which.session) for each in asked_for), "the model is not being asked"


def _practice_asked(world: World, which: Chat) -> None:
    there = practice.practice(world, which.who.practice or HERE)
    assert any(each.ended is None for each in there.control.requests(practice=there.seeded.id)), "it is not asked"


def _asked_for(tool: str, *, answered: bool) -> Callable[[World, Chat], None]:
    """The practice is being asked for a tool, or has answered it."""

    def look(world: World, which: Chat) -> None:
        there = practice.practice(world, which.who.practice or HERE)
        made = [each for each in there.control.requests(practice=there.seeded.id) if tool in each.path]
        assert any((each.ended is not None) is answered for each in made), f"{tool} is not in that state"

    return look


def _ended(world: World, which: Chat) -> None:
    """How the last reply ended is kept; there is nobody any more who could be told."""
    read = service(world).read_session(which.identity, which.session)
    assert not isinstance(read, Refusal), str(read)
    outcome = (read.model_extra or {}).get("last_outcome") or {}
    assert outcome.get("outcome") not in (None, "unfinished"), f"the last reply is {outcome}"


POINTS: Mapping[str, str | Callable[[World, Chat], None]] = {
    "the reply has begun": "message_chunk",
    "it is being answered": "typing",
    "a tool has begun": "tool_call_started",
    "the model is being asked": _model_asked,
    "the practice is being asked": _practice_asked,
    "the practice is being asked for client summary": _asked_for("client-summary", answered=False),
    "the practice has answered search clients": _asked_for("search-clients", answered=True),
}
"""How far a reply has come."""


# What the page shows


def page(world: World, who: Colleague, pairs: Pairs, where: str | None = None, *, changed: bool = False) -> Chat:
    """Tell the assistant what somebody's page shows: all of it, or what has changed; wait until it was taken in."""
    found = turn_to(world, who, where)
    found.connection.send(page_message(world, pairs, changed=changed))
    found.connection.wait_for(lambda heard: heard.type == "ui_state_ack", within=SOON_S, since=found.mark)
    return found


def page_message(world: World, pairs: Pairs, *, changed: bool) -> dict[str, Any]:
    """The message that tells what a page shows. `at` is when it was so."""
    shown: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for words, cell in pairs:
        if words == "at":
            more["timestamp"] = _moment(cell)
        elif words in PAGE:
            shown.update(PAGE[words](world, cell))
        else:
            put(shown, path(words), _plain(value(cell)))
    if changed:
        return {"type": "ui_state_update", "changeType": "page_changed", "payload": shown, **more}
    return {"type": "ui_state_update", "state": shown, **more}


def _moment(cell: str) -> Any:
    moment = value(cell)
    return moment.isoformat() if isinstance(moment, datetime) else moment


def _loaded(world: World, cell: str) -> dict[str, Any]:
    """Sessions of the practice, by their titles, as a page has them loaded."""
    reader, there = practice.reader(world), practice.practice(world)
    titles = value(cell) if cell.startswith("[") else re.findall(r'"([^"]+)"', cell) or [cell]
    loaded = []
    for title in map(str, titles):
        session = practice.id_of(world, HERE, "session", title)
        read = reader.get(f"/haystack/sessions/{session}", client_id=there.owners[session])
        loaded.append(
            {
                "sessionId": session,
                "clientId": there.owners[session],
                "clientName": read["client_name"],
                "content": "\n".join(f"{each['speaker']}: {each['text']}" for each in read["segments"]),
                "metadata": {"title": title},
            }
        )
    return {"loadedSessions": loaded}


def _client(world: World, cell: str) -> dict[str, Any]:
    name = str(value(cell))
    return {"currentClient": {"clientId": practice.client_id(world, HERE, name), "clientName": name}}


def _template(world: World, cell: str) -> dict[str, Any]:
    read = practice.reader(world).get(f"/templates/{practice.id_of(world, HERE, 'template', str(value(cell)))}")
    return {
        "selectedTemplate": {
            "templateId": read["id"],
            "templateName": read["name"],
            "templateContent": read["content"],
            "templateDescription": read["description"],
        }
    }


PAGE: Mapping[str, Callable[[World, str], dict[str, Any]]] = {
    "loaded sessions": _loaded,
    "client": _client,
    "template": _template,
}
"""Parts of a page that are named by things of the practice."""


# Anything at all


def send(world: World, who: Colleague, cells: Sequence[str], where: str | None = None) -> Chat:
    """Send messages as they are described: see SENT. Whoever is cut off while they send has not sent the rest."""
    found = turn_to(world, who, where)
    for cell in cells:
        stood = found.connection.stands
        try:
            _send_cell(world, found, cell)
        except ConnectionError:
            if not stood:
                raise
    return found


def _send_cell(world: World, it: Chat, cell: str) -> None:
    if token := re.fullmatch("the token of (.+)", cell):
        shown_first = practice.identity(world, practice.COLLEAGUES[token[1]]).token
        it.connection.send({"type": "auth", "auth_token": shown_first})
    elif said := re.fullmatch('the message "(.*)", showing (.+)', cell):
        it.connection.send({"type": "chat_message", "message": said[1], **shown(world, it.who, said[2])})
    else:
        send_one(it.connection, cell)


def send_one(connection: Conversation, cell: str) -> None:
    """Send one message as it is described."""
    for pattern, act in SENT.items():
        if match := re.fullmatch(pattern, cell, re.DOTALL):
            act(connection, *match.groups())
            return
    raise ValueError(f"{cell!r} describes no message; known: {', '.join(SENT)}")


def _megabytes(text: str) -> str:
    return in_many_scripts(int(text))


SENT: Mapping[str, Callable[..., Any]] = {
    r"a heartbeat": lambda to: to.send({"type": "heartbeat"}),
    r"a cancel": lambda to: to.send({"type": "cancel"}),
    r'the message "(.*)"': lambda to, text: to.send({"type": "chat_message", "message": text}),
    r"a message of (\d+) MB": lambda to, size: to.send({"type": "chat_message", "message": _megabytes(size)}),
    r"a message of (\d+) characters": lambda to, n: to.send({"type": "chat_message", "message": "x" * int(n)}),
    r"a binary message": lambda to: to.send_bytes(b"\x00\x01\x02"),
    r'the text "(.*)"': lambda to, text: to.send_text(text),
    r"(\{.*\}|\[.*\]|[^{\[].*\{.*)": lambda to, text: to.send_text(text),
    **RAW,
}
"""Messages, by what the sentences call them. What stands in braces is sent as it is."""


# What people do to their connection


def act(world: World, who: Colleague, deed: str, where: str | None = None) -> Chat:
    """Do something to a connection: one of DEEDS."""
    found = turn_to(world, who, where)
    DEEDS[deed](world, found)
    return found


def _reconnect(world: World, which: Chat, *, only_token: bool = False) -> None:
    if which.conversation is not None and which.conversation.stands:
        which.connection.close()
    token = Identity(token=which.identity.token)
    join(world, which, shown=token.headers() if only_token else None)


def _renew(world: World, which: Chat) -> None:
    """From now on with a new token; those from before are known no more."""
    practice.replace_token(world, which.who)
    which.identity = practice.identity(world, which.who)


def _await_end(world: World, which: Chat) -> None:
    """Wait, without a connection, until it is kept how the last reply ended."""
    eventually(lambda: _ended(world, which), within=REPLY_S, what="the end of the last reply")


def _read_later(_world: World, which: Chat) -> None:
    """Read nothing for half a second; then read on."""
    which.connection.ended(within=0.5)
    which.connection.listen()


def _join_when_possible(world: World, which: Chat) -> None:
    """Connect again and again until there is room."""

    def look() -> None:
        join(world, which)
        assert which.connection.closed is None, f"it was closed: {which.connection.closed}"

    eventually(look, within=SOON_S, what="room for the connection")


def _cancel(_world: World, which: Chat) -> None:
    which.connection.send({"type": "cancel"})
    await_reply(which)


def _beat(_world: World, which: Chat) -> None:
    which.connection.send({"type": "heartbeat"})
    which.connection.wait_for(lambda heard: heard.type == "heartbeat_ack", within=SOON_S, since=which.mark)


def _beat_on(world: World, which: Chat) -> None:
    """A heartbeat every 50 ms; ends with the connection."""
    for _ in range(10):
        if which.connection.ended(within=0.05):
            return
        _beat(world, which)


DEEDS: Mapping[str, Callable[[World, Chat], Any]] = {
    "connects": join,
    "connects as soon as there is room": _join_when_possible,
    "connects without a token": lambda world, which: join(world, which, shown={}),
    "reconnects": _reconnect,
    "reconnects with nothing but the token": lambda world, which: _reconnect(world, which, only_token=True),
    "cancels": _cancel,
    "is given a new token instead of the old one": _renew,
    "sends a heartbeat": _beat,
    "sends heartbeats for half a second": _beat_on,
    "says nothing more": lambda _, which: which.connection.half_close(),
    "closes the connection": lambda _, which: which.connection.close(),
    "learns nothing of how it ends": _await_end,
    "does not read until it is over": _await_end,
    "vanishes": lambda _, which: which.connection.vanish(),
    "hangs up": lambda _, which: which.connection.hang_up(),
    "is locked out of the practice": lambda world, which: practice.revoke(world, which.who),
    "stops reading": lambda _, which: which.connection.stop_listening(),
    "reads on": lambda _, which: which.connection.listen(),
    "reads on after half a second": _read_later,
}
"""What somebody does, by the words of the sentences."""


def _plain(what: Any) -> Any:
    if isinstance(what, OfLength):
        return str(what)
    return None if what is LEFT_OUT else what


def now() -> float:
    """The clock of what comes (`time.monotonic`)."""
    return time.monotonic()


def as_json(heard: Heard) -> str:
    """A message for people to read."""
    return json.dumps(dict(heard.fields), ensure_ascii=False)
