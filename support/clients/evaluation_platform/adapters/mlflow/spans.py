"""Spans as events, and the sessions that they name. They come by OTLP alone.

MLflow keeps, searches, pages and deletes traces; spans are read with their trace, whole. So a span is chosen within the
trace that MLflow found, and a session is deleted by deleting its traces. Experiment and session are the trace's.
An event's id is that of the trace and that of the span: MLflow knows no span without its trace.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ...absent import Absent
from ...collector import SpanSent
from ...interface import Condition, Created, Deleted, Event, Fields, NotOffered, Page, Refusal
from ...things import need
from ...translation import parse
from .wire import Wire, quoted

AT_ONCE = 100
"""How many traces are asked for at once."""
SPAN_OF = "/"
"""Between the id of a trace and that of a span in it."""
SESSION, TYPE = "session.id", "mlflow.spanType"
KINDS = {"model": "LLM", "tool": "TOOL", "chain": "CHAIN"}
TYPES = {kind: type_ for type_, kind in KINDS.items()} | {"CHAT_MODEL": "model", "AGENT": "chain"}
"""MLflow's word for what a span is, and the suite's; of the finer ones, those that MLflow finds out by itself."""
VALUES = {"honeyhive_inputs": "mlflow.spanInputs", "honeyhive_outputs": "mlflow.spanOutputs"}
FILTERS = {"session": "metadata.`mlflow.trace.session`", "name": "span.name"}


def in_mlflows_words(span: SpanSent) -> SpanSent:
    """The span in MLflow's words: session, type, what went in and came out. All other attributes stay as they are."""
    told: dict[str, Any] = {}
    values: dict[str, dict[str, Any]] = {}
    for name, value in span.attributes.items():
        first, _, rest = name.partition(".")
        if name == "honeyhive.session_id":
            told[SESSION] = value
        elif name == "honeyhive_event_type":
            told[TYPE] = _kind(value)
        elif first in VALUES:
            values.setdefault(VALUES[first], {})[rest] = value
        else:
            told[name] = value
    return replace(span, attributes=told | {name: json.dumps(held) for name, held in values.items()})


class Traces:
    """The traces of the tenant's experiment."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": wire.key.experiment}}

    def found(self, filters: Mapping[str, Any]) -> list[Mapping[str, Any]] | Refusal:
        """What is known of the traces that match, the latest first, however many pages they fill."""
        if beyond := sorted(set(filters) - set(FILTERS)):
            raise NotOffered(f"the adapter of MLflow chooses no spans by {', '.join(beyond)}")
        return self.chosen([f"{FILTERS[name]} = {quoted(value)}" for name, value in filters.items()])

    def chosen(self, conditions: Sequence[str]) -> list[Mapping[str, Any]] | Refusal:
        """The same, of the traces that fulfil all conditions of a filter."""
        asked: dict[str, Any] = {"locations": [self._place], "max_results": AT_ONCE, "filter": " AND ".join(conditions)}
        infos: list[Mapping[str, Any]] = []
        while True:
            answer = self._wire.ask("POST", "traces/search", asked)
            if isinstance(answer, Refusal):
                return answer
            infos += answer.get("traces", [])
            if not (token := answer.get("next_page_token")):
                return infos
            asked["page_token"] = token

    def whole(self, infos: list[Mapping[str, Any]]) -> list[Mapping[str, Any]] | Refusal:
        """The same traces with their spans."""
        traces: list[Mapping[str, Any]] = []
        for first in range(0, len(infos), AT_ONCE):
            ids = [info["trace_id"] for info in infos[first : first + AT_ONCE]]
            answer = self._wire.ask("GET", "traces/batchGet", query={"trace_ids": ids})
            if isinstance(answer, Refusal):
                return answer
            traces += answer.get("traces", [])
        return traces

    def one(self, trace_id: str) -> Mapping[str, Any] | Refusal:
        """One trace with its spans, by its id."""
        answer = self._wire.ask("GET", "traces/get", query={"trace_id": trace_id})
        if isinstance(answer, Refusal):
            return answer
        trace: Mapping[str, Any] = need(answer, "trace", "traces/get", dict)
        return trace

    def begin(self, trace_id: str, session: str) -> Created | Refusal:
        """Begin a trace as MLflow's own client does."""
        info = {
            "trace_id": trace_id,
            "trace_location": self._place,
            "request_time": datetime.now(UTC).isoformat(),
            "state": "OK",
            "trace_metadata": {"mlflow.trace.session": session},
        }
        answer = self._wire.ask("POST", "traces", {"trace": {"trace_info": info}})
        return answer if isinstance(answer, Refusal) else Created(id=trace_id)

    def delete(self, infos: list[Mapping[str, Any]]) -> int | Refusal:
        """Delete these traces; how many MLflow says that it deleted."""
        ids = [info["trace_id"] for info in infos]
        asked = {"experiment_id": self._wire.key.experiment, "request_ids": ids}
        answer = self._wire.ask("POST", "traces/delete-traces", asked)
        return answer if isinstance(answer, Refusal) else int(answer.get("traces_deleted", 0))


class Events(Absent):
    """Spans; what is recorded over REST is a trace without any."""

    def __init__(self, wire: Wire) -> None:
        super().__init__("event", "MLflow")
        self._traces = Traces(wire)

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`: a trace of the id that is given, which may be that of a span in it."""
        if lacking := sorted({"id", "session"} - set(fields)):
            raise NotOffered(f"the adapter of MLflow records no trace without {' and '.join(lacking)}")
        return self._traces.begin(str(fields["id"]).partition(SPAN_OF)[0], fields["session"])

    def get(self, thing_id: str) -> Event | Refusal:
        """See `interface.Things`: its trace alone is asked for, of another endpoint than the list's."""
        trace = self._traces.one(thing_id.partition(SPAN_OF)[0])
        if isinstance(trace, Refusal):
            return trace
        found = [event for event in _events(trace, "traces/get") if event.id == thing_id]
        return found[0] if found else _none(f"span {thing_id}")

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Things`. MLflow pages traces, not spans: the pages of spans are cut here."""
        infos = self._traces.found(filters)
        traces = infos if isinstance(infos, Refusal) else self._traces.whole(infos)
        if isinstance(traces, Refusal):
            return traces
        events = [event for trace in traces for event in _events(trace, "traces/batchGet")]
        if "name" in filters:
            events = [event for event in events if event.name == filters["name"]]
        return _cut(events, limit, page)

    def find(self, name: str) -> Page[Event] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def search(
        self,
        conditions: Sequence[Condition] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Page[Event] | Refusal:
        """See `interface.Events`. MLflow finds the traces with a span that says it; the span is chosen among them."""
        if since or until:
            raise NotOffered("the adapter of MLflow searches spans by what they say, not by time")
        infos = self._traces.chosen([_condition(each) for each in conditions])
        traces = infos if isinstance(infos, Refusal) else self._traces.whole(infos)
        if isinstance(traces, Refusal):
            return traces
        events = [event for trace in traces for event in _events(trace, "traces/batchGet")]
        names = [each.field.partition(".")[2] for each in conditions]
        return _cut([event for event in events if set(names) <= set(event.metadata or {})], limit, page)


class Sessions(Absent):
    """What the traces say of sessions, and their deletion."""

    def __init__(self, wire: Wire) -> None:
        super().__init__("session", "MLflow")
        self._traces = Traces(wire)

    def get(self, thing_id: str) -> Event | Refusal:
        """See `interface.Things`."""
        infos = self._traces.found({"session": thing_id})
        if isinstance(infos, Refusal):
            return infos
        return _session(thing_id) if infos else _none(f"trace of the session {thing_id}")

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Things`."""
        infos = self._traces.found(filters)
        if isinstance(infos, Refusal):
            return infos
        named = dict.fromkeys(session for info in infos if (session := _session_of(info)) is not None)
        return _cut([_session(session) for session in named], limit, page)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`: every trace of the session is deleted."""
        infos = self._traces.found({"session": thing_id})
        if isinstance(infos, Refusal):
            return infos
        if not infos:
            return _none(f"trace of the session {thing_id}")
        deleted = self._traces.delete(infos)
        return deleted if isinstance(deleted, Refusal) else Deleted(id=thing_id, confirmed=deleted == len(infos))


def _cut(events: list[Event], limit: int | None, page: int | None) -> Page[Event]:
    size = limit or max(len(events), 1)
    first = ((page or 1) - 1) * size
    return Page[Event](items=tuple(events[first : first + size]), page=page, limit=limit)


def _kind(type_: str) -> str:
    if type_ not in KINDS:
        raise NotOffered(f"the adapter of MLflow knows spans of the types {', '.join(KINDS)}, not {type_!r}")
    return KINDS[type_]


def _condition(condition: Condition) -> str:
    place, _, name = condition.field.partition(".")
    if place != "metadata" or condition.operator != "exists":
        told = f"{condition.field} {condition.operator}"
        raise NotOffered(f"the adapter of MLflow asks whether an attribute of a span exists, and nothing else: {told}")
    return f"span.attributes.{name} LIKE '%'"


def _none(what: str) -> Refusal:
    return Refusal(status=200, reason="not found", message=f"MLflow finds no {what}")


def _session_of(info: Mapping[str, Any]) -> str | None:
    session: str | None = info.get("trace_metadata", {}).get("mlflow.trace.session")
    return session


def _session(session: str) -> Event:
    return Event(id=session, session=session, type="session", name=None)


def _events(trace: Mapping[str, Any], operation: str) -> Iterator[Event]:
    session = _session_of(need(trace, "trace_info", operation))
    trace_id = need(trace, "trace_info.trace_id", operation, str)
    for span in trace.get("spans", []):
        said = {each["key"]: _plain(each.get("value", {})) for each in span.get("attributes", [])}
        begun, ended = (span[f"{name}_time_unix_nano"] / 1_000_000 for name in ("start", "end"))
        kind = said.get(TYPE)
        status = span.get("status", {})
        told = {
            "id": _id(trace_id, span["span_id"]),
            "session": session,
            "type": TYPES.get(str(kind), kind),
            "name": span["name"],
            "source": said.get("service.name"),
            "parent": _id(trace_id, parent) if (parent := span.get("parent_span_id")) else session,
            "inputs": _object(said.get(VALUES["honeyhive_inputs"])),
            "outputs": _object(said.get(VALUES["honeyhive_outputs"])),
            "metadata": {name: value for name, value in said.items() if name != SESSION and "mlflow." not in name},
            "error": status.get("message", "") if status.get("code") == "STATUS_CODE_ERROR" else None,
            "start_time": begun,
            "end_time": ended,
            "duration": (span["end_time_unix_nano"] - span["start_time_unix_nano"]) / 1_000_000,
        }
        yield parse(Event, told, operation)


def _id(trace_id: str, span_id: str) -> str:
    return f"{trace_id}{SPAN_OF}{base64.b64decode(span_id).hex()}"


def _object(value: Any) -> dict[str, Any]:
    """What went in or came out: the object that it is, or the value under no name of its own."""
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"value": value}


def _plain(wire: Mapping[str, Any]) -> Any:
    """The value in an `AnyValue` of OTLP."""
    for kind, value in wire.items():
        if kind == "kvlist_value":
            return {each["key"]: _plain(each.get("value", {})) for each in value.get("values", [])}
        if kind == "array_value":
            return [_plain(each) for each in value.get("values", [])]
        return value
    return None
