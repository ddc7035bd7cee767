"""Between the words of a scenario and the fields of the platform's things: labels for ids, names without their marks.

A *description* is a mapping of product fields in the scenario's own words: things are named by their labels, names
are the prose's. What is sent and what is read are both turned into descriptions before anything is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from support.checks.schemas import put_argument
from support.checks.tables import LEFT_OUT, OfLength, Verbatim, parts, path, put, value
from support.clients.evaluation_platform.interface import Door, Thing
from support.clients.evaluation_platform.nouns import Noun, noun
from support.world import World

REFERENCES: Mapping[str, tuple[str, ...]] = {
    "datapoints": ("datapoint",),
    "ids": ("datapoint", "run"),
    "linked_datasets": ("dataset",),
    "dataset": ("dataset",),
    "session": ("session",),
    "sessions": ("session",),
    "parent": ("event", "session"),
    "children": ("event",),
    "linked_event": ("event",),
    "project": ("project",),
}
"""Fields whose values name other things, and which kinds of things."""

LISTS = frozenset({"datapoints", "ids", "linked_datasets", "sessions", "children", "environments", "tags"})
"""Fields that hold several values; their cells are lists without brackets."""

AUTOMATIC = frozenset({"created_at", "updated_at", "project", "parent", "start_time", "end_time", "duration", "status"})
"""What the platform sets by itself: compared only where a scenario mentions it."""

NEVER_MADE = "never made"
"""What a scenario calls a thing that does not exist."""

OWN_SESSION = frozenset({"session", "type"})
"""What a session says of itself, being an event too."""


def description(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The description that pairs of property and cell make."""
    fields: dict[str, Any] = {}
    for words, cell in pairs:
        where = path(words)
        if where[0] in SPECIAL and len(where) > 1:
            SPECIAL[where[0]](fields, where, cell)
        elif where[0] in LISTS and not cell.startswith("("):
            fields[where[0]] = parts(cell)
        else:
            put(fields, where, value(cell))
    return fields


def _add_message(fields: dict[str, Any], where: tuple[str, ...], cell: str) -> None:
    """`template: system` is one message of that role; the order counts."""
    fields.setdefault(where[0], []).append({"role": where[1], "content": value(cell)})


def _add_argument(fields: dict[str, Any], where: tuple[str, ...], cell: str) -> None:
    """`takes: number` is an argument of a tool."""
    put_argument(fields.setdefault("parameters", {}), where[1:], cell)


def _add_function(fields: dict[str, Any], where: tuple[str, ...], cell: str) -> None:
    """`functions: find_order: number` is an argument of a function that a configuration offers."""
    functions = fields.setdefault("functions", [])
    if not functions or functions[-1]["name"] != where[1]:
        functions.append({"id": where[1], "name": where[1], "parameters": {}})
    put_argument(functions[-1]["parameters"], where[2:], cell)


def _add_child(fields: dict[str, Any], where: tuple[str, ...], cell: str) -> None:
    """`children: words` is a metric that a composite is made of, and its weight."""
    fields.setdefault("children", []).append({"name": where[1], "weight": value(cell)})


def _add_filter(fields: dict[str, Any], where: tuple[str, ...], cell: str) -> None:
    """`filters: metadata: channel` is what an event must say there for a metric to be meant for it."""
    wanted = {"field": ".".join(where[1:]), "operator": "is", "value": value(cell), "type": "string"}
    fields.setdefault("filters", []).append(wanted)


SPECIAL: Mapping[str, Callable[[dict[str, Any], tuple[str, ...], str], None]] = {
    "template": _add_message,
    "history": _add_message,
    "takes": _add_argument,
    "functions": _add_function,
    "children": _add_child,
    "filters": _add_filter,
}


def sent(world: World, described: Mapping[str, Any]) -> dict[str, Any]:
    """The product fields to send for a description: ids for labels, unique names, nothing for what is left out."""
    return {field: _sent(world, field, what) for field, what in described.items() if what is not LEFT_OUT}


def _sent(world: World, field: str, what: Any) -> Any:
    if isinstance(what, Mapping):
        return {key: _sent(world, key if field == "children" else "", inner) for key, inner in what.items()}
    if isinstance(what, list):
        return [_sent(world, field, inner) for inner in what]
    return _sent_one(world, field, what)


def _sent_one(world: World, field: str, what: Any) -> Any:
    match what:
        case Verbatim():
            return str(what)
        case datetime():
            return what.timestamp() * 1000
        case OfLength():
            return world.unique("x" * (what.characters - len(world.unique("")))) if field == "name" else str(what)
        case str() if field == "name" and what.strip():
            return world.unique(what)
        case str() if field in REFERENCES:
            return identifier(world, REFERENCES[field], what)
    return what


def second_door(world: World, kind: str) -> Door:
    """The door of independent reads; of projects an administrator's, since a team sees only its own."""
    platform = world.platform.admin if noun(kind).key == "project" else world.platform
    return platform.second


def identifier(world: World, kinds: Sequence[str], label: str) -> str:
    """The id of what the prose calls `label`, of the first of the kinds that has one; an unknown one if never made."""
    if label == NEVER_MADE:
        return world.platform.unknown_id(kinds[0])
    known = [kind for kind in kinds if label in world.named(kind)]
    return str(world.recall(known[0] if known else kinds[0], label))


def told(world: World, thing: Thing) -> dict[str, Any]:
    """The description of a thing that was read, without what is empty."""
    return {field: _told(world, field, what) for field, what in thing.fields.items() if not empty(what)}


def _told(world: World, field: str, what: Any) -> Any:
    if isinstance(what, list):
        return [_told(world, field, inner) for inner in what]
    if isinstance(what, Mapping) and field == "children":
        return {key: _told(world, key, inner) for key, inner in what.items() if not empty(inner)}
    if isinstance(what, Mapping) and field == "metrics":
        return {world.label(key): inner for key, inner in what.items()}
    if isinstance(what, str) and field == "name":
        return world.label(what)
    if isinstance(what, str) and field in REFERENCES:
        return label_of(world, REFERENCES[field], what)
    return what


def label_of(world: World, kinds: Iterable[str], thing_id: str) -> str:
    """What the prose calls the thing of that id; the id itself where no step has named it."""
    return next((label for kind in kinds for label, known in world.named(kind).items() if known == thing_id), thing_id)


def empty(what: Any) -> bool:
    """Whether a field says nothing: null, or without entries. `no` and 0 say something."""
    return what is None or what in ("", [], {}, ())


def whole(world: World, kind: str, label: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """All that a thing should hold: what the table says, and for the rest the smallest valid thing of its kind."""
    return {**smallest(noun(kind), label), **_as_read(world, table)}


def smallest(kind: Noun, label: str) -> dict[str, Any]:
    """The smallest valid thing of a kind under that name."""
    return {**({"name": label} if kind.named else {}), **kind.smallest}


def _as_read(world: World, table: Mapping[str, Any]) -> dict[str, Any]:
    """A description as it reads once it was stored: generated names spelt out, moments as the platform keeps them."""
    return {
        field: what
        if field in REFERENCES
        else world.label(str(_sent(world, field, what)))
        if field == "name"
        else _sent(world, field, what)
        for field, what in table.items()
    }


def ours(world: World, kind: str, things: Iterable[Thing]) -> list[Thing]:
    """Those of the things that this scenario made, in the order given: a target may hold other people's things too."""
    known = set(world.named(noun(kind).key).values())
    return [thing for thing in things if thing.id in known or world.mark in str(thing.fields.get("name"))]
