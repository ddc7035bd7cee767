"""What an independent read shows: one thing, a list, that something is gone, that the rest is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from support.checks import agreement
from support.checks.tables import at, path, value
from support.checks.wording import AUTOMATIC, OWN_SESSION, description, empty, identifier, label_of, ours, told, whole
from support.clients.evaluation_platform.interface import Door, Page, Refusal, Thing
from support.clients.evaluation_platform.nouns import noun
from support.world import World

Pairs = Iterable[tuple[str, str]]
ORDERS: Mapping[str, Callable[..., None]] = {
    "in this order": agreement.in_order,
    "in any order": agreement.in_any_order,
}


def read(door: Door, world: World, kind: str, label: str) -> Thing:
    """The thing that the prose calls `label`, read by its id.

    Raises:
        AssertionError: the platform does not give it out.

    """
    found: Thing | Refusal = door.of(kind).get(identifier(world, [noun(kind).key], label))
    assert not isinstance(found, Refusal), f'the {kind} "{label}" was {found}'
    return found


def shows_exactly(world: World, kind: str, label: str, thing: Any, pairs: Pairs) -> None:
    """The thing holds what the table says; what the table leaves out is as in the smallest thing of its kind, or empty.

    What the platform sets by itself counts only where the table mentions it.
    """
    assert isinstance(thing, Thing), f'expected the {kind} "{label}", was {thing!r}'
    mentioned = description(world, pairs)
    ignored = (AUTOMATIC | OWN_SESSION if noun(kind).key == "session" else AUTOMATIC) - mentioned.keys()
    expected = {key: what for key, what in whole(world, kind, label, mentioned).items() if not empty(what)}
    actual = {key: what for key, what in told(world, thing).items() if key not in ignored}
    agreement.agrees(expected, actual, what=f'the {kind} "{label}"')


def shows(world: World, kind: str, label: str, thing: Thing, pairs: Pairs) -> None:
    """The thing holds at least what the table says, entry by entry."""
    actual = told(world, thing)
    for words, cell in pairs:
        expected = description(world, [(words, cell)])
        where = path(words)
        wanted, there = at(expected, where), at(actual, where)
        agreement.agrees({words: wanted}, {words: there}, what=f'the {kind} "{label}"')


def gone(world: World, kind: str, label: str) -> None:
    """Nobody finds the thing any more: not by its id and not in the list, through either door."""
    for door in (world.platform.main, world.platform.second):
        thing_id = identifier(world, [noun(kind).key], label)
        found = door.of(kind).get(thing_id)
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
    """Of the things that this scenario made, the list holds those of the table and no others."""
    kind = noun(heading).key
    rows = [list(row) for row in table]
    expected = [{words: _cell(world, words, cell) for words, cell in row} for row in rows]
    columns = [words for words, _ in rows[0]] if rows else [heading]
    actual = [_row(world, kind, thing, columns) for thing in ours(world, kind, things)]
    ORDERS[order](expected, actual, what=f"the list of {noun(kind).plural}")


def _cell(world: World, words: str, cell: str) -> Any:
    where = path(words)
    if not cell:
        return None
    return value(cell) if len(where) > 1 else at(description(world, [(words, cell)]), where)


def _row(world: World, kind: str, thing: Thing, columns: Sequence[str]) -> dict[str, Any]:
    fields = told(world, thing)
    first, *others = columns
    label = world.label(str(fields["name"])) if noun(kind).named and "name" in fields else None
    return {first: label or label_of(world, [kind], thing.id), **{words: at(fields, path(words)) for words in others}}


def as_they_were(world: World, kind: str, *, others: bool) -> None:
    """Everything of a kind is as it was before the deed; with `others`, but for the things it acted on.

    Raises:
        AssertionError: names what was added, what is missing and what differs.

    """
    spared = world.recall("touched", noun(kind).key) if others else set()
    before: Mapping[str, Thing] = world.recall("before", noun(kind).key)
    now = {thing.id: thing for thing in listed(world.platform.second.of(kind).list())}
    expected = {key: thing.fields for key, thing in before.items() if key not in spared}
    actual = {key: thing.fields for key, thing in now.items() if key not in spared}
    agreement.agrees(expected, actual, what=f"what the project holds of {noun(kind).plural}")


def never_used(world: World) -> None:
    """The id of what was made last is not an id of anything that this scenario made earlier."""
    *earlier, last = world.recall("made", "ids")
    assert last not in earlier, f"the id {last} was given a second time"
