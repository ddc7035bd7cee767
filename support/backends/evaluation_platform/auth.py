"""Who asks, and what a key opens.

A key belongs to exactly one project. Free-form keys open everything of it; typed keys only what their prefix stands
for. The admin key, given by the settings, belongs to no project and opens projects only. Keys are stored as digests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from . import ids, storage
from .errors import Problem


class Kind(StrEnum):
    """The kinds of key."""

    PROJECT = "project"
    INGESTION = "ingestion"
    DATA_PLANE = "data_plane"
    ADMIN = "admin"


KEYS = sa.Table(
    "api_keys",
    storage.METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("project_id", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
)
"""Keys; one expires at a moment (µs), or never."""

PREFIXES = {Kind.INGESTION: "hh_ingst_", Kind.DATA_PLANE: "hh_fgdp_"}
_TYPED = re.compile(r"hh_(?:ingst|fgdp)_[A-Za-z0-9]{24}_[A-Za-z0-9]{64}")
OPENED = {
    Kind.PROJECT: re.compile(r".*"),
    Kind.INGESTION: re.compile(r"/session/start|/events(/.*)?|/opentelemetry/v1/traces|/v1/traces"),
    Kind.DATA_PLANE: re.compile(r"/v1/projects/[^/]+/charts(/.*)?"),
    Kind.ADMIN: re.compile(r"/v1/projects(/[^/]+)?"),
}
"""The paths that each kind of key opens."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was recognised. `project_id` is None for the admin key only."""

    id: str
    kind: Kind
    project_id: str | None
    name: str | None = None


def admit(db: sa.Connection, admin_key: str, header: str | None, path: str) -> Key:
    """The key in an `Authorization` header, if it opens this path. Raises Problem 401 or 403."""
    key = recognise(db, admin_key, token_of(header))
    authorise(key, path)
    return key


def token_of(header: str | None) -> str:
    """The token of a Bearer header. Raises Problem 401."""
    if header is None:
        raise unauthenticated("it is missing")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("it is not of the form 'Bearer <key>'")
    return token.strip()


def recognise(db: sa.Connection, admin_key: str, token: str) -> Key:
    """The key that this token is. Raises Problem 401."""
    if admin_key and hmac.compare_digest(token.encode(), admin_key.encode()):
        return Key("admin", Kind.ADMIN, None)
    if token.startswith(tuple(PREFIXES.values())) and not _TYPED.fullmatch(token):
        raise unauthenticated("the key is malformed")
    found = db.execute(sa.select(KEYS).where(KEYS.c.digest == digest(token))).mappings().first()
    if found is None:
        raise unauthenticated("the key is unknown")
    if found["expires_at"] is not None and found["expires_at"] <= ids.now():
        raise unauthenticated("the key has expired")
    return Key(found["id"], Kind(found["kind"]), found["project_id"], found["name"])


def authorise(key: Key, path: str) -> None:
    """Raises Problem 403 when this kind of key does not open the path."""
    if not OPENED[key.kind].fullmatch(path):
        raise Problem(403, f"a key of the kind {key.kind.value!r} does not open {path}")


def unauthenticated(fault: str) -> Problem:
    """401, naming the header and never the key."""
    return Problem(401, f"Authorization: {fault}", headers={"WWW-Authenticate": "Bearer"})


def digest(token: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token(kind: Kind) -> str:
    """A fresh key of this kind."""
    if kind not in PREFIXES:
        return f"hh_{_alphanumerics(40)}"
    return f"{PREFIXES[kind]}{_alphanumerics(24)}_{_alphanumerics(64)}"


def add_key(
    db: sa.Connection,
    project: str,
    kind: Kind = Kind.PROJECT,
    *,
    token: str | None = None,
    name: str | None = None,
    expires_at: int | None = None,
) -> tuple[str, str]:
    """Give a project a key (a fresh one unless `token` is given) and answer (id of the key, token).

    It expires at a moment in microseconds since 1970, or never. The token is not stored and can't be shown again. A
    token that this project has already is left as it is; raises Problem 409 when it is another project's.
    """
    token = token if token is not None else new_token(kind)
    known = db.execute(sa.select(KEYS).where(KEYS.c.digest == digest(token))).mappings().first()
    if known is None:
        row: dict[str, Any] = {"id": ids.new_id(), "project_id": project, "kind": kind, "name": name}
        row |= {"digest": digest(token), "created_at": ids.now(), "expires_at": expires_at}
        db.execute(sa.insert(KEYS), row)
        return str(row["id"]), token
    if known["project_id"] != project:
        raise Problem(409, "key: it belongs to another project")
    return str(known["id"]), token


def _alphanumerics(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))
