"""What a scenario about the assistant leaves as evidence: who said what, and which calls that took."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from support.clients.assistant import Conversation, Heard
from support.clients.assistant.tools import find
from support.clients.model import Received
from support.deeds import received
from support.reporting import dialogues, evidence
from support.reporting.dialogues import Line, Link, Talk
from support.world import World

if TYPE_CHECKING:
    from support.deeds.chatting import Chat

SILENT = {"typing", "connected", "heartbeat_ack", "ui_state_ack", "message_complete"}
"""Messages that a user does not see as something said."""


def tell(world: World) -> None:
    """Attach the transcript and the chain of calls of a scenario, where there are any; note how long people waited."""
    if not evidence.wanted():
        return
    talks = []
    for name, conversation in conversations(world):
        world.first_chunks += conversation.first_chunks()
        talks.append(Talk(name, list(lines(conversation))))
    if any(talk.lines for talk in talks):
        evidence.attach("Transcript", dialogues.transcript(talks), "html")
    if links := chain(world):
        evidence.attach("Chain of calls", dialogues.chain(links), "html")


def conversations(world: World) -> Iterator[tuple[str, Conversation]]:
    """Every connection of every chat, with whose it was."""
    chats: Mapping[str, Chat] = world.named("chat")
    for name, chat in chats.items():
        if name != "the last":
            for number, conversation in enumerate(chat.conversations, 1):
                yield (f"{name}, connection {number}" if len(chat.conversations) > 1 else name), conversation


def lines(conversation: Conversation) -> Iterator[Line]:
    """What was said on a connection, in order; the pieces of a reply are one line."""
    begun = conversation.opened_at
    said = [(each.at, True, each) for each in conversation.sent] + [
        (each.at, False, each) for each in conversation.heard
    ]
    pieces: list[Heard] = []
    for at, sent, message in sorted(said, key=lambda each: each[0]):
        if not sent and message.type == "message_chunk":
            pieces.append(message)
            continue
        if pieces and (sent or message.type not in SILENT or message.type == "message_complete"):
            yield _reply(pieces, begun)
            pieces = []
        line = _sent(message, at - begun) if sent else _heard(message, at - begun)
        if line is not None:
            yield line
    if pieces:
        yield _reply(pieces, begun)
    if conversation.closed is not None:
        closed = conversation.closed
        yield Line(closed.at - begun, "note", f"closed with {closed.code} {closed.reason}".rstrip())


def _reply(pieces: list[Heard], begun: float) -> Line:
    text = "".join(str(piece.fields.get("content", "")) for piece in pieces)
    aside = f"{len(pieces)} pieces in {pieces[-1].at - pieces[0].at:.3f} s" if len(pieces) > 1 else ""
    return Line(pieces[0].at - begun, "assistant", text, aside)


def _sent(message: Heard, at: float) -> Line | None:
    if message.type == "chat_message":
        return Line(at, "user", str(message.fields.get("message")))
    if message.type == "heartbeat":
        return None
    raw = message.raw if isinstance(message.raw, str) else f"{len(message.raw):,} bytes of binary data"
    return Line(at, "note", f"sent: {raw[:500]}")


def _heard(message: Heard, at: float) -> Line | None:
    fields = message.fields
    match message.type:
        case "message_error":
            return Line(at, "error", f"{fields.get('code')}: {fields.get('message')}")
        case "tool_call_started":
            return Line(at, "note", f"uses {', '.join(map(_tool, fields['tools']))}")
        case "ui_action":
            return Line(at, "note", f"page action: {json.dumps(fields['action'], ensure_ascii=False)[:500]}")
        case "message_complete" if fields.get("cancelled"):
            return Line(at, "note", "cancelled")
        case kind if kind in SILENT or kind == "tool_call_completed":
            return None
    return Line(at, "note", f"received: {message}")


def _tool(tool: Mapping[str, Any]) -> str:
    return f"{tool.get('name')}({json.dumps(tool.get('arguments'), ensure_ascii=False)})"


def chain(world: World) -> list[Link]:
    """Every call to the model and to the scenario's practices, in order of beginning, from the two logs."""
    asked = received.requests(world, schemas=False) if "model" in world.worker.systems else []
    practices = [(name, each) for name, there in world.named("practice").items() for each in _of(world, name, there)]
    times = [each.started for each in asked] + [each.started for _, each in practices]
    if not times:
        return []
    begun = min(times)
    links = [_model(each, begun, before) for each, before in zip(asked, [None, *asked], strict=False)]
    for name, each in practices:
        seconds = (each.ended or each.started) - each.started
        words = str(received.in_words(world, each)).strip("| ").replace(" |", ":", 1)
        outcome = "no answer" if each.status is None else str(each.status)
        good = each.status is not None and each.status < 400
        details = (f"{each.method} {each.route}, {name}", *((f"ordered fault {each.fault}",) if each.fault else ()))
        links.append(Link(each.started - begun, seconds, "practice", words, outcome, good, details))
    return sorted(links, key=lambda link: link.at)


def _of(world: World, name: str, there: Any) -> list[Any]:
    """What a practice was asked; one that is gone can tell nothing."""
    return received.asked(world, name) if there.control is world.worker.practice.orders else []


def _model(asked: Received, begun: float, before: Received | None) -> Link:
    messages = asked.messages if isinstance(asked.messages, list) else []
    earlier = before.messages if before is not None and isinstance(before.messages, list) else []
    new = messages[len(earlier) :] if messages[: len(earlier)] == earlier else messages
    details = [detail for message in new for detail in _told(message)]
    what = f"{asked.model}, {len(messages)} messages, {len(asked.offered)} tools"
    outcome = asked.error or (f"{asked.finish or asked.status}" if asked.status == 200 else f"status {asked.status}")
    if asked.hung_up:
        outcome = "the assistant hung up"
    seconds = (asked.ended or asked.started) - asked.started
    return Link(asked.started - begun, seconds, "model", what, outcome, asked.status == 200, details)


def _told(message: Mapping[str, Any]) -> Iterator[str]:
    """What a message of a request says, in short; the prompt is not repeated."""
    role, content = message.get("role"), message.get("content")
    for call in message.get("tool_calls") or ():
        function = call["function"]
        tool = find(function["name"])
        yield f"wants {tool.spoken if tool else function['name']} {function['arguments']}"
    if role in ("user", "tool") and content:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        yield f"{'is told' if role == 'tool' else 'is asked'}: {text}"
