"""The tables of datasets, datapoints, and which of these are in which of those."""

from __future__ import annotations

import sqlalchemy as sa

from . import storage

DATASETS = storage.resource(
    "datasets",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("metadata", storage.Document),
    sa.Index("ix_datasets_name", "project_id", "name"),
)

DATAPOINTS = storage.resource(
    "datapoints",
    sa.Column("inputs", storage.Document, nullable=False),
    sa.Column("history", storage.Document, nullable=False),
    sa.Column("ground_truth", storage.Document),
    sa.Column("metadata", storage.Document),
    sa.Column("linked_event", sa.Text),
)

MEMBERS = sa.Table(
    "dataset_members",
    storage.METADATA,
    sa.Column("project_id", sa.String(64), primary_key=True),
    sa.Column("dataset_id", sa.String(64), primary_key=True),
    sa.Column("datapoint_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Index("ix_dataset_members_datapoint", "project_id", "datapoint_id"),
)
