"""What the practice and the model were asked by the assistant, by their own accounts, in the words of the practice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from support.clients.assistant.tools import Call, understand
from support.clients.model import Received
from support.clients.practice import Request
from support.deeds import practice
from support.deeds.practice import HERE
from support.world import World


@dataclass(frozen=True)
class Asked:
    """One call to the practice: the words of the tools that make it, and its arguments, ids by the names of things."""

    names: tuple[str, ...]
    arguments: Mapping[str, str]

    def __str__(self) -> str:
        told = ", ".join(f"the {words} {said}" for words, said in self.arguments.items())
        return f"| {self.names[0]} | {told} |"


def asked(world: World, called: str = HERE) -> list[Request]:
    """What a practice of the scenario received from the assistant, oldest first; also as nobody whom it knows."""
    there = practice.practice(world, called)
    received = there.control.meant_for(there.seeded)
    return [request for request in received if request.person != there.seeded.administrator.id]


def in_words(world: World, request: Request) -> Asked:
    """A request in the words of the practice."""
    call: Call = understand(request.method, request.path, request.query, request.body)
    return Asked(call.names, {words: said(world, what) for words, what in call.arguments.items()})


def said(world: World, what: Any) -> str:
    """A value as rows tell it: things by their names, texts in quotes."""
    match what:
        case str():
            label = practice.label_of(world, what)
            return label if label.isdigit() or label in ("true", "false") else f'"{label}"'
        case bool():
            return str(what).lower()
        case list():
            return "[" + ", ".join(said(world, each) for each in what) + "]"
        case Mapping():
            return _said_of(world, what)
        case _:
            return json.dumps(what)


def _said_of(world: World, what: Mapping[str, Any]) -> str:
    """An object: a session by its title, a line of an invoice by what is paid and how many cents."""
    if "session_id" in what:
        return said(world, what["session_id"])
    if "unitCents" in what:
        return said(world, f"{what['description']} {what['unitCents']}")
    return "{" + ", ".join(f"{key}: {said(world, each)}" for key, each in what.items()) + "}"


def requests(world: World, **which: Any) -> list[Received]:
    """What the model was asked in chats and documents, oldest first."""
    return [each for each in world.worker.model.scripted.received(**which) if each.api is not None]
