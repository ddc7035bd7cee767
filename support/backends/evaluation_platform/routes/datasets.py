"""Datasets. Paging and metadata are ours."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import datasets, mapping
from ..answers import answer
from ..calls import Call, CallContext, new_router
from ..fields import Body, Limit, Name, Object, PageNumber, Query, Text
from ..mapping import DatapointMapping

router = new_router()


class NewDataset(Body):
    """Body of POST /v1/datasets; `datapoints` are ids."""

    name: Name
    description: str | None = None
    metadata: Object | None = None
    datapoints: list[Text] | None = None


class DatasetChanges(Body):
    """Body of PUT /v1/datasets/{id}: what is sent is changed; null clears description and metadata."""

    name: Name = ""
    description: str | None = None
    metadata: Object | None = None
    datapoints: list[Text] = Field(default_factory=list)


class NamedDatasetChanges(DatasetChanges):
    """Body of PUT /v1/datasets."""

    dataset_id: Text


class DatasetsQuery(Query):
    """Parameters of GET /v1/datasets."""

    dataset_id: str | None = None
    name: str | None = None
    limit: Limit | None = None
    page: PageNumber = 1


class DatasetToDelete(Query):
    """Parameters of DELETE /v1/datasets."""

    dataset_id: Text


class NewRows(Body):
    """Body of POST /v1/datasets/{id}/datapoints."""

    data: Annotated[list[Object], Field(min_length=1)]
    mapping: DatapointMapping


@router.post("/v1/datasets")
def create_dataset(body: NewDataset, call: Call) -> Response:
    """Create a dataset, empty or of datapoints that exist."""
    with call.writing() as db:
        dataset = datasets.create(
            db, call.project, body.name, body.description, body.metadata, tuple(body.datapoints or ())
        )
    return answer({"inserted": True, "result": {"insertedId": dataset}})


@router.get("/v1/datasets")
def list_datasets(query: Annotated[DatasetsQuery, QueryParameters()], call: Call) -> Response:
    """The datasets of the project, newest first."""
    with call.reading() as db:
        found = datasets.list_page(
            db, call.project, dataset_id=query.dataset_id, name=query.name, limit=query.limit, page=query.page
        )
    return answer({"datasets": found})


@router.put("/v1/datasets")
def update_named_dataset(body: NamedDatasetChanges, call: Call) -> Response:
    """Change the dataset that the body names."""
    return _update(call, body.dataset_id, body)


@router.put("/v1/datasets/{dataset_id}")
def update_dataset(dataset_id: str, body: DatasetChanges, call: Call) -> Response:
    """Change a dataset."""
    return _update(call, dataset_id, body)


@router.delete("/v1/datasets")
def delete_named_dataset(query: Annotated[DatasetToDelete, QueryParameters()], call: Call) -> Response:
    """Delete the dataset that the query names."""
    return _delete(call, query.dataset_id)


@router.delete("/v1/datasets/{dataset_id}")
def delete_dataset(dataset_id: str, call: Call) -> Response:
    """Delete a dataset; its datapoints stay."""
    return _delete(call, dataset_id)


@router.post("/v1/datasets/{dataset_id}/datapoints")
def add_rows(dataset_id: str, body: NewRows, call: Call) -> Response:
    """Add the rows of a table as datapoints; all of them or, when one is bad, none."""
    mapping.check_columns(body.mapping, body.data)
    new = [mapping.from_row(row, body.mapping, f"data.{index}") for index, row in enumerate(body.data)]
    with call.writing() as db:
        added = datasets.add_datapoints(db, call.project, dataset_id, new)
    return answer({"inserted": True, "datapoint_ids": added})


@router.delete("/v1/datasets/{dataset_id}/{datapoint_id}")
@router.delete("/v1/datasets/{dataset_id}/datapoints/{datapoint_id}")
def remove_datapoint(dataset_id: str, datapoint_id: str, call: Call) -> Response:
    """Take a datapoint out of a dataset; the datapoint itself stays."""
    with call.writing() as db:
        datasets.remove_datapoint(db, call.project, dataset_id, datapoint_id)
    return answer({"dereferenced": True, "message": f"datapoint {datapoint_id} is no longer in dataset {dataset_id}"})


def _update(call: CallContext, dataset_id: str, body: DatasetChanges) -> Response:
    changes = body.sent()
    changes.pop("dataset_id", None)
    with call.writing() as db:
        changed = datasets.update(db, call.project, dataset_id, changes)
    return answer({"result": changed})


def _delete(call: CallContext, dataset_id: str) -> Response:
    with call.writing() as db:
        deleted = datasets.delete(db, call.project, dataset_id)
    return answer({"result": {"id": deleted}})
