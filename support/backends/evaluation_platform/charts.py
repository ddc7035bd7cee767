"""Charts: kept, not drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import ids, storage
from .errors import not_found

DEFAULTS: dict[str, Any] = {
    "name": None,
    "description": None,
    "metric": None,
    "func": None,
    "groupBy": None,
    "bucketing": "day",
    "dateRange": None,
    "query": None,
    "owner_id": None,
}

CHARTS = storage.resource("charts", sa.Column("document", storage.Document, nullable=False))


def create(db: sa.Connection, project: str, sent: Mapping[str, Any]) -> storage.Row:
    """Store a chart."""
    chart_id = storage.insert(db, CHARTS, project, {"document": complete(sent)})
    return get(db, project, chart_id)


def complete(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A whole chart from what was sent of it; null means the default."""
    return {name: default if sent.get(name) is None else sent[name] for name, default in DEFAULTS.items()}


def get(db: sa.Connection, project: str, chart_id: str) -> storage.Row:
    """One chart. Raises Problem 404."""
    found = storage.find(db, CHARTS, project, chart_id)
    if found is None:
        raise not_found("chart", chart_id)
    return found


def list_all(db: sa.Connection, project: str) -> list[storage.Row]:
    """The charts of a project, newest first."""
    query = storage.newest_first(storage.of_project(CHARTS, project), CHARTS)
    return list(db.execute(query).mappings())


def update(db: sa.Connection, project: str, chart_id: str, changes: Mapping[str, Any]) -> storage.Row:
    """Change what was sent and keep the rest. Raises Problem 404."""
    before = get(db, project, chart_id)["document"]
    kept = {name: before[name] for name in ("name", "metric") if changes.get(name) is None}
    storage.change(db, CHARTS, project, chart_id, {"document": complete({**before, **changes, **kept})})
    return get(db, project, chart_id)


def delete(db: sa.Connection, project: str, chart_id: str) -> None:
    """Delete a chart. Raises Problem 404."""
    if not storage.remove(db, CHARTS, project, chart_id):
        raise not_found("chart", chart_id)


def shown(row: storage.Row) -> dict[str, Any]:
    """A chart as the wire shows it."""
    return {
        "id": row["id"],
        **row["document"],
        "owner_profile": None,
        "is_active": True,
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }
