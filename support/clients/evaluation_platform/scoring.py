"""What measures, over a carrier: metrics and runs of experiments."""

from __future__ import annotations

from typing import Any

from .carrying import expect_object
from .interface import (
    Comparison,
    Created,
    Deleted,
    Event,
    EventPair,
    Fields,
    Metric,
    MetricVersion,
    NotOffered,
    Page,
    Refusal,
    Run,
    RunResult,
    Score,
    Updated,
)
from .results import comparison, run_result
from .things import ThingsOverCarrier, need
from .translation import from_wire, parse, product_content, to_wire


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
