"""Proves that a missed event is looked for once with everybody, and that the search never hides the failure."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from support.checks.tracing import _whereabouts
from support.clients.evaluation_platform.interface import Event, NotOffered, Page, Refusal, Unreachable
from support.deeds.people import ADA, NOOR, Person

FOUND = Page[Event](items=(Event(id="1", session="s-1", type="tool", name="answer"),))
NONE = Page[Event](items=())


def world(ours: object, theirs: object) -> Any:
    """A world in which Ada and Noor are told this, or meet it, when they look for an event."""
    platform = SimpleNamespace(second=_door(ours), foreign=SimpleNamespace(second=_door(theirs)))
    return SimpleNamespace(platform=platform, named=lambda _kind: {"chat": "s-1"}, unique=lambda label: label)


def _door(told: object) -> Any:
    def find(_name: str) -> object:
        if isinstance(told, Exception):
            raise told
        return told

    return SimpleNamespace(events=SimpleNamespace(find=find))


@pytest.mark.parametrize(
    ("person", "ours", "theirs", "where"),
    [
        (ADA, FOUND, NONE, 'with Ada, in the session "chat"'),
        (NOOR, FOUND, NONE, 'with Ada, in the session "chat"'),
        (
            NOOR,
            FOUND,
            FOUND,
            'with Ada, in the session "chat" and with Noor of Northwind Claims, in the session "chat"',
        ),
        (NOOR, NONE, NONE, "with nobody"),
    ],
)
def test_each_place_is_told_once(person: Person, ours: object, theirs: object, where: str) -> None:
    assert _whereabouts(world(ours, theirs), "answer", person) == where


@pytest.mark.parametrize(
    "why",
    [
        Refusal(reason="forbidden", message="no", status=403),
        NotOffered("nothing is found by its name"),
        Unreachable("localhost", ConnectionRefusedError("refused")),
    ],
    ids=lambda why: type(why).__name__,
)
def test_who_cannot_look_is_told_beside_the_rest(why: object) -> None:
    told = _whereabouts(world(FOUND, why), "answer", NOOR)
    assert told.startswith(
        'with Ada, in the session "chat" and what cannot be looked for with Noor of Northwind Claims ('
    )
