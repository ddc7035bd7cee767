"""Reports about a client, and figures of the practice."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import figures, reports
from ..answers import answer, created
from ..calls import Call, new_router
from ..fields import Body, CamelQuery, From, Id, Query, Until

router = new_router()


class Range(Body):
    """Days or moments, both included."""

    from_: Annotated[From | None, Field(alias="from")] = None
    to: Until | None = None


class ReportOrder(Body):
    """Body of POST /haystack/generate-report."""

    report_type: Literal["progress", "summary", "attendance", "billing"]
    client_id: Id
    date_range: Range = Field(default_factory=Range)


class MetricsQuery(Query):
    """Parameters of GET /haystack/practice-metrics."""

    period: Literal["week", "month", "quarter", "year", "all"] = "month"


class StatsQuery(CamelQuery):
    """Parameters of GET /practice/stats."""

    date_from: From | None = None
    date_to: Until | None = None
    practitioner_id: Id | None = None


@router.post("/haystack/generate-report")
def generate_report(body: ReportOrder, call: Call) -> Response:
    """Make a report about a client."""
    with call.reading() as db:
        made = reports.make(
            db, call.practice, body.report_type, body.client_id, body.date_range.from_, body.date_range.to
        )
    return created(made)


@router.get("/haystack/practice-metrics")
def practice_metrics(query: Annotated[MetricsQuery, QueryParameters()], call: Call) -> Response:
    """Figures of a period."""
    with call.reading() as db:
        counted = figures.metrics(db, call.practice, query.period)
    return answer(counted)


@router.get("/practice/stats")
def practice_stats(query: Annotated[StatsQuery, QueryParameters()], call: Call) -> Response:
    """Figures of a range of days."""
    with call.reading() as db:
        counted = figures.stats(
            db,
            call.practice,
            since=query.date_from,
            until=query.date_to,
            practitioner_id=query.practitioner_id,
        )
    return answer(counted)
