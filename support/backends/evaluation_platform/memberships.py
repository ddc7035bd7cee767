"""Which datapoints are in which datasets, in the order in which they were added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from . import ids, storage
from .tables import MEMBERS


def datapoints_of(db: sa.Connection, project: str, datasets: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the datapoints of each of these datasets."""
    return _linked(db, project, MEMBERS.c.dataset_id, MEMBERS.c.datapoint_id, datasets)


def datasets_of(db: sa.Connection, project: str, datapoints: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the datasets of each of these datapoints."""
    return _linked(db, project, MEMBERS.c.datapoint_id, MEMBERS.c.dataset_id, datapoints)


def link(db: sa.Connection, project: str, dataset: str, datapoints: Iterable[str]) -> None:
    """Add datapoints at the end of a dataset; those that it has already stay where they are."""
    present = set(datapoints_of(db, project, [dataset])[dataset])
    new = [datapoint for datapoint in dict.fromkeys(datapoints) if datapoint not in present]
    rows = [
        {"project_id": project, "dataset_id": dataset, "datapoint_id": datapoint, "position": ids.now()}
        for datapoint in new
    ]
    if rows:
        db.execute(sa.insert(MEMBERS), rows)


def unlink(db: sa.Connection, project: str, dataset: str, datapoint: str) -> int:
    """Take one datapoint out of one dataset; answers how many that were (0 or 1)."""
    return db.execute(
        sa.delete(MEMBERS).where(
            MEMBERS.c.project_id == project, MEMBERS.c.dataset_id == dataset, MEMBERS.c.datapoint_id == datapoint
        )
    ).rowcount


def empty_dataset(db: sa.Connection, project: str, dataset: str) -> None:
    """Take every datapoint out of a dataset."""
    db.execute(sa.delete(MEMBERS).where(MEMBERS.c.project_id == project, MEMBERS.c.dataset_id == dataset))


def leave_all(db: sa.Connection, project: str, datapoint: str) -> None:
    """Take a datapoint out of every dataset."""
    db.execute(sa.delete(MEMBERS).where(MEMBERS.c.project_id == project, MEMBERS.c.datapoint_id == datapoint))


def _linked(
    db: sa.Connection, project: str, key: sa.Column[str], value: sa.Column[str], wanted: Sequence[str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {one: [] for one in wanted}
    for part in storage.in_parts(wanted):
        query = sa.select(key, value).where(MEMBERS.c.project_id == project, key.in_(part))
        for owner, member in db.execute(query.order_by(MEMBERS.c.position)):
            found[owner].append(member)
    return found
