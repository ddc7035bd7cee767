"""Metrics, their versions, and computing one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import metric_runner, metrics, production, search
from ..answers import answer
from ..calls import Call, CallContext, new_router
from ..errors import Problem, invalid
from ..fields import Body, Name, Object, Query, Text

router = new_router()

MetricType = Literal["PYTHON", "LLM", "HUMAN", "COMPOSITE"]
ReturnType = Literal["float", "boolean", "string", "categorical"]
MAX_NUMBER = 1e15
Number = Annotated[int | float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Scale = Annotated[int, Field(gt=0, le=MAX_NUMBER)]


class Threshold(Body):
    """The values of a metric that pass."""

    min: Number | None = None
    max: Number | None = None
    pass_when: bool | Number | None = None
    passing_categories: list[str] | None = None


class Category(Body):
    """One value of a categorical metric."""

    category: Text
    score: Number | None = None


class ChildMetric(Body):
    """One part of a composite metric."""

    id: str | None = None
    name: Text
    weight: Number
    scale: Scale | None = None


class Filters(Body):
    """Which events a metric is for."""

    filterArray: list[Object]  # noqa: N815 - the wire's name


class OptionalFields(Body):
    """What need not be said of a metric."""

    description: str | None = None
    return_type: ReturnType | None = None
    enabled_in_prod: bool | None = None
    needs_ground_truth: bool | None = None
    sampling_percentage: Annotated[Number, Field(ge=0, le=100)] | None = None
    model_provider: str | None = None
    model_name: str | None = None
    scale: Scale | None = None
    threshold: Threshold | None = None
    categories: list[Category] | None = None
    child_metrics: list[ChildMetric] | None = None
    filters: Filters | None = None


class MetricFields(OptionalFields):
    """A metric to create, to keep as a version, or to run."""

    name: Name
    type: MetricType
    criteria: str


class MetricChanges(OptionalFields):
    """Changes to a metric: what is sent is changed."""

    name: Name | None = None
    type: MetricType | None = None
    criteria: str | None = None


class LegacyMetricChanges(MetricChanges):
    """Body of PUT /v1/metrics."""

    id: str


class MetricsQuery(Query):
    """Parameters of GET /v1/metrics."""

    type: MetricType | None = None
    id: str | None = None


class DeleteQuery(Query):
    """Parameters of DELETE /v1/metrics."""

    metric_id: str


class NewVersion(Body):
    """Body of POST /v1/metrics/{id}/versions."""

    message: str
    content: MetricFields
    deploy_immediately: bool = False


class RunEvent(Body):
    """The event that a metric is run on."""

    event_type: str | None = None
    event_name: str | None = None
    event_id: str | None = None
    session_id: str | None = None
    workspace_id: str | None = None
    inputs: Object | None = None
    outputs: Object | None = None
    config: Object | None = None
    metadata: Object | None = None
    metrics: Object | None = None
    feedback: Object | None = None
    user_properties: Object | None = None
    error: str | None = None
    start_time: Number | None = None
    end_time: Number | None = None
    duration: Number | None = None


class Run(Body):
    """Body of POST /v1/metrics/run."""

    metric: MetricFields
    event: RunEvent


@router.post("/v1/metrics")
def create(body: MetricFields, call: Call) -> Response:
    """Create a metric."""
    sent = body.sent()
    check(sent)
    with call.writing() as db:
        metric_id = metrics.create(db, call.project, sent)
    return answer({"inserted": True, "metric_id": metric_id})


@router.get("/v1/metrics")
def list_all(query: Annotated[MetricsQuery, QueryParameters()], call: Call) -> Response:
    """Metrics, of one type or the one with this id where asked."""
    with call.reading() as db:
        rows = metrics.list_all(db, call.project, type_=query.type, metric_id=query.id)
    return answer({"metrics": [metrics.shown(row) for row in rows]})


@router.put("/v1/metrics")
def update_legacy(body: LegacyMetricChanges, call: Call) -> Response:
    """Change a metric."""
    return _updated(call, body.id, {name: value for name, value in body.sent().items() if name != "id"})


@router.put("/v1/metrics/{metric_id}")
def update(metric_id: str, body: MetricChanges, call: Call) -> Response:
    """Change a metric."""
    return _updated(call, metric_id, body.sent())


@router.delete("/v1/metrics")
def delete_legacy(query: Annotated[DeleteQuery, QueryParameters()], call: Call) -> Response:
    """Delete a metric."""
    return _deleted(call, query.metric_id)


@router.delete("/v1/metrics/{metric_id}")
def delete(metric_id: str, call: Call) -> Response:
    """Delete a metric."""
    return _deleted(call, metric_id)


@router.post("/v1/metrics/run")
@router.post("/v1/metrics/run_metric")
def run(body: Run, call: Call) -> Response:
    """Compute a metric for an event, neither of which need be stored. 422 when it gives no value."""
    sent = body.metric.sent()
    check(sent)
    metric = metrics.complete(sent)
    event = {name: value for name, value in body.event.sent().items() if value is not None}
    lookup = production.children_in(call.store, call.project)
    try:
        score = metric_runner.compute(metric, event, call.settings, lookup)
    except metric_runner.MetricError as cause:
        raise Problem(422, f"metric {metric['name']} failed: {cause}", result=None) from cause
    return answer({"success": True, "loading": False, "result": score.value, "explanation": score.explanation})


@router.get("/v1/metrics/{metric_id}/versions")
def list_versions(metric_id: str, call: Call) -> Response:
    """The versions of a metric."""
    with call.reading() as db:
        rows = metrics.list_versions(db, call.project, metric_id)
    return answer({"success": True, "data": [metrics.shown_version(row) for row in rows]})


@router.post("/v1/metrics/{metric_id}/versions")
def create_version(metric_id: str, body: NewVersion, call: Call) -> Response:
    """Keep a version of a metric, and put it into use where asked."""
    content = body.content.sent()
    check(content, "content.")
    with call.writing() as db:
        row = metrics.create_version(
            db, call.project, metric_id, message=body.message, content=content, deploy=body.deploy_immediately
        )
    return answer({"success": True, "data": metrics.shown_version(row)})


@router.post("/v1/metrics/{metric_id}/versions/{name}/deploy")
def deploy_version(metric_id: str, name: str, call: Call) -> Response:
    """Put a version of a metric into use."""
    with call.writing() as db:
        row = metrics.deploy_version(db, call.project, metric_id, name)
    return answer({"success": True, "data": metrics.shown_version(row)})


def check(definition: dict[str, Any], where: str = "") -> None:
    """What the types alone do not say of a definition. Raises Problem 400."""
    if definition.get("filters"):
        search.parse_conditions(definition["filters"], f"{where}filters.filterArray")
    if definition.get("type") in ("PYTHON", "LLM") and not definition.get("criteria", "").strip():
        raise invalid(f"{where}criteria", "must not be blank")
    if definition.get("type") == "COMPOSITE" and not definition.get("child_metrics"):
        raise invalid(f"{where}child_metrics", "a COMPOSITE metric must have some")


def _updated(call: CallContext, metric_id: str, changes: dict[str, Any]) -> Response:
    with call.writing() as db:
        before = metrics.get(db, call.project, metric_id)["definition"]
        check({**before, **metrics.kept(before, changes)})
        metrics.update(db, call.project, metric_id, changes)
    return answer({"updated": True})


def _deleted(call: CallContext, metric_id: str) -> Response:
    with call.writing() as db:
        metrics.delete(db, call.project, metric_id)
    return answer({"deleted": True})
