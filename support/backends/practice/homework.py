"""Assignments: what a client was given to do. Overdue: not completed, and its due time has passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from . import people, storage, times
from .answers import camel
from .errors import not_found
from .storage import Record

ASSIGNMENTS = "assignments"


def add(db: sa.Connection, practice: str, client: str, values: Mapping[str, Any]) -> Record:
    """Add an assignment."""
    blank = {"instructions": None, "status": "assigned", "due_at": None, "completed_at": None}
    content = {**blank, "assigned_at": times.stamp(), **values}
    if not is_open(content) and content["completed_at"] is None:
        content["completed_at"] = times.stamp()
    return storage.insert(db, practice, ASSIGNMENTS, content, prefix="assignment", client=client)


def of_client(db: sa.Connection, practice: str, client_id: str) -> list[Record]:
    """A client's assignments, newest first. Raises Problem 404."""
    people.client(db, practice, client_id)
    found = storage.every(db, practice, ASSIGNMENTS, client_id)
    return sorted(found, key=lambda each: (each["assigned_at"], each["id"]), reverse=True)


def with_status(assignments: Sequence[Record], status: str | None) -> list[Record]:
    """Those of a status; "overdue" cuts across the others."""
    if status is None:
        return list(assignments)
    if status == "overdue":
        return [each for each in assignments if overdue(each)]
    return [each for each in assignments if each["status"] == status]


def set_status(db: sa.Connection, practice: str, assignment_id: str, status: str) -> Record:
    """Say how far it is. Raises Problem 404."""
    found = storage.find(db, practice, ASSIGNMENTS, assignment_id)
    if found is None:
        raise not_found("assignment", assignment_id)
    done = times.stamp() if status == "completed" else None
    return storage.change(db, practice, ASSIGNMENTS, found, {"status": status, "completed_at": done})


def overdue(assignment: Record) -> bool:
    """Whether it should have been completed."""
    return is_open(assignment) and assignment["due_at"] is not None and assignment["due_at"] < times.stamp()


def is_open(assignment: Record) -> bool:
    """Whether it is not completed."""
    return bool(assignment["status"] != "completed")


def figures(assignments: Sequence[Record]) -> dict[str, int]:
    """How many there are, and how far they are."""
    return {
        "total": len(assignments),
        "completed": sum(not is_open(each) for each in assignments),
        "open": sum(is_open(each) for each in assignments),
        "overdue": sum(overdue(each) for each in assignments),
    }


def rate(assignments: Sequence[Record]) -> float:
    """The part that is completed, 0..1, rounded to 2 digits; 0 of none."""
    return round(sum(not is_open(each) for each in assignments) / len(assignments), 2) if assignments else 0.0


def shown(assignment: Record) -> Record:
    """As the wire shows it."""
    first = camel(assignment, "id", "client_id", "title", "instructions", "status")
    return {**first, "overdue": overdue(assignment), **camel(assignment, "assigned_at", "due_at", "completed_at")}


def shown_snake(assignment: Record) -> Record:
    """As `/haystack` shows it."""
    names = ("title", "status", "assigned_at", "due_at", "completed_at")
    return {
        "assignment_id": assignment["id"],
        **{name: assignment[name] for name in names},
        "overdue": overdue(assignment),
    }
