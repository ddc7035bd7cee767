"""Deeds on datasets and on many things at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.checks.tables import value
from support.checks.wording import description, sent, smallest
from support.clients.evaluation_platform.interface import BatchOutcome, Malformation
from support.clients.evaluation_platform.nouns import Noun, noun
from support.deeds.people import Person
from support.deeds.things import keep, known, watch
from support.world import World

Pairs = Iterable[tuple[str, str]]


def create_together(world: World, person: Person, kind: str, rows: Sequence[Pairs], within: str | None = None) -> None:
    """Create many things at once; the first column of each row is the thing's label. `within` names a dataset."""
    watch(world, kind)
    labels, fields = zip(*(_row(world, noun(kind), list(row)) for row in rows), strict=True)
    made = person.door(world).of(kind)
    more = {"dataset_id": world.recall("dataset", within)} if within else {}
    world.answer = outcome = made.create_many(fields, **more)  # type: ignore[attr-defined]
    world.remember("sent together", "labels", labels)
    if isinstance(outcome, BatchOutcome):
        _keep_all(world, person, noun(kind), labels, outcome)


def make_of_events(
    world: World, person: Person, rows: Sequence[Pairs], within: str | None = None, **parts: list[str]
) -> None:
    """Make a datapoint of each row's event; `parts` are paths in the event, by what they become."""
    watch(world, "datapoint")
    labels, of = zip(*((row[0][1], known(world, "event", row[1][1])) for row in map(list, rows)), strict=True)
    dataset = known(world, "dataset", within) if within else None
    world.answer = outcome = person.door(world).datapoints.create_from_events(of, dataset_id=dataset, **parts)
    world.remember("sent together", "labels", labels)
    if isinstance(outcome, BatchOutcome):
        _keep_all(world, person, noun("datapoint"), labels, outcome)


def _row(world: World, kind: Noun, row: list[tuple[str, str]]) -> tuple[str, dict[str, Any]]:
    (_, label), *rest = row
    filled = [(words, cell) for words, cell in rest if cell]
    return label, sent(world, {**smallest(kind, label), **description(filled)})


def _keep_all(world: World, person: Person, kind: Noun, labels: Sequence[str], outcome: BatchOutcome) -> None:
    for label, thing_id in zip(labels, outcome.rows, strict=False):
        if thing_id is not None:
            keep(world, person, kind, label, thing_id)
    world.remember("touched", kind.key, set(outcome.ids))


def add_rows(world: World, person: Person, label: str, roles: Mapping[str, list[str]], rows: Sequence[Pairs]) -> None:
    """Add raw rows to a dataset; the first column labels each datapoint and is not sent."""
    watch(world, "datapoint")
    labels, raw = zip(*(_raw(list(row), roles.get("history", [])) for row in rows), strict=True)
    world.answer = outcome = person.door(world).datasets.add_rows(known(world, "dataset", label), raw, **roles)
    world.remember("sent together", "labels", labels)
    if isinstance(outcome, BatchOutcome):
        _keep_all(world, person, noun("datapoint"), labels, outcome)


def _raw(row: list[tuple[str, str]], history: Sequence[str]) -> tuple[str, dict[str, Any]]:
    (_, label), *columns = row
    return label, {words: message(cell) if words in history else value(cell) for words, cell in columns}


def message(cell: str) -> dict[str, Any]:
    """`user: I ordered` is a message of that role."""
    role, content = cell.split(": ", 1)
    return {"role": role, "content": content}


def take_out(world: World, person: Person, datapoint: str, dataset: str) -> None:
    """Take a datapoint out of a dataset."""
    watch(world, "datapoint", datapoint)
    watch(world, "dataset", dataset)
    world.answer = person.door(world).datasets.remove_datapoint(
        known(world, "dataset", dataset), known(world, "datapoint", datapoint)
    )


def send_malformed(world: World, person: Person, how: Malformation) -> None:
    """Send a datapoint that is malformed as a whole."""
    watch(world, "datapoint")
    world.answer = person.door(world).datapoints.create_malformed(how)
