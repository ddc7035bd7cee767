"""Chains of tools: what the practice received, and what the model was told and asked with. Two logs, neither ours.

Rows are in the words of the practice: the tool whose call it is, and its arguments with the names of things for ids.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from support.checks.phrases import phrases
from support.checks.tables import OfLength
from support.clients.assistant.tools import find
from support.clients.practice import digest
from support.deeds import practice
from support.deeds.chatting import the_chat
from support.deeds.practice import HERE, Colleague
from support.deeds.received import Asked, asked, in_words, requests, said
from support.reporting import evidence
from support.world import World

Lines = Sequence[Sequence[str]]
ALONE = ""
"""An argument of which only the value is told."""


def was_asked(world: World, rows: Lines, *, in_order: bool, called: str = HERE) -> None:
    """The practice was asked exactly these things.

    Raises:
        AssertionError: something was not asked, was asked otherwise, in another order, or beyond that.

    """
    found = [in_words(world, request) for request in asked(world, called)]
    told = [(row[0], "".join(row[1:2])) for row in rows if row[0]]
    wanted = [Asked((words,), _wanted(world, cell)) for words, cell in told]
    actual, expected = "\n".join(map(str, found)) or "nothing", "\n".join(map(str, wanted)) or "nothing"
    if len(found) == len(wanted) and _all_met(wanted, found, in_order=in_order):
        return
    evidence.attach_comparison(expected, actual)
    raise AssertionError(
        f"the practice was asked\n{actual}\nexpected{'' if in_order else ', in any order'}\n{expected}"
    )


def was_asked_so_often(world: World, times: int, called: str = HERE) -> None:
    """The practice was asked so many things.

    Raises:
        AssertionError: it was asked more, or fewer; tells what.

    """
    found = [str(in_words(world, request)) for request in asked(world, called)]
    told = "\n".join(found) or "nothing"
    assert len(found) == times, f"the practice was asked {len(found)} things, expected {times}:\n{told}"


def _all_met(wanted: list[Asked], found: list[Asked], *, in_order: bool) -> bool:
    if in_order:
        return all(_meets(one, other) for one, other in zip(wanted, found, strict=True))
    left = list(found)
    for one in wanted:
        met = next((other for other in left if _meets(one, other)), None)
        if met is None:
            return False
        left.remove(met)
    return True


def _meets(wanted: Asked, found: Asked) -> bool:
    """Every argument is as the row says, and there are no others; a value alone is that of the argument left over."""
    tool = find(wanted.names[0])
    if not {wanted.names[0], tool.spoken if tool else ""} & set(found.names):
        return False
    left = dict(found.arguments)
    alone = [said_ for words, said_ in wanted.arguments.items() if words.startswith(ALONE + "#")]
    for words, said_ in wanted.arguments.items():
        if not words.startswith(ALONE + "#") and left.pop(words, None) != said_:
            return False
    return sorted(left.values()) == sorted(alone)


def _wanted(world: World, cell: str) -> dict[str, str]:
    found = {}
    for number, phrase in enumerate(phrases(cell)):
        what = str(phrase.value) if isinstance(phrase.value, OfLength) else phrase.value
        found[phrase.words or f"{ALONE}#{number}"] = said(world, what)
    return found


def asked_as(world: World, who: Colleague) -> None:
    """Every call to somebody's practice showed their token; their profile, too, where they are a practitioner.

    Raises:
        AssertionError: nothing was asked, or one call was made as somebody else.

    """
    made = asked(world, who.practice or HERE)
    assert made, "the practice was asked nothing, so that nothing was asked as anybody"
    person = practice.registered(world, who)
    profile = None if who.role == "client" else person.profile
    for request in made:
        name = practice.label_of(world, request.person or "nobody that the practice knows")
        assert request.token_digest == digest(person.token), f"{request.method} {request.route} was asked as {name}"
        assert request.profile == profile, (
            f"{request.method} {request.route} was asked with the profile {request.profile}, expected {profile}"
        )


# What the model was told


@dataclass(frozen=True)
class Told:
    """The result of a tool as the model was told it."""

    tool: str
    success: bool
    text: str

    def __str__(self) -> str:
        return f"| {self.tool} | {'success' if self.success else 'failure'} | {self.text[:300]} |"


def results(world: World) -> list[Told]:
    """Every result of a tool that the model was told, in order: those of its last request of the last chat."""
    session = the_chat(world).session
    own = [
        each for each in requests(world) if each.headers.get("x-client-request-id", f"{session}/").startswith(session)
    ]
    assert own, "the model was asked nothing"
    messages = own[-1].messages
    names = {call["id"]: call["function"]["name"] for message in messages for call in message.get("tool_calls") or ()}
    return [_told(names, message) for message in messages if message.get("role") == "tool"]


def _told(names: Mapping[str, str], message: Mapping[str, Any]) -> Told:
    name = names.get(message["tool_call_id"], "(no call)")
    tool = find(name)
    content = json.loads(message["content"])
    datetime.fromisoformat(content["timestamp"])
    assert content["tool"] == name, f"the result of {name} says that it is one of {content['tool']}"
    text = json.dumps(content.get("result" if content["success"] else "error"), ensure_ascii=False)
    return Told(tool.spoken if tool else name, bool(content["success"]), text)


def model_was_told(world: World, rows: Lines) -> None:
    """The model was told exactly these results of tools, in this order; each holds the words of its third cell.

    `"selected": (nothing)` in a cell: it tells that nothing is.

    Raises:
        AssertionError: it was told something else, or something beyond that.

    """
    found = results(world)
    actual = "\n".join(map(str, found)) or "nothing"
    wanted = [(row[0], row[1], row[2].replace("(nothing)", "null") if len(row) > 2 else "") for row in rows]
    met = len(found) == len(wanted) and all(
        told.tool == (tool.spoken if (tool := find(words)) else words.strip('"'))
        and told.success == {"success": True, "failure": False}[outcome]
        and (_words_of(world, words_said) in told.text or words_said in told.text)
        for told, (words, outcome, words_said) in zip(found, wanted, strict=True)
    )
    if not met:
        expected = "\n".join(f"| {' | '.join(row)} |" for row in wanted)
        evidence.attach_comparison(expected, actual)
        raise AssertionError(f"the model was told\n{actual}\nexpected\n{expected}")


def _words_of(world: World, cell: str) -> str:
    """Words to look for in a result: quotes aside, as they stand in JSON."""
    return json.dumps(cell.strip('"'), ensure_ascii=False)[1:-1]


def reply(world: World) -> str:
    """The whole reply of the last chat since the last deed, as the user has it at the end."""
    ends = [each for each in the_chat(world).received if each.type == "message_complete"]
    assert ends, "no reply has come to its end"
    return str(ends[-1].fields.get("content", ""))


def reply_says(world: World, text: str) -> None:
    """The reply holds these words.

    Raises:
        AssertionError: it does not.

    """
    heard = reply(world)
    told = [f", after the error {each}" for each in the_chat(world).received if each.type == "message_error"]
    assert text in heard, f"expected the reply to say {text!r}, it says: {heard!r}{''.join(told)}"


def meant(world: World, gist: str) -> str:
    """What words stand for: `"text"` itself, or `what the summary of "Sarah Johnson" says`, read from the practice."""
    if summary := re.fullmatch(r'what the summary of "([^"]+)" says', gist):
        return summary_of(world, summary[1])
    return gist.strip('"')


def summary_of(world: World, client: str) -> str:
    """The summary of a client, read from the practice itself."""
    client_id = practice.client_id(world, HERE, client)
    read = practice.reader(world).get("/haystack/client-summary", client_id=client_id)
    return str(read["summary"])
