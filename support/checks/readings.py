"""What an independent read shows: one thing, a list, that something is gone, that the rest is as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.checks.matching import Mode, check_fields, check_items, check_value
from support.checks.tables import path
from support.checks.waiting import eventually
from support.checks.wording import (
    AUTOMATIC,
    OWN_SESSION,
    description,
    empty,
    identifier,
    label_of,
    ours,
    second_door,
    told,
    whole,
)
from support.clients.evaluation_platform.interface import BatchOutcome, Door, Page, Refusal, Thing
from support.clients.evaluation_platform.nouns import noun
from support.reporting import evidence
from support.world import World

Pairs = Iterable[tuple[str, str]]

TOLERANCE = 1.0
"""Seconds that the asking itself may take, beyond the delay that the platform states."""


def read(world: World, kind: str, label: str) -> Thing:
    """The thing that the prose calls `label`, read by its id through the second door.

    Raises:
        AssertionError: the platform does not give it out.

    """
    found = get(world, second_door(world, kind), kind, identifier(world, [noun(kind).key], label))
    assert not isinstance(found, Refusal), f'the {kind} "{label}" was {found}'
    return found


def get(world: World, door: Door, kind: str, thing_id: str) -> Thing | Refusal:
    """One thing by its id; on a platform that cannot fetch one configuration, from the list of all."""
    claims = world.worker.evaluation_platform.claims
    if noun(kind).key != "configuration" or "platform.configurations.get" in claims:
        answer: Thing | Refusal = door.of(kind).get(thing_id)
        return answer
    found = [thing for thing in listed(door.of(kind).list()) if thing.id == thing_id]
    return found[0] if found else Refusal(status=200, reason="not found", message="it is not in the list")


def reads_back(world: World, kind: str, label: str, pairs: Pairs, *, exactly: bool, in_time: bool) -> None:
    """The second door shows the thing as the table says, at once or within the delay that the target states."""
    cells = list(pairs)

    def look() -> None:
        thing = read(world, kind, label)
        shows_exactly(world, kind, label, thing, cells) if exactly else shows(world, kind, label, thing, cells)

    if in_time:
        limit = world.worker.evaluation_platform.limits.computed_within_s
        eventually(look, within=limit + TOLERANCE, what=f'the {kind} "{label}"')
    else:
        look()


def shows_exactly(world: World, kind: str, label: str, thing: Any, pairs: Pairs) -> None:
    """The thing holds what the table says; what the table leaves out is as in the smallest thing of its kind, or empty.

    What the platform sets by itself counts only where the table mentions it.
    """
    assert isinstance(thing, Thing), f'expected the {kind} "{label}", was {thing!r}'
    mentioned = description(pairs)
    ignored = (AUTOMATIC | OWN_SESSION if noun(kind).key == "session" else AUTOMATIC) - mentioned.keys()
    expected = {key: what for key, what in whole(world, kind, label, mentioned).items() if not empty(what)}
    check_fields(f'the {kind} "{label}"', told(world, thing), expected, ignoring=ignored)


def shows(world: World, kind: str, label: str, thing: Thing, pairs: Pairs) -> None:
    """The thing holds what the table says, and perhaps more beside it."""
    check_fields(f'the {kind} "{label}"', told(world, thing), description(pairs), exactly=False)


def gone(world: World, kind: str, label: str) -> None:
    """Nobody finds the thing any more: not by its id and not in the list, through either door."""
    for door in (world.platform.main, world.platform.second):
        thing_id = identifier(world, [noun(kind).key], label)
        found = get(world, door, kind, thing_id)
        assert isinstance(found, Refusal), f'the {kind} "{label}" is still there: {found!r}'
        assert found.reason == "not found", f'asked for the {kind} "{label}", the platform {found}'
        listed = door.of(kind).list()
        assert not isinstance(listed, Refusal), f"the list of {kind}s was {listed}"
        assert thing_id not in [thing.id for thing in listed.items], f'the {kind} "{label}" is still in the list'


def listed(answer: Any) -> list[Thing]:
    """The things of an answer: of a page, of all pages turned, or nothing where nothing was found.

    Raises:
        AssertionError: the answer is not a list.

    """
    assert not isinstance(answer, Refusal), f"expected a list, was {answer}"
    pages = answer if isinstance(answer, list) else [answer]
    assert all(isinstance(page, Page) for page in pages), f"expected a list, was {answer!r}"
    return [thing for page in pages for thing in page.items]


def lists_exactly(world: World, things: Iterable[Thing], order: str, table: Sequence[Pairs], heading: str) -> None:
    """Of the things that this scenario made, the list holds those of the table and no others.

    The first column names each thing; of the other properties in the table's heading each must agree, empty or not.
    """
    kind = noun(heading)
    rows = [list(row) for row in table]
    expected = [{kind.key: row[0][1], **description((words, cell) for words, cell in row[1:] if cell)} for row in rows]
    shown = {field for row in expected for field in row} - {kind.key}
    actual = [
        {kind.key: name_of(world, kind.key, thing), **{f: what for f, what in told(world, thing).items() if f in shown}}
        for thing in ours(world, kind.key, things)
    ]
    check_items(f"the list of {kind.plural}", actual, expected, Mode.of(f"exactly, {order}"))


def names_exactly(world: World, things: Iterable[Thing], kind: str, order: str, expected: Sequence[str]) -> None:
    """Of the things that this scenario made, the list holds those of these names and no others."""
    actual = [name_of(world, noun(kind).key, thing) for thing in ours(world, kind, things)]
    check_items(f"the list of {noun(kind).plural}", actual, expected, Mode.of(f"exactly, {order}"))


def name_of(world: World, kind: str, thing: Thing) -> str:
    """What the prose calls a thing: its name, and where things of its kind have none, what a step has called it."""
    name = thing.fields.get("name") if noun(kind).named else None
    return world.label(str(name)) if name else label_of(world, [kind], thing.id)


def as_they_were(world: World, kind: str, *, others: bool) -> None:
    """Everything of a kind is as it was before the deed; with `others`, but for the things it acted on.

    In a project that others use, too, everything is what this scenario made: theirs may change at any time.

    Raises:
        AssertionError: names what was added, what is missing and what differs.

    """
    spared = world.recall("touched", noun(kind).key) if others else set()
    before: Mapping[str, Thing] = world.recall("before", noun(kind).key)
    now = {thing.id: thing for thing in listed(second_door(world, kind).of(kind).list())}
    expected, actual = (
        {thing.id: thing.fields for thing in _to_compare(world, kind, things) if thing.id not in spared}
        for things in (before, now)
    )
    check_value(f"what the project holds of {noun(kind).plural}", actual, expected)


def _to_compare(world: World, kind: str, things: Mapping[str, Thing]) -> Iterable[Thing]:
    if world.worker.evaluation_platform.target.project != "shared":
        return things.values()
    known = {thing.id for thing in ours(world, kind, things.values())}
    # what has no name, or was made unasked, still tells somewhere whose it is
    return [thing for thing in things.values() if thing.id in known or world.mark in str(thing.fields)]


def never_used(world: World) -> None:
    """The id of what was made last is not an id of anything that this scenario made earlier."""
    *earlier, last = world.recall("made", "ids")
    assert last not in earlier, f"the id {last} was given a second time"


def reports_refused(world: World, answer: Any, table: Sequence[Pairs]) -> None:
    """Of what was sent together, exactly the table's rows were refused, each for a reason that names the property.

    Raises:
        AssertionError: other rows were refused, the whole was, or a reason does not name the property.

    """
    assert isinstance(answer, BatchOutcome), f"expected an outcome for each row, was {answer!r}"
    labels = world.recall("sent together", "labels")
    expected = {row[0][1]: path(row[1][1])[0] for row in (list(pairs) for pairs in table)}
    reasons = {labels[index]: why for index, why in answer.refused.items()}
    named = {label: expected[label] if _because_of(why, expected.get(label)) else why for label, why in reasons.items()}
    check_value("what was refused, and because of what", named, expected)


def _because_of(why: str, wanted: str | None) -> bool:
    """Whether a reason, `event_type: must be …`, is about a property: what it begins with, not a word in passing."""
    place = why.partition(":")[0]
    return bool(wanted) and re.search(rf"(?<![A-Za-z0-9]){wanted}(?![A-Za-z0-9_])", place) is not None


def listed_in_time(world: World, label: str, dataset: str) -> None:
    """The datapoint appears in its dataset's list within the delay that the target states; the wait is reported.

    Raises:
        AssertionError: it did not, with the last list that was seen.

    """
    limit = world.worker.evaluation_platform.limits.visible_within_s
    wanted, name = identifier(world, ["datapoint"], label), world.unique(dataset)

    def look() -> None:
        found = listed(world.platform.second.datapoints.list(dataset=name))
        check_items(f'the dataset "{dataset}"', [thing.id for thing in found], [wanted], Mode.of("at least"))

    waited = eventually(look, within=limit + TOLERANCE, what=f'the datapoint "{label}" in the dataset "{dataset}"')
    evidence.attach(
        "wait until the datapoint was listed",
        f"{waited.seconds * 1000:.0f} ms, {waited.looks} looks; the platform states {limit:g} s",
        "text",
    )
    assert waited.seconds <= limit + TOLERANCE, f"listed after {waited.seconds:.2f} s, stated are {limit:g} s"


def pages_hold_at_most(answer: Any, size: int) -> None:
    """Every page is as long as was asked for, or shorter."""
    listed(answer)
    longest = max(len(page.items) for page in answer)
    assert longest <= size, f"a page holds {longest}, asked for were {size}"


def pages_count(world: World, answer: Any, total: int) -> None:
    """Every page tells the number of all things: those that this scenario made, and others' where there are any."""
    found = listed(answer)
    others = len(found) - len(ours(world, world.recall("asked for", "kind"), found))
    expected = [total + others] * len(answer)
    check_value("what the pages say of the total", [page.total for page in answer], expected)
