"""Tools: functions that a model may call, each described by a JSON Schema. Names are unique in a project."""

from __future__ import annotations

from typing import Any

import jsonschema
import sqlalchemy as sa

from . import ids, paging, storage
from .errors import conflict, invalid, not_found

TOOLS = storage.resource(
    "tools",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("parameters", storage.Document, nullable=False),
    sa.Column("tool_type", sa.Text, nullable=False),
    sa.Index("ix_tools_name", "project_id", "name"),
)
FIELDS = ("name", "description", "parameters", "tool_type")


def create(db: sa.Connection, project: str, sent: storage.Values) -> str:
    """A new tool; its id. Raises Problem 400, 409."""
    check_schema(sent["parameters"])
    refuse_taken_name(db, project, sent["name"])
    return storage.insert(db, TOOLS, project, {field: sent.get(field) for field in FIELDS})


def check_schema(schema: storage.Values) -> None:
    """Raises Problem 400 for what is no JSON Schema."""
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as fault:
        where = "".join(f".{part}" for part in fault.absolute_path)
        raise invalid(f"parameters{where}", f"not a JSON Schema: {fault.message}") from fault


def refuse_taken_name(db: sa.Connection, project: str, name: str, *, except_id: str | None = None) -> None:
    """Raises Problem 409 when another tool of the project has the name."""
    query = filter_by_name(storage.of_project(TOOLS, project), name)
    if any(row["id"] != except_id for row in storage.fetch(db, query)):
        raise conflict("name", "another tool of this project has it")


def list_page(
    db: sa.Connection,
    project: str,
    *,
    name: str | None = None,
    tool_type: str | None = None,
    limit: int | None = None,
    page: int = 1,
) -> list[dict[str, Any]]:
    """The project's tools as the wire shows them, newest first; every filter narrows."""
    query = filter_by_type(filter_by_name(storage.of_project(TOOLS, project), name), tool_type)
    query = paging.page_of(storage.newest_first(query, TOOLS), limit, page)
    return [shown(row) for row in storage.fetch(db, query)]


def filter_by_name(query: sa.Select[Any], name: str | None) -> sa.Select[Any]:
    """Only the tool of exactly this name, when one is given."""
    return query if name is None else query.where(TOOLS.c.name == name)


def filter_by_type(query: sa.Select[Any], tool_type: str | None) -> sa.Select[Any]:
    """Only those of this type, when one is given."""
    return query if tool_type is None else query.where(TOOLS.c.tool_type == tool_type)


def get(db: sa.Connection, project: str, tool: str) -> dict[str, Any]:
    """One tool as the wire shows it. Raises Problem 404."""
    row = storage.find(db, TOOLS, project, tool)
    if row is None:
        raise not_found("tool", tool)
    return shown(row)


def update(db: sa.Connection, project: str, tool: str, changes: storage.Values) -> dict[str, Any]:
    """Change what was sent and keep the rest. Raises Problem 400, 404, 409."""
    merged = merge_changes(get(db, project, tool), changes)
    check_schema(merged["parameters"])
    refuse_taken_name(db, project, merged["name"], except_id=tool)
    storage.change(db, TOOLS, project, tool, {field: merged[field] for field in FIELDS})
    return get(db, project, tool)


def merge_changes(current: storage.Values, changes: storage.Values) -> dict[str, Any]:
    """The tool as it will be; `parameters` are replaced whole."""
    return {**current, **changes}


def delete(db: sa.Connection, project: str, tool: str) -> None:
    """Delete a tool. Raises Problem 404."""
    if not storage.remove(db, TOOLS, project, tool):
        raise not_found("tool", tool)


def shown(row: storage.Row) -> dict[str, Any]:
    """One tool as the wire shows it."""
    return {
        "id": row["id"],
        **{field: row[field] for field in FIELDS},
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }
