"""Asking the assistant several times, each in a conversation of its own, some at a time: samples of replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import httpx

from support.checks import samples
from support.checks.replies import Reply, Sample, Use, keep
from support.clients.assistant import Heard, Identity, Refusal, Service, SessionMade, connect
from support.clients.assistant.service import UnreachableError
from support.deeds import chatting, documents, practice
from support.deeds.chatting import Chat
from support.deeds.practice import Colleague, Pairs
from support.reporting import evidence
from support.world import World

REPLY_S = 120.0
"""Within this time a real model has replied, all tries of the gate before it included."""
PATIENT = httpx.Timeout(connect=5.0, read=REPLY_S, write=10.0, pool=5.0)
WELCOME_S = 10.0
PAGE = "ui_state_update"
UNASKED = ("model_error", "model_timeout", "model_rate_limited", "model_not_configured")
"""Errors that say that the model could not be asked; every other one is the system's answer."""
UNASKED_REASONS = ("the model's failure", "the model's silence", "unavailable", "too many requests")
"""Why a document was not written when the model could not be asked."""


@dataclass(frozen=True)
class Question:
    """One attempt to come: who asks what of whom, in which new session."""

    number: int
    who: Colleague
    identity: Identity
    session: str
    text: str
    told: Mapping[str, str]
    page: Sequence[str] = ()
    """What their page had told before, as it was sent: it is the same in every conversation."""


def write(world: World, people: Sequence[Colleague], rows: Sequence[Mapping[str, str]], times: int) -> None:
    """Have everybody write every row's message so often, to whom they are chatting with, each in a new conversation.

    A row holds the `message` and whatever else the checks are told of it.
    """
    questions: list[Question] = []
    for who in people:
        chat = chatting.chat(world, who)
        persona = _persona(world, chat)
        for row in (row for row in rows for _ in range(times)):
            questions.append(_question(world, len(questions) + 1, chat, persona, row))
    _take(world, [partial(_ask, world.worker.assistant.address, question) for question in questions])


def order(world: World, who: Colleague, pairs: Pairs, times: int) -> None:
    """Have somebody order a document so often."""
    _order_all(world, who, [pairs] * times)


def order_each(world: World, who: Colleague, rows: Iterable[Pairs]) -> None:
    """Have somebody order a document for each row; its cells stand for the rows of an order."""
    _order_all(world, who, [[(words, cell) for words, cell in row if cell] for row in rows])


def _order_all(world: World, who: Colleague, orders: Sequence[Pairs]) -> None:
    identity, service = practice.identity(world, who), Service(world.worker.assistant.address, timeout=PATIENT)
    attempts = [
        partial(_order, service, identity, documents.order(world, who, pairs), Reply(number, who.name, _as_text(pairs)))
        for number, pairs in enumerate(orders, 1)
    ]
    try:
        _take(world, attempts)
    finally:
        service.close()


def _take(world: World, attempts: Sequence[Callable[[], Reply]]) -> None:
    taken = samples.take(attempts, lambda reply: "undecided" if reply.unasked else "success")
    found = Sample(list(taken.results.values()))
    why = world.worker.spending.take_unasked(world.mark)
    keep(world, found)
    world.first_chunks += [reply.first_chunk_s for reply in found.replies if reply.first_chunk_s is not None]
    for reply in found.replies:
        evidence.attach(reply.place, reply.transcript())
    if why:
        evidence.attach("what could not be asked", "\n".join(why))


def _persona(world: World, chat: Chat) -> str:
    """Whom somebody is chatting with."""
    read = chatting.service(world).read_session(chat.identity, chat.session)
    if isinstance(read, Refusal):
        raise RuntimeError(f"the session of {chat.who.name} cannot be read: {read}")
    return read.persona_type


def _question(world: World, number: int, chat: Chat, persona: str, row: Mapping[str, str]) -> Question:
    who, identity, service = chat.who, chat.identity, chatting.service(world)
    made = service.open_session(identity, persona)
    if not isinstance(made, SessionMade):
        raise RuntimeError(f"{who.name} cannot begin a conversation: {made}")
    world.undo(f"delete session {number} of {who.name}", partial(chatting.forget, service, identity, made.session_id))
    told = {words: cell for words, cell in row.items() if words != "message"}
    page = [sent.raw for sent in chat.connection.sent if sent.type == PAGE and isinstance(sent.raw, str)]
    return Question(number, who, identity, made.session_id, row["message"], told, page)


def _ask(address: str, question: Question) -> Reply:
    """Ask, and wait for the whole reply; one that does not come whole in time is a reply without an end."""
    conversation = connect(address, question.session, question.identity.headers())
    try:
        conversation.wait_for(lambda heard: heard.type == "connected", within=WELCOME_S, what="the welcome")
        for shown in question.page:
            mark = conversation.mark
            conversation.send_text(shown)
            conversation.wait_for(_is_taken_in, within=WELCOME_S, since=mark, what="that the page was taken in")
        conversation.send({"type": "chat_message", "message": question.text})
        with suppress(AssertionError):
            conversation.wait_for(_is_over, within=REPLY_S, what="the end of the reply")
        waited = next(iter(conversation.first_chunks()), None)
        return replace(_reply(question, conversation.heard), first_chunk_s=waited)
    finally:
        conversation.close()


def _is_taken_in(heard: Heard) -> bool:
    return heard.type == "ui_state_ack"


def _is_over(heard: Heard) -> bool:
    return heard.type == "typing" and heard.fields.get("typing") is False


def _reply(question: Question, heard: Iterable[Heard]) -> Reply:
    told = next((each.fields for each in heard if each.type == "message_complete"), {})
    errors = [each.fields for each in heard if each.type == "message_error"]
    code = told.get("code") or next((error.get("code") for error in errors), None)
    return Reply(
        number=question.number,
        to=question.who.name,
        asked=question.text,
        text=str(told.get("content", "")),
        uses=[Use(use["name"], use["arguments"], str(use.get("outcome"))) for use in told.get("tools") or ()],
        code=code if told else code or "no reply",
        unasked="; ".join(str(error.get("message")) for error in errors) or code if code in UNASKED else None,
        told=question.told,
    )


def _order(service: Service, identity: Identity, body: Mapping[str, object], begun: Reply) -> Reply:
    """Order one document."""
    try:
        answer = service.generate_document(identity, body)
    except UnreachableError as silence:
        return replace(begun, code="no reply", unasked=str(silence))
    if isinstance(answer, Refusal):
        unasked = str(answer) if answer.reason in UNASKED_REASONS else None
        return replace(begun, code=answer.reason, unasked=unasked)
    return replace(begun, text=answer.content, metadata=answer.metadata)


def _as_text(pairs: Pairs) -> str:
    return "a document:\n" + "\n".join(f"  {words}: {cell}" for words, cell in pairs)
