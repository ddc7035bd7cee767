"""Configurations: a prompt with the model and parameters that it is meant for. Two may have one name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from . import ids, paging, storage
from .errors import not_found

CONFIGURATIONS = storage.resource(
    "configurations",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("parameters", storage.Document, nullable=False),
    sa.Column("env", storage.Document, nullable=False),
    sa.Column("tags", storage.Document, nullable=False),
    sa.Column("user_properties", storage.Document),
    sa.Index("ix_configurations_name", "project_id", "name"),
)
FIELDS = ("name", "type", "provider", "parameters", "env", "tags", "user_properties")
DEFAULT_TYPE = "LLM"


def create(db: sa.Connection, project: str, sent: storage.Values) -> str:
    """A new configuration; its id."""
    return storage.insert(db, CONFIGURATIONS, project, complete(sent))


def complete(sent: storage.Values) -> dict[str, Any]:
    """What is stored of what was sent: what is missing or null gets its default."""
    columns = {field: sent.get(field) for field in FIELDS}
    defaults = {"type": DEFAULT_TYPE, "env": [], "tags": []}
    return {**columns, **{field: columns[field] or default for field, default in defaults.items()}}


def list_page(
    db: sa.Connection,
    project: str,
    *,
    name: str | None = None,
    env: str | None = None,
    tag: str | None = None,
    limit: int | None = None,
    page: int = 1,
) -> list[dict[str, Any]]:
    """The project's configurations as the wire shows them, newest first; every filter narrows."""
    query = filter_by_name(storage.of_project(CONFIGURATIONS, project), name)
    found = [shown(row) for row in storage.fetch(db, storage.newest_first(query, CONFIGURATIONS))]
    return apply_limit(filter_by_tag(filter_by_environment(found, env), tag), limit, page)


def filter_by_name(query: sa.Select[Any], name: str | None) -> sa.Select[Any]:
    """Only those of exactly this name, when one is given."""
    return query if name is None else query.where(CONFIGURATIONS.c.name == name)


def filter_by_environment(found: Sequence[dict[str, Any]], env: str | None) -> list[dict[str, Any]]:
    """Only those for this environment, when one is given."""
    return [one for one in found if env is None or env in one["env"]]


def filter_by_tag(found: Sequence[dict[str, Any]], tag: str | None) -> list[dict[str, Any]]:
    """Only those with this tag, when one is given."""
    return [one for one in found if tag is None or tag in one["tags"]]


def apply_limit(found: Sequence[dict[str, Any]], limit: int | None, page: int) -> list[dict[str, Any]]:
    """One page of them."""
    return paging.slice_of(found, limit, page)


def get(db: sa.Connection, project: str, configuration: str) -> dict[str, Any]:
    """One configuration as the wire shows it. Raises Problem 404."""
    row = storage.find(db, CONFIGURATIONS, project, configuration)
    if row is None:
        raise not_found("configuration", configuration)
    return shown(row)


def update(db: sa.Connection, project: str, configuration: str, changes: storage.Values) -> int:
    """Change what was sent and keep the rest; whether anything changed (0 or 1). Raises Problem 404."""
    current = get(db, project, configuration)
    merged = complete(merge_changes(current, changes))
    storage.change(db, CONFIGURATIONS, project, configuration, merged)
    return int(any(merged[field] != current[field] for field in FIELDS))


def merge_changes(current: storage.Values, changes: storage.Values) -> dict[str, Any]:
    """The configuration as it will be; `parameters` are replaced whole."""
    return {**current, **changes}


def delete(db: sa.Connection, project: str, configuration: str) -> int:
    """Delete a configuration; how many that were. Raises Problem 404."""
    deleted = storage.remove(db, CONFIGURATIONS, project, configuration)
    if not deleted:
        raise not_found("configuration", configuration)
    return deleted


def shown(row: storage.Row) -> dict[str, Any]:
    """One configuration as the wire shows it."""
    return {
        "id": row["id"],
        **{field: row[field] for field in FIELDS},
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }
