"""What comes over the wire to whoever chats: message by message, in order, and nothing else.

Rows tell what came in words (`typing begins`, `words`, `tools begin`, `reply complete`) and, where it matters, what it
says. Pieces of a reply that follow each other are one row: how they were cut is not promised, what they join to is.
A third cell of tools says what each of them was given: `the name "Sarah"; the client "Sarah Johnson"` of two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from support.checks.phrases import phrases
from support.checks.tables import value
from support.checks.waiting import eventually
from support.clients.assistant import Heard, Refusal
from support.clients.assistant.tools import find
from support.deeds import practice
from support.deeds.chatting import SOON_S, Chat, the_chat
from support.reporting import evidence
from support.world import World

Lines = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Came:
    """One thing that came: in words, and what it says."""

    what: str
    says: str = ""
    given: Sequence[Mapping[str, Any]] = ()
    """What each of its tools was given, by the words of the tool."""

    def __str__(self) -> str:
        return f"| {self.what} | {self.says} |{f' {list(self.given)} |' if self.given else ''}"


def _typing(fields: Mapping[str, Any]) -> Came:
    return Came("typing begins" if fields.get("typing") else "typing ends")


def _tools(what: str) -> Callable[[Mapping[str, Any]], Came]:
    def tell(fields: Mapping[str, Any]) -> Came:
        names = [str(tool["name"]) for tool in fields["tools"]]
        told = ", ".join(tool.spoken if (tool := find(name)) else f'"{name}"' for name in names)
        return Came(what, told, [_given(tool) for tool in fields["tools"]])

    return tell


def _given(told: Mapping[str, Any]) -> Mapping[str, Any]:
    tool, given = find(told["name"]), told.get("arguments")
    assert isinstance(given, Mapping), f"what {told['name']} is given is told as {given!r}"
    return {tool.said(name) if tool else name: what for name, what in given.items()}


def _action(fields: Mapping[str, Any]) -> Came:
    action = fields["action"]
    return Came("page action", str(action["type"]).replace("_", " "))


def _complete(fields: Mapping[str, Any]) -> Came:
    return Came("reply complete", "cancelled" if fields.get("cancelled") else "")


def _kept(fields: Mapping[str, Any]) -> Came:
    return Came("page taken in" if fields.get("success") else "page refused", _words(fields.get("code")))


WORDS: Mapping[str, Callable[[Mapping[str, Any]], Came]] = {
    "connected": lambda fields: Came("welcome", _words(fields.get("persona_type"))),
    "typing": _typing,
    "message_chunk": lambda fields: Came("words", str(fields.get("content"))),
    "tool_call_started": _tools("tools begin"),
    "tool_call_completed": _tools("tools end"),
    "ui_action": _action,
    "message_complete": _complete,
    "message_error": lambda fields: Came("error", _words(fields.get("code"))),
    "heartbeat_ack": lambda fields: Came("heartbeat", "" if _is_now(fields.get("timestamp")) else "at another time"),
    "ui_state_ack": _kept,
}
"""Messages in words, by their type."""
SOMETHING = "(something)"
"""A cell for what is not looked at."""


def _is_now(told: Any) -> bool:
    """Whether it is a moment of this scenario."""
    try:
        return abs((datetime.now(UTC) - datetime.fromisoformat(str(told))).total_seconds()) < MINUTE_S
    except (ValueError, TypeError):  # no moment, or one of nowhere
        return False


MINUTE_S = 60.0


def _words(code: Any) -> str:
    return str(code or "").replace("_", " ")


def in_words(heard: Sequence[Heard]) -> list[Came]:
    """What came, in words; pieces of a reply that follow each other are joined."""
    told: list[Came] = []
    for each in heard:
        make = WORDS.get(each.type)
        came = make(each.fields) if make else Came(f"unknown message {each.type!r}", str(each))
        if came.what == "words" and told and told[-1].what == "words":
            told[-1] = Came("words", told[-1].says + came.says)
        else:
            told.append(came)
    return told


def received(world: World, rows: Lines, which: Chat | None = None) -> None:
    """Since the last deed exactly this came, in this order, each as a message of this session.

    A heartbeat that is answered afterwards proves that nothing else was on its way.

    Raises:
        AssertionError: something else came, or it did not come in time.

    """
    it = which or the_chat(world)
    wanted = [Came(row[0], _cell(row[1]) if len(row) > 1 else "", _gifts(world, row)) for row in rows]

    def look() -> None:
        strange = [str(each) for each in it.received if each.fields.get("session_id") != it.session]
        assert not strange, f"this is of no session, or of another than {it.session}: {strange[0]}"
        found = in_words(it.received)
        actual, expected = "\n".join(map(str, found)) or "nothing", "\n".join(map(str, wanted))
        met = len(found) == len(wanted) and all(map(_meets, wanted, found))
        assert met, f"what came is\n{actual}\nexpected\n{expected}"

    try:
        eventually(look, within=SOON_S if len(in_words(it.received)) < len(wanted) else 0.05, what="what came")
        if it.connection.stands:
            usable(world, it)
            look()
    except AssertionError:
        evidence.attach_comparison("\n".join(map(str, wanted)), "\n".join(map(str, in_words(it.received))))
        raise


def _gifts(world: World, row: Sequence[str]) -> list[dict[str, Any]]:
    """What the third cell says that tools were given, one after the other; things by their ids."""
    if len(row) < 3 or not row[0].startswith("tools"):
        return []
    return [
        {str(phrase.words): _meant(world, str(phrase.words), phrase.value) for phrase in phrases(cell.strip())}
        for cell in row[2].split(";")
    ]


def _meant(world: World, kind: str, what: Any) -> Any:
    ids = practice.practice(world).ids
    return ids.get((kind, str(what)), what)


def _cell(cell: str) -> str:
    quoted = re.fullmatch(r'"(.*)"', cell, re.DOTALL)
    return quoted[1] if quoted else cell if cell == SOMETHING else str(value(cell)) if cell.startswith("(") else cell


def _meets(wanted: Came, found: Came) -> bool:
    given = not wanted.given or list(wanted.given) == list(found.given)
    return wanted.what == found.what and wanted.says in (SOMETHING, found.says) and given


def continues(world: World, which: Chat | None = None, *, whole: bool = True) -> None:
    """Each piece of the last reply says something, tells the whole so far, and together they are the reply at its end.

    Without `whole` the end is not looked at.

    Raises:
        AssertionError: a piece is empty, out of order, torn, or the reply at the end is another.

    """
    it = which or the_chat(world)
    pieces = [each for each in it.received if each.type == "message_chunk"]
    assert pieces, "no piece of a reply has come"
    so_far = ""
    for number, piece in enumerate(pieces, 1):
        content = str(piece.fields.get("content", ""))
        assert content, f"piece {number} says nothing: {piece}"
        so_far += content
        told = piece.fields.get("full_content")
        assert told == so_far, f"after piece {number} the reply is {so_far!r}, it is told as {told!r}"
        assert not any("\ud800" <= sign <= "\udfff" or sign == "\ufffd" for sign in content), f"torn: {piece}"
    ends = [str(each.fields.get("content")) for each in it.received if each.type == "message_complete"]
    assert not whole or ends[-1:] == [so_far], f"the pieces join to {so_far!r}, the reply at its end is {ends}"


def usable(world: World, which: Chat | None = None) -> None:
    """The connection stands: a heartbeat sent now is answered.

    Raises:
        AssertionError: it is not, or the connection has ended.

    """
    it = which or the_chat(world)
    mark = it.connection.mark
    try:
        it.connection.send({"type": "heartbeat"})
    except ConnectionError as ended:
        raise AssertionError(f"the connection is not usable: {ended}") from ended
    it.proofs.append(
        it.connection.wait_for(
            lambda heard: heard.type == "heartbeat_ack", within=SOON_S, since=mark, what="a heartbeat"
        )
    )


CLOSINGS: Mapping[str, int] = {
    "in order": 1000,
    "for a breach of the protocol": 1002,
    "for binary data": 1003,
    "for broken text": 1007,
    "for a stop of the service": 1012,
    "for reading too slowly": 1008,
    "for a message too large": 1009,
    "for too many connections": 1013,
    "as unauthorised": 4401,
    "as forbidden": 4403,
    "as not found": 4404,
    "for silence": 4408,
}
"""Why a connection is closed, and the code that says so."""


SELF_EVIDENT = {1000, 1002, 1007, 1012}
"""Codes of the protocol itself, which need no word."""


def closed(world: World, why: str, within: float = 2 * SOON_S, which: Chat | None = None) -> None:
    """The service has closed the connection for this reason, and says a word about it.

    Raises:
        AssertionError: it stands, or was closed otherwise.

    """
    it = which or the_chat(world)
    if it.conversation is None and isinstance(world.answer, Refusal):  # it was not even opened
        assert world.answer.status == CLOSINGS[why] - 4000, f"expected it refused {why}, it is {world.answer}"
        return
    connection = it.connection
    connection.listen()
    ended = connection.wait_closed(within=within)
    assert ended.code == CLOSINGS[why], f"expected it closed {why} ({CLOSINGS[why]}), was {ended.code} {ended.reason!r}"
    assert ended.reason or ended.code in SELF_EVIDENT, f"it was closed with {ended.code} and not a word why"


INSIDE = re.compile(
    r"traceback|exception|error code|\b\w+error\b|https?://|127\.0\.0\.1|localhost|\bline \d+|/[\w.]+/[\w.]+\.py|bearer"
    r"|sk-|openai|httpx|redis|sqlalchemy|nestjs|errno",
    re.IGNORECASE,
)
"""What no user is to read in an error."""


def told_of(world: World, code: str, which: Chat | None = None) -> None:
    """Since the last deed the user was told of exactly one error, of this kind, without a word about the inside.

    As long as the connection stands, a heartbeat that is answered afterwards proves that no other was on its way.

    Raises:
        AssertionError: of none, of another, of several, or with internals.

    """
    it = which or the_chat(world)

    def look() -> list[Heard]:
        errors = [each for each in it.received if each.type == "message_error"]
        kinds = [_words(each.fields.get("code")) for each in errors]
        assert kinds == [code], f"expected to be told of {code!r}, was told of {kinds or 'nothing'}"
        return errors

    errors = eventually(look, within=SOON_S, what="the error").value
    if it.connection.stands:
        usable(world, it)
        look()
    message = str(errors[0].fields.get("message", ""))
    assert message.strip(), f"the error {code!r} says nothing"
    leaked = INSIDE.search(message)
    assert leaked is None, f"the error tells of the inside ({leaked[0] if leaked else ''}): {message}"
