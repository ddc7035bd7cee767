"""Reports about a client over a range of days (without one: everything), computed from what is stored.

Each is `data` (figures) and `content`, the same as text: a heading and one line a figure.
- **progress**: sessions, topics and sentiment of what was said, mood (entries, average, trend), homework.
- **summary**: sessions with title and date, documents by name, topics.
- **attendance**: appointments by status, and `attendance_rate`: the completed part of completed and missed ones.
- **billing**: invoices, with what was invoiced (not void), paid, and is open, in cents.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import analysis, appointments, documents, homework, invoices, moods, people, sessions, times
from .errors import impossible
from .storage import Record

TYPES = ("progress", "summary", "attendance", "billing")


def make(db: sa.Connection, practice: str, kind: str, client_id: str, since: str | None, until: str | None) -> Record:
    """Make a report. Raises Problem 404, 422 when the range ends before it begins."""
    check_range(since, until)
    client = people.client(db, practice, client_id)
    data = _data(db, practice, kind, client_id, since, until)
    return {
        "report_type": kind,
        "client_id": client_id,
        "client_name": client["name"],
        "date_range": {"from": since, "to": until},
        "generated_at": times.stamp(),
        "content": in_text(kind, client["name"], since, until, data),
        "data": data,
    }


def check_range(since: str | None, until: str | None) -> None:
    """Raises Problem 422 for a range that ends before it begins."""
    if since is not None and until is not None and since > until:
        raise impossible(f"the range ends ({until}) before it begins ({since})")


def in_text(kind: str, name: str, since: str | None, until: str | None, data: Record) -> str:
    """The figures as text."""
    span = f"{since[:10] if since else 'the beginning'} to {until[:10] if until else 'today'}"
    lines = [f"# {kind.capitalize()} report: {name}", f"Period: {span}"]
    lines += [f"- {label.replace('_', ' ').capitalize()}: {_value(value)}" for label, value in data.items()]
    return "\n".join(lines)


def _data(db: sa.Connection, practice: str, kind: str, client: str, since: str | None, until: str | None) -> Record:
    held = sessions.search(db, practice, client_id=client, since=since, until=until)
    texts = [text for each in held for text in sessions.texts(each)]
    if kind == "progress":
        felt = [
            each for each in moods.of_client(db, practice, client) if times.within(each["recorded_at"], since, until)
        ]
        given = [
            each for each in homework.of_client(db, practice, client) if times.within(each["assigned_at"], since, until)
        ]
        return {
            "sessions": len(held),
            "topics": [each["topic"] for each in analysis.topics(texts)],
            "sentiment": analysis.sentiment(texts)["label"],
            "mood_entries": len(felt),
            "mood_average": moods.average(felt),
            "mood_trend": moods.trend(felt),
            "homework_given": len(given),
            "homework_completed": homework.figures(given)["completed"],
        }
    if kind == "summary":
        written = [
            each["name"]
            for each in documents.search(db, practice, client_id=client, query="")
            if times.within(each["created_at"], since, until)
        ]
        return {
            "sessions": [f"{each['date'][:10]} {each['title']}" for each in held],
            "topics": [each["topic"] for each in analysis.topics(texts)],
            "documents": written,
        }
    if kind == "attendance":
        return attendance(appointments.search(db, practice, client_id=client, since=since, until=until))
    return billing(
        [
            each
            for each in invoices.search(db, practice, client_id=client, status=None)
            if times.within(each["issued_at"], since, until)
        ]
    )


def attendance(booked: list[Record]) -> Record:
    """Who came."""
    figures = appointments.figures(booked)
    due = figures["completed"] + figures["no_show"]
    return {**figures, "attendance_rate": round(figures["completed"] / due, 2) if due else None}


def billing(issued: list[Record]) -> Record:
    """What was to be paid, and what was."""
    return {
        "invoices": [each["number"] for each in issued],
        "invoiced_cents": invoices.sum_of(issued, "open", "paid"),
        "paid_cents": invoices.sum_of(issued, "paid"),
        "outstanding_cents": invoices.sum_of(issued, "open"),
    }


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)
