"""As what the model was asked: its settings, its instructions, the tools it was offered; and that none of it leaks.

What is looked at is the model's own record of the requests that it got.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from support.checks.tables import value
from support.clients.assistant import Refusal
from support.clients.assistant.tools import find
from support.clients.model import Received
from support.deeds import practice
from support.deeds.chatting import Chat, service
from support.deeds.practice import HERE, Colleague
from support.deeds.received import requests
from support.reporting import evidence
from support.world import World

Rows = Sequence[Sequence[tuple[str, str]]]
ANY = "(any)"
"""A cell that is not looked at."""
LEAST_SHOWN = 24
"""So many letters of somebody's instructions, one after the other, are a piece of them."""


def asked(world: World, rows: Rows) -> None:
    """The model was asked exactly these things, in this order; the columns say what is looked at: see COLUMNS.

    Raises:
        AssertionError: it was asked more or less often, or otherwise.

    """
    received = requests(world)
    found = [" | ".join(str(COLUMNS[words](each)) for words, _ in rows[0]) for each in received]
    met = len(received) == len(rows) and all(map(_meets, received, rows))
    if not met:
        wanted = "\n".join(" | ".join(cell for _, cell in row) for row in rows)
        evidence.attach_comparison(wanted, "\n".join(found))
        raise AssertionError("the model was asked\n" + "\n".join(found) + "\nexpected\n" + wanted)


def _meets(request: Received, row: Sequence[tuple[str, str]]) -> bool:
    return all(cell == ANY or _is(words, COLUMNS[words](request), value(cell)) for words, cell in row)


def _is(words: str, found: Any, wanted: Any) -> bool:
    return str(wanted) in str(found) if words == "words" else bool(found == wanted)


def instructions(request: Received) -> str:
    """What the model was told to be."""
    return "\n".join(str(message["content"]) for message in request.messages or () if message["role"] == "system")


def last_message(request: Received) -> str:
    """What the user said last."""
    said = [str(message["content"]) for message in request.messages or () if message["role"] == "user"]
    return said[-1] if said else ""


COLUMNS: Mapping[str, Callable[[Received], Any]] = {
    "model": lambda request: request.model,
    "temperature": lambda request: request.temperature,
    "token limit": lambda request: request.max_tokens,
    "instructions": instructions,
    "message": last_message,
    "words": last_message,
    "tools": lambda request: len(request.offered),
}
"""What can be looked at: a message is what the user said last, exactly; words are in it."""


def offered(world: World, rows: Sequence[Sequence[str]], how: str) -> None:
    """The model was offered these tools in its last request: exactly these, at least these, none of them, or none.

    A line is one tool, or an area and its tools in one cell.

    Raises:
        AssertionError: one is missing, or one too many.

    """
    if so_many := re.search(r"\d+", how):
        _so_many(world, int(so_many[0]))
        return
    wanted = [words.strip() for row in rows for words in row[-1].split(",")]
    unknown = [words for words in wanted if find(words) is None]
    assert not unknown, f"there are no tools called {', '.join(unknown)}"
    last = requests(world)[-1].offered
    found = [tool.spoken if (tool := find(name)) else name for name in last]
    spoken = [tool.spoken for words in wanted if (tool := find(words))]
    assert len(set(found)) == len(found), f"a tool was offered twice: {found}"
    if how == "none of these tools":
        spoken = [tool for tool in found if tool not in spoken]
    missing, more = set(spoken) - set(found), set(found) - set(spoken)
    if missing or (more and how != "at least these tools"):
        raise AssertionError(
            f"the model was offered {', '.join(found) or 'nothing'}; "
            f"missing: {', '.join(sorted(missing)) or 'none'}; beyond: {', '.join(sorted(more)) or 'none'}"
        )


def _so_many(world: World, least: int) -> None:
    """The model was offered so many different tools at least, each with a description and what it takes.

    Raises:
        AssertionError: they were fewer, or one is not described.

    """
    request = requests(world)[-1]
    assert len(set(request.offered)) >= least, f"it was offered {len(set(request.offered))} tools, expected {least}"
    bare = [
        tool["function"]["name"]
        for tool in request.tools
        if not tool["function"].get("description") or tool["function"].get("parameters", {}).get("type") != "object"
    ]
    assert not bare, f"these tools are not described: {', '.join(bare)}"


def tell(world: World, pairs: Sequence[tuple[str, str]], *, something: bool) -> None:
    """The instructions of the last request tell each of these, or nothing of any: see TOLD.

    Raises:
        AssertionError: something is missing, or is there that must not be.

    """
    request = requests(world)[-1]
    text = instructions(request)
    for kind, cell in pairs:
        for words in TOLD[kind](world, request, cell):
            what = f"{'nothing of' if something else 'of'} the {kind} {cell} ({words!r})"
            assert (words in text) is something, f"the instructions tell {what}: {text[-3000:]}"


def _date(_world: World, request: Received, cell: str) -> list[str]:
    zone = ZoneInfo(found[1]) if (found := re.fullmatch(r"\(today in ([\w/]+)\)", cell)) else UTC
    day = datetime.fromtimestamp(request.started, zone)
    return [f"{day:%Y-%m-%d}", f"{day:%A}"]


def _session(world: World, _request: Received, cell: str) -> list[str]:
    return [practice.id_of(world, HERE, "session", cell)]


def _client(world: World, _request: Received, cell: str) -> list[str]:
    return [cell, practice.client_id(world, HERE, cell)]


def _words(_world: World, _request: Received, cell: str) -> list[str]:
    return [str(value(cell))]


TOLD: Mapping[str, Callable[[World, Received, str], list[str]]] = {
    "date": _date,
    "session": _session,
    "client": _client,
    "page": _words,
    "words": _words,
}
"""What instructions tell: a date with its day of the week, a session and a client so that tools can be given them."""


def the_same_every_time(world: World) -> None:
    """Every request of the scenario had one and the same instructions, first and only there, settings and tools.

    Raises:
        AssertionError: something differs from the first request, or there was one request only.

    """
    received = requests(world)
    assert len(received) > 1, "the model was asked once: there is nothing to compare"
    first = received[0]
    for number, request in enumerate(received, 1):
        roles = [message["role"] for message in request.messages or ()]
        assert roles.count("system") == 1, f"request {number} has instructions {roles.count('system')} times: {roles}"
        assert roles[0] == "system", f"request {number} does not begin with its instructions: {roles}"
        assert not {"developer", "function"} & set(roles), f"request {number} has other instructions: {roles}"
        for what in SAME:
            then, now = SAME[what](first), SAME[what](request)
            assert then == now, f"in request {number} the {what} became {now!r}, were {then!r}"


SAME: Mapping[str, Callable[[Received], Any]] = {
    "instructions": instructions,
    "model": lambda request: request.model,
    "temperature": lambda request: request.temperature,
    "token limit": lambda request: request.max_tokens,
    "tools": lambda request: json.dumps(request.tools, sort_keys=True),
}
"""What no message changes."""


def differ(world: World) -> None:
    """No two requests had the same instructions, none of them none.

    Raises:
        AssertionError: two had the same, or there was one request only.

    """
    told = [instructions(each) for each in requests(world)]
    assert len(told) > 1, f"the model was asked {len(told)} times: there is nothing to compare"
    assert all(len(text) > LEAST_SHOWN for text in told), f"somebody has no instructions: {told}"
    assert len(set(told)) == len(told), "two personas have the same instructions"


ALIKE: Mapping[str, Callable[[World], None]] = {
    "instructions, settings and tools were the same every time": the_same_every_time,
    "instructions were different every time": differ,
}
"""What holds of all requests of a scenario, in words."""


def never_read(world: World, who: Colleague, which: Chat) -> None:
    """Nothing that somebody received, and nothing of their session as it is read, holds a piece of the instructions.

    Letters and digits count, upper and lower case are one: however it is set out, and also in base64.

    Raises:
        AssertionError: a piece of LEAST_SHOWN letters is there.

    """
    lines = [line.strip(" -") for each in requests(world) for line in instructions(each).splitlines()]
    encoded = [base64.b64encode(line.encode()).decode() for line in lines]
    secret = {piece for line in (*lines, *encoded) for piece in pieces(line)}
    assert secret, "the instructions are too short to be recognised"
    read = service(world).read_session(practice.identity(world, who), which.session)
    assert not isinstance(read, Refusal), f"the session cannot be read: {read}"
    replies = "".join(
        str(each.fields.get("content", "")) for each in which.connection.heard if each.type == "message_chunk"
    )
    for text in (replies, *(str(each.raw) for each in which.connection.heard), read.model_dump_json()):
        found = pieces(text) & secret
        assert not found, f"{who.name} reads a piece of the instructions: {min(found)!r} in {text[:500]}"


def pieces(text: str) -> set[str]:
    """Every piece of LEAST_SHOWN letters and digits."""
    plain = "".join(filter(str.isalnum, text.casefold()))
    return {plain[at : at + LEAST_SHOWN] for at in range(len(plain) - LEAST_SHOWN + 1)}
