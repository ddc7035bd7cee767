"""What is stored of a trace: the events of a session, errors, tenants, numbers and times; each look leaves the trace.

Programs have ended and were answered when these look, so what they sent must be visible within the platform's stated
delay.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from support.checks.matching import Mode, check_items, check_value
from support.checks.readings import TOLERANCE, listed
from support.checks.tables import path, value
from support.checks.waiting import eventually
from support.checks.wording import empty
from support.clients.evaluation_platform.collector import Exported
from support.clients.evaluation_platform.interface import Condition, Door, Event, NotOffered, Refusal, Unreachable
from support.clients.model import Received
from support.deeds.people import ADA, Person
from support.deeds.things import known
from support.processes.programs import ProgramResult
from support.reporting import evidence
from support.reporting.waterfall import Span, waterfall
from support.world import World

T = TypeVar("T")
Pairs = Sequence[tuple[str, str]]
PAGE = 5_000
"""Events asked for at a time; the platform gives at most 7,500."""
TOKENS = (("prompt_tokens", "gen_ai.usage.input_tokens"), ("completion_tokens", "gen_ai.usage.output_tokens"))
"""What programs and frameworks call the tokens that went into a model and came out of it."""
SHOWN = 200
"""Events of a trace that are shown in the report."""


def in_time(world: World, look: Callable[[], T], what: str) -> T:
    """Look until it holds, as long as the platform may take until a write is seen: once, where it may take no time."""
    limit = world.worker.evaluation_platform.limits.visible_within_s
    try:
        return eventually(look, within=limit + TOLERANCE if limit else 0, what=what).value
    except AssertionError:
        world.remember("lost", "spans", True)  # nobody need wait for them once more
        raise


def events_of(world: World, door: Door, session: str) -> list[Event]:
    """Every event of a session but the session itself, as they began."""
    found: list[Any] = []
    while len(found) % PAGE == 0:
        page = listed(door.events.list(session=session, limit=PAGE, page=len(found) // PAGE + 1))
        found += page
        if not page:
            break
    return sorted((each for each in found if each.type != "session"), key=lambda each: each.start_time or 0)


def _seen(world: World, label: str, door: Door | None = None) -> list[Event]:
    return events_of(world, door or world.platform.second, known(world, "session", label))


def _name(world: World, event: Event) -> str:
    return world.label(event.name or "")


def holds_exactly(world: World, label: str, order: str, table: Sequence[Pairs], *, person: Person = ADA) -> None:
    """A session holds the events of the table and no others; of each, what the other columns say, empty or not.

    It is read through the second door of Ada's, or of another person's; exported spans that they miss are then looked
    for everywhere.
    """
    door = person.platform(world).second

    def look() -> None:
        found = _seen(world, label, door)
        names = {event.id: _name(world, event) for event in found} | {world.recall("session", label): label}
        columns = [words for words, _ in table[0][1:]] if table else []
        actual = [
            {"event": _name(world, event), **{words: _column(event, names, words) for words in columns}}
            for event in found
        ]
        expected = [
            {"event": row[0][1], **{words: value(cell) if cell else None for words, cell in row[1:]}} for row in table
        ]
        check_items(f'the events of the session "{label}"', actual, expected, Mode.of(f"exactly, {order}"))

    try:
        in_time(world, look, f'the session "{label}"')
    except AssertionError as broken:
        if not table or not {row[0][1] for row in table} <= world.named("span").keys():
            raise  # what a program traces bears names of the program's own
        where = "; ".join(f'"{row[0][1]}" is {_whereabouts(world, row[0][1], person)}' for row in table)
        raise AssertionError(f"{broken}\nwhere the events are: {where}") from broken
    finally:
        attach_trace(world, label, door)


def _whereabouts(world: World, name: str, person: Person) -> str:
    """With whom an event of this name is, and in which session; it never fails, since it is told beside a failure."""
    found = [where for each in dict.fromkeys((ADA, person)) for where in _found_with(world, name, each)]
    return " and ".join(found) or "with nobody"


def _found_with(world: World, name: str, person: Person) -> list[str]:
    labels = {session: label for label, session in world.named("session").items()}
    try:
        events = listed(person.platform(world).second.events.find(world.unique(name)))
    except (AssertionError, NotOffered, Unreachable) as why:
        return [f"what cannot be looked for with {person.name} ({why})"]
    return [
        f'with {person.name}, in the session "{labels.get(event.session or "", event.session)}"'
        for event in events
        if isinstance(event, Event)
    ]


def _column(event: Event, names: Mapping[str, str], words: str) -> Any:
    first, *rest = path(words)
    what: Any = event.fields.get(first)
    for part in rest:
        what = what.get(part) if isinstance(what, Mapping) else None
    if first == "parent":
        return names.get(what, what)
    return None if empty(what) else what


def attach_trace(world: World, label: str, door: Door | None = None) -> None:
    """Attach the trace of a session as a tree, with the time of each event as a bar."""
    if evidence.wanted():
        spans = [_span(world, event) for event in _seen(world, label, door)[:SHOWN]]
        evidence.attach(f"trace of {label}", waterfall(f"Trace of {label}", spans), "html")


def _span(world: World, event: Event) -> Span:
    kind, begun, lasted = event.type or "event", event.start_time or 0.0, event.duration or 0.0
    return Span(event.id, event.parent, kind, _name(world, event), begun, lasted, event.error)


def holds_each_once(world: World, label: str, count: int) -> None:
    """A session holds every span that was sent, each of them once, and nothing else."""
    sent = Counter(world.recall("sent", label))
    assert sent.total() == count, f"{sent.total()} spans were sent, not {count}"

    def look() -> float:
        stored = Counter(event.name or "" for event in _seen(world, label))
        faults = [
            f"{sum(found.values())} {what}: {', '.join(world.label(name) for name in list(found)[:5])}"
            for what, found in (("missing", sent - stored), ("too many", stored - sent))
            if found
        ]
        assert not faults, f'the session "{label}" holds {stored.total()} events, {count} were sent; ' + "; ".join(
            faults
        )
        return time.time()

    world.remember("all seen at", label, in_time(world, look, f'the session "{label}"'))
    attach_trace(world, label)


def failed_saying(world: World, name: str, label: str, words: str) -> None:
    """An event of a session is an error whose message holds these words."""

    def look() -> None:
        errors = [event.error for event in _seen(world, label) if _name(world, event) == name]
        assert len(errors) == 1, f'the session "{label}" holds {len(errors)} events called "{name}"'
        assert errors[0], f'the event "{name}" is no error'
        assert words.casefold() in errors[0].casefold(), f'the event "{name}" does not say "{words}" but: {errors[0]}'

    try:
        in_time(world, look, f'the event "{name}"')
    finally:
        attach_trace(world, label)


def all_carry(world: World, label: str, text: str) -> None:
    """Every event of a session holds this text in what went into it or came out of it."""

    def look() -> None:
        found = _seen(world, label)
        assert found, f'the session "{label}" holds no event'
        lacking = [
            _name(world, event)
            for event in found
            if text not in json.dumps([event.inputs, event.outputs], ensure_ascii=False)
        ]
        assert not lacking, f"{text} is in neither inputs nor outputs of {', '.join(lacking)}"

    try:
        in_time(world, look, f'the session "{label}"')
    finally:
        attach_trace(world, label)


def only_own_found(world: World, main: Door, second: Door, tenant: str) -> None:
    """By every way of reading, through both doors, a tenant finds all of its own events and no others."""
    label = f"session of {tenant}"
    wanted = sorted(world.recall("sent", label))
    others = [each for each in world.named("sent") if each != label]

    def look() -> None:
        for door in (main, second):
            for way, found in _ways(door, world.recall("session", label), wanted[0]).items():
                shown = [event for event in found if event.type != "session" and world.mark in (event.name or "")]
                tenants = {(event.metadata or {}).get("tenant") for event in shown}
                what = f"what {tenant} finds by {way} ({door.name})"
                check_value(what, sorted(event.name or "" for event in shown), wanted[: 1 if "name" in way else None])
                check_value(f"whose events {tenant} finds by {way} ({door.name})", tenants, {tenant})
            for other in others:
                check_value(
                    f"what {tenant} finds in the {other}", events_of(world, door, world.recall("session", other)), []
                )

    in_time(world, look, f"the events of {tenant}")
    attach_own_ids(world, tenant, second)


def attach_own_ids(world: World, tenant: str, door: Door) -> None:
    """Each of the tenant's events can be opened by its id; keeps the ids for what the others must not open."""
    label = f"session of {tenant}"
    ids = [event.id for event in events_of(world, door, world.recall("session", label))]
    for each in ids:
        assert not isinstance(door.events.get(each), Refusal), f"{tenant} cannot open its own event {each}"
    for other, foreign in world.named("ids of tenant").items():
        opened = [each for each in foreign if not isinstance(door.events.get(each), Refusal)]
        assert not opened, f"{tenant} can open events of {other}: {opened}"
    world.remember("ids of tenant", tenant, ids)


def _ways(door: Door, session: str, name: str) -> Mapping[str, list[Any]]:
    has_tenant = Condition(field="metadata.tenant", operator="exists", value=None, type="string")
    return {
        "listing everything": listed(door.events.list(limit=PAGE)),
        "its session": listed(door.events.list(session=session)),
        "one name": listed(door.events.list(name=name)),
        "the tenant attribute": listed(door.events.search([has_tenant], limit=PAGE)),
    }


def model_asked(world: World, asked: Sequence[Received], times: int, question: str) -> None:
    """The model was asked so often, each time with this question of the user's."""
    evidence.attach_json("what the model was asked", [each.messages for each in asked])
    questions = [
        [message.get("content") for message in each.messages if message.get("role") == "user"][-1:] for each in asked
    ]
    check_value("what the model was asked", questions, [[question]] * times)


def ended(world: World) -> ProgramResult:
    """The program that was run last."""
    assert isinstance(world.answer, ProgramResult), f"no program was run; the last answer is {world.answer!r}"
    return world.answer


def answers(world: World, text: str) -> None:
    """The program has gone on to its end and answered this."""
    check_value("what the program answered", ended(world).answer["answer"], text)


def went_on(world: World, message: str) -> None:
    """The program met an exception that says this, once, and went on to its end."""
    met = ended(world).answer["met"]
    assert len(met) == 1, f"the program met {len(met)} exceptions: {met}"
    assert message.casefold() in met[0].casefold(), f'the program met another exception than "{message}": {met[0]}'


def was_not_slowed(world: World, work_s: float, end_s: float) -> None:
    """The traced work, and then the program's end, took at most so many seconds; the figures are kept."""
    told = ended(world).answer
    end = told["total_s"] - told["work_s"]
    evidence.attach_json("how long the program took (s)", {"work": told["work_s"], "end": end})
    assert told["work_s"] <= work_s, f"the traced work took {told['work_s']:.2f} s, expected at most {work_s:g}"
    assert end <= end_s, f"the program's end took {end:.2f} s, expected at most {end_s:g}"


def loss_reported(world: World, lost: int) -> None:
    """The program was told that so many spans are lost, and said so to whoever runs it."""
    check_value("how many spans the exporter gave up", ended(world).answer["lost"], lost)
    said = [line for line in ended(world).output.splitlines() if "Failed to export" in line]
    assert said or not lost, f"nothing was said of {lost} lost spans:\n{ended(world).output}"


def in_batches(world: World, count: int) -> None:
    """The spans were delivered in so many batches."""
    batches = ended(world).answer["batches"]
    assert len(batches) == count, f"delivered in {len(batches)} batches ({batches}), expected {count}"


def fast_enough(world: World, label: str, sent_s: float, stored_s: float) -> None:
    """The spans were sent, and stored within each other, in so many seconds; the figures are kept.

    The time from the first span to the moment when all are seen is an upper bound of the time between the first and
    the last being stored.
    """
    told, count = ended(world).answer, len(world.recall("sent", label))
    spread = world.recall("all seen at", label) - told["began_at"]
    evidence.attach(
        "throughput",
        "figure,value\n"
        f"spans,{count}\nsent within s,{told['total_s']:.3f}\nsent a second,{count / told['total_s']:.0f}\n"
        f"from the first span until all were seen stored s,{spread:.3f}\nstored a second,{count / spread:.0f}\n",
        "csv",
    )
    assert told["total_s"] <= sent_s, f"{count} spans were sent within {told['total_s']:.1f} s, expected {sent_s:g} s"
    assert spread <= stored_s, f"{count} spans were stored within {spread:.1f} s, expected {stored_s:g} s"


def partly_taken(answer: object, count: int, words: str) -> None:
    """The collector took an export but for so many spans, and says why."""
    assert isinstance(answer, Exported), f"expected that the export is taken, was {answer!r}"
    assert answer.rejected == count, f"{answer.rejected} spans were refused, expected {count}: {answer.message}"
    assert words.casefold() in answer.message.casefold(), f'the reason does not say "{words}": {answer.message}'


def run_reports(world: World, table: Sequence[Pairs]) -> None:
    """The run tells of these scenarios and no others, with these words in the messages; an empty cell: no message."""
    told = ended(world).answer["scenarios"]
    evidence.attach_json("what the run reports", told)
    expected = [tuple(cell for _, cell in row) for row in table]
    wanted = [words for _, _, words in expected] + [""] * len(told)
    actual = [
        (each["name"], each["verdict"], words if words and words in each["message"] else each["message"])
        for each, words in zip(told, wanted, strict=False)
    ]
    check_value("what the run reports of its scenarios", actual, expected)


def counted_by_model(world: World, label: str, asked: Sequence[Received]) -> None:
    """The model events of a session, in order, tell the tokens that the model itself has counted, none of them zero."""
    counted = [(each.usage.prompt, each.usage.completion) for each in asked if each.usage is not None]
    assert counted, "the model has answered nothing"
    assert all(min(each) > 0 for each in counted), f"the model counted no tokens: {counted}"

    def look() -> None:
        models = [event.metadata or {} for event in _seen(world, label) if event.type == "model"]
        told = [
            tuple(next((each[name] for name in names if name in each), None) for names in TOKENS) for each in models
        ]
        check_value("tokens in and out of the model events", told, counted)

    in_time(world, look, f'the session "{label}"')


def _first(metadata: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((metadata[name] for name in names if name in metadata), None)
