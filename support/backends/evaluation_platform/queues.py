"""Annotation queues: which events wait for a person's judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from . import ids, storage
from .errors import not_found

QUEUES = storage.resource(
    "annotation_queues",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("filters", storage.Document, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("event_ids", storage.Document, nullable=False),
)


def create(db: sa.Connection, project: str, sent: Mapping[str, Any]) -> storage.Row:
    """Store a queue."""
    values = {
        "name": sent["name"],
        "description": sent.get("description") or "",
        "filters": sent.get("filters") or {"filterArray": []},
        "enabled": sent.get("enabled") is not False,
        "event_ids": with_members([], sent.get("event_ids") or [], ()),
    }
    return get(db, project, storage.insert(db, QUEUES, project, values))


def get(db: sa.Connection, project: str, queue_id: str) -> storage.Row:
    """One queue. Raises Problem 404."""
    found = storage.find(db, QUEUES, project, queue_id)
    if found is None:
        raise not_found("queue", queue_id)
    return found


def list_all(db: sa.Connection, project: str, enabled: bool | None) -> list[storage.Row]:
    """The queues of a project, newest first, only enabled or only disabled ones where asked."""
    query = storage.of_project(QUEUES, project)
    if enabled is not None:
        query = query.where(QUEUES.c.enabled == enabled)
    return list(db.execute(storage.newest_first(query, QUEUES)).mappings())


def update(db: sa.Connection, project: str, queue_id: str, changes: Mapping[str, Any]) -> storage.Row:
    """Change what was sent and keep the rest; `add_event_ids` and `remove_event_ids`. Raises Problem 404."""
    before = get(db, project, queue_id)
    plain = {
        name: value
        for name, value in changes.items()
        if name in ("name", "description", "filters", "enabled") and value is not None
    }
    members = with_members(
        before["event_ids"], changes.get("add_event_ids") or (), changes.get("remove_event_ids") or ()
    )
    storage.change(db, QUEUES, project, queue_id, {**plain, "event_ids": members})
    return get(db, project, queue_id)


def with_members(members: Sequence[str], added: Iterable[str], removed: Iterable[str]) -> list[str]:
    """The members with some added and some removed, each once, in the order in which they came."""
    gone = set(removed)
    return [one for one in dict.fromkeys([*members, *added]) if one not in gone]


def delete(db: sa.Connection, project: str, queue_id: str) -> None:
    """Delete a queue. Raises Problem 404."""
    if not storage.remove(db, QUEUES, project, queue_id):
        raise not_found("queue", queue_id)


def shown(row: storage.Row) -> dict[str, Any]:
    """A queue as the wire shows it."""
    return {
        **{name: row[name] for name in ("id", "name", "description", "filters", "event_ids")},
        "enabled": bool(row["enabled"]),
        "scope_type": "project",
        "scope_id": row["project_id"],
        "is_active": True,
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }
