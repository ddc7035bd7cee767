"""Where everything is kept: SQLite (WAL, synchronous=NORMAL) or PostgreSQL, by URL.

A write is committed before it is answered, so that what was acknowledged survives SIGKILL. Writers take turns inside
the process, which is the only one on its database: what a writer has read cannot change under it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from support.backends import upgrading

from . import ids

METADATA = sa.MetaData()
Row = sa.RowMapping
Values = Mapping[str, Any]
Document = sa.JSON(none_as_null=True)
"""Column type for JSON; None is SQL NULL."""


def resource(name: str, *columns: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table of what belongs to a project: `project_id`, `id`, the given columns, `created_at`, `updated_at` (µs).

    Ids are scoped by project: equal ids in two projects are two things.
    """
    return sa.Table(
        name,
        METADATA,
        sa.Column("project_id", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(255), primary_key=True),
        *columns,
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Index(f"ix_{name}_newest", "project_id", "created_at", "id"),
    )


class Store:
    """The open database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writers = threading.RLock()

    @classmethod
    def open(cls, url: str) -> Store:
        """Open, and create what is missing. `url` is an SQLAlchemy URL or the path of a SQLite file.

        Raises OSError that names the store when it cannot be opened, or was made by a version too old to be added to.
        """
        engine = _engine(url if "://" in url else f"sqlite:///{Path(url).absolute()}")
        upgrading.prepare(engine, METADATA)
        return cls(engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view; nothing is changed."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction, committed at the end of the block or undone whole when the block raises."""
        with self._writers, self.engine.connect() as connection:
            yield connection
            self.commit(connection)

    def commit(self, connection: sa.Connection) -> None:
        """Make what was written durable."""
        connection.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def insert(db: sa.Connection, table: sa.Table, project: str, values: Values) -> str:
    """Add one row to a `resource` table and answer its id (fresh unless given)."""
    instant = ids.now()
    row = {"project_id": project, "id": ids.new_id(), "created_at": instant, "updated_at": instant, **values}
    db.execute(sa.insert(table), row)
    return str(row["id"])


def insert_all(db: sa.Connection, table: sa.Table, project: str, rows: Sequence[Values]) -> list[str]:
    """Add rows that all have the same columns, in order, and answer their ids."""
    complete = []
    for values in rows:
        instant = ids.now()
        complete.append(
            {"project_id": project, "id": ids.new_id(), "created_at": instant, "updated_at": instant, **values}
        )
    if complete:
        db.execute(sa.insert(table), complete)
    return [str(row["id"]) for row in complete]


def find(db: sa.Connection, table: sa.Table, project: str, id_: str) -> Row | None:
    """One row of this project, or None."""
    query = sa.select(table).where(table.c.project_id == project, table.c.id == id_)
    return db.execute(query).mappings().first()


def change(db: sa.Connection, table: sa.Table, project: str, id_: str, changes: Values) -> int:
    """Set columns of one row; answers how many rows that were (0 or 1)."""
    query = sa.update(table).where(table.c.project_id == project, table.c.id == id_)
    return db.execute(query, {"updated_at": ids.now(), **changes}).rowcount


def remove(db: sa.Connection, table: sa.Table, project: str, id_: str) -> int:
    """Delete one row; answers how many rows that were (0 or 1)."""
    return db.execute(sa.delete(table).where(table.c.project_id == project, table.c.id == id_)).rowcount


def fetch(db: sa.Connection, query: sa.Select[Any]) -> list[Row]:
    """The rows of a query."""
    return list(db.execute(query).mappings().all())


def in_parts(values: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Long lists of parameters in parts that every database takes."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def of_project(table: sa.Table, project: str) -> sa.Select[Any]:
    """Everything of one project in a `resource` table, unordered."""
    return sa.select(table).where(table.c.project_id == project)


def newest_first(query: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    """The stable order of every list: newest first, id as tie-break."""
    return query.order_by(table.c.created_at.desc(), table.c.id.desc())


def counts(db: sa.Connection) -> dict[str, dict[str, int]]:
    """Rows by project id and table, for every table that has a `project_id`."""
    found: dict[str, dict[str, int]] = {}
    for table in METADATA.sorted_tables:
        if "project_id" in table.c:
            per_project = sa.select(table.c.project_id, sa.func.count()).group_by(table.c.project_id)
            for project, count in db.execute(per_project):
                found.setdefault(project, {})[table.name] = count
    return found


def content(db: sa.Connection, project: str, *, without: sa.Table) -> dict[str, list[dict[str, Any]]]:
    """Every row of a project by table, but those of one table, as JSON can carry it."""
    tables = [table for table in METADATA.sorted_tables if "project_id" in table.c and table is not without]
    kept = {table.name: [dict(row) for row in fetch(db, of_project(table, project))] for table in tables}
    return {name: rows for name, rows in kept.items() if rows}


def restore(db: sa.Connection, kept: Mapping[str, Sequence[Values]]) -> None:
    """Put in what `content` has given. Raises LookupError for a table that there is not."""
    for name, rows in kept.items():
        if name not in METADATA.tables:
            raise LookupError(f"there is no table {name!r}")
        db.execute(sa.insert(METADATA.tables[name]), [dict(row) for row in rows])


def erase_project(db: sa.Connection, project: str) -> None:
    """Delete every row of a project from every table."""
    for table in reversed(METADATA.sorted_tables):
        if "project_id" in table.c:
            db.execute(sa.delete(table).where(table.c.project_id == project))


def _engine(url: str) -> sa.Engine:
    # Unlimited overflow: a request never waits for a connection while it blocks the event loop.
    engine = sa.create_engine(url, json_serializer=to_json, max_overflow=-1)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def to_json(value: Any) -> str:
    """Compact JSON with characters as themselves; not-a-number is refused."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _configure_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver would begin and commit by itself otherwise
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows the letters of ASCII only
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
