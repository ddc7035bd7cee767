"""Charts, at the old path and at the project's."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from .. import charts, search
from ..answers import answer
from ..calls import Call, CallContext, new_router
from ..errors import not_found
from ..fields import Body, Name, Object, Text

router = new_router()


class ChartChanges(Body):
    """Changes to a chart: what is sent is changed."""

    name: Name | None = None
    description: str | None = None
    metric: Text | None = None
    func: str | None = None
    groupBy: str | None = None  # noqa: N815 - the wire's name
    bucketing: str | None = None
    dateRange: Object | None = None  # noqa: N815 - the wire's name
    query: list[Any] | None = None
    owner_id: str | None = None


class NewChart(ChartChanges):
    """A chart to create."""

    name: Name
    metric: Text


@router.get("/v1/charts")
def list_legacy(call: Call) -> Response:
    """The charts of the key's project."""
    return _listed(call)


@router.post("/v1/charts")
def create_legacy(body: NewChart, call: Call) -> Response:
    """Create a chart."""
    return _created(call, body)


@router.get("/v1/charts/{chart_id}")
def get_legacy(chart_id: str, call: Call) -> Response:
    """One chart."""
    return _one(call, chart_id)


@router.put("/v1/charts/{chart_id}")
def update_legacy(chart_id: str, body: ChartChanges, call: Call) -> Response:
    """Change a chart."""
    return _updated(call, chart_id, body)


@router.delete("/v1/charts/{chart_id}")
def delete_legacy(chart_id: str, call: Call) -> Response:
    """Delete a chart."""
    return _deleted(call, chart_id)


@router.get("/v1/projects/{project_id}/charts")
def list_all(project_id: str, call: Call) -> Response:
    """The charts of the project."""
    check_project(call, project_id)
    return _listed(call)


@router.post("/v1/projects/{project_id}/charts")
def create(project_id: str, body: NewChart, call: Call) -> Response:
    """Create a chart."""
    check_project(call, project_id)
    return _created(call, body)


@router.get("/v1/projects/{project_id}/charts/{chart_id}")
def get(project_id: str, chart_id: str, call: Call) -> Response:
    """One chart."""
    check_project(call, project_id)
    return _one(call, chart_id)


@router.patch("/v1/projects/{project_id}/charts/{chart_id}")
def update(project_id: str, chart_id: str, body: ChartChanges, call: Call) -> Response:
    """Change a chart."""
    check_project(call, project_id)
    return _updated(call, chart_id, body)


@router.delete("/v1/projects/{project_id}/charts/{chart_id}")
def delete(project_id: str, chart_id: str, call: Call) -> Response:
    """Delete a chart."""
    check_project(call, project_id)
    return _deleted(call, chart_id)


def check_project(call: CallContext, project_id: str) -> None:
    """Raises Problem 404 unless the path names the key's own project."""
    if project_id != call.project:
        raise not_found("project", project_id)


def _checked(body: ChartChanges) -> dict[str, Any]:
    search.parse_conditions(body.query, "query")
    search.parse_range(body.dateRange)
    return body.sent()


def _listed(call: CallContext) -> Response:
    with call.reading() as db:
        rows = charts.list_all(db, call.project)
    return answer({"success": True, "data": [charts.shown(row) for row in rows]})


def _created(call: CallContext, body: NewChart) -> Response:
    sent = _checked(body)
    with call.writing() as db:
        row = charts.create(db, call.project, sent)
    return answer({"success": True, "data": charts.shown(row)})


def _one(call: CallContext, chart_id: str) -> Response:
    with call.reading() as db:
        row = charts.get(db, call.project, chart_id)
    return answer({"success": True, "data": charts.shown(row)})


def _updated(call: CallContext, chart_id: str, body: ChartChanges) -> Response:
    changes = _checked(body)
    with call.writing() as db:
        row = charts.update(db, call.project, chart_id, changes)
    return answer({"success": True, "data": charts.shown(row)})


def _deleted(call: CallContext, chart_id: str) -> Response:
    with call.writing() as db:
        charts.delete(db, call.project, chart_id)
    return answer({"success": True, "message": f"chart {chart_id} was deleted"})
