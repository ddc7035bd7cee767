"""How replies begin and end: what is told of them, what a session holds then, and what became of the model's work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from support.checks.tables import value
from support.checks.waiting import eventually
from support.clients.assistant import Health, Refusal
from support.clients.assistant.tools import find
from support.clients.model import Received
from support.deeds.chatting import REPLY_S, SOON_S, Chat, service, the_chat
from support.deeds.connecting import RawAnswer
from support.reporting import evidence
from support.world import World

AT_ONCE_S = 1.0
"""Health is asked by what restarts services: it waits for nothing. Typical are 5 ms."""
Pairs = Sequence[tuple[str, str]]
Lines = Sequence[Sequence[str]]


# How a reply ended


def told_of_reply(it: Chat, rows: Pairs) -> None:
    """Whoever chats was told exactly this of the last reply, at its end or on connecting again.

    `how it ended`, `what went wrong` and `what was said`, where there is something, then the tools, in order, by their
    words, and how each ended.

    Raises:
        AssertionError: something else was told, or nothing.

    """

    def look() -> None:
        ends = [each.fields for each in it.received if each.type in ("message_complete", "connected")]
        assert ends, "nothing was told of a reply"
        told = ends[-1] if "outcome" in ends[-1] else ends[-1].get("last_outcome")
        _compare([(words, str(value(cell))) for words, cell in rows], list(_outcome(told)), "of the last reply")

    eventually(look, within=REPLY_S, what="what is told of the last reply")


def _outcome(told: Mapping[str, Any] | None) -> Any:
    if told is None:
        return
    yield "how it ended", told["outcome"]
    if told.get("code"):
        yield "what went wrong", told["code"].replace("_", " ")
    if told.get("content"):
        yield "what was said", told["content"]
    for each in told.get("tools") or ():
        tool = find(each["name"])
        yield tool.spoken if tool else each["name"], each["outcome"]


def _compare(wanted: Sequence[Any], found: Sequence[Any], what: str) -> None:
    expected, actual = _as_rows(wanted), _as_rows(found)
    if list(wanted) != list(found):
        evidence.attach_comparison(expected, actual)
        raise AssertionError(f"{what}, this was found\n{actual}\nexpected\n{expected}")


def _as_rows(rows: Sequence[Any]) -> str:
    return "\n".join(f"| {' | '.join(each if len(each) < 300 else each[:300] + '…' for each in row)} |" for row in rows)


# What was said


def session_holds(world: World, it: Chat, rows: Lines) -> None:
    """The session holds exactly these messages: `asked` by the user, `answered` by the assistant.

    Raises:
        AssertionError: others, or in another order.

    """

    def look() -> None:
        read = service(world).read_session(it.identity, it.session)
        assert not isinstance(read, Refusal), str(read)
        _compare(_said(rows), [(SAID[each.role], each.content or "") for each in read.messages], "in the session")

    eventually(look, within=SOON_S, what="what the session holds")


SAID: Mapping[str, str] = {"user": "asked", "assistant": "answered"}


def _said(rows: Lines) -> list[tuple[str, str]]:
    return [(row[0], str(value(row[1]))) for row in rows if row[0]]


def model_was_shown(world: World, rows: Lines) -> None:
    """In its last request for the last chat the model was shown exactly these messages, prompt and tools aside.

    Raises:
        AssertionError: others, or in another order.

    """
    last = requests_of(world, the_chat(world))[-1]
    shown = [
        (SAID[each["role"]], str(each["content"]))
        for each in last.messages
        if each["role"] in SAID and not each.get("tool_calls")
    ]
    _compare(_said(rows), shown, "by the model")


# The model's work


def requests_of(world: World, it: Chat) -> list[Received]:
    """What the model was asked for a chat, by its own record, oldest first."""
    made: list[Received] = world.worker.model.scripted.received(api="chat")
    return [each for each in made if each.headers.get("x-client-request-id", "").startswith(f"{it.session}/")]


def _broken_off(asked: list[Received]) -> bool:
    return bool(asked) and asked[-1].hung_up and asked[-1].ended is not None


def _finished(asked: list[Received], count: int) -> bool:
    return len(asked) == count and all(each.ended and not each.hung_up for each in asked)


WORK: Mapping[str, tuple[Callable[[list[Received]], bool], float]] = {
    "was broken off": (_broken_off, SOON_S),
    "goes on": (lambda asked: bool(asked) and asked[-1].ended is None, SOON_S),
    "was never begun": (lambda asked: not asked, 0.0),
    "was finished after one request": (lambda asked: _finished(asked, 1), SOON_S),
    "was finished after two requests": (lambda asked: _finished(asked, 2), SOON_S),
    "was finished after three requests": (lambda asked: _finished(asked, 3), SOON_S),
    "was finished after five requests": (lambda asked: _finished(asked, 5), SOON_S),
}
"""What became of it: how that is seen in the model's own record, and within which time."""


def work_is(world: World, it: Chat, state: str) -> None:
    """By the model's own record, its work for this chat is in this state.

    Raises:
        AssertionError: it is not, within the time in which it must be.

    """
    holds, within = WORK[state]

    def look() -> None:
        asked = requests_of(world, it)
        told = [f"{each.request_id}: ended {each.ended}, hung up {each.hung_up}" for each in asked] or "none"
        assert holds(asked), f"the model's work for {it.who.name} is not as told: {state}; its requests: {told}"

    if within:
        eventually(look, within=within, what=f"that the work {state}")
    else:
        look()


def first_words_came(world: World) -> None:
    """The first piece of the last reply came while the model was still answering, by the model's own clock.

    And the time to it, as it is told at the end, is that at which it came, not that of the whole.

    Raises:
        AssertionError: it came only afterwards, or another time is told.

    """
    it = the_chat(world)
    first = next((each for each in it.received if each.type == "message_chunk"), None)
    ends = [each for each in it.received if each.type == "message_complete"]
    assert first is not None, "no words have come"
    assert ends, "the reply has not ended"
    asked = requests_of(world, it)[-1]
    at = first.at + (time.time() - time.monotonic())
    assert asked.ended is not None, "the model has not finished"
    assert at < asked.ended, f"the first words came {at - asked.ended:.3f} s after the model had finished"
    told, whole = (ends[-1].fields["metrics"][name] / 1000 for name in ("first_chunk_ms", "total_ms"))
    sent = next(each.at for each in reversed(it.connection.sent) if each.type == "chat_message")
    assert told <= first.at - sent + 0.01, f"{told} s are told, the first words came {first.at - sent:.3f} s after all"
    rest = min(ends[-1].at - first.at, whole)  # the end may have reached us late
    assert 0 < told < whole - 0.5 * rest, f"{told} s to the first words are told, of {whole} s"


# The service


def healthy(world: World, word: str, *, soon: bool = False) -> None:
    """Health is told at once, and is this; `soon`: it becomes this within SOON_S.

    An unhealthy service says so with its status, too, for whoever reads no more than that.

    Raises:
        AssertionError: it is another, or was told late.

    """

    def look() -> None:
        begun = time.monotonic()
        told = service(world).health()
        seconds = time.monotonic() - begun
        assert isinstance(told, Health), f"it says nothing of its health: {told}"
        assert told.status == word, f"expected it {word}, it says {told.status}"
        expected = 503 if word == "unhealthy" else 200
        assert told.status_code == expected, f"it says that it is {word} with {told.status_code}"
        assert seconds < AT_ONCE_S, f"it took {seconds:.2f} s to say so"

    if soon:
        eventually(look, within=SOON_S, what="its health")
    else:
        look()


def answered(answer: RawAnswer, status: int, saying: tuple[str, str] | None = None) -> None:
    """A program that speaks for itself was answered with this status, and with words of this kind.

    Raises:
        AssertionError: otherwise.

    """
    assert answer.status == status, f"expected {status}, the answer is {answer.text[:600]}"
    if saying is not None:
        how, words = saying
        assert words.casefold() in answer.text.casefold(), f'expected it {how} "{words}", it is {answer.text[:600]}'
