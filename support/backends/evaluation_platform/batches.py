"""Many datapoints at once: the good ones are stored in order, the bad ones reported by index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from . import datapoints, events, mapping, memberships, search
from .errors import Problem, invalid

Item = dict[str, Any]


@dataclass
class Outcome:
    """What became of a batch."""

    ids: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


def store(
    db: sa.Connection, project: str, items: Sequence[Any], read: Callable[[Any, int], Item], dataset: str | None
) -> Outcome:
    """Read each item as a datapoint and store it; `read` raises Problem for a bad one. All bad: Problem 400."""
    outcome = Outcome()
    good: list[Item] = []
    for index, item in enumerate(items):
        try:
            good.append(checked(db, project, read(item, index)))
        except Problem as bad:
            outcome.errors.append(report(index, bad))
    if not good:
        raise nothing_stored(outcome)
    outcome.ids = store_good(db, project, good, dataset)
    return outcome


def checked(db: sa.Connection, project: str, item: Item) -> Item:
    """The datapoint, if its links exist. Raises Problem 404."""
    datapoints.check_datasets(db, project, item.get("linked_datasets") or [])
    return item


def report(index: int, bad: Problem) -> dict[str, Any]:
    """What is said of a bad item; the index counts from 0 in what was sent."""
    return {"index": index, "message": bad.message}


def nothing_stored(outcome: Outcome) -> Problem:
    """400 for a batch without a good item."""
    first = outcome.errors[0]["message"] if outcome.errors else "it is empty"
    return Problem(400, f"nothing was stored: {first}", insertedIds=[], errors=outcome.errors)


def store_good(db: sa.Connection, project: str, good: Sequence[Item], dataset: str | None) -> list[str]:
    """Store datapoints with their links; ids in the same order."""
    stored = datapoints.insert_all(db, project, good)
    members: dict[str, list[str]] = defaultdict(list)
    for datapoint, item in zip(stored, good, strict=True):
        for linked in item.get("linked_datasets") or []:
            members[linked].append(datapoint)
    if dataset is not None:
        members[dataset] += stored
    # One look at a dataset for all that it is given: a look for each would take a time that grows with their square.
    for linked, given in members.items():
        memberships.link(db, project, linked, given)
    return stored


def select_events(
    db: sa.Connection,
    project: str,
    *,
    listed: Sequence[str],
    marks: dict[str, bool],
    select_all: bool,
    filters: Any,
    date_range: Any,
) -> list[str]:
    """The ids of the chosen events: those listed, those marked true, with `select_all` all that match; none twice.

    Those marked false are left out.
    """
    chosen = [*listed, *(event for event, mark in marks.items() if mark)]
    if select_all:
        conditions = search.parse_conditions(filters)
        found = events.find_matching(db, project, conditions, search.parse_range(date_range))
        chosen += [str(event["event_id"]) for event in found]
    return [event for event in dict.fromkeys(chosen) if marks.get(event, True)]


def read_event(
    db: sa.Connection, project: str, event_id: str, columns: mapping.DatapointMapping | None, index: int
) -> Item:
    """The datapoint that an event is. Raises Problem 400, 404."""
    event = events.find(db, project, event_id)
    if event is None:
        raise invalid(f"events.{index}", f"there is no event {event_id!r} in this project")
    return mapping.from_event(event, columns, f"events.{index}")
