"""Figures of a whole practice, counted when they are asked for."""

from __future__ import annotations

import sqlalchemy as sa

from . import appointments, documents, homework, invoices, people, reports, sessions, storage, times
from .storage import Record

PERIODS = {"week": 7, "month": 30, "quarter": 91, "year": 365, "all": None}
"""Days up to this moment."""


def metrics(db: sa.Connection, practice: str, period: str) -> Record:
    """What happened in a period. Clients and homework: `total` and `active` are of today, `new` came in the period.

    Appointments count by their start, sessions by their date, documents, homework and invoices by their making.
    """
    days = PERIODS[period]
    since, until = (times.days_ago(days) if days else None), times.stamp()
    clients = storage.every(db, practice, people.CLIENTS)
    held = sessions.search(db, practice, since=since, until=until)
    given = _between(storage.every(db, practice, homework.ASSIGNMENTS), "assigned_at", since, until)
    issued = _between(storage.every(db, practice, invoices.INVOICES), "issued_at", since, until)
    # What is booked lies ahead, so that appointments are counted as far ahead as back.
    booked = appointments.search(db, practice, since=since, until=times.days_ago(-days) if days else None)
    return {
        "period": period,
        "from": since,
        "to": until,
        "clients": {
            "total": len(clients),
            "active": len(people.active(clients)),
            "new": len(_between(clients, "created_at", since, until)),
        },
        "sessions": {
            "total": len(held),
            "minutes": sum(each["duration_minutes"] for each in held),
            "by_practitioner": [
                {
                    "practitioner_id": each["id"],
                    "name": each["name"],
                    "sessions": sum(session["practitioner_id"] == each["id"] for session in held),
                }
                for each in people.find_practitioners(db, practice, status=None, role=None)
            ],
        },
        "appointments": appointments.figures(booked),
        "assignments": {
            "total": len(given),
            "completed": homework.figures(given)["completed"],
            "completion_rate": homework.rate(given),
        },
        "documents": len(_between(storage.every(db, practice, documents.DOCUMENTS), "created_at", since, until)),
        "billing": {name: value for name, value in reports.billing(issued).items() if name != "invoices"},
    }


def stats(
    db: sa.Connection, practice: str, *, since: str | None, until: str | None, practitioner_id: str | None
) -> Record:
    """What there is and was, of everybody or of one practitioner, in a range. Raises Problem 404, 422."""
    reports.check_range(since, until)
    clients = people.find_clients(db, practice, query="", practitioner_id=practitioner_id, inactive=True)
    if practitioner_id is not None:
        people.practitioner(db, practice, practitioner_id)
    theirs = {each["id"] for each in clients}
    held = _by(sessions.search(db, practice, since=since, until=until), practitioner_id)
    written = _between(storage.every(db, practice, documents.DOCUMENTS), "created_at", since, until)
    booked = appointments.search(db, practice, practitioner_id=practitioner_id, since=since, until=until)
    counted = appointments.figures(booked)
    issued = [
        each
        for each in _between(storage.every(db, practice, invoices.INVOICES), "issued_at", since, until)
        if each["client_id"] in theirs
    ]
    return {
        "dateFrom": since,
        "dateTo": until,
        "practitionerId": practitioner_id,
        "clients": {
            "total": len(clients),
            "active": len(people.active(clients)),
            "inactive": len(clients) - len(people.active(clients)),
            "new": len(_between(clients, "created_at", since, until)),
        },
        "sessions": len(held),
        "documents": len(_by(written, practitioner_id)),
        "appointments": {
            "scheduled": counted["scheduled"],
            "completed": counted["completed"],
            "cancelled": counted["cancelled"],
            "noShow": counted["no_show"],
        },
        "invoices": {
            "total": len(issued),
            "paid": sum(each["status"] == "paid" for each in issued),
            "overdue": sum(invoices.overdue(each) for each in issued),
        },
    }


def _between(records: list[Record], moment: str, since: str | None, until: str | None) -> list[Record]:
    return [each for each in records if times.within(each[moment], since, until)]


def _by(records: list[Record], practitioner_id: str | None) -> list[Record]:
    return [each for each in records if practitioner_id in (None, each["practitioner_id"])]
