"""Practitioners' notes about clients."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import notes, people
from ..answers import answer, created, page
from ..calls import Call, new_router
from ..fields import CamelBody, CamelQuery, Limit100, Line, Text

router = new_router()


class NewNote(CamelBody):
    """Body of POST /clients/{id}/notes."""

    content: Text
    pinned: bool = False


class NoteChanges(CamelBody):
    """Body of PATCH /notes/{id}."""

    content: Text = ""
    pinned: bool = False


class NotesQuery(CamelQuery):
    """Parameters of GET /clients/{id}/notes."""

    q: Line = ""
    limit: Limit100 = 20


@router.get("/clients/{client_id}/notes")
def list_notes(client_id: str, query: Annotated[NotesQuery, QueryParameters()], call: Call) -> Response:
    """Notes about a client: pinned ones first, then the newest."""
    with call.reading() as db:
        found = notes.search(db, call.practice, client_id, query.q)
        staff = people.staff_names(db, call.practice)
    return answer({"total": len(found), "notes": [notes.shown(each, staff) for each in page(found, query.limit)]})


@router.post("/clients/{client_id}/notes")
def add_note(client_id: str, body: NewNote, call: Call) -> Response:
    """Add a note about a client."""
    with call.writing() as db:
        stored = notes.add(db, call.practice, client_id, call.person, body.sent())
        staff = people.staff_names(db, call.practice)
    return created(notes.shown(stored, staff))


@router.patch("/notes/{note_id}")
def update_note(note_id: str, body: NoteChanges, call: Call) -> Response:
    """Change a note."""
    with call.writing() as db:
        changed = notes.update(db, call.practice, note_id, body.sent())
        staff = people.staff_names(db, call.practice)
    return answer(notes.shown(changed, staff))


@router.delete("/notes/{note_id}")
def delete_note(note_id: str, call: Call) -> Response:
    """Delete a note."""
    with call.writing() as db:
        notes.delete(db, call.practice, note_id)
    return answer({"id": note_id, "deleted": True})
