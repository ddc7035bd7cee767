"""Deeds on events: searching them, and the same work through both kinds of the vendor's client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from support.checks.tables import path, value
from support.checks.wording import description, sent, smallest
from support.clients.evaluation_platform.interface import Condition, Refusal
from support.clients.evaluation_platform.nouns import noun
from support.deeds.people import ADA, Person
from support.deeds.things import Pairs, keep, known, let_owners_see, watch
from support.deeds.tracing import session
from support.world import World

KINDS = {"greater than": "number", "less than": "number", "after": "datetime", "before": "datetime"}
"""Comparisons that are of one kind, whatever the value looks like."""
WHOLE = {"is", "is not"}
"""Comparisons with a whole value: only there a name is the name of a thing."""


def search(world: World, person: Person, lines: Iterable[tuple[str, ...]]) -> None:
    """Search by the lines of a table: property, comparison, value. `time since` and `time until` are the range."""
    asked = [(words, comparison, cell) for words, comparison, cell in lines]
    between = {comparison: value(cell).isoformat() for words, comparison, cell in asked if words == "time"}
    conditions = [condition(world, *line) for line in asked if line[0] != "time"]
    world.remember("asked for", "kind", "event")
    let_owners_see(world, person, "event")
    world.answer = person.door(world).events.search(conditions, **between)


def condition(world: World, words: str, comparison: str, cell: str) -> Condition:
    """One condition in the client's terms."""
    where, wanted = path(words), value(cell)
    if comparison in WHOLE and len(where) == 1 and isinstance(wanted, str):
        wanted = sent(world, {where[0]: wanted})[where[0]]
    what = wanted.isoformat() if isinstance(wanted, datetime) else wanted
    return Condition(field=".".join(where), operator=comparison, value=what, type=KINDS.get(comparison) or kind(wanted))


def kind(wanted: Any) -> str:
    """The kind of a value, in the client's terms."""
    if isinstance(wanted, bool):
        return "boolean"
    return "number" if isinstance(wanted, int | float) else "string"


def record_under_the_id(world: World, person: Person, kind: str, label: str) -> None:
    """Record an event that bears the id of a known one, in a session of the person's own; or of that session itself."""
    watch(world, "event")
    taken = known(world, kind, label)
    belongs = taken if noun(kind).key == "session" else session(world, f"session of {person.name}", person)
    given = sent(world, smallest(noun("event"), f"event of {person.name}"))
    world.answer = person.door(world).events.create({**given, "session": belongs, "id": taken})


def tell_beforehand(world: World, person: Person, label: str, told: Pairs) -> None:
    """Tell something of an event that is not there yet, under the id that its span will ask for."""
    done = person.door(world).events.update(world.unique(label), sent(world, description(told)))
    assert not isinstance(done, Refusal), f"what was told of an event to come was {done}"


def record_session(world: World, person: Person, label: str, rows: Sequence[Pairs]) -> None:
    """Record many events at once, as one new session; the first column of each row is the event's label."""
    watch(world, "event")
    made = {"id": session(world, label, person), "name": world.unique(label)}
    given = [_event(world, list(row)) for row in rows]
    world.answer = person.door(world).events.create_many(given, single_session=True, session=made)


def _event(world: World, row: list[tuple[str, str]]) -> dict[str, Any]:
    (_, label), *columns = row
    told = {**smallest(noun("event"), label), **description([each for each in columns if each[1]])}
    return {name: what for name, what in sent(world, told).items() if name != "session"}


def work_both_ways(world: World) -> None:
    """Do the same work through the vendor's synchronous and asynchronous client, in a process of its own.

    Raises:
        AssertionError: the program failed; with its output.

    """
    ended = world.worker.program("async_operations", {"mark": world.mark})
    assert ended.exit_code == 0, f"the program ended with exit code {ended.exit_code}:\n{ended.output}"
    for number, made in enumerate(ended.answer["made"], 1):
        keep(world, ADA, noun(made["kind"]), f"number {number} of both clients", made["id"])
    world.answer = ended.answer
