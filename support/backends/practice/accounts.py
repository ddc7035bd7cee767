"""Who asks: tokens, of which only digests are kept, and the profile that goes with them.

A practitioner's and an administrator's token needs the header ProfileID with the own profile; a client's must carry
none. What is another practice's is answered as if there were no such thing (404), never as forbidden.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from . import storage
from .errors import Problem, conflict, forbidden


class Kind(StrEnum):
    """What somebody is to the practice."""

    PRACTITIONER = "practitioner"
    ADMINISTRATOR = "administrator"
    CLIENT = "client"


STAFF = frozenset({Kind.PRACTITIONER, Kind.ADMINISTRATOR})
EVERYBODY = frozenset(Kind)
ADMINISTRATORS = frozenset({Kind.ADMINISTRATOR})
CLIENTS = frozenset({Kind.CLIENT})


@dataclass(frozen=True)
class Caller:
    """Somebody with a known token. A person's id is the profile too."""

    practice: str
    person: str
    kind: Kind


def digest(token: str) -> str:
    """What is kept of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header, or None."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def open_account(db: sa.Connection, practice: str, person: str, kind: Kind, token: str | None = None) -> str:
    """Give somebody a token, and answer it: it cannot be read again. Raises Problem 409 when somebody has it."""
    token = token or f"pt-{secrets.token_hex(20)}"
    if known(db, digest(token)) is not None:
        raise conflict("token: somebody has it")
    row = {"digest": digest(token), "practice_id": practice, "person_id": person, "kind": kind.value}
    db.execute(sa.insert(storage.ACCOUNTS), row)
    return token


def close_accounts(db: sa.Connection, practice: str, person: str) -> int:
    """Make every token of a person unknown; answers how many there were."""
    table = storage.ACCOUNTS
    return db.execute(sa.delete(table).where(table.c.practice_id == practice, table.c.person_id == person)).rowcount


def known(db: sa.Connection, token_digest: str) -> Caller | None:
    """Whose token it is, if anybody's."""
    row = db.execute(sa.select(storage.ACCOUNTS).where(storage.ACCOUNTS.c.digest == token_digest)).mappings().first()
    return Caller(row["practice_id"], row["person_id"], Kind(row["kind"])) if row else None


def admit(db: sa.Connection, authorization: str | None, profile: str | None, allowed: frozenset[Kind]) -> Caller:
    """The caller, who may use a route that is for `allowed`. Raises Problem 401 or 403."""
    caller = identify(db, authorization)
    check_profile(caller, profile)
    if caller.kind not in allowed:
        raise forbidden(f"this is for {' and '.join(sorted(f'{kind.value}s' for kind in allowed))} only")
    return caller


def identify(db: sa.Connection, authorization: str | None) -> Caller:
    """Whose token it is. Raises Problem 401."""
    token = bearer(authorization)
    if token is None:
        raise Problem(401, "Authorization: a bearer token is required")
    caller = known(db, digest(token))
    if caller is None:
        raise Problem(401, "Authorization: the token is unknown or has expired")
    return caller


def check_profile(caller: Caller, profile: str | None) -> None:
    """Raises Problem 403 unless the profile is the caller's own, and none for a client."""
    if caller.kind is Kind.CLIENT:
        if profile is not None:
            raise forbidden("ProfileID: a client has no practitioner's profile")
    elif profile is None:
        raise forbidden("ProfileID: the header is required of practitioners")
    elif profile != caller.person:
        raise forbidden("ProfileID: it is not the profile of this token")
