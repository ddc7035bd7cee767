"""Reminders: each belongs to the practitioner who made it, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import people, storage, times
from .answers import camel
from .errors import conflict, not_found
from .storage import Record

REMINDERS = "reminders"


def add(db: sa.Connection, practice: str, owner: str, values: Mapping[str, Any]) -> Record:
    """Add a reminder. Raises Problem 404 for an unknown client."""
    client = values.get("client_id")
    if client is not None:
        people.client(db, practice, client)
    content = {"status": "open", "done_at": None, "client_id": None, **values, "practitioner_id": owner}
    return storage.insert(db, practice, REMINDERS, content, prefix="reminder", client=client)


def search(
    db: sa.Connection, practice: str, owner: str, *, client_id: str | None, status: str | None, before: str | None
) -> list[Record]:
    """Somebody's reminders, those that are due first. Raises Problem 404."""
    if client_id is not None:
        people.client(db, practice, client_id)
    found = [
        each
        for each in storage.every(db, practice, REMINDERS, client_id)
        if is_of(each, owner) and status in (None, each["status"]) and times.within(each["due_at"], None, before)
    ]
    return sorted(found, key=lambda each: (each["due_at"], each["id"]))


def get(db: sa.Connection, practice: str, owner: str, reminder_id: str) -> Record:
    """Somebody's reminder. Raises Problem 404."""
    found = storage.find(db, practice, REMINDERS, reminder_id)
    if found is None or not is_of(found, owner):
        raise not_found("reminder", reminder_id, "of yours")
    return found


def is_of(reminder: Record, owner: str) -> bool:
    """Whether it is theirs."""
    return bool(reminder["practitioner_id"] == owner)


def complete(db: sa.Connection, practice: str, owner: str, reminder_id: str) -> Record:
    """Mark it done. Raises Problem 404, 409 when it is."""
    found = get(db, practice, owner, reminder_id)
    if found["status"] != "open":
        raise conflict(f"the reminder {reminder_id!r} is done")
    return storage.change(db, practice, REMINDERS, found, {"status": "done", "done_at": times.stamp()})


def delete(db: sa.Connection, practice: str, owner: str, reminder_id: str) -> None:
    """Delete it. Raises Problem 404."""
    get(db, practice, owner, reminder_id)
    storage.remove(db, practice, REMINDERS, reminder_id)


def shown(reminder: Record, clients: Mapping[str, str]) -> Record:
    """As the wire shows it; names are looked up in these."""
    return {
        **camel(reminder, "id", "practitioner_id", "client_id"),
        "clientName": clients.get(reminder["client_id"]),
        **camel(reminder, "text", "due_at", "status", "done_at", "created_at"),
    }
