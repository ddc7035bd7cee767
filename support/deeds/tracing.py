"""Deeds on tracing: telling the model what it will say, running users' programs that are traced, exporting spans.

A session that is traced into is named by the scenario; its id is chosen here, so that it can be taken back whatever
becomes of the program.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from support.checks.readings import TOLERANCE, listed
from support.checks.tables import path, put, value
from support.checks.tracing import events_of
from support.checks.waiting import eventually
from support.clients.evaluation_platform.collector import Exported, SpanSent
from support.clients.evaluation_platform.interface import Page
from support.clients.evaluation_platform.nouns import noun
from support.clients.evaluation_platform.platform import EXPORTER
from support.deeds.people import ADA, VISITORS, Person
from support.deeds.things import Pairs, everything, keep, settle, take_back, watch
from support.processes.programs import ProgramResult
from support.reporting import evidence
from support.running.systems import ModelUnderTest
from support.wire import Refuse, ResetAtConnect, Silent
from support.world import World

TRACERS: Mapping[str, str] = {"the standard tracer": "standard", "the platform's own tracer": "platform"}
"""Whose tracer a program uses, by the words of the features: OpenTelemetry's, or the vendor's."""

APPLICATIONS: Mapping[str, str] = {
    "the order workflow": "tracing_workflow",
    "the support bot": "tracing_conversation",
    "the agent": "tracing_agent",
}
"""Programs as users write them, by the words of the features."""

UNKNOWN_MODEL_KEY = "sk-nobody-was-ever-given-this-key"
UNIQUE_ID = "(unique id)"
"""What a scenario writes for an id that nobody else has."""

COLLECTOR = "*/v1/traces"
OUTAGES: Mapping[str, Callable[[World], object]] = {
    "is down": lambda world: world.worker.evaluation_platform.proxy.inject(Refuse()),
    "takes connections and says nothing": lambda world: world.worker.evaluation_platform.proxy.inject(
        Silent(path=COLLECTOR)
    ),
    "breaks off the first connection": lambda world: world.worker.evaluation_platform.proxy.inject(
        ResetAtConnect(times=1)
    ),
    "fails the next 3 deletions of a session": lambda world: world.worker.evaluation_platform.control(
        "POST", "/faults", {"method": "DELETE", "path": "/session/*", "status": 500, "times": 3}
    ),
    "is too busy for the next 2 exports": lambda world: world.worker.evaluation_platform.control(
        "POST", "/faults", {"path": COLLECTOR, "status": 503, "times": 2, "headers": {"Retry-After": "0.05"}}
    ),
}
"""What can be the matter with the collector, or with the platform behind it."""

NAMED = (("id", "session"), ("name", "name"))
"""How an attribute names a part of the session, and what that is called here."""
SESSIONS = frozenset({"honeyhive.session_id", "traceloop.association.properties.session_id", "session.id"})
EVENT_ID = "honeyhive_event_id"
"""Attributes that name the session of a span."""


@dataclass(frozen=True)
class Way:
    """How spans are sent: `at_most` in one batch, packed, each export given up after so many seconds."""

    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, words: str) -> Way:
        """`, at most 30 at a time, packed, giving up after 0.4 s`."""
        more: dict[str, Any] = {"gzip": "packed" in words}
        if batch := re.search(r"at most (\d+) at a time", words):
            more["batch"] = int(batch[1])
        if seconds := re.search(r"giving up after ([\d.]+) s", words):
            more["timeout_s"] = float(seconds[1])
        return cls(more)


def model_of(world: World) -> ModelUnderTest:
    """The model under test; a LookupError when the feature's folder did not ask for one."""
    system = world.worker.systems.get(ModelUnderTest.name)
    if not isinstance(system, ModelUnderTest):
        raise LookupError("no model was started: name it for the feature's folder in running/systems ROOMS")
    return system


def session(world: World, label: str, person: Person = ADA) -> str:
    """The id of the session that the prose calls `label`; chosen, and registered to be taken back, when it is new."""
    if label not in world.named("session"):
        keep(world, person, noun("session"), label, str(uuid.uuid4()))
    return str(world.recall("session", label))


def run(world: World, program: str, arguments: Mapping[str, Any], **more: Any) -> ProgramResult:
    """Run a program to its end; what it told is the world's answer. `more` is for `Worker.program`.

    Raises:
        AssertionError: it failed; with its output.

    """
    ended = world.worker.program(program, dict(arguments), **more)
    evidence.attach("what the program wrote", ended.output or "(nothing)")
    assert ended.exit_code == 0, f"the program failed, exit code {ended.exit_code}:\n{ended.output}"
    world.answer = ended
    return ended


def _belongs(world: World, label: str, person: Person = ADA) -> dict[str, Any]:
    """What a program is told of the session that it works in; `attributes` is the same, for a standard span."""
    belongs = {"session": session(world, label, person), "name": world.unique(label)}
    return {**belongs, "attributes": _said(world, {f"honeyhive.session_{part}": belongs[of] for part, of in NAMED})}


def _said(world: World, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What a standard span says of itself, in the platform's own words."""
    return dict(world.platform.collector.said(attributes))


def ask(world: World, application: str, question: str, label: str, *, known_key: bool) -> None:
    """Ask an application one question, in a session; with a key that the model knows, or not."""
    environment = {} if known_key else {"OPENAI_API_KEY": UNKNOWN_MODEL_KEY}
    asked = {**_belongs(world, label), "question": with_unique_id(world, question)}
    run(world, APPLICATIONS[application], asked, **environment)


def with_unique_id(world: World, text: str) -> str:
    """The text with an id in it that nobody else has."""
    return text.replace(UNIQUE_ID, f"id-{world.mark}")


def trace_steps(world: World, tracer: str, label: str, rows: Sequence[Pairs]) -> None:
    """Let a program do the steps of a table in a session; the first column names them."""
    step = {"standard": _standard_step, "platform": _platform_step}[TRACERS[tracer]]
    steps = [step(world, list(row)) for row in rows]
    run(world, f"tracing_{TRACERS[tracer]}", {**_belongs(world, label), "steps": steps})


def _step(world: World, row: list[tuple[str, str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    (_, name), *columns = row
    said: dict[str, Any] = {}
    for words, cell in columns:
        if cell:
            put(said, path(words), value(cell))
    within = {"within": world.unique(said.pop("within"))} if "within" in said else {}
    fails = {"fails": said.pop("fails")} if "fails" in said else {}
    return {"name": world.unique(name), **within, **fails}, said


def _standard_step(world: World, row: list[tuple[str, str]]) -> dict[str, Any]:
    """A standard span says everything by attributes: the platform's where it has one, else the plain name."""
    step, said = _step(world, row)
    service = {"service": said.pop("service")} if "service" in said else {}
    attributes = dict(said.pop("metadata", {}))
    if "type" in said:
        attributes["honeyhive_event_type"] = said.pop("type")
    for bucket, inner in said.items():
        attributes |= {f"honeyhive_{bucket}.{key}": what for key, what in inner.items()}
    return {**step, **service, "attributes": _said(world, attributes)}


def _platform_step(world: World, row: list[tuple[str, str]]) -> dict[str, Any]:
    step, said = _step(world, row)
    return {"type": "tool", **step, **said}


def trace_many(world: World, tracer: str, count: int, label: str, way: Way) -> None:
    """Let a program trace so many spans in a session."""
    name = world.unique("span {}")
    world.remember("sent", label, [name.format(number) for number in range(1, count + 1)])
    asked = {**_belongs(world, label), "label": name, "count": count, **way.more}
    run(world, f"tracing_{TRACERS[tracer]}", asked, within_s=30 + count / 100)


def trace_tenants(world: World, tracer: str, rows: Sequence[tuple[Person, str]]) -> None:
    """Let one program trace for several tenants at once, each by its own key, in spans of the same names."""
    labels = [world.unique(f"span {number}") for number in range(1, 6)]
    told: dict[str, str] = {}
    tenants = []
    for index, (person, tenant) in enumerate(rows):
        theirs, variables = person.platform(world), {"key": f"KEY_{index}", "headers": f"HEADERS_{index}"}
        told |= {f"KEY_{index}": theirs.key or "", f"HEADERS_{index}": theirs.exporting()[f"{EXPORTER}_HEADERS"]}
        belongs = _belongs(world, f"session of {tenant}", person)
        tenants.append({"tenant": tenant, **variables, "labels": labels, **belongs})
    for _, tenant in rows:
        world.remember("sent", f"session of {tenant}", labels)
    run(world, "tracing_tenants", {"tracer": TRACERS[tracer], "tenants": tenants}, **told)


def run_suite(world: World, rows: Sequence[Pairs]) -> None:
    """Let a run of this suite play a scenario for each row, which starts a session of its name and ends as told."""
    watch(world, "session")
    scenarios = [{"name": name, "ends": ends} for (_, name), (_, ends) in (list(row) for row in rows)]
    run(world, "tracing_run", {"scenarios": scenarios})
    for number, left in enumerate(
        everything(world.platform.second, "session").keys() - world.recall("before", "session")
    ):
        keep(world, ADA, noun("session"), f"left by the run: {number}", left)


def suffer(world: World, outage: str) -> None:
    """Let something be the matter with the platform, until the scenario ends."""
    OUTAGES[outage](world)


def export(world: World, person: Person, form: str, rows: Sequence[Pairs]) -> None:
    """Send the spans of a table to the collector as raw bytes; the columns are the spans' own attributes.

    `within` names the span around it, `trace` a trace of its own; `id` "zero" makes its id invalid. A span that was
    exported before keeps its ids.
    """
    watch(world, "event")
    spans = [_span(world, list(row)) for row in rows]
    if person not in (ADA, *VISITORS):  # Ada's door does not reach the sessions of another team
        _take_back_sessions_of(world, person, spans)
    world.answer = person.platform(world).collector.export(spans, form)
    labelled = [(label, span) for span, ((_, label), *_) in zip(spans, rows, strict=True)]
    _let_it_be_stored(world, person, spans, partial(_keep_what_became_of, world, labelled))


def export_many(world: World, person: Person, form: str, count: int, label: str) -> None:
    """Send so many spans of a session to the collector in one request, each of a name of its own."""
    belongs = {"session.id": session(world, label)}
    names = [world.unique(f"span {number}") for number in range(1, count + 1)]
    trace_id = secrets.token_bytes(16)
    spans = [SpanSent(trace_id, secrets.token_bytes(8), name, attributes=belongs) for name in names]
    world.remember("sent", label, names)
    world.answer = person.platform(world).collector.export(spans, form)
    _let_it_be_stored(world, person, spans)


def _span(world: World, row: list[tuple[str, str]]) -> SpanSent:
    (_, label), *columns = row
    said = {words: cell for words, cell in columns if cell}
    trace_id, span_id = _id(world, "trace", said.pop("trace", "exported"), 16), _id(world, "span", label, 8)
    parent = _id(world, "span", said.pop("within"), 8) if "within" in said else b""
    if said.pop("id", "") == "zero":
        span_id = bytes(8)
    attributes = {name: _attribute(world, name, cell) for name, cell in said.items()}
    return SpanSent(trace_id, span_id, world.unique(label), parent, attributes=attributes)


def _attribute(world: World, name: str, cell: str) -> Any:
    if name in SESSIONS:
        return session(world, cell)
    return world.unique(cell) if name == EVENT_ID else value(cell)


def _id(world: World, what: str, label: str, size: int) -> bytes:
    """The id of what the prose calls `label`: chosen when it is new."""
    if label not in world.named(what):
        world.remember(what, label, secrets.token_bytes(size))
    chosen: bytes = world.recall(what, label)
    return chosen


def _let_it_be_stored(
    world: World, person: Person, spans: Sequence[SpanSent], then: Callable[[], object] = lambda: None
) -> None:
    """Do something as soon as what was sent is stored: now or, on a platform that answers before it stores, later.

    There, what arrives after its session was deleted would stay, and is waited for by `things.settle`.
    """
    limit = world.worker.evaluation_platform.limits.visible_within_s
    if not limit or not isinstance(world.answer, Exported):
        then()
        return
    sent, unnamed = defaultdict(set), set[str]()
    for span in spans:
        sessions = {str(span.attributes[name]) for name in SESSIONS & set(span.attributes)}
        unnamed |= set() if sessions else {span.name}
        for session_id in sessions:
            sent[session_id].add(span.name)
    doors = [each.platform(world).second for each in {ADA, person}]

    def look() -> None:
        for session_id, names in sent.items():
            stored = {event.name for door in doors for event in events_of(world, door, session_id)}
            assert names <= stored, f"{len(names - stored)} spans are not stored yet"
        for name in unnamed:  # of no session that could be looked into
            assert any(listed(door.events.list(name=name)) for door in doors), f"{name} is not stored yet"

    def wait() -> None:
        lost = "spans" in world.named("lost")  # waiting once tells that they will not come
        try:
            eventually(look, within=0 if lost else limit + TOLERANCE, what="what was sent")
        except AssertionError:
            world.remember("lost", "spans", True)
        then()

    world.remember("sent spans", f"export {len(world.named('sent spans'))}", wait)
    world.undo("wait until what was sent is stored", partial(settle, world))


def _take_back_sessions_of(world: World, person: Person, spans: Sequence[SpanSent]) -> None:
    second = person.platform(world).second
    for each in sorted({str(span.attributes[name]) for span in spans for name in SESSIONS & set(span.attributes)}):
        world.undo(f"delete the session {each} of {person.name}", partial(take_back, second, noun("session"), each))


def _keep_what_became_of(world: World, labelled: Sequence[tuple[str, SpanSent]]) -> None:
    """Remember the events that spans of Ada's became, and see to it that a session that nobody named is taken back."""
    for label, span in labelled:
        found = world.platform.second.events.list(name=span.name)
        for event in found.items if isinstance(found, Page) else ():
            if event.type != "session":
                world.remember("event", label, event.id)
            if event.session and event.session not in world.named("session").values():
                keep(world, ADA, noun("session"), "its own", event.session)
