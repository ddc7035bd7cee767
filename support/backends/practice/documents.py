"""Documents about clients, kept as they were sent, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import people, sessions, storage, templates
from .answers import camel
from .errors import not_found
from .storage import Record

DOCUMENTS = "documents"


def add(db: sa.Connection, practice: str, author: str, values: Mapping[str, Any]) -> Record:
    """Add a document. Raises Problem 404 for an unknown client, template or session."""
    client = values["client_id"]
    people.client(db, practice, client)
    if values.get("template_id") is not None:
        templates.get(db, practice, values["template_id"])
    for session_id in values.get("session_ids", ()):
        sessions.get(db, practice, session_id, client)
    content = {"template_id": None, "session_ids": [], "practitioner_id": author, "version": 1, **values}
    return storage.insert(db, practice, DOCUMENTS, content, prefix="document", client=client)


def get(db: sa.Connection, practice: str, document_id: str) -> Record:
    """A document. Raises Problem 404."""
    found = storage.find(db, practice, DOCUMENTS, document_id)
    if found is None:
        raise not_found("document", document_id)
    return found


def search(db: sa.Connection, practice: str, *, client_id: str | None, query: str) -> list[Record]:
    """Documents of a client, and with a text in the name, case-insensitively; newest first. Raises Problem 404."""
    if client_id is not None:
        people.client(db, practice, client_id)
    wanted = query.strip().casefold()
    found = [each for each in storage.every(db, practice, DOCUMENTS, client_id) if wanted in each["name"].casefold()]
    return found[::-1]


def update(db: sa.Connection, practice: str, document_id: str, changes: Mapping[str, Any]) -> Record:
    """Change a document, which makes its next version. Raises Problem 404."""
    found = get(db, practice, document_id)
    return storage.change(db, practice, DOCUMENTS, found, {**changes, "version": found["version"] + 1})


def delete(db: sa.Connection, practice: str, document_id: str) -> None:
    """Delete a document. Raises Problem 404."""
    if not storage.remove(db, practice, DOCUMENTS, document_id):
        raise not_found("document", document_id)


def shown(document: Record, clients: Mapping[str, str]) -> Record:
    """As the wire shows it; names are looked up in these."""
    return {
        **camel(document, "id", "client_id"),
        "clientName": clients.get(document["client_id"]),
        **camel(document, "practitioner_id", "name", "content", "template_id", "session_ids", "version"),
        **camel(document, "created_at", "updated_at"),
    }
