"""Having documents written: what is sent is the smallest whole order, changed as a table says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from support.checks.tables import LEFT_OUT, OfLength, path, put, value
from support.deeds import practice
from support.deeds.chatting import service
from support.deeds.practice import HERE, Colleague, Pairs, segment
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


def write(world: World, who: Colleague, pairs: Pairs) -> None:
    """Have a document written; the outcome is the answer."""
    world.answer = service(world).generate_document(practice.identity(world, who), order(world, who, pairs))


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
