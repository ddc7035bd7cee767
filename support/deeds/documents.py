"""Having documents written: what is sent is the smallest whole order, changed as a table says; and summaries."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support.checks.tables import LEFT_OUT, OfLength, path, put, value
from support.deeds import practice
from support.deeds.chatting import service, tell_at_the_end
from support.deeds.practice import COLLEAGUES, HERE, Colleague, Pairs, segment
from support.world import World

ORDER: Mapping[str, Any] = {
    "template": {"id": "template-1", "name": "Progress note", "content": "Progress note for {{clientName}}"},
    "transcript": {
        "segments": [
            {"speaker": "Therapist", "text": "How was your week?", "startTime": 0},
            {"speaker": "Client", "text": "Better than the last one.", "startTime": 4},
        ]
    },
    "clientInfo": {"id": "client-1", "name": "Sarah Johnson"},
    "practitionerInfo": {"id": "practitioner-1", "name": "Dr. Lee"},
}
"""The smallest whole order."""
PARTS: Mapping[str, tuple[str, ...]] = {
    "template": ("template", "content"),
    "template name": ("template", "name"),
    "template id": ("template", "id"),
    "client": ("clientInfo", "name"),
    "client id": ("clientInfo", "id"),
    "practitioner": ("practitionerInfo", "name"),
    "practitioner id": ("practitionerInfo", "id"),
    "instructions": ("generationInstructions",),
    "whole template": ("template",),
    "whole transcript": ("transcript",),
    "whole client": ("clientInfo",),
    "whole practitioner": ("practitionerInfo",),
}
"""What the rows of a table are called, and what they change."""


BROWSER = "browser"
"""Where the document is asked for with: what a browser says of itself."""
WHO = "by"
"""Who asks, in a table of several documents."""


def write(world: World, who: Colleague, pairs: Pairs) -> None:
    """Have a document written; the outcome is the answer."""
    tell_at_the_end(world)
    world.answer = ready(world, who, pairs)()
    world.remember("moment", "answered", time.time())


def write_all(world: World, rows: Iterable[Pairs], *, at_once: bool) -> None:
    """Have several documents written, one after another or all at once; the outcomes, in order, are the answer."""
    tell_at_the_end(world)
    asking = []
    for row in rows:
        told = dict(row)
        asking.append(ready(world, COLLEAGUES[told.pop(WHO)], [(words, cell) for words, cell in told.items() if cell]))
    with ThreadPoolExecutor(len(asking) if at_once else 1) as pool:
        world.answer = list(pool.map(lambda ask: ask(), asking))
    world.remember("moment", "answered", time.time())


def ready(world: World, who: Colleague, pairs: Pairs) -> Callable[[], Any]:
    """An order that has only to be sent; nothing else is left to do then."""
    shown, body = practice.identity(world, who), order(world, who, [pair for pair in pairs if pair[0] != BROWSER])
    browser = dict(pairs).get(BROWSER)
    headers = {"User-Agent": browser} if browser else {}
    return lambda: service(world).generate_document(shown, body, headers=headers)


def summarise(world: World, who: Colleague, rows: Sequence[Pairs]) -> None:
    """Have conversations summarised; the outcome is the answer. Rows with the same first cell are one conversation."""
    tell_at_the_end(world)
    made: dict[str, dict[str, Any]] = {}
    for (_, name), *said in rows:
        for each in conversations(name):
            made.setdefault(each["id"], each)["messages"].extend(_messages(said))
    world.answer = service(world).summarize(practice.identity(world, who), {"conversations": list(made.values())})


def conversations(name: str) -> list[dict[str, Any]]:
    """A conversation of that name; as many as `(40 conversations)` says, each with words of its own; `(none)`."""
    if name == "(none)":
        return []
    if generated := re.fullmatch(r"\((\d+) conversations\)", name):
        numbers = range(1, int(generated[1]) + 1)
        return [
            conversation(f"Conversation {number}", [{"role": "user", "content": told(number)}]) for number in numbers
        ]
    return [conversation(name, [])]


def conversation(name: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """One conversation with these messages."""
    return {"id": name, "createdAt": "2026-03-02T10:00:00Z", "messages": messages}


def told(number: int) -> str:
    """What was said in one of many generated conversations; it tells its number."""
    return f"Worry number {number} of this month."


def _messages(said: Pairs) -> list[dict[str, Any]]:
    """`client` is said by the client, `assistant` by the assistant; what an empty cell would say is not said."""
    return [{"role": {"client": "user"}.get(who, who), "content": value(cell)} for who, cell in said if cell]


def order(world: World, who: Colleague, pairs: Pairs) -> dict[str, Any]:
    """The order that a table tells."""
    body: dict[str, Any] = {name: dict(part) for name, part in ORDER.items()}
    spoken: list[dict[str, Any]] = []
    for words, cell in pairs:
        if words.startswith("segments") or words == "transcript":
            spoken += _spoken(words, cell, len(spoken))
            body["transcript"] = {"segments": spoken}
            continue
        where = PARTS.get(words, path(words))
        what = value(cell)
        if what is LEFT_OUT:
            _take_out(body, where)
        else:
            put(body, where, str(what) if isinstance(what, OfLength) else what)
    _know(world, body)
    return body


def _spoken(words: str, cell: str, before: int) -> list[dict[str, Any]]:
    """`segments: Dr. Lee` is said by Dr. Lee; `segments` alone are generated, or none."""
    if generated := re.fullmatch(r"\((\d+) segments\)", cell):
        return [segment(number) for number in range(1, int(generated[1]) + 1)]
    if cell == "(empty)":
        return []
    return [{"speaker": path(words)[1], "text": str(value(cell)), "startTime": 30.0 * before}]


def _take_out(body: dict[str, Any], where: tuple[str, ...]) -> None:
    inner = body
    for step in where[:-1]:
        inner = inner[step]
    inner.pop(where[-1], None)


def _know(world: World, body: dict[str, Any]) -> None:
    """A client of the practice is meant by their id there."""
    there = world.named("practice").get(HERE)
    client = body.get("clientInfo")
    if there is not None and isinstance(client, dict) and ("client", client.get("name")) in there.ids:
        client["id"] = there.ids["client", client["name"]]
