"""Datapoints. A batch of rows is ours; the reference client's batch is made from events."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field, ValidationError

from .. import batches, datapoints, datasets, mapping
from ..answers import answer
from ..calls import Call, new_router
from ..errors import Problem, describe, invalid
from ..fields import Body, Object, Query, Text
from ..mapping import DatapointMapping

router = new_router()


class NewDatapoint(Body):
    """Body of POST /v1/datapoints, and an item of a batch without mapping."""

    inputs: Object
    ground_truth: Object | None = None
    history: list[Object] | None = None
    metadata: Object | None = None
    linked_event: Text | None = None
    linked_datasets: list[Text] | None = None


class DatapointChanges(Body):
    """Body of PUT /v1/datapoints/{id}: what is sent is changed; null clears."""

    inputs: Object = Field(default_factory=dict)
    ground_truth: Object | None = None
    history: list[Object] = Field(default_factory=list)
    metadata: Object | None = None
    linked_event: Text | None = None
    linked_datasets: list[Text] = Field(default_factory=list)


class DatapointsQuery(Query):
    """Parameters of GET /v1/datapoints."""

    datapoint_ids: list[str] | None = Field(None, alias="datapoint_ids[]")
    dataset_name: str | None = None


class NewBatch(Body):
    """Body of POST /v1/datapoints/batch: `datapoints` (ours), or a choice of events as the reference client makes it.

    Items of `datapoints` are as in POST /v1/datapoints or, with a `mapping`, rows of a table.
    """

    datapoints: Annotated[list[Any], Field(min_length=1)] | None = None
    events: list[Text] | None = None
    mapping: DatapointMapping | None = None
    filters: Any = None
    date_range: Object | None = Field(None, alias="dateRange")
    check_state: dict[str, bool] | None = Field(None, alias="checkState")
    select_all: bool | None = Field(None, alias="selectAll")
    dataset_id: Text | None = None

    @property
    def chooses_events(self) -> bool:
        """Whether any of the ways to choose events is used."""
        return bool(self.events or self.check_state or self.select_all)


@router.post("/v1/datapoints")
def create_datapoint(body: NewDatapoint, call: Call) -> Response:
    """Create a datapoint."""
    with call.writing() as db:
        datapoint = datapoints.create(db, call.project, body.sent())
    return answer({"inserted": True, "result": {"insertedIds": [datapoint]}})


@router.post("/v1/datapoints/batch")
def create_batch(body: NewBatch, call: Call) -> Response:
    """Create many; the ids are those of the good ones, in order, and `errors` names the bad ones by index."""
    if bool(body.datapoints) == body.chooses_events:
        raise invalid("datapoints", "either datapoints, or events by events, checkState or selectAll, are needed")
    with call.writing() as db:
        if body.dataset_id is not None:
            datasets.get(db, call.project, body.dataset_id)
        outcome = _from_rows(db, call.project, body) if body.datapoints else _from_events(db, call.project, body)
    return answer({"inserted": True, "insertedIds": outcome.ids, "errors": outcome.errors})


@router.get("/v1/datapoints")
def list_datapoints(query: Annotated[DatapointsQuery, QueryParameters()], call: Call) -> Response:
    """The datapoints of the project, newest first."""
    with call.reading() as db:
        found = datapoints.list_all(
            db, call.project, datapoint_ids=query.datapoint_ids, dataset_name=query.dataset_name
        )
    return answer({"datapoints": found})


@router.get("/v1/datapoints/{datapoint_id}")
def get_datapoint(datapoint_id: str, call: Call) -> Response:
    """One datapoint, in a list."""
    with call.reading() as db:
        found = datapoints.get(db, call.project, datapoint_id)
    return answer({"datapoint": [found]})


@router.put("/v1/datapoints/{datapoint_id}")
def update_datapoint(datapoint_id: str, body: DatapointChanges, call: Call) -> Response:
    """Change a datapoint."""
    with call.writing() as db:
        modified = datapoints.update(db, call.project, datapoint_id, body.sent())
    return answer({"updated": True, "result": {"modifiedCount": modified}})


@router.delete("/v1/datapoints/{datapoint_id}")
def delete_datapoint(datapoint_id: str, call: Call) -> Response:
    """Delete a datapoint, also from every dataset."""
    with call.writing() as db:
        datapoints.delete(db, call.project, datapoint_id)
    return answer({"deleted": True})


def _from_rows(db: sa.Connection, project: str, body: NewBatch) -> batches.Outcome:
    rows, columns = body.datapoints or [], body.mapping
    if columns is None:
        return batches.store(db, project, rows, _read_datapoint, body.dataset_id)
    mapping.check_columns(columns, rows)

    def read(row: Any, index: int) -> batches.Item:
        return mapping.from_row(row, columns, f"datapoints.{index}")

    return batches.store(db, project, rows, read, body.dataset_id)


def _from_events(db: sa.Connection, project: str, body: NewBatch) -> batches.Outcome:
    if body.mapping is not None:
        mapping.check_names(body.mapping)
    chosen = batches.select_events(
        db,
        project,
        listed=body.events or [],
        marks=body.check_state or {},
        select_all=bool(body.select_all),
        filters=body.filters,
        date_range=body.date_range,
    )

    def read(event_id: Any, index: int) -> batches.Item:
        return batches.read_event(db, project, event_id, body.mapping, index)

    return batches.store(db, project, chosen, read, body.dataset_id)


def _read_datapoint(item: Any, index: int) -> batches.Item:
    try:
        return NewDatapoint.model_validate(item).sent()
    except ValidationError as fault:
        placed = [{**each, "loc": ("datapoints", index, *each["loc"])} for each in fault.errors()]
        raise Problem(400, describe(placed)) from fault
