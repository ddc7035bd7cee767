"""Datasets: named sets of datapoints. Names are unique in a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from . import datapoints, ids, memberships, paging, storage
from .errors import conflict, not_found, unknown_reference
from .tables import DATASETS


def create(
    db: sa.Connection,
    project: str,
    name: str,
    description: str | None = None,
    metadata: storage.Values | None = None,
    members: Sequence[str] = (),
) -> str:
    """A new dataset holding these datapoints; its id. Raises Problem 404, 409."""
    refuse_taken_name(db, project, name)
    check_members(db, project, members)
    values = {"name": name, "description": description, "metadata": metadata}
    dataset = storage.insert(db, DATASETS, project, values)
    memberships.link(db, project, dataset, members)
    return dataset


def refuse_taken_name(db: sa.Connection, project: str, name: str, *, except_id: str | None = None) -> None:
    """Raises Problem 409 when another dataset of the project has the name."""
    query = filter_by_name(storage.of_project(DATASETS, project), name)
    if any(row["id"] != except_id for row in storage.fetch(db, query)):
        raise conflict("name", "another dataset of this project has it")


def check_members(db: sa.Connection, project: str, members: Iterable[str]) -> None:
    """Raises Problem 404 for a datapoint that is not in the project."""
    for unknown in datapoints.unknown_ids(db, project, members):
        raise unknown_reference("datapoints", "datapoint", unknown)


def list_page(
    db: sa.Connection,
    project: str,
    *,
    dataset_id: str | None = None,
    name: str | None = None,
    limit: int | None = None,
    page: int = 1,
) -> list[dict[str, Any]]:
    """The project's datasets as the wire shows them, newest first."""
    query = filter_by_id(filter_by_name(storage.of_project(DATASETS, project), name), dataset_id)
    query = paging.page_of(storage.newest_first(query, DATASETS), limit, page)
    return with_members(db, project, storage.fetch(db, query))


def filter_by_name(query: sa.Select[Any], name: str | None) -> sa.Select[Any]:
    """Only the dataset of exactly this name, when one is given."""
    return query if name is None else query.where(DATASETS.c.name == name)


def filter_by_id(query: sa.Select[Any], dataset_id: str | None) -> sa.Select[Any]:
    """Only the dataset of this id, when one is given."""
    return query if dataset_id is None else query.where(DATASETS.c.id == dataset_id)


def get(db: sa.Connection, project: str, dataset: str) -> dict[str, Any]:
    """One dataset as the wire shows it. Raises Problem 404."""
    row = storage.find(db, DATASETS, project, dataset)
    if row is None:
        raise not_found("dataset", dataset)
    return with_members(db, project, [row])[0]


def update(db: sa.Connection, project: str, dataset: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Change what was sent and keep the rest; `datapoints` replaces the members. Raises Problem 404, 409."""
    current = get(db, project, dataset)
    if "name" in changes:
        refuse_taken_name(db, project, changes["name"], except_id=dataset)
    merged = merge_changes(current, changes)
    columns = {field: merged[field] for field in ("name", "description", "metadata")}
    storage.change(db, DATASETS, project, dataset, columns)
    if "datapoints" in changes:
        replace_members(db, project, dataset, merged["datapoints"])
    return get(db, project, dataset)


def merge_changes(current: storage.Values, changes: storage.Values) -> dict[str, Any]:
    """The dataset as it will be."""
    return {**current, **changes}


def replace_members(db: sa.Connection, project: str, dataset: str, members: Sequence[str]) -> None:
    """Let the dataset hold these datapoints and no others. Raises Problem 404."""
    check_members(db, project, members)
    memberships.empty_dataset(db, project, dataset)
    memberships.link(db, project, dataset, members)


def delete(db: sa.Connection, project: str, dataset: str) -> str:
    """Delete a dataset and answer its id; its datapoints stay. Raises Problem 404."""
    if not storage.remove(db, DATASETS, project, dataset):
        raise not_found("dataset", dataset)
    memberships.empty_dataset(db, project, dataset)
    return dataset


def add_datapoints(db: sa.Connection, project: str, dataset: str, members: Sequence[storage.Values]) -> list[str]:
    """Store new datapoints in a dataset; their ids, in order. Raises Problem 404."""
    get(db, project, dataset)
    added = datapoints.insert_all(db, project, members)
    memberships.link(db, project, dataset, added)
    return added


def remove_datapoint(db: sa.Connection, project: str, dataset: str, datapoint: str) -> None:
    """Take a datapoint out of a dataset; it stays where else it is. Raises Problem 404."""
    get(db, project, dataset)
    if not memberships.unlink(db, project, dataset, datapoint):
        raise not_found(f"datapoint of the dataset {dataset!r}", datapoint)


def with_members(db: sa.Connection, project: str, rows: Sequence[storage.Row]) -> list[dict[str, Any]]:
    """Datasets as the wire shows them."""
    members = memberships.datapoints_of(db, project, [row["id"] for row in rows])
    return [shown(row, members[row["id"]]) for row in rows]


def shown(row: storage.Row, members: Sequence[str]) -> dict[str, Any]:
    """One dataset as the wire shows it."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "metadata": row["metadata"],
        "datapoints": list(members),
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }
