"""The people of a practice: practitioners, administrators and clients; and the practice itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import accounts, storage, times
from .answers import camel
from .errors import Problem, conflict, not_found
from .storage import Record

PRACTITIONERS, ADMINISTRATORS, CLIENTS = "practitioners", "administrators", "clients"
_CLIENT_PREFIX, _PRACTITIONER_PREFIX, _ADMINISTRATOR_PREFIX = "client", "practitioner", "administrator"
_PROFILE = ("name", "timezone", "address", "phone", "email", "website", "services", "opening_hours")


def practice(db: sa.Connection, practice_id: str) -> Record:
    """The practice itself."""
    content = db.execute(sa.select(storage.PRACTICES.c.content).where(storage.PRACTICES.c.id == practice_id)).scalar()
    if content is None:
        raise Problem(404, f"there is no practice {practice_id!r}")
    return {"id": practice_id, **content}


def practice_shown(db: sa.Connection, practice_id: str) -> Record:
    """The practice as the wire shows it, with how many active people it has."""
    found = practice(db, practice_id)
    return {
        "id": practice_id,
        **camel(found, *_PROFILE),
        "practitionerCount": len(active(storage.every(db, practice_id, PRACTITIONERS))),
        "clientCount": len(active(storage.every(db, practice_id, CLIENTS))),
    }


def active(people: list[Record]) -> list[Record]:
    """Those who are active."""
    return [person for person in people if person["status"] == "active"]


def add_practitioner(db: sa.Connection, practice_id: str, values: Mapping[str, Any]) -> Record:
    """Add a practitioner."""
    content = {"email": None, "role": "therapist", "status": "active", "specialties": [], **values}
    return storage.insert(db, practice_id, PRACTITIONERS, content, prefix=_PRACTITIONER_PREFIX)


def add_administrator(db: sa.Connection, practice_id: str, name: str) -> Record:
    """Add somebody who administrates, and treats nobody."""
    content = {"name": name, "email": None, "role": "administrator", "status": "active"}
    return storage.insert(db, practice_id, ADMINISTRATORS, content, prefix=_ADMINISTRATOR_PREFIX)


def add_client(db: sa.Connection, practice_id: str, values: Mapping[str, Any]) -> Record:
    """Add a client. Raises Problem 409 for an email that a client has."""
    _check_email_free(db, practice_id, values.get("email"), None)
    blank = dict.fromkeys(("email", "phone", "date_of_birth", "gender", "pronouns", "practitioner_id"))
    return storage.insert(db, practice_id, CLIENTS, {**blank, "status": "active", **values}, prefix=_CLIENT_PREFIX)


def update_client(db: sa.Connection, practice_id: str, client_id: str, changes: Mapping[str, Any]) -> Record:
    """Change a client. Raises Problem 404, or 409 for an email that another client has."""
    found = client(db, practice_id, client_id)
    _check_email_free(db, practice_id, changes.get("email"), client_id)
    return storage.change(db, practice_id, CLIENTS, found, changes)


def client(db: sa.Connection, practice_id: str, client_id: str) -> Record:
    """A client. Raises Problem 404."""
    found = storage.find(db, practice_id, CLIENTS, client_id)
    if found is None:
        raise not_found("client", client_id)
    return found


def practitioner(db: sa.Connection, practice_id: str, practitioner_id: str) -> Record:
    """A practitioner. Raises Problem 404."""
    found = storage.find(db, practice_id, PRACTITIONERS, practitioner_id)
    if found is None:
        raise not_found("practitioner", practitioner_id)
    return found


def names(db: sa.Connection, practice_id: str, kind: str) -> dict[str, str]:
    """Names by id."""
    return {person["id"]: person["name"] for person in storage.every(db, practice_id, kind)}


def staff_names(db: sa.Connection, practice_id: str) -> dict[str, str]:
    """Names of practitioners and administrators by id."""
    return {**names(db, practice_id, ADMINISTRATORS), **names(db, practice_id, PRACTITIONERS)}


def in_order(people: list[Record]) -> list[Record]:
    """The stable order of lists of people: by name ignoring case, then by id."""
    return sorted(people, key=lambda person: (person["name"].casefold(), person["name"], person["id"]))


def named_like(people: list[Record], query: str) -> list[Record]:
    """Those whose name holds a text, case-insensitively."""
    wanted = query.strip().casefold()
    return [person for person in people if wanted in person["name"].casefold()]


def find_clients(
    db: sa.Connection, practice_id: str, *, query: str, practitioner_id: str | None, inactive: bool
) -> list[Record]:
    """Clients by part of the name, by practitioner, with those who left or without; in order."""
    found = named_like(storage.every(db, practice_id, CLIENTS), query)
    if practitioner_id is not None:
        found = [each for each in found if each["practitioner_id"] == practitioner_id]
    return in_order(found if inactive else active(found))


def find_practitioners(db: sa.Connection, practice_id: str, *, status: str | None, role: str | None) -> list[Record]:
    """Practitioners by status and role, in order."""
    return in_order(
        [
            each
            for each in storage.every(db, practice_id, PRACTITIONERS)
            if status in (None, each["status"]) and (role is None or each["role"].casefold() == role.casefold())
        ]
    )


def client_shown(db: sa.Connection, practice_id: str, found: Record) -> Record:
    """A client as the wire shows it."""
    shown = camel(found, "id", "name", "email", "phone", "date_of_birth", "gender", "pronouns", "status")
    treating = storage.find(db, practice_id, PRACTITIONERS, found["practitioner_id"] or "")
    return {
        **shown,
        "age": times.age(found["date_of_birth"]),
        "practitionerId": found["practitioner_id"],
        "practitionerName": treating["name"] if treating else None,
        **camel(found, "created_at", "updated_at"),
    }


def practitioner_shown(db: sa.Connection, practice_id: str, found: Record) -> Record:
    """A practitioner as the wire shows it, with how many active clients they have."""
    clients = active(storage.every(db, practice_id, CLIENTS))
    return {
        **camel(found, "id", "name", "email", "role", "status", "specialties"),
        "clientCount": sum(each["practitioner_id"] == found["id"] for each in clients),
    }


def account(db: sa.Connection, caller: accounts.Caller, timezone: str | None) -> Record:
    """The caller's own account; `localTime` is now, in the timezone asked for or that of the practice."""
    home = practice(db, caller.practice)
    person = _person(db, caller)
    zone = timezone or home["timezone"]
    shown = {
        "id": person["id"],
        "profileId": person["id"],
        "type": caller.kind.value,
        "name": person["name"],
        "email": person["email"],
        "role": person.get("role", "client"),
        "timezone": zone,
        "localTime": times.now().astimezone(times.zone(zone)).isoformat(timespec="seconds"),
        "practice": camel(home, "id", "name", "timezone"),
    }
    if caller.kind is accounts.Kind.CLIENT:
        treating = storage.find(db, caller.practice, PRACTITIONERS, person["practitioner_id"] or "")
        shown["practitioner"] = camel(treating, "id", "name") if treating else None
    return shown


def _person(db: sa.Connection, caller: accounts.Caller) -> Record:
    kinds = {
        accounts.Kind.PRACTITIONER: PRACTITIONERS,
        accounts.Kind.ADMINISTRATOR: ADMINISTRATORS,
        accounts.Kind.CLIENT: CLIENTS,
    }
    found = storage.find(db, caller.practice, kinds[caller.kind], caller.person)
    if found is None:
        raise not_found(caller.kind.value, caller.person)
    return found


def _check_email_free(db: sa.Connection, practice_id: str, email: str | None, own: str | None) -> None:
    if email is None:
        return
    for each in storage.every(db, practice_id, CLIENTS):
        if each["id"] != own and (each["email"] or "").casefold() == email.casefold():
            raise conflict("email: another client of this practice has it")
