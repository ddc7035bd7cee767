"""Experiment runs: their life, their results, and how two of them compare."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import comparison, experiments, search
from ..answers import answer
from ..calls import Call, CallContext, new_router
from ..errors import invalid
from ..fields import Body, Object, PageNumber, Query
from .event_bodies import Identifier, Words
from .events import answer_schema
from .metrics import Number

router = new_router()

Status = Literal["pending", "running", "completed", "failed", "cancelled"]
Function = Literal["average", "min", "max", "median", "sum", "count", "p90", "p95", "p99"]


class PassingRange(Body):
    """The values of a metric that pass, both ends included."""

    min: Number | None = None
    max: Number | None = None


class RunChanges(Body):
    """Changes to a run: what is sent is changed."""

    name: Words | None = None
    description: str | None = None
    status: Status | None = None
    metadata: Object | None = None
    results: Object | None = None
    configuration: Object | None = None
    evaluators: list[Any] | None = None
    event_ids: list[str] | None = None
    session_ids: list[str] | None = None
    datapoint_ids: list[str] | None = None
    passing_ranges: dict[str, PassingRange] | None = None


class NewRun(RunChanges):
    """Body of POST /v1/runs."""

    run_id: Identifier | None = None
    dataset_id: str | None = None


class RunsQuery(Query):
    """Parameters of GET /v1/runs."""

    dataset_id: str | None = None
    page: PageNumber = 1
    limit: Annotated[int, Field(ge=1, le=experiments.MAX_LIMIT)] = experiments.DEFAULT_LIMIT
    run_ids: list[str] | None = Field(None, alias="run_ids[]")
    name: str | None = None
    status: Status | None = None
    dateRange: str | None = None  # noqa: N815 - the wire's name
    sort_by: Literal["created_at", "updated_at", "name", "status"] = "created_at"
    sort_order: Literal["asc", "desc"] = "desc"


class RangeQuery(Query):
    """Parameters of the schemas."""

    dateRange: str | None = None  # noqa: N815 - the wire's name


class FilterQuery(Query):
    """Filters on the events of a run: JSON, as one text or several."""

    filters: str | None = None
    filter_list: list[str] | None = Field(None, alias="filters[]")


class ResultQuery(FilterQuery):
    """Parameters of results and comparisons."""

    aggregate_function: Function = "average"


class MetricsQuery(FilterQuery):
    """Parameters of /v1/runs/{id}/metrics."""

    dateRange: str | None = None  # noqa: N815 - the wire's name


class PairsQuery(Query):
    """Parameters of the comparison of events."""

    event_name: str | None = None
    event_type: str | None = None
    filter: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    page: PageNumber = 1


class LegacyPairsQuery(PairsQuery):
    """Parameters of /v1/runs/compare/events."""

    run_id_1: str
    run_id_2: str


@router.post("/v1/runs")
def create(body: NewRun, call: Call) -> Response:
    """Create a run."""
    with call.writing() as db:
        row = experiments.create(db, call.project, body.sent())
        shown = experiments.shown(db, call.project, row)
    return answer({"evaluation": shown, "run_id": row["id"]})


@router.get("/v1/runs")
def list_page(query: Annotated[RunsQuery, QueryParameters()], call: Call) -> Response:
    """A page of the runs that are meant."""
    listing = experiments.Listing(
        dataset_id=query.dataset_id,
        run_ids=query.run_ids,
        name=query.name,
        status=query.status,
        span=search.parse_range(query.dateRange),
        sort_by=query.sort_by,
        descending=query.sort_order == "desc",
    )
    with call.reading() as db:
        rows = experiments.list_all(db, call.project, listing)
        shown_rows = search.one_page(rows, query.limit, query.page)
        outcomes = [experiments.outcome_of(db, call.project, row) for row in shown_rows]
        unfiltered = experiments.count(db, call.project)
        evaluations = [experiments.shown(db, call.project, row) for row in shown_rows]
    return answer(
        {
            "evaluations": evaluations,
            "pagination": experiments.pagination(len(rows), unfiltered, query.limit, query.page),
            "metrics": experiments.metric_names(outcomes),
        }
    )


@router.get("/v1/runs/schema")
def schema(query: Annotated[RangeQuery, QueryParameters()], call: Call) -> Response:
    """Which fields the events of all runs have."""
    listing = experiments.Listing(span=search.parse_range(query.dateRange))
    with call.reading() as db:
        rows = experiments.list_all(db, call.project, listing)
        found = [event for row in rows for event in experiments.outcome_of(db, call.project, row).events]
    return answer(answer_schema(found))


@router.get("/v1/runs/compare/events")
def compare_events_legacy(query: Annotated[LegacyPairsQuery, QueryParameters()], call: Call) -> Response:
    """The events of two runs in pairs."""
    return _pairs(call, query.run_id_1, query.run_id_2, query)


@router.get("/v1/runs/{run_id}")
def get(run_id: str, call: Call) -> Response:
    """One run."""
    with call.reading() as db:
        return answer({"evaluation": experiments.shown(db, call.project, experiments.get(db, call.project, run_id))})


@router.put("/v1/runs/{run_id}")
def update(run_id: str, body: RunChanges, call: Call) -> Response:
    """Change a run."""
    with call.writing() as db:
        row = experiments.update(db, call.project, run_id, body.sent())
        return answer({"evaluation": experiments.shown(db, call.project, row), "warning": None})


@router.delete("/v1/runs/{run_id}")
def delete(run_id: str, call: Call) -> Response:
    """Delete a run."""
    with call.writing() as db:
        experiments.delete(db, call.project, run_id)
    return answer({"id": run_id, "deleted": True})


@router.get("/v1/runs/{run_id}/schema")
def run_schema(run_id: str, query: Annotated[RangeQuery, QueryParameters()], call: Call) -> Response:
    """Which fields the events of a run have."""
    span = search.parse_range(query.dateRange)
    with call.reading() as db:
        outcome = experiments.outcome_of(db, call.project, experiments.get(db, call.project, run_id))
    return answer(answer_schema([event for event in outcome.events if search.within(event, span)]))


@router.get("/v1/runs/{run_id}/metrics")
def measured(run_id: str, query: Annotated[MetricsQuery, QueryParameters()], call: Call) -> Response:
    """The metrics of a run, event by event."""
    span = search.parse_range(query.dateRange)
    with call.reading() as db:
        run = experiments.get(db, call.project, run_id)
        outcome = experiments.outcome_of(db, call.project, run, conditions_of(query))
    shown = experiments.measured_events(outcome, span)
    return answer({"events": shown, "totalEvents": len(shown)})


@router.get("/v1/runs/{run_id}/result")
@router.get("/v1/runs/{run_id}/summary")
def result(run_id: str, query: Annotated[ResultQuery, QueryParameters()], call: Call) -> Response:
    """The result of a run, its metrics aggregated."""
    with call.reading() as db:
        run = experiments.get(db, call.project, run_id)
        outcome = experiments.outcome_of(db, call.project, run, conditions_of(query))
        ranges = experiments.ranges_of(db, call.project, run)
        shown = experiments.shown(db, call.project, run)
    return answer(experiments.result_of(shown, outcome, ranges, query.aggregate_function))


@router.get("/v1/runs/{new_run_id}/compare-with/{old_run_id}")
@router.get("/v1/runs/{new_run_id}/compare/{old_run_id}")
def compare(new_run_id: str, old_run_id: str, query: Annotated[ResultQuery, QueryParameters()], call: Call) -> Response:
    """How a run compares with an older one."""
    conditions = conditions_of(query)
    with call.reading() as db:
        new_run, old_run = (experiments.get(db, call.project, one) for one in (new_run_id, old_run_id))
        new, old = (experiments.outcome_of(db, call.project, one, conditions) for one in (new_run, old_run))
        shown_new, shown_old = (experiments.shown(db, call.project, one) for one in (new_run, old_run))
    common = comparison.common_datapoints(old.datapoints.values(), new.datapoints.values())
    return answer(
        {
            "metrics": comparison.compare_metrics(old.measurements, new.measurements, common, query.aggregate_function),
            "commonDatapoints": common,
            "event_details": comparison.compare_kinds(old.events, new.events),
            "old_run": shown_old,
            "new_run": shown_new,
        }
    )


@router.get("/v1/runs/{new_run_id}/compare/{old_run_id}/events")
def compare_events(
    new_run_id: str, old_run_id: str, query: Annotated[PairsQuery, QueryParameters()], call: Call
) -> Response:
    """The events of two runs in pairs."""
    return _pairs(call, new_run_id, old_run_id, query)


def _pairs(call: CallContext, first_id: str, second_id: str, query: PairsQuery) -> Response:
    conditions = search.parse_conditions(search.parse_text(query.filter, "filter"), "filter")
    with call.reading() as db:
        first, second = (
            experiments.events_by_datapoint(
                experiments.outcome_of(db, call.project, experiments.get(db, call.project, run_id), conditions),
                query.event_type,
                query.event_name,
            )
            for run_id in (first_id, second_id)
        )
    pairs = comparison.pair_events(first, second)
    return answer({"events": search.one_page(pairs, query.limit, query.page), "totalEvents": len(pairs)})


def conditions_of(query: FilterQuery) -> list[search.Condition]:
    """The filters of a query. Raises Problem 400."""
    if query.filters is not None and query.filter_list:
        raise invalid("filters", "may be given once, as filters or as filters[]")
    if query.filter_list:
        return search.parse_conditions([search.parse_text(one, "filters[]") for one in query.filter_list])
    return search.parse_conditions(search.parse_text(query.filters, "filters"))
