"""Appointments."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import appointments, people, reports
from ..answers import answer, created, page
from ..calls import Call, CallContext, new_router
from ..fields import CamelBody, CamelQuery, Day, From, Id, Limit200, Line, Minutes, Moment, Name, Until
from ..storage import Record

router = new_router()


class AppointmentsQuery(CamelQuery):
    """Parameters of GET /appointments."""

    client_id: Id | None = None
    practitioner_id: Id | None = None
    status: Literal["scheduled", "completed", "cancelled", "no_show"] | None = None
    from_: Annotated[From | None, Field(alias="from")] = None
    to: Until | None = None
    limit: Limit200 = 50


class AvailabilityQuery(CamelQuery):
    """Parameters of GET /appointments/availability."""

    date: Day
    duration_minutes: Minutes = 50
    practitioner_id: Id | None = None


class NewAppointment(CamelBody):
    """Body of POST /appointments."""

    client_id: Id
    starts_at: Moment
    duration_minutes: Minutes = 50
    practitioner_id: Id | None = None
    type: Name = "session"
    location: Line | None = None
    note: str | None = None


class AppointmentChanges(CamelBody):
    """Body of PATCH /appointments/{id}: what is sent is changed; null clears it."""

    starts_at: Moment = ""
    duration_minutes: Minutes = 50
    type: Name = "session"
    location: Line | None = None
    note: str | None = None


class Cancellation(CamelBody):
    """Body of POST /appointments/{id}/cancel."""

    reason: Line | None = None


@router.get("/appointments")
def list_appointments(query: Annotated[AppointmentsQuery, QueryParameters()], call: Call) -> Response:
    """Appointments that begin in a range, by their start."""
    reports.check_range(query.from_, query.to)
    with call.reading() as db:
        found = appointments.search(
            db,
            call.practice,
            client_id=query.client_id,
            practitioner_id=query.practitioner_id,
            status=query.status,
            since=query.from_,
            until=query.to,
        )
        shown = _shown(db, call, page(found, query.limit))
    return answer({"total": len(found), "appointments": shown})


@router.get("/appointments/availability")
def list_free_slots(query: Annotated[AvailabilityQuery, QueryParameters()], call: Call) -> Response:
    """When a practitioner is free on a day."""
    whose = query.practitioner_id or call.person
    with call.reading() as db:
        slots = appointments.free_slots(db, call.practice, whose, query.date, query.duration_minutes)
        timezone = people.practice(db, call.practice)["timezone"]
    return answer(
        {
            "date": query.date,
            "timezone": timezone,
            "practitionerId": whose,
            "durationMinutes": query.duration_minutes,
            "slots": slots,
        }
    )


@router.get("/appointments/{appointment_id}")
def get_appointment(appointment_id: str, call: Call) -> Response:
    """One appointment."""
    with call.reading() as db:
        shown = _shown(db, call, [appointments.get(db, call.practice, appointment_id)])
    return answer(shown[0])


@router.post("/appointments")
def book(body: NewAppointment, call: Call) -> Response:
    """Book an appointment."""
    values = {**body.model_dump(), "practitioner_id": body.practitioner_id or call.person}
    with call.writing() as db:
        shown = _shown(db, call, [appointments.add(db, call.practice, values)])
    return created(shown[0])


@router.patch("/appointments/{appointment_id}")
def reschedule(appointment_id: str, body: AppointmentChanges, call: Call) -> Response:
    """Change an appointment."""
    with call.writing() as db:
        shown = _shown(db, call, [appointments.reschedule(db, call.practice, appointment_id, body.sent())])
    return answer(shown[0])


@router.post("/appointments/{appointment_id}/cancel")
def cancel(appointment_id: str, call: Call, body: Cancellation | None = None) -> Response:
    """Cancel an appointment."""
    with call.writing() as db:
        reason = body.reason if body else None
        shown = _shown(db, call, [appointments.cancel(db, call.practice, appointment_id, reason)])
    return created(shown[0])


def _shown(db: sa.Connection, call: CallContext, found: list[Record]) -> list[Record]:
    clients, staff = people.names(db, call.practice, people.CLIENTS), people.staff_names(db, call.practice)
    return [appointments.shown(each, clients, staff) for each in found]
