"""Metrics: their definitions and versions. Names are unique in a project, since events carry scores by name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import ids, storage
from .errors import conflict, not_found

Definition = dict[str, Any]

DEFAULTS: Definition = {
    "name": None,
    "type": None,
    "criteria": None,
    "description": None,
    "return_type": "float",
    "enabled_in_prod": False,
    "needs_ground_truth": False,
    "sampling_percentage": 100,
    "model_provider": None,
    "model_name": None,
    "scale": None,
    "threshold": None,
    "categories": None,
    "child_metrics": None,
    "filters": {"filterArray": []},
}
"""Every field of a definition, and what it is when it was not sent."""

METRICS = storage.resource(
    "metrics",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.String(16), nullable=False),
    sa.Column("definition", storage.Document, nullable=False),
    sa.Index("ix_metrics_name", "project_id", "name"),
)
VERSIONS = storage.resource(
    "metric_versions",
    sa.Column("metric_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("full_sha", sa.String(64), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("deployed", sa.Boolean, nullable=False),
    sa.Column("content", storage.Document, nullable=False),
    sa.Index("ix_metric_versions_metric", "project_id", "metric_id"),
)


def complete(sent: Mapping[str, Any]) -> Definition:
    """A whole definition from what was sent of it; null means the default."""
    return {name: default if sent.get(name) is None else sent[name] for name, default in DEFAULTS.items()}


def create(db: sa.Connection, project: str, sent: Mapping[str, Any]) -> str:
    """Store a metric and answer its id. Raises Problem 409 for a name in use."""
    definition = complete(sent)
    refuse_taken_name(db, project, definition["name"])
    return storage.insert(db, METRICS, project, columns_of(definition))


def columns_of(definition: Definition) -> dict[str, Any]:
    """The columns of a definition."""
    return {"name": definition["name"], "type": definition["type"], "definition": definition}


def refuse_taken_name(db: sa.Connection, project: str, name: str, *, except_id: str | None = None) -> None:
    """Raises Problem 409 when another metric of the project has the name."""
    known = named(db, project, name)
    if known is not None and known["id"] != except_id:
        raise conflict("name", f"there is a metric {name!r} already")


def named(db: sa.Connection, project: str, name: str) -> storage.Row | None:
    """The project's metric of this name."""
    query = storage.of_project(METRICS, project).where(METRICS.c.name == name)
    return db.execute(query).mappings().first()


def get(db: sa.Connection, project: str, metric_id: str) -> storage.Row:
    """One metric. Raises Problem 404."""
    found = storage.find(db, METRICS, project, metric_id)
    if found is None:
        raise not_found("metric", metric_id)
    return found


def list_all(
    db: sa.Connection, project: str, *, type_: str | None = None, metric_id: str | None = None
) -> list[storage.Row]:
    """The metrics of a project, newest first, of one type or with one id where asked."""
    query = filter_by_type(storage.of_project(METRICS, project), type_)
    query = filter_by_id(query, metric_id)
    return list(db.execute(storage.newest_first(query, METRICS)).mappings())


def filter_by_type(query: sa.Select[Any], type_: str | None) -> sa.Select[Any]:
    """Only metrics of this type, when one is given."""
    return query if type_ is None else query.where(METRICS.c.type == type_)


def filter_by_id(query: sa.Select[Any], metric_id: str | None) -> sa.Select[Any]:
    """Only the metric of this id, when one is given."""
    return query if metric_id is None else query.where(METRICS.c.id == metric_id)


def update(db: sa.Connection, project: str, metric_id: str, changes: Mapping[str, Any]) -> None:
    """Change what was sent and keep the rest; a null sets the default. Raises Problem 404, 409."""
    before = get(db, project, metric_id)["definition"]
    if changes.get("name") is not None:
        refuse_taken_name(db, project, changes["name"], except_id=metric_id)
    replace_definition(db, project, metric_id, complete({**before, **kept(before, changes)}))
    mark_deployed(db, project, metric_id, None)


def kept(before: Definition, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, where a null may not unset what a metric cannot be without."""
    required = ("name", "type", "criteria")
    return {key: before[key] if value is None and key in required else value for key, value in changes.items()}


def replace_definition(db: sa.Connection, project: str, metric_id: str, definition: Definition) -> None:
    """Store another definition."""
    storage.change(db, METRICS, project, metric_id, columns_of(definition))


def delete(db: sa.Connection, project: str, metric_id: str) -> None:
    """Delete a metric with its versions. Raises Problem 404."""
    if not storage.remove(db, METRICS, project, metric_id):
        raise not_found("metric", metric_id)
    db.execute(sa.delete(VERSIONS).where(VERSIONS.c.project_id == project, VERSIONS.c.metric_id == metric_id))


def shown(row: storage.Row) -> dict[str, Any]:
    """A metric as the wire shows it."""
    return {
        **row["definition"],
        "id": row["id"],
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }


# Versions ------------------------------------------------------------------------------------------------------------


def list_versions(db: sa.Connection, project: str, metric_id: str) -> list[storage.Row]:
    """The versions of a metric, newest first. Raises Problem 404."""
    get(db, project, metric_id)
    query = storage.of_project(VERSIONS, project).where(VERSIONS.c.metric_id == metric_id)
    return list(db.execute(storage.newest_first(query, VERSIONS)).mappings())


def create_version(
    db: sa.Connection, project: str, metric_id: str, *, message: str, content: Mapping[str, Any], deploy: bool
) -> storage.Row:
    """Store a version (`v1`, `v2`, …) and put it into use when asked. Raises Problem 404, 409."""
    number = len(list_versions(db, project, metric_id)) + 1
    definition = complete(content)
    row = {
        "metric_id": metric_id,
        "name": f"v{number}",
        "full_sha": fingerprint(metric_id, number, message, definition),
        "message": message,
        "deployed": False,
        "content": definition,
    }
    storage.insert(db, VERSIONS, project, row)
    if deploy:
        return deploy_version(db, project, metric_id, f"v{number}")
    return find_version(db, project, metric_id, f"v{number}")


def fingerprint(metric_id: str, number: int, message: str, definition: Definition) -> str:
    """The SHA-1 that identifies a version, 40 hexadecimal digits."""
    text = storage.to_json([metric_id, number, message, definition])
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def find_version(db: sa.Connection, project: str, metric_id: str, name: str) -> storage.Row:
    """A version by its name or its full fingerprint. Raises Problem 404."""
    for row in list_versions(db, project, metric_id):
        if name in (row["name"], row["full_sha"]):
            return row
    raise not_found("metric version", name)


def deploy_version(db: sa.Connection, project: str, metric_id: str, name: str) -> storage.Row:
    """Put a version into use: the metric is what the version says. Raises Problem 404, 409."""
    version = find_version(db, project, metric_id, name)
    refuse_taken_name(db, project, version["content"]["name"], except_id=metric_id)
    replace_definition(db, project, metric_id, version["content"])
    mark_deployed(db, project, metric_id, version["id"])
    return find_version(db, project, metric_id, name)


def mark_deployed(db: sa.Connection, project: str, metric_id: str, version_id: str | None) -> None:
    """Of a metric's versions, this one is in use and no other; None: none of them is."""
    mine = sa.and_(VERSIONS.c.project_id == project, VERSIONS.c.metric_id == metric_id)
    db.execute(sa.update(VERSIONS).where(mine).values(deployed=VERSIONS.c.id == (version_id or "")))


def shown_version(row: storage.Row) -> dict[str, Any]:
    """A version as the wire shows it."""
    return {
        "name": row["name"],
        "full_sha": row["full_sha"],
        "message": row["message"],
        "date": ids.iso(row["created_at"]),
        "deployed": bool(row["deployed"]),
        "content": row["content"],
    }
