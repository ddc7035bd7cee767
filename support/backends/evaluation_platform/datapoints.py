"""Datapoints: inputs, what is expected of them, and where they came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from . import ids, memberships, storage
from .errors import not_found, unknown_reference
from .tables import DATAPOINTS, DATASETS, MEMBERS

FIELDS = ("inputs", "history", "ground_truth", "metadata", "linked_event")


def create(db: sa.Connection, project: str, values: storage.Values) -> str:
    """A new datapoint, linked to its `linked_datasets`; its id. Raises Problem 404."""
    links = values.get("linked_datasets") or []
    check_datasets(db, project, links)
    datapoint = insert_all(db, project, [values])[0]
    link_to(db, project, datapoint, links)
    return datapoint


def insert_all(db: sa.Connection, project: str, datapoints: Sequence[storage.Values]) -> list[str]:
    """Store datapoints in order, without links; their ids."""
    return storage.insert_all(db, DATAPOINTS, project, [columns_of(values) for values in datapoints])


def columns_of(values: storage.Values) -> dict[str, Any]:
    """What is stored of a datapoint; what is not given is null, a history empty."""
    columns = {field: values.get(field) for field in FIELDS}
    return {**columns, "inputs": columns["inputs"] or {}, "history": columns["history"] or []}


def check_datasets(db: sa.Connection, project: str, links: Iterable[str]) -> None:
    """Raises Problem 404 for a dataset that is not in the project."""
    for dataset in links:
        if storage.find(db, DATASETS, project, dataset) is None:
            raise unknown_reference("linked_datasets", "dataset", dataset)


def link_to(db: sa.Connection, project: str, datapoint: str, links: Iterable[str]) -> None:
    """Put a datapoint into datasets."""
    for dataset in links:
        memberships.link(db, project, dataset, [datapoint])


def unknown_ids(db: sa.Connection, project: str, wanted: Iterable[str]) -> list[str]:
    """Those of these ids that are no datapoint of the project."""
    asked = list(dict.fromkeys(wanted))
    known: set[str] = set()
    for part in storage.in_parts(asked):
        query = sa.select(DATAPOINTS.c.id).where(DATAPOINTS.c.project_id == project, DATAPOINTS.c.id.in_(part))
        known.update(db.scalars(query))
    return [one for one in asked if one not in known]


def list_all(
    db: sa.Connection, project: str, *, datapoint_ids: Sequence[str] | None = None, dataset_name: str | None = None
) -> list[dict[str, Any]]:
    """The project's datapoints as the wire shows them, newest first; both filters narrow."""
    query = storage.of_project(DATAPOINTS, project)
    query = filter_by_dataset(filter_by_ids(query, datapoint_ids), project, dataset_name)
    return with_datasets(db, project, storage.fetch(db, storage.newest_first(query, DATAPOINTS)))


def filter_by_ids(query: sa.Select[Any], datapoint_ids: Sequence[str] | None) -> sa.Select[Any]:
    """Only these, when ids are given; an unknown one adds nothing."""
    return query if datapoint_ids is None else query.where(DATAPOINTS.c.id.in_(datapoint_ids))


def filter_by_dataset(query: sa.Select[Any], project: str, name: str | None) -> sa.Select[Any]:
    """Only those of the dataset of exactly this name, when one is given."""
    if name is None:
        return query
    dataset = sa.select(DATASETS.c.id).where(DATASETS.c.project_id == project, DATASETS.c.name == name)
    inside = sa.select(MEMBERS.c.datapoint_id).where(MEMBERS.c.project_id == project, MEMBERS.c.dataset_id.in_(dataset))
    return query.where(DATAPOINTS.c.id.in_(inside))


def get(db: sa.Connection, project: str, datapoint: str) -> dict[str, Any]:
    """One datapoint as the wire shows it. Raises Problem 404."""
    row = storage.find(db, DATAPOINTS, project, datapoint)
    if row is None:
        raise not_found("datapoint", datapoint)
    return with_datasets(db, project, [row])[0]


def update(db: sa.Connection, project: str, datapoint: str, changes: dict[str, Any]) -> int:
    """Change what was sent and keep the rest; whether anything changed (0 or 1). Raises Problem 404."""
    current = get(db, project, datapoint)
    merged = merge_changes(current, changes)
    if "linked_datasets" in changes:
        move_to(db, project, datapoint, merged["linked_datasets"] or [])
    storage.change(db, DATAPOINTS, project, datapoint, columns_of(merged))
    return int(any(current[field] != merged[field] for field in changes))


def merge_changes(current: storage.Values, changes: storage.Values) -> dict[str, Any]:
    """The datapoint as it will be."""
    return {**current, **changes}


def move_to(db: sa.Connection, project: str, datapoint: str, links: Sequence[str]) -> None:
    """Let a datapoint be in these datasets and no others; in those that it stays in, it keeps its place."""
    check_datasets(db, project, links)
    for dataset in memberships.datasets_of(db, project, [datapoint])[datapoint]:
        if dataset not in links:
            memberships.unlink(db, project, dataset, datapoint)
    link_to(db, project, datapoint, links)


def delete(db: sa.Connection, project: str, datapoint: str) -> None:
    """Delete a datapoint, also from every dataset. Raises Problem 404."""
    if not storage.remove(db, DATAPOINTS, project, datapoint):
        raise not_found("datapoint", datapoint)
    memberships.leave_all(db, project, datapoint)


def with_datasets(db: sa.Connection, project: str, rows: Sequence[storage.Row]) -> list[dict[str, Any]]:
    """Datapoints as the wire shows them."""
    linked = memberships.datasets_of(db, project, [row["id"] for row in rows])
    return [shown(row, linked[row["id"]]) for row in rows]


def shown(row: storage.Row, linked: Sequence[str]) -> dict[str, Any]:
    """One datapoint as the wire shows it."""
    return {
        "id": row["id"],
        **{field: row[field] for field in FIELDS},
        "linked_datasets": list(linked),
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }
