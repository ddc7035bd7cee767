"""Reminders of the caller."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import Query as QueryParameters
from fastapi import Response

from .. import people, reminders
from ..answers import answer, created, page
from ..calls import Call, CallContext, new_router
from ..fields import CamelBody, CamelQuery, Id, Limit200, Moment, Text, Until
from ..storage import Record

router = new_router()


class RemindersQuery(CamelQuery):
    """Parameters of GET /reminders."""

    client_id: Id | None = None
    status: Literal["open", "done"] | None = None
    due_before: Until | None = None
    limit: Limit200 = 50


class NewReminder(CamelBody):
    """Body of POST /reminders."""

    text: Text
    due_at: Moment
    client_id: Id | None = None


class Nothing(CamelBody):
    """Body of POST /reminders/{id}/complete."""


@router.get("/reminders")
def list_reminders(query: Annotated[RemindersQuery, QueryParameters()], call: Call) -> Response:
    """The caller's reminders, those that are due first."""
    with call.reading() as db:
        found = reminders.search(
            db,
            call.practice,
            call.person,
            client_id=query.client_id,
            status=query.status,
            before=query.due_before,
        )
        shown = _shown(db, call, page(found, query.limit))
    return answer({"total": len(found), "reminders": shown})


@router.post("/reminders")
def create_reminder(body: NewReminder, call: Call) -> Response:
    """Make a reminder for the caller."""
    with call.writing() as db:
        shown = _shown(db, call, [reminders.add(db, call.practice, call.person, body.sent())])
    return created(shown[0])


@router.post("/reminders/{reminder_id}/complete")
def complete_reminder(reminder_id: str, call: Call, body: Nothing | None = None) -> Response:
    """Mark a reminder done."""
    with call.writing() as db:
        shown = _shown(db, call, [reminders.complete(db, call.practice, call.person, reminder_id)])
    return created(shown[0])


@router.delete("/reminders/{reminder_id}")
def delete_reminder(reminder_id: str, call: Call) -> Response:
    """Delete a reminder."""
    with call.writing() as db:
        reminders.delete(db, call.practice, call.person, reminder_id)
    return answer({"id": reminder_id, "deleted": True})


def _shown(db: sa.Connection, call: CallContext, found: list[Record]) -> list[Record]:
    clients = people.names(db, call.practice, people.CLIENTS)
    return [reminders.shown(each, clients) for each in found]
