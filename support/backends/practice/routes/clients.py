"""Clients, and the homework they are given."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import homework, people
from ..accounts import EVERYBODY
from ..answers import answer, created, page
from ..calls import Call, new_router
from ..errors import not_found
from ..fields import (
    Activity,
    CamelBody,
    CamelQuery,
    Day,
    Email,
    Id,
    Limit100,
    Limit500,
    Line,
    Moment,
    Name,
    Offset,
)

router = new_router()
own_router = new_router(EVERYBODY)


class NewClient(CamelBody):
    """Body of POST /clients."""

    name: Name
    email: Email | None = None
    phone: Line | None = None
    date_of_birth: Day | None = None
    gender: Line | None = None
    pronouns: Line | None = None


class ClientChanges(CamelBody):
    """Body of PATCH /clients/{id}: what is sent is changed; null clears it."""

    name: Name = ""
    email: Email | None = None
    phone: Line | None = None
    date_of_birth: Day | None = None
    gender: Line | None = None
    pronouns: Line | None = None
    status: Activity = "active"


class ClientsQuery(CamelQuery):
    """Parameters of GET /clients."""

    q: Line = ""
    practitioner_id: Id | None = None
    include_inactive: bool = False
    limit: Limit500 = 100
    offset: Offset = 0


class NewAssignment(CamelBody):
    """Body of POST /clients/{id}/homework."""

    title: Name
    instructions: str | None = None
    due_at: Moment | None = None


class AssignmentChanges(CamelBody):
    """Body of PATCH /homework/{id}."""

    status: Literal["assigned", "in_progress", "completed"]


class HomeworkQuery(CamelQuery):
    """Parameters of GET /clients/{id}/homework."""

    status: Literal["assigned", "in_progress", "completed", "overdue"] | None = None
    limit: Limit100 = 20


@own_router.get("/clients/{client_id}")
def get_client(client_id: str, call: Call) -> Response:
    """One client; a client may read the own record only."""
    if call.is_client and client_id != call.person:
        raise not_found("client", client_id)
    with call.reading() as db:
        shown = people.client_shown(db, call.practice, people.client(db, call.practice, client_id))
    return answer(shown)


@router.get("/clients")
def list_clients(query: Annotated[ClientsQuery, QueryParameters()], call: Call) -> Response:
    """Clients by part of the name and practitioner, by name."""
    with call.reading() as db:
        every = people.find_clients(
            db, call.practice, query=query.q, practitioner_id=query.practitioner_id, inactive=True
        )
        found = every if query.include_inactive else people.active(every)
        shown = [people.client_shown(db, call.practice, each) for each in page(found, query.limit, query.offset)]
    active = len(people.active(every))
    return answer({"total": len(found), "active": active, "inactive": len(every) - active, "clients": shown})


@router.post("/clients")
def add_client(body: NewClient, call: Call) -> Response:
    """Add a client of the caller."""
    with call.writing() as db:
        stored = people.add_client(db, call.practice, {**body.sent(), "practitioner_id": call.person})
        shown = people.client_shown(db, call.practice, stored)
    return created(shown)


@router.patch("/clients/{client_id}")
def update_client(client_id: str, body: ClientChanges, call: Call) -> Response:
    """Change a client."""
    with call.writing() as db:
        changed = people.update_client(db, call.practice, client_id, body.sent())
        shown = people.client_shown(db, call.practice, changed)
    return answer(shown)


@router.get("/clients/{client_id}/homework")
def list_homework(client_id: str, query: Annotated[HomeworkQuery, QueryParameters()], call: Call) -> Response:
    """What a client was given to do, newest first; the figures are of all of it, whatever the status asked for."""
    with call.reading() as db:
        name = people.client(db, call.practice, client_id)["name"]
        every = homework.of_client(db, call.practice, client_id)
    found = homework.with_status(every, query.status)
    return answer(
        {
            "clientId": client_id,
            "clientName": name,
            **homework.figures(every),
            "completionRate": homework.rate(every),
            "homework": [homework.shown(each) for each in page(found, query.limit)],
        }
    )


@router.post("/clients/{client_id}/homework")
def assign_homework(client_id: str, body: NewAssignment, call: Call) -> Response:
    """Give a client something to do."""
    with call.writing() as db:
        people.client(db, call.practice, client_id)
        stored = homework.add(db, call.practice, client_id, body.sent())
    return created(homework.shown(stored))


@router.patch("/homework/{assignment_id}")
def update_homework(assignment_id: str, body: AssignmentChanges, call: Call) -> Response:
    """Say how far it is."""
    with call.writing() as db:
        changed = homework.set_status(db, call.practice, assignment_id, body.status)
    return answer(homework.shown(changed))
