"""The people of the scenarios, and what they do with the platform: through their own door, remembered, undone.

Every deed keeps its outcome as the world's answer. Whatever may change something first looks at everything of that
kind through the second door, so that a scenario can say what became of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support.checks.tables import Unknown, path, value
from support.checks.wording import description, identifier, sent, smallest
from support.clients.evaluation_platform.interface import (
    BatchOutcome,
    Created,
    Door,
    Page,
    Refusal,
    Thing,
)
from support.clients.evaluation_platform.nouns import Noun, noun
from support.clients.evaluation_platform.platform import Platform
from support.world import World

Pairs = Iterable[tuple[str, str]]
"""Properties and their cells, as a scenario's table gives them."""

NEVER_MADE = "never made"
"""What a scenario calls a thing that does not exist."""


@dataclass(frozen=True)
class Person:
    """Somebody in a scenario, and whose key they hold."""

    name: str
    holding: Callable[[Platform], Platform]

    def platform(self, world: World) -> Platform:
        """The platform as this person sees it."""
        return self.holding(world.platform)

    def door(self, world: World) -> Door:
        """The door that this person goes through."""
        return self.platform(world).main


PEOPLE: Mapping[str, Person] = {
    person.name: person
    for person in (
        Person("Ada", lambda ours: ours),
        Person("Noor of Northwind Claims", lambda ours: ours.foreign),
        Person("Olga the administrator", lambda ours: ours.admin),
        Person("a visitor without a key", lambda ours: ours.keyless),
        Person("a visitor with a made-up key", lambda ours: ours.unknown_key),
    )
}
ADA = PEOPLE["Ada"]


def have(world: World, kind: str, label: str, pairs: Pairs = ()) -> None:
    """See to it that a thing is there, made by Ada through the second door.

    Raises:
        RuntimeError: the platform refused it, so that the scenario cannot be played.

    """
    outcome = _make(world, ADA, world.platform.second, noun(kind), label, pairs)
    if isinstance(outcome, Refusal):
        raise RuntimeError(f'the {kind} "{label}" that the scenario starts from was {outcome}')


def create(world: World, person: Person, kind: str, label: str, pairs: Pairs = ()) -> None:
    """Create a thing from the smallest valid one of its kind and what the table says."""
    watch(world, kind)
    world.answer = _make(world, person, person.door(world), noun(kind), label, pairs)


def _make(world: World, person: Person, door: Door, kind: Noun, label: str, pairs: Pairs) -> Created | Refusal:
    fields = {**smallest(kind, label), **description(pairs)}
    outcome = door.of(kind.key).create(sent(world, fields))
    if isinstance(outcome, Created):
        keep(world, person, kind, label, outcome.id)
    return outcome


def keep(world: World, person: Person, kind: Noun, label: str, thing_id: str) -> None:
    """Remember what a person has made, and how it is taken back."""
    world.remember(kind.key, label, thing_id)
    world.remember("touched", kind.key, {thing_id})
    world.remember("made", "ids", [*world.named("made").get("ids", []), thing_id])
    if "delete" in kind.verbs:
        second = person.platform(world).second
        world.undo(f'delete the {kind.key} "{label}"', lambda: take_back(second, kind, thing_id))


def take_back(door: Door, kind: Noun, thing_id: str) -> None:
    """Delete what a scenario made; it may be gone already.

    Raises:
        RuntimeError: the platform did not delete it.

    """
    outcome = door.of(kind.key).delete(thing_id)
    if isinstance(outcome, Refusal) and outcome.reason != "not found":
        raise RuntimeError(str(outcome))


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


def _row(world: World, kind: Noun, row: list[tuple[str, str]]) -> tuple[str, dict[str, Any]]:
    (_, label), *rest = row
    filled = [(words, cell) for words, cell in rest if cell]
    return label, sent(world, {**smallest(kind, label), **description(filled)})


def _keep_all(world: World, person: Person, kind: Noun, labels: Sequence[str], outcome: BatchOutcome) -> None:
    for label, thing_id in zip(labels, outcome.rows, strict=False):
        if thing_id is not None:
            keep(world, person, kind, label, thing_id)
    world.remember("touched", kind.key, set(outcome.ids))


def have_all(world: World, kind: str, rows: Iterable[Pairs]) -> None:
    """See to it that the things of a table are there, made in its order; the first column is the thing's label."""
    for (_, label), *rest in (list(row) for row in rows):
        have(world, kind, label, [(words, cell) for words, cell in rest if cell])


def open_thing(world: World, person: Person, kind: str, label: str) -> None:
    """Ask for a thing by its id."""
    world.answer = person.door(world).of(kind).get(known(world, kind, label))


def known(world: World, kind: str, label: str) -> str:
    """The id of what the prose calls `label`; of "never made", an id that no thing has."""
    return Unknown().id if label == NEVER_MADE else identifier(world, [noun(kind).key], label)


def look_for(world: World, person: Person, kind: str, label: str) -> None:
    """Ask for a thing by its name."""
    world.remember("asked for", "kind", kind)
    world.answer = person.door(world).of(kind).find(world.unique(label))


def list_things(world: World, person: Person, kind: str, pairs: Pairs = ()) -> None:
    """List the things of a kind, by the filters of a table."""
    world.remember("asked for", "kind", kind)
    world.answer = person.door(world).of(kind).list(**filters(world, kind, pairs))


def filters(world: World, kind: str, pairs: Pairs) -> dict[str, Any]:
    """Filters as the client takes them: datapoints are asked for by their dataset's name, everything else by ids."""
    described = description(pairs)
    by_name = {"dataset": world.unique(described.pop("dataset"))} if _datapoints_of(kind, described) else {}
    return {**sent(world, described), **by_name}


def _datapoints_of(kind: str, described: Mapping[str, Any]) -> bool:
    return noun(kind).key == "datapoint" and "dataset" in described


def turn_pages(world: World, person: Person, kind: str, size: int, pairs: Pairs = ()) -> None:
    """Read a list page by page to its end.

    Raises:
        AssertionError: after 50 pages there was still no end.

    """
    world.remember("asked for", "kind", kind)
    wanted, pages = filters(world, kind, pairs), list[Page[Thing]]()
    while len(pages) < 50:
        page = person.door(world).of(kind).list(limit=size, page=len(pages) + 1, **wanted)
        if isinstance(page, Refusal) or not page.items:
            world.answer = pages or page
            return
        pages.append(page)
    raise AssertionError(f"the list of {kind} has no end: page 50 still holds {len(pages[-1].items)}")


def change(world: World, person: Person, kind: str, label: str, pairs: Pairs) -> None:
    """Change a thing as a table says."""
    watch(world, kind, label)
    world.answer = person.door(world).of(kind).update(known(world, kind, label), sent(world, description(pairs)))


def delete(world: World, person: Person, kind: str, label: str) -> None:
    """Delete a thing."""
    watch(world, kind, label)
    world.answer = person.door(world).of(kind).delete(known(world, kind, label))


def watch(world: World, kind: str, *labels: str) -> None:
    """Look at everything of a kind through the second door, before a deed that acts on the labelled ones."""
    world.remember("before", noun(kind).key, everything(world.platform.second, kind))
    world.remember("touched", noun(kind).key, {known(world, kind, label) for label in labels})


def everything(door: Door, kind: str) -> dict[str, Thing]:
    """Everything of a kind in a project, by id.

    Raises:
        AssertionError: the platform refuses to list them.

    """
    found = door.of(kind).list()
    assert not isinstance(found, Refusal), f"the list of {kind}s was {found}"
    return {thing.id: thing for thing in found.items}


def add_rows(world: World, person: Person, label: str, roles: Mapping[str, list[str]], rows: Sequence[Pairs]) -> None:
    """Add raw rows to a dataset; the first column labels each datapoint and is not sent."""
    watch(world, "datapoint")
    labels, raw = zip(*(_raw(list(row)) for row in rows), strict=True)
    world.answer = outcome = person.door(world).datasets.add_rows(known(world, "dataset", label), raw, **roles)
    world.remember("sent together", "labels", labels)
    if isinstance(outcome, BatchOutcome):
        _keep_all(world, person, noun("datapoint"), labels, outcome)


def _raw(row: list[tuple[str, str]]) -> tuple[str, dict[str, Any]]:
    (_, label), *columns = row
    return label, {path(words)[0]: value(cell) for words, cell in columns}


def take_out(world: World, person: Person, datapoint: str, dataset: str) -> None:
    """Take a datapoint out of a dataset."""
    watch(world, "datapoint", datapoint)
    watch(world, "dataset", dataset)
    world.answer = person.door(world).datasets.remove_datapoint(
        known(world, "dataset", dataset), known(world, "datapoint", datapoint)
    )
