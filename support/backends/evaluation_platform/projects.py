"""Projects: the walls between tenants. Names are unique on the platform."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from . import auth, ids, paging, storage
from .errors import Problem, conflict, invalid

PROJECTS = sa.Table(
    "projects",
    storage.METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("description", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
)


def seed(db: sa.Connection, keys: Iterable[tuple[str, str]]) -> None:
    """Make sure that these projects exist with these keys; (project name, key) pairs."""
    for name, token in keys:
        known = named(db, name)
        auth.add_key(db, known["id"] if known else insert(db, name, None), token=token)


def create(db: sa.Connection, name: str, description: str | None) -> tuple[storage.Row, str]:
    """A new project and its first key. Raises Problem 409 for a name that is taken."""
    refuse_taken_name(db, name)
    project = insert(db, name, description)
    _, token = auth.add_key(db, project)
    return db.execute(sa.select(PROJECTS).where(PROJECTS.c.id == project)).mappings().one(), token


def refuse_taken_name(db: sa.Connection, name: str, *, except_id: str | None = None) -> None:
    """Raises Problem 409 when another project has the name."""
    known = named(db, name)
    if known is not None and known["id"] != except_id:
        raise conflict("name", "another project has it")


def insert(db: sa.Connection, name: str, description: str | None) -> str:
    """Store a project and answer its id."""
    instant = ids.now()
    row = {"id": ids.new_id(), "name": name, "description": description}
    db.execute(sa.insert(PROJECTS), {**row, "created_at": instant, "updated_at": instant})
    return str(row["id"])


def named(db: sa.Connection, name: str) -> storage.Row | None:
    """The project of this name."""
    return db.execute(sa.select(PROJECTS).where(PROJECTS.c.name == name)).mappings().first()


def everyone(db: sa.Connection) -> dict[str, str]:
    """The name of every project, by id."""
    return {row.id: row.name for row in db.execute(sa.select(PROJECTS.c.id, PROJECTS.c.name))}


def may_create(key: auth.Key) -> None:
    """Raises Problem 403 unless the key may create projects."""
    if key.kind is not auth.Kind.ADMIN:
        raise Problem(403, "only the admin key creates projects")


def visible_to(key: auth.Key) -> sa.Select[Any]:
    """The projects that a key may see: all for the admin key, else its own."""
    query = sa.select(PROJECTS)
    return query if key.kind is auth.Kind.ADMIN else query.where(PROJECTS.c.id == key.project_id)


def list_page(
    db: sa.Connection, key: auth.Key, *, name: str | None = None, limit: int | None = None, page: int = 1
) -> list[storage.Row]:
    """What the key may see, newest first."""
    query = filter_by_name(visible_to(key), name)
    query = paging.page_of(storage.newest_first(query, PROJECTS), limit, page)
    return storage.fetch(db, query)


def filter_by_name(query: sa.Select[Any], name: str | None) -> sa.Select[Any]:
    """Only the project of exactly this name, when one is given."""
    return query if name is None else query.where(PROJECTS.c.name == name)


def get(db: sa.Connection, key: auth.Key, project_id: str) -> storage.Row:
    """One project. Raises Problem 404, also when the key may not see it."""
    found = db.execute(visible_to(key).where(PROJECTS.c.id == project_id)).mappings().first()
    if found is None:
        raise Problem(404, f"there is no project {project_id!r}")
    return found


def update(db: sa.Connection, key: auth.Key, project_id: str, changes: dict[str, Any]) -> storage.Row:
    """Change what was sent and keep the rest. Raises Problem 404, 409."""
    get(db, key, project_id)
    if "name" in changes:
        refuse_taken_name(db, changes["name"], except_id=project_id)
    change = sa.update(PROJECTS).where(PROJECTS.c.id == project_id)
    db.execute(change, {**changes, "updated_at": ids.now()})
    return get(db, key, project_id)


def shown(row: storage.Row) -> dict[str, Any]:
    """A project as the wire shows it."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
    }


def erase(db: sa.Connection, project_id: str) -> bool:
    """Delete a project with its keys and everything in it; whether it existed. For the control port."""
    storage.erase_project(db, project_id)
    return db.execute(sa.delete(PROJECTS).where(PROJECTS.c.id == project_id)).rowcount > 0


def content(db: sa.Connection, project_id: str) -> dict[str, Any]:
    """Everything in a project but its keys, for `restore`. For the control port. Raises Problem 404."""
    if db.execute(sa.select(PROJECTS.c.id).where(PROJECTS.c.id == project_id)).first() is None:
        raise Problem(404, f"there is no project {project_id!r}")
    return {"project": project_id, "tables": storage.content(db, project_id, without=auth.KEYS)}


def restore(db: sa.Connection, project_id: str, kept: dict[str, Any]) -> None:
    """Fill an empty project with the content of another: the same ids, names and times. For the control port.

    Raises Problem 400 for what is no content of a project.
    """
    try:
        tables = storage.to_json(kept["tables"]).replace(str(kept["project"]), project_id)
        storage.restore(db, json.loads(tables))
    except (LookupError, TypeError, AttributeError, sa.exc.StatementError) as fault:
        raise invalid("content", f"is not what a project's content is ({fault})") from fault
