"""Which metrics are due for the events that arrive: those with `enabled_in_prod` whose filters an event meets.

It is stored in the same transaction as the event; `production` works it off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from . import metrics, search, storage

JOBS = storage.resource(
    "metric_jobs",
    sa.Column("event_id", sa.String(255), nullable=False),
    sa.Column("metric_id", sa.String(64), nullable=False),
)


def enqueue(db: sa.Connection, project: str, events_stored: Iterable[Mapping[str, Any]]) -> None:
    """Note the metrics that are to be computed for events that have just been stored."""
    rows = metrics.list_all(db, project)
    jobs = [
        {"event_id": event["event_id"], "metric_id": row["id"]}
        for event in events_stored
        for row in rows
        if applies(row["definition"], event) and sampled(row, event)
    ]
    storage.insert_all(db, JOBS, project, jobs)


def applies(metric: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a metric is computed for such an event: it is switched on, computable, and its filters are met."""
    if not metric["enabled_in_prod"] or metric["type"] == "HUMAN":
        return False
    return search.matches_all(event, search.parse_conditions(metric["filters"]))


def sampled(metric: storage.Row, event: Mapping[str, Any]) -> bool:
    """Whether an event is in a metric's sample; the same event always is or never is."""
    digest = hashlib.sha256(f"{metric['id']} {event['event_id']}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64 * 100
    return bool(share < metric["definition"]["sampling_percentage"])
