"""Deeds on any one thing of the platform: having, making, opening, listing, changing and deleting it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from support.checks.readings import TOLERANCE
from support.checks.tables import parts, path, value
from support.checks.waiting import eventually
from support.checks.wording import description, identifier, second_door, sent, smallest
from support.clients.evaluation_platform.interface import Created, Door, Page, Refusal, Thing
from support.clients.evaluation_platform.nouns import Noun, noun
from support.deeds.people import ADA, OLGA, Person
from support.world import World

Pairs = Iterable[tuple[str, str]]
"""Properties and their cells, as a scenario's table gives them."""


SESSIONS_STAY_UNLESS = "platform.sessions.delete"
"""Without this capability a session cannot be taken back."""


def have(world: World, kind: str, label: str, pairs: Pairs = ()) -> None:
    """See to it that a thing is there, made through the second door by Ada, a project by Olga.

    Raises:
        RuntimeError: the platform refused it, so that the scenario cannot be played.

    """
    maker = OLGA if noun(kind).key == "project" else ADA
    outcome = _make(world, maker, maker.platform(world).second, noun(kind), label, pairs)
    if isinstance(outcome, Refusal):
        raise RuntimeError(f'the {kind} "{label}" that the scenario starts from was {outcome}')


def create(world: World, person: Person, kind: str, label: str, pairs: Pairs = ()) -> None:
    """Create a thing from the smallest valid one of its kind and what the table says."""
    watch(world, kind)
    world.answer = _make(world, person, person.door(world), noun(kind), label, pairs)


def _make(world: World, person: Person, door: Door, kind: Noun, label: str, pairs: Pairs) -> Created | Refusal:
    fields = {**smallest(kind, label), **description(pairs)}
    if kind.key == "event" and "session" not in fields:
        have(world, "session", f"session of {label}")
        fields["session"] = f"session of {label}"
    outcome = door.of(kind.key).create(sent(world, fields))
    if isinstance(outcome, Created):
        keep(world, person, kind, label, outcome.id)
    return outcome


def keep(world: World, person: Person, kind: Noun, label: str, thing_id: str) -> None:
    """Remember what a person has made, and how it is taken back."""
    world.remember(kind.key, label, thing_id)
    world.remember("owner", thing_id, person)
    world.remember("touched", kind.key, {thing_id})
    world.remember("made", "ids", [*world.named("made").get("ids", []), thing_id])
    if kind.key == "project":
        world.undo(f'erase the project "{label}"', lambda: erase_project(world, thing_id))
    elif "delete" in kind.verbs and not (kind.key == "session" and SESSIONS_STAY_UNLESS not in claims(world)):
        second = person.platform(world).second
        world.undo(f'delete the {kind.key} "{label}"', lambda: take_back(second, kind, thing_id))


def erase_project(world: World, project_id: str) -> None:
    """Erase a project, which only the control address of an embedded platform can do; elsewhere it stays."""
    if "platform.control" in claims(world):
        world.worker.evaluation_platform.control("DELETE", f"/projects/{project_id}")


def claims(world: World) -> Collection[str]:
    """What the target claims to be able to do."""
    claimed: Collection[str] = world.worker.evaluation_platform.claims
    return claimed


def take_back(door: Door, kind: Noun, thing_id: str) -> None:
    """Delete what a scenario made; it may be gone already.

    Raises:
        RuntimeError: the platform did not delete it.

    """
    outcome = door.of(kind.key).delete(thing_id)
    if isinstance(outcome, Refusal) and outcome.reason != "not found" and thing_id in everything(door, kind.key):
        raise RuntimeError(str(outcome))


def have_all(world: World, kind: str, rows: Iterable[Pairs]) -> None:
    """See to it that the things of a table are there, made in its order; the first column is the thing's label."""
    for (_, label), *rest in (list(row) for row in rows):
        have(world, kind, label, [(words, cell) for words, cell in rest if cell])


def open_thing(world: World, person: Person, kind: str, label: str) -> None:
    """Ask for a thing by its id."""
    let_owners_see(world, person, kind)
    world.answer = person.door(world).of(kind).get(known(world, kind, label))


def let_owners_see(world: World, person: Person, kind: str) -> None:
    """Wait until whoever made a thing sees it, before somebody else looks: that they find none proves nothing else.

    Raises:
        AssertionError: on a platform that shows a write only after a while, its owner does not see it in that time.

    """
    limit = world.worker.evaluation_platform.limits.visible_within_s
    if not limit:
        return
    settle(world)
    for label, thing_id in world.named(noun(kind).key).items():
        owner = world.named("owner").get(thing_id, person)
        if owner is not person:
            look = partial(_listed, owner.platform(world).second, kind, thing_id)
            eventually(look, within=limit + TOLERANCE, what=f'the {kind} "{label}", which {owner.name} made')


def _listed(door: Door, kind: str, thing_id: str) -> None:
    assert thing_id in everything(door, kind), "its owner does not see it"


def known(world: World, kind: str, label: str) -> str:
    """The id of what the prose calls `label`; of "never made", an id that no thing has."""
    if label not in world.named(noun(kind).key):
        settle(world)  # which event a span became is seen once it is stored
    return identifier(world, [noun(kind).key], label)


def look_for(world: World, person: Person, kind: str, label: str) -> None:
    """Ask for a thing by its name."""
    world.remember("asked for", "kind", kind)
    let_owners_see(world, person, kind)
    world.answer = person.door(world).of(kind).find(world.unique(label))


def list_things(world: World, person: Person, kind: str, pairs: Pairs = ()) -> None:
    """List the things of a kind, by the filters of a table."""
    world.remember("asked for", "kind", kind)
    let_owners_see(world, person, kind)
    world.answer = person.door(world).of(kind).list(**filters(world, kind, pairs))


def filters(world: World, kind: str, pairs: Pairs) -> dict[str, Any]:
    """Filters as the client takes them: datapoints are asked for by their dataset's name, everything else by ids."""
    asked: dict[str, Any] = {path(words)[0]: parts(cell) if words == "ids" else value(cell) for words, cell in pairs}
    if noun(kind).key == "datapoint" and "dataset" in asked:
        return {"dataset": world.unique(asked["dataset"])}
    return sent(world, asked)


def turn_pages(world: World, person: Person, kind: str, size: int, pairs: Pairs = ()) -> None:
    """Read a list page by page to its end.

    Raises:
        AssertionError: after the pages that all things of the kind fill, and 50 more, there was still no end.

    """
    world.remember("asked for", "kind", kind)
    wanted, pages = filters(world, kind, pairs), list[Page[Thing]]()
    most = 50 + _how_many(world, kind) // size
    while len(pages) < most:
        page = person.door(world).of(kind).list(limit=size, page=len(pages) + 1, **wanted)
        if isinstance(page, Refusal) or not page.items:
            world.answer = pages or page
            return
        pages.append(page)
    raise AssertionError(f"the list of {kind} has no end: page {most} still holds {len(pages[-1].items)}")


def _how_many(world: World, kind: str) -> int:
    """How many things of a kind the project holds, other people's included: what a list says, or shows."""
    found = world.platform.second.of(kind).list()
    return 0 if isinstance(found, Refusal) else found.total or len(found.items)


def change(world: World, person: Person, kind: str, label: str, pairs: Pairs) -> None:
    """Change a thing as a table says."""
    watch(world, kind, label)
    world.answer = person.door(world).of(kind).update(known(world, kind, label), sent(world, description(pairs)))


def delete(world: World, person: Person, kind: str, label: str) -> None:
    """Delete a thing."""
    settle(world)
    watch(world, kind, label)
    world.answer = person.door(world).of(kind).delete(known(world, kind, label))


def settle(world: World) -> None:
    """Wait until what was exported is stored, once for each export: what arrives later would outlive a deletion."""
    for export, wait in world.named("sent spans").items():
        if export not in world.named("settled"):
            world.remember("settled", export, True)
            wait()


def watch(world: World, kind: str, *labels: str) -> None:
    """Look at everything of a kind through the second door, before a deed that acts on the labelled ones."""
    world.remember("before", noun(kind).key, everything(second_door(world, kind), kind))
    world.remember("touched", noun(kind).key, {known(world, kind, label) for label in labels})


def everything(door: Door, kind: str) -> dict[str, Thing]:
    """Everything of a kind in a project, by id.

    Raises:
        AssertionError: the platform refuses to list them.

    """
    found = door.of(kind).list()
    assert not isinstance(found, Refusal), f"the list of {kind}s was {found}"
    return {thing.id: thing for thing in found.items}
