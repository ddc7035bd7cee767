"""The protocols of ``interface.py``, written once over a carrier; both doors are made of these."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from .carrying import Call, Carrier, expect_object, refusal
from .interface import (
    Accepted,
    BatchOutcome,
    Comparison,
    Condition,
    Configuration,
    ContractBroken,
    Created,
    Datapoint,
    Dataset,
    Deleted,
    Event,
    EventPair,
    Fields,
    Malformation,
    Metric,
    MetricVersion,
    NotOffered,
    Page,
    Project,
    Refusal,
    Run,
    RunResult,
    Score,
    Thing,
    Tool,
    Updated,
)
from .results import comparison, run_result
from .translation import from_wire, named_fields, parse, product_content, to_query, to_wire

T = TypeVar("T", bound=Thing)

_MALFORMED: Mapping[Malformation, tuple[bytes, str]] = {
    "broken JSON": (b'{"name": "half', "application/json"),
    "a list": (b'[{"name": "in a list"}]', "application/json"),
    "a text": (b'"only a text"', "application/json"),
    "a number": (b"42", "application/json"),
    "nothing at all": (b"", "application/json"),
    "another media type": (b"<name>not JSON</name>", "application/xml"),
}


class ThingsOverCarrier(Generic[T]):
    """What every noun has in common; ``key`` is the noun's, ``model`` its model."""

    key: ClassVar[str]
    model: type[T]
    listed_as: ClassVar[str]
    """The member of a list's answer that holds the items."""
    read_as: ClassVar[str | None] = None
    """The member of a read's answer that holds the thing; None: the answer is the thing."""
    operations: ClassVar[str]
    """First part of the operations' names in the carriers' tables."""

    def __init__(self, carrier: Carrier) -> None:
        """Operate through a carrier."""
        self._carrier = carrier

    @property
    def noun(self) -> str:
        """See `interface.Things`."""
        return self.key

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        answer = self._send("create", body=self._body(fields))
        return answer if isinstance(answer, Refusal) else self._created(answer)

    def get(self, thing_id: str) -> T | Refusal:
        """See `interface.Things`."""
        answer = self._send("get", {"id": thing_id})
        if isinstance(answer, Refusal):
            return answer
        if self.read_as is not None:
            answer = need(answer, self.read_as, f"{self.operations}.get")
        return self._asked_for(thing_id, self._thing(answer, "get"))

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[T] | Refusal:
        """See `interface.Things`."""
        query = to_query(self.key, {**filters, "limit": limit, "page": page})
        answer = self._send("list", query=query)
        return answer if isinstance(answer, Refusal) else self._page(answer, "list")

    def find(self, name: str) -> Page[T] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`."""
        answer = self._send("update", {"id": thing_id}, body=self._body(changes))
        return answer if isinstance(answer, Refusal) else self._updated(thing_id, answer)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._send("delete", {"id": thing_id})
        return answer if isinstance(answer, Refusal) else self._deleted(thing_id, answer)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        status, text = self._carrier.send_bytes(f"{self.operations}.create", *_MALFORMED[how])
        if status < 400:
            return Accepted(status=status, body=text)
        try:
            body: Any = json.loads(text)
        except ValueError:
            body = text
        return self._explained(refusal(status, body))

    # what nouns differ in

    def _body(self, fields: Fields) -> dict[str, Any]:
        return to_wire(self.key, fields)

    def _created(self, answer: Any) -> Created:
        raise NotImplementedError

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        raise NotImplementedError

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        raise NotImplementedError

    def _thing(self, answer: Any, verb: str) -> T:
        return from_wire(self.key, self.model, answer, f"{self.operations}.{verb}")

    # helpers

    def _send(
        self,
        verb: str,
        ids: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Any | Refusal:
        answer = self._carrier.send(Call(f"{self.operations}.{verb}", ids or {}, query or {}, body))
        return self._explained(answer) if isinstance(answer, Refusal) else answer

    def _explained(self, no: Refusal) -> Refusal:
        return no.model_copy(update={"fields": named_fields(self.key, no.message)})

    def _page(self, answer: Any, verb: str) -> Page[T]:
        operation = f"{self.operations}.{verb}"
        items = need(answer, self.listed_as, operation)
        if not isinstance(items, list):
            raise ContractBroken(operation, f"{self.listed_as} is not a list", answer)
        paging = answer.get("pagination") or {}
        return Page[T](
            items=tuple(self._thing(item, verb) for item in items),
            total=paging.get("total", answer.get("totalEvents", answer.get("total"))),
            page=paging.get("page"),
            limit=paging.get("limit"),
            has_next=paging.get("has_next"),
        )

    def _asked_for(self, thing_id: str, thing: T) -> T:
        if thing.id != thing_id:
            raise ContractBroken(f"{self.operations}.get", f"asked for {thing_id}, answered {thing.id}", thing)
        return thing

    def _only(self, thing_id: str, page: Page[T]) -> T | Refusal:
        """The one thing of a list that was asked for one id: an empty list says "not found"."""
        if not page.items:
            return Refusal(status=200, reason="not found", message="the platform answered with an empty list")
        if len(page.items) > 1:
            fault = f"asked for {thing_id}, answered {len(page.items)} things"
            raise ContractBroken(f"{self.operations}.get", fault, [thing.id for thing in page.items])
        return self._asked_for(thing_id, page.items[0])


def need(answer: Any, path: str, operation: str, kind: type | None = None) -> Any:
    """The member of an answer at a dotted path.

    Raises:
        ContractBroken: it is missing, or not of that kind.

    """
    value = expect_object(operation, answer)
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise ContractBroken(operation, f"the answer lacks {path}", answer)
        value = value[part]
    if kind is not None and not isinstance(value, kind):
        raise ContractBroken(operation, f"{path} is not a {kind.__name__}", answer)
    return value


class DatasetsOverCarrier(ThingsOverCarrier[Dataset]):
    """See `interface.Datasets`."""

    key, operations, listed_as, model = "dataset", "datasets", "datasets", Dataset

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`; the platform answers a list of one."""
        answer = self._send("get", query={"dataset_id": thing_id})
        return answer if isinstance(answer, Refusal) else self._only(thing_id, self._page(answer, "get"))

    def add_rows(
        self,
        dataset_id: str,
        rows: Sequence[Any],
        *,
        inputs: Sequence[str] = (),
        ground_truth: Sequence[str] = (),
        history: Sequence[str] = (),
    ) -> BatchOutcome | Refusal:
        """See `interface.Datasets`."""
        mapping = {"inputs": list(inputs), "history": list(history), "ground_truth": list(ground_truth)}
        answer = self._send("add_rows", {"id": dataset_id}, body={"data": list(rows), "mapping": mapping})
        return answer if isinstance(answer, Refusal) else batch_outcome(answer, "datapoint_ids", "datasets.add_rows")

    def remove_datapoint(self, dataset_id: str, datapoint_id: str) -> Deleted | Refusal:
        """See `interface.Datasets`."""
        answer = self._send("remove_datapoint", {"id": dataset_id, "datapoint": datapoint_id})
        if isinstance(answer, Refusal):
            return answer
        confirmed = need(answer, "dereferenced", "datasets.remove_datapoint", bool)
        return Deleted(id=datapoint_id, confirmed=confirmed)

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "result.insertedId", "datasets.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        changed = self._thing(need(answer, "result", "datasets.update"), "update")
        return Updated(id=thing_id, confirmed=changed.id == thing_id)

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "result.id", "datasets.delete") == thing_id)


class DatapointsOverCarrier(ThingsOverCarrier[Datapoint]):
    """See `interface.Datapoints`."""

    key, operations, listed_as, model = "datapoint", "datapoints", "datapoints", Datapoint

    def get(self, thing_id: str) -> Datapoint | Refusal:
        """See `interface.Things`; the platform answers a list of one."""
        answer = self._send("get", {"id": thing_id})
        if isinstance(answer, Refusal):
            return answer
        items = need(answer, "datapoint", "datapoints.get", list)
        return self._only(thing_id, Page[Datapoint](items=tuple(self._thing(item, "get") for item in items)))

    def create_many(self, rows: Sequence[Any], *, dataset_id: str | None = None) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`."""
        return self._batch(
            {"datapoints": [self._body(row) if isinstance(row, Mapping) else row for row in rows]}, dataset_id
        )

    def create_from_events(self, event_ids: Sequence[str], *, dataset_id: str | None = None) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`."""
        return self._batch({"events": list(event_ids)}, dataset_id)

    def _batch(self, body: dict[str, Any], dataset_id: str | None) -> BatchOutcome | Refusal:
        answer = self._send("create_many", body=body | ({} if dataset_id is None else {"dataset_id": dataset_id}))
        return answer if isinstance(answer, Refusal) else batch_outcome(answer, "insertedIds", "datapoints.create_many")

    def _created(self, answer: Any) -> Created:
        ids = need(answer, "result.insertedIds", "datapoints.create", list)
        if len(ids) != 1:
            raise ContractBroken("datapoints.create", f"one datapoint was sent, {len(ids)} ids were answered", answer)
        return Created(id=ids[0])

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=need(answer, "updated", "datapoints.update", bool))

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "deleted", "datapoints.delete", bool))


class ConfigurationsOverCarrier(ThingsOverCarrier[Configuration]):
    """See `interface.Configurations`."""

    key, operations, listed_as, model = "configuration", "configurations", "configurations", Configuration

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`.

        The platform wants the name with every change and replaces the model's parameters whole. So what is not to be
        changed is read first and sent along, unless the thing is unknown or everything is given.
        """
        body = self._body(changes)
        if "name" not in body or "parameters" in body:
            body = _completed(body, self._as_stored(thing_id))
        answer = self._send("update", {"id": thing_id}, body=body)
        return answer if isinstance(answer, Refusal) else self._updated(thing_id, answer)

    def _as_stored(self, thing_id: str) -> Mapping[str, Any]:
        # by the list, which every platform has, and as the wire has it: what is sent back must be what is stored
        answer = self._send("list")
        stored = [] if isinstance(answer, Refusal) else need(answer, self.listed_as, "configurations.list", list)
        return next((one for one in stored if isinstance(one, Mapping) and one.get("id") == thing_id), {})

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "insertedId", "configurations.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        taken = need(answer, "acknowledged", "configurations.update", bool)
        return Updated(id=thing_id, confirmed=taken and need(answer, "matchedCount", "configurations.update") == 1)

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        taken = need(answer, "acknowledged", "configurations.delete", bool)
        return Deleted(id=thing_id, confirmed=taken and need(answer, "deletedCount", "configurations.delete") == 1)


def _completed(body: dict[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    completed = {"name": stored["name"], **body} if "name" in stored else dict(body)
    if isinstance(completed.get("parameters"), Mapping):
        kept = {name: value for name, value in stored.get("parameters", {}).items() if value is not None}
        completed["parameters"] = kept | completed["parameters"]
    return completed


class ToolsOverCarrier(ThingsOverCarrier[Tool]):
    """See `interface.Tools`."""

    key, operations, listed_as, model = "tool", "tools", "tools", Tool

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "result.insertedId", "tools.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=need(answer, "updated", "tools.update", bool))

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "deleted", "tools.delete", bool))


class MetricsOverCarrier(ThingsOverCarrier[Metric]):
    """See `interface.Metrics`."""

    key, operations, listed_as, model = "metric", "metrics", "metrics", Metric

    def get(self, thing_id: str) -> Metric | Refusal:
        """See `interface.Things`; the platform answers a list of one."""
        answer = self._send("get", query={"id": thing_id})
        return answer if isinstance(answer, Refusal) else self._only(thing_id, self._page(answer, "get"))

    def find(self, name: str) -> Page[Metric] | Refusal:
        """The platform finds no metric by name."""
        raise NotOffered(f"metrics cannot be found by name ({name!r}); list them")

    def versions(self, metric_id: str) -> tuple[MetricVersion, ...] | Refusal:
        """See `interface.Metrics`."""
        answer = self._send("versions", {"id": metric_id})
        if isinstance(answer, Refusal):
            return answer
        return tuple(_version(item, "metrics.versions") for item in need(answer, "data", "metrics.versions", list))

    def add_version(
        self, metric_id: str, message: str, content: Fields, *, deploy: bool = False
    ) -> MetricVersion | Refusal:
        """See `interface.Metrics`."""
        body = {"message": message, "content": self._body(content), "deploy_immediately": deploy}
        answer = self._send("add_version", {"id": metric_id}, body=body)
        if isinstance(answer, Refusal):
            return answer
        return _version(need(answer, "data", "metrics.add_version"), "metrics.add_version")

    def deploy(self, metric_id: str, version: str) -> MetricVersion | Refusal:
        """See `interface.Metrics`."""
        answer = self._send("deploy", {"id": metric_id, "version": version})
        return (
            answer
            if isinstance(answer, Refusal)
            else _version(need(answer, "data", "metrics.deploy"), "metrics.deploy")
        )

    def compute(self, metric: Fields, event: Fields) -> Score | Refusal:
        """See `interface.Metrics`."""
        answer = self._send("compute", body={"metric": self._body(metric), "event": to_wire("event", event)})
        if isinstance(answer, Refusal):
            return answer
        need(answer, "result", "metrics.compute")
        score = {
            "value": answer["result"],
            "explanation": answer.get("explanation"),
            "pending": answer.get("loading", False),
        }
        return parse(Score, score, "metrics.compute")

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "metric_id", "metrics.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=need(answer, "updated", "metrics.update", bool))

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "deleted", "metrics.delete", bool))


def _version(answer: Any, operation: str) -> MetricVersion:
    wire = expect_object(operation, answer)
    values = {
        "name": wire.get("name"),
        "fingerprint": wire.get("full_sha"),
        "message": wire.get("message"),
        "deployed": wire.get("deployed"),
        "content": product_content("metric", wire.get("content"), operation),
        "created_at": wire.get("date"),
    }
    return parse(MetricVersion, values, operation)


class RunsOverCarrier(ThingsOverCarrier[Run]):
    """See `interface.Runs`."""

    key, operations, listed_as, model = "run", "runs", "evaluations", Run
    read_as = "evaluation"

    def result(self, run_id: str, function: str | None = None) -> RunResult | Refusal:
        """See `interface.Runs`."""
        answer = self._send("result", {"id": run_id}, query=_aggregate(function))
        return answer if isinstance(answer, Refusal) else run_result(answer)

    def compare(self, new: str, old: str, function: str | None = None) -> Comparison | Refusal:
        """See `interface.Runs`."""
        answer = self._send("compare", {"new": new, "old": old}, query=_aggregate(function))
        return answer if isinstance(answer, Refusal) else comparison(answer)

    def compare_events(
        self, first: str, second: str, *, limit: int | None = None, page: int | None = None, **filters: Any
    ) -> Page[EventPair] | Refusal:
        """See `interface.Runs`."""
        query = {
            "run_id_1": first,
            "run_id_2": second,
            "event_name": filters.get("name"),
            "event_type": filters.get("type"),
            "limit": limit,
            "page": page,
        }
        answer = self._send("compare_events", query={name: value for name, value in query.items() if value is not None})
        if isinstance(answer, Refusal):
            return answer
        pairs = need(answer, "events", "runs.compare_events", list)
        return Page[EventPair](
            items=tuple(_pair(pair) for pair in pairs), total=answer.get("totalEvents"), page=page, limit=limit
        )

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "run_id", "runs.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        changed = self._thing(need(answer, "evaluation", "runs.update"), "update")
        return Updated(id=thing_id, confirmed=changed.id == thing_id)

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "deleted", "runs.delete", bool))


def _aggregate(function: str | None) -> dict[str, str]:
    return {} if function is None else {"aggregate_function": function}


def _pair(answer: Any) -> EventPair:
    operation = "runs.compare_events"
    return EventPair(
        datapoint=need(answer, "datapoint_id", operation),
        first=from_wire("event", Event, need(answer, "event_1", operation), operation),
        second=from_wire("event", Event, need(answer, "event_2", operation), operation),
    )


class ProjectsOverCarrier(ThingsOverCarrier[Project]):
    """See `interface.Projects`."""

    key, operations, listed_as, model = "project", "projects", "projects", Project

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """Projects stay."""
        raise NotOffered(f"projects cannot be deleted ({thing_id})")

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "id", "projects.create", str), key=need(answer, "key", "projects.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=self._thing(answer, "update").id == thing_id)


class _EventLike(ThingsOverCarrier[Event]):
    """What sessions and events share: both are read, changed and found as events."""

    operations, listed_as, read_as, model = "events", "events", "event", Event

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Things`."""
        return self._search([_is(name, value) for name, value in filters.items()], limit=limit, page=page)

    def _search(
        self,
        conditions: Sequence[Condition],
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Page[Event] | Refusal:
        dates = {name: value for name, value in (("$gte", since), ("$lte", until)) if value is not None}
        optional = {"dateRange": dates or None, "limit": limit, "page": page}
        body = {"filters": [_condition(condition) for condition in conditions]}
        answer = self._send(
            "search", body=body | {name: value for name, value in optional.items() if value is not None}
        )
        if isinstance(answer, Refusal):
            return answer
        return self._page(answer, "search").model_copy(update={"page": page, "limit": limit})

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=expect_object("events.update", answer).get("success", True) is True)


def _is(field: str, value: Any) -> Condition:
    kind = "boolean" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "string"
    return Condition(field=field, operator="is", value=value, type=kind)


def _condition(condition: Condition) -> dict[str, Any]:
    head, dot, rest = condition.field.partition(".")
    field = next(iter(to_wire("event", {head: None}))) + dot + rest
    return {"field": field, "operator": condition.operator, "value": condition.value, "type": condition.type}


class EventsOverCarrier(_EventLike):
    """See `interface.Events`."""

    key = "event"

    def create_many(
        self, events: Sequence[Any], *, single_session: bool | None = None, session: Fields | None = None
    ) -> BatchOutcome | Refusal:
        """See `interface.Events`."""
        body: dict[str, Any] = {"events": [self._body(row) if isinstance(row, Mapping) else row for row in events]}
        if single_session is not None:
            body["single_session"] = single_session
        if session is not None:
            body["session_properties"] = to_wire("session", session)
        answer = self._send("create_many", body=body)
        return answer if isinstance(answer, Refusal) else batch_outcome(answer, "event_ids", "events.create_many")

    def search(
        self,
        conditions: Sequence[Condition] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Page[Event] | Refusal:
        """See `interface.Events`."""
        return self._search(conditions, since=since, until=until, limit=limit, page=page)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """Events go with their session."""
        raise NotOffered(f"an event cannot be deleted alone ({thing_id}); delete its session")

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "event_id", "events.create", str))


class SessionsOverCarrier(_EventLike):
    """See `interface.Sessions`. A session is started and deleted as one, and read as the event that it is."""

    key = "session"

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        answer = self._carrier.send(Call("sessions.create", body=self._body(fields)))
        if isinstance(answer, Refusal):
            return self._explained(answer)
        return Created(id=need(answer, "session_id", "sessions.create", str))

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`."""
        answer = self._send("update", {"id": thing_id}, body=to_wire("event", changes))
        return answer if isinstance(answer, Refusal) else self._updated(thing_id, answer)

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Sessions`."""
        return super().list(limit=limit, page=page, **{"type": "session", **filters})

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._carrier.send(Call("sessions.delete", {"id": thing_id}))
        if isinstance(answer, Refusal):
            return self._explained(answer)
        return Deleted(id=thing_id, confirmed=need(answer, "success", "sessions.delete") is True)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        status, text = self._carrier.send_bytes("sessions.create", *_MALFORMED[how])
        return Accepted(status=status, body=text) if status < 400 else refusal(status, _json_or_text(text))


def batch_outcome(answer: Any, ids: str, operation: str) -> BatchOutcome:
    """The outcome in a batch's answer; ``ids`` is the member that holds the ids.

    Raises:
        ContractBroken: the ids are missing, or an error without its index.

    """
    faults = expect_object(operation, answer).get("errors") or []
    refused: dict[int, str] = {}
    for fault in faults:
        where = ": ".join(str(fault[name]) for name in ("field", "message") if fault.get(name))
        refused[need(fault, "index", operation, int)] = where
    values = {"ids": need(answer, ids, operation, list), "refused": refused, "session": answer.get("session_id")}
    return parse(BatchOutcome, values, operation)


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
