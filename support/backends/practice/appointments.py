"""Appointments. Those that are `scheduled` hold their time: a practitioner has no two that overlap (409)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from . import people, storage, times
from .answers import camel
from .errors import conflict, invalid, not_found
from .storage import Record

APPOINTMENTS = "appointments"
STATUSES = ("scheduled", "completed", "cancelled", "no_show")


def add(db: sa.Connection, practice: str, values: Mapping[str, Any]) -> Record:
    """Book. Raises Problem 404 for an unknown client or practitioner, 409 for a time that is taken."""
    people.client(db, practice, values["client_id"])
    people.practitioner(db, practice, values["practitioner_id"])
    blank = {"type": "session", "location": None, "note": None, "status": "scheduled", "cancel_reason": None}
    content = {**blank, **_with_end(values)}
    if is_scheduled(content):
        check_free(db, practice, content)
    return storage.insert(db, practice, APPOINTMENTS, content, prefix="appointment", client=values["client_id"])


def get(db: sa.Connection, practice: str, appointment_id: str) -> Record:
    """An appointment. Raises Problem 404."""
    found = storage.find(db, practice, APPOINTMENTS, appointment_id)
    if found is None:
        raise not_found("appointment", appointment_id)
    return found


def search(
    db: sa.Connection,
    practice: str,
    *,
    client_id: str | None = None,
    practitioner_id: str | None = None,
    status: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[Record]:
    """Appointments that begin in a range, both ends included, by their start. Raises Problem 404."""
    if client_id is not None:
        people.client(db, practice, client_id)
    found = [
        each
        for each in storage.every(db, practice, APPOINTMENTS, client_id)
        if practitioner_id in (None, each["practitioner_id"])
        and status in (None, each["status"])
        and times.within(each["starts_at"], since, until)
    ]
    return sorted(found, key=lambda each: (each["starts_at"], each["id"]))


def reschedule(db: sa.Connection, practice: str, appointment_id: str, changes: Mapping[str, Any]) -> Record:
    """Change an appointment. Raises Problem 404, 409 when it is not scheduled or the time is taken."""
    found = get(db, practice, appointment_id)
    check_scheduled(found)
    changed = _with_end({**found, **changes})
    check_free(db, practice, changed)
    return storage.change(db, practice, APPOINTMENTS, found, changed)


def cancel(db: sa.Connection, practice: str, appointment_id: str, reason: str | None) -> Record:
    """Cancel an appointment. Raises Problem 404, 409 when it is not scheduled."""
    found = get(db, practice, appointment_id)
    check_scheduled(found)
    return storage.change(db, practice, APPOINTMENTS, found, {"status": "cancelled", "cancel_reason": reason})


def is_scheduled(appointment: Mapping[str, Any]) -> bool:
    """Whether it holds its time."""
    return bool(appointment["status"] == "scheduled")


def check_scheduled(appointment: Record) -> None:
    """Raises Problem 409 for one that was cancelled or is over."""
    if not is_scheduled(appointment):
        raise conflict(f"the appointment {appointment['id']!r} is {appointment['status'].replace('_', ' ')}")


def check_free(db: sa.Connection, practice: str, wanted: Mapping[str, Any]) -> None:
    """Raises Problem 409 when another scheduled appointment of the practitioner overlaps."""
    for each in search(db, practice, practitioner_id=wanted["practitioner_id"], status="scheduled"):
        if each["id"] != wanted.get("id") and overlap(each, wanted["starts_at"], wanted["ends_at"]):
            span = f"from {each['starts_at']} to {each['ends_at']}"
            raise conflict(f"startsAt: the practitioner has an appointment {span}")


def overlap(appointment: Record, starts_at: str, ends_at: str) -> bool:
    """Whether it shares time with a span; one that ends as the other begins does not."""
    return bool(appointment["starts_at"] < ends_at and starts_at < appointment["ends_at"])


def free_slots(db: sa.Connection, practice: str, practitioner_id: str, day: str, minutes: int) -> list[Record]:
    """Spans that begin on the hour, lie within the opening hours of that day, and overlap no appointment."""
    people.practitioner(db, practice, practitioner_id)
    taken = search(db, practice, practitioner_id=practitioner_id, status="scheduled")
    try:
        spans = _spans(people.practice(db, practice), times.parse_day(day), minutes)
    except OverflowError:
        raise invalid("date", times.TOO_FAR) from None
    return [
        {"startsAt": start, "endsAt": end}
        for start, end in spans
        if not any(overlap(each, start, end) for each in taken)
    ]


def figures(appointments: Sequence[Record]) -> dict[str, int]:
    """How many there are of each status."""
    return {status: sum(each["status"] == status for each in appointments) for status in STATUSES}


def shown(appointment: Record, clients: Mapping[str, str], practitioners: Mapping[str, str]) -> Record:
    """As the wire shows it; names are looked up in these."""
    return {
        **camel(appointment, "id", "client_id"),
        "clientName": clients.get(appointment["client_id"]),
        "practitionerId": appointment["practitioner_id"],
        "practitionerName": practitioners.get(appointment["practitioner_id"]),
        **camel(appointment, "starts_at", "ends_at", "type", "location", "note", "status", "cancel_reason"),
        **camel(appointment, "created_at", "updated_at"),
    }


def _with_end(values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {**values, "ends_at": times.later(values["starts_at"], values["duration_minutes"])}
    except ValueError as fault:
        raise invalid("startsAt", str(fault)) from None


def _spans(home: Record, day: date, minutes: int) -> list[tuple[str, str]]:
    zone, hours = times.zone(home["timezone"]), home["opening_hours"]
    opens, closes = (datetime.combine(day, time.fromisoformat(hours[end]), zone) for end in ("from", "to"))
    spans = []
    start = opens
    while start + timedelta(minutes=minutes) <= closes:
        spans.append((times.iso(start), times.iso(start + timedelta(minutes=minutes))))
        start += timedelta(hours=1)
    return spans
