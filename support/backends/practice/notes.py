"""Practitioners' notes about clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import people, storage
from .answers import camel
from .errors import not_found
from .storage import Record

NOTES = "notes"


def add(db: sa.Connection, practice: str, client: str, author: str, values: Mapping[str, Any]) -> Record:
    """Add a note. Raises Problem 404 for an unknown client."""
    people.client(db, practice, client)
    content = {"pinned": False, "practitioner_id": author, **values}
    return storage.insert(db, practice, NOTES, content, prefix="note", client=client)


def search(db: sa.Connection, practice: str, client: str, query: str) -> list[Record]:
    """A client's notes with a text in them, case-insensitively; pinned ones first, then the newest. Problem 404."""
    people.client(db, practice, client)
    wanted = query.strip().casefold()
    newest = reversed(storage.every(db, practice, NOTES, client))
    found = [each for each in newest if wanted in each["content"].casefold()]
    return sorted(found, key=lambda each: not each["pinned"])


def get(db: sa.Connection, practice: str, note_id: str) -> Record:
    """A note. Raises Problem 404."""
    found = storage.find(db, practice, NOTES, note_id)
    if found is None:
        raise not_found("note", note_id)
    return found


def update(db: sa.Connection, practice: str, note_id: str, changes: Mapping[str, Any]) -> Record:
    """Change a note. Raises Problem 404."""
    return storage.change(db, practice, NOTES, get(db, practice, note_id), changes)


def delete(db: sa.Connection, practice: str, note_id: str) -> None:
    """Delete a note. Raises Problem 404."""
    if not storage.remove(db, practice, NOTES, note_id):
        raise not_found("note", note_id)


def shown(note: Record, practitioners: Mapping[str, str]) -> Record:
    """As the wire shows it; names are looked up in these."""
    return {
        **camel(note, "id", "client_id", "practitioner_id"),
        "practitionerName": practitioners.get(note["practitioner_id"]),
        **camel(note, "content", "pinned", "created_at", "updated_at"),
    }
