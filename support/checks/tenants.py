"""What one tenant may learn of another: nothing. What it may do to it: nothing either."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from support.checks.matching import check_value
from support.checks.outcomes import refused
from support.deeds.tenants import ITS, OURS, Household, Tenant, Told
from support.world import World

ITS_OWN, EMPTY, SUCCESS = "its own", "empty", "a success"
WHEN = {"created_at", "updated_at", "position"}
"""What every row says of the time at which it was stored."""
MADE_UP = (
    (re.compile(r"\bhh_\w+"), "(a key)"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"), "(a time)"),
)
RECENT = 3_600_000
"""Milliseconds: what lies so little in the past was stored just now. What the tenants keep is years old."""
INSTANT = re.compile(r"\b\d{13}(?:\.\d+)?\b")
ID = re.compile(r"\b(?:[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")


def is_answered(world: World, what: str) -> None:
    """The tenant that asked is shown its own, or nothing, or that it has succeeded; or it is refused for that reason.

    Raises:
        AssertionError: it is answered something else.

    """
    told: Told = world.recall("asked", "told")
    if what not in (ITS_OWN, EMPTY, SUCCESS):
        refused(world.answer, what)
        return
    assert told.answer.status in (200, 201), f"expected {what}, was\n{told.answer.raw}"
    shown = told.asker.household.mark in told.answer.raw
    if what == ITS_OWN:
        assert shown, f"{ITS} is not shown its own:\n{told.answer.raw}"
    if what == EMPTY:
        assert empty(told.answer.body), f"expected an empty answer, was\n{told.answer.raw}"


def empty(body: Any) -> bool:
    """Whether every list in an answer is empty, at any depth."""
    if isinstance(body, Mapping):
        return all(empty(value) for value in body.values())
    return not body if isinstance(body, list) else True


def as_if_alone(world: World, alone: Told) -> None:
    """What was answered, and what the tenant has afterwards, is what it would be if there were no other tenant.

    Raises:
        AssertionError: with the difference.

    """
    together: Told = world.recall("asked", "told")
    check_value("the answer", plain_answer(world, together), plain_answer(world, alone))
    if together.its != alone.its:
        check_value(f"what {ITS} has", plain_content(world, together), plain_content(world, alone))


def gave_nothing_away(world: World) -> None:
    """Nothing of ours was in any answer to the other, and everything of ours is as it was.

    Raises:
        AssertionError: says what leaked, or what has changed.

    """
    told: Told = world.recall("asked", "told")
    ours: Tenant = world.recall("tenant", OURS)
    canary = ours.household.mark
    assert canary not in told.answer.raw, f"{ITS} was shown what is {OURS}'s ({canary}):\n{told.answer.raw}"
    assert canary not in json.dumps(told.its), f"{ITS} has now what is {OURS}'s ({canary})"
    check_value(f"what {OURS} has", told.ours, ours.began_with)


def plain_answer(world: World, told: Told) -> list[str]:
    """An answer without what differs from one time to the next, line by line."""
    return [plain(world, told, line) for line in told.answer.raw.splitlines()]


def plain_content(world: World, told: Told) -> dict[str, list[str]]:
    """What a tenant has, without what differs from one time to the next, in an order that does not depend on it."""
    return {
        name: sorted(
            plain(world, told, json.dumps({key: value for key, value in row.items() if key not in WHEN}))
            for row in rows
        )
        for name, rows in told.its.items()
    }


def plain(world: World, told: Told, text: str) -> str:
    """A text without ids, keys and times that the platform made up just now, and without the asker's project."""
    text = text.replace(told.asker.project, "(its project)")
    for pattern, name in MADE_UP:
        text = pattern.sub(name, text)
    recently = time.time() * 1000 - RECENT
    text = INSTANT.sub(lambda found: "(now)" if float(found[0]) > recently else found[0], text)
    kept = frozenset[str]().union(*(ids_of(world.recall("tenant", name).household) for name in (OURS, ITS)))
    return ID.sub(lambda found: found[0] if found[0] in kept else "(a new id)", text)


@cache
def ids_of(household: Household) -> frozenset[str]:
    """Every id in what a tenant keeps."""
    return frozenset(ID.findall(json.dumps(household.content)))
