"""Where everything is kept: one SQLite file (WAL, synchronous=NORMAL), a JSON document for each thing of a practice.

A write is committed before it is answered, so that what was acknowledged survives SIGKILL. Writers take turns inside
the process, which is the only one on its file: what a writer has read cannot change under it.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from support.backends import upgrading

from . import times
from .errors import conflict

Record = dict[str, Any]
METADATA = sa.MetaData()

PRACTICES = sa.Table(
    "practices",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
)
ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("practice_id", sa.String(64), nullable=False, index=True),
    sa.Column("person_id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
)
RECORDS = sa.Table(
    "records",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("practice_id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("client_id", sa.String(64)),
    sa.Column("content", sa.JSON, nullable=False),
    sa.UniqueConstraint("practice_id", "kind", "id"),
    sa.Index("ix_records_client", "practice_id", "kind", "client_id"),
)
DEEDS = sa.Table(
    "deeds",
    METADATA,
    sa.Column("practice_id", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
"""What was answered under which Idempotency-Key."""


class Store:
    """The open database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writers = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open the file, and create what is missing.

        Raises OSError that names it when it is no store, or was made by a version too old to be added to.
        """
        engine = _engine(path)
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


def new_id(prefix: str) -> str:
    """A fresh identifier: 64 random bits."""
    return f"{prefix}-{secrets.token_hex(8)}"


def insert(
    db: sa.Connection, practice: str, kind: str, content: Mapping[str, Any], *, prefix: str, client: str | None = None
) -> Record:
    """Add a thing; answers it with its fresh `id`, and `created_at` and `updated_at` unless it brings them."""
    instant = times.stamp()
    record = {"id": new_id(prefix), "client_id": client, "created_at": instant, "updated_at": instant, **content}
    row = {"practice_id": practice, "kind": kind, "id": record["id"], "client_id": client, "content": record}
    if find(db, practice, kind, record["id"]) is not None:
        raise conflict(f"id: {record['id']!r} is taken")
    db.execute(sa.insert(RECORDS), row)
    return record


def find(db: sa.Connection, practice: str, kind: str, id_: str) -> Record | None:
    """One thing of this practice, or None."""
    query = sa.select(RECORDS.c.content).where(_is(practice, kind), RECORDS.c.id == id_)
    found: Record | None = db.execute(query).scalar()
    return found


def every(db: sa.Connection, practice: str, kind: str, client: str | None = None) -> list[Record]:
    """All things of a kind in this practice, or of one of its clients, in the order of their making."""
    query = sa.select(RECORDS.c.content).where(_is(practice, kind)).order_by(RECORDS.c.position)
    if client is not None:
        query = query.where(RECORDS.c.client_id == client)
    return list(db.execute(query).scalars())


def count(db: sa.Connection, practice: str, kind: str) -> int:
    """How many things of a kind there are in this practice."""
    return int(db.execute(sa.select(sa.func.count()).select_from(RECORDS).where(_is(practice, kind))).scalar_one())


def change(db: sa.Connection, practice: str, kind: str, record: Record, changes: Mapping[str, Any]) -> Record:
    """Set properties of a thing; answers it as it then is."""
    changed = {**record, **changes, "updated_at": times.stamp()}
    query = sa.update(RECORDS).where(_is(practice, kind), RECORDS.c.id == record["id"])
    db.execute(query, {"content": changed})
    return changed


def remove(db: sa.Connection, practice: str, kind: str, id_: str) -> int:
    """Delete one thing; answers how many that were (0 or 1)."""
    return db.execute(sa.delete(RECORDS).where(_is(practice, kind), RECORDS.c.id == id_)).rowcount


def counts(db: sa.Connection) -> dict[str, dict[str, int]]:
    """Things by practice and kind, for every practice that there is."""
    found: dict[str, dict[str, int]] = {id_: {} for (id_,) in db.execute(sa.select(PRACTICES.c.id))}
    grouped = sa.select(RECORDS.c.practice_id, RECORDS.c.kind, sa.func.count())
    for practice, kind, number in db.execute(grouped.group_by(RECORDS.c.practice_id, RECORDS.c.kind)):
        found.setdefault(practice, {})[kind] = number
    return found


def erase(db: sa.Connection, practice: str) -> int:
    """Delete a practice with everything in it; answers how many practices that were (0 or 1)."""
    for table in (RECORDS, ACCOUNTS, DEEDS):
        db.execute(sa.delete(table).where(table.c.practice_id == practice))
    return db.execute(sa.delete(PRACTICES).where(PRACTICES.c.id == practice)).rowcount


def to_json(value: Any) -> str:
    """Compact JSON with characters as themselves; not-a-number is refused."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _is(practice: str, kind: str) -> sa.ColumnElement[bool]:
    return sa.and_(RECORDS.c.practice_id == practice, RECORDS.c.kind == kind)


def _engine(path: Path) -> sa.Engine:
    # Unlimited overflow: a request never waits for a connection.
    engine = sa.create_engine(f"sqlite:///{path.absolute()}", json_serializer=to_json, max_overflow=-1)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver would begin and commit by itself otherwise
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
