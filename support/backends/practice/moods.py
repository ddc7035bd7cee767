"""Moods that clients reported: a word, and a figure from 1 (worst) to 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from . import people, storage, times
from .answers import camel, page
from .storage import Record

MOODS = "moods"
_STEADY = 0.5


def add(db: sa.Connection, practice: str, client: str, values: Mapping[str, Any]) -> Record:
    """Add a mood."""
    content = {"note": None, "recorded_at": times.stamp(), **values}
    return storage.insert(db, practice, MOODS, content, prefix="mood", client=client)


def of_client(db: sa.Connection, practice: str, client_id: str) -> list[Record]:
    """A client's moods, newest first. Raises Problem 404."""
    people.client(db, practice, client_id)
    found = storage.every(db, practice, MOODS, client_id)
    return sorted(found, key=lambda each: (each["recorded_at"], each["id"]), reverse=True)


def recent(db: sa.Connection, practice: str, client_id: str, limit: int) -> Record:
    """The last moods, and average and trend of just these."""
    every = of_client(db, practice, client_id)
    last = page(every, limit)
    return {
        "clientId": client_id,
        "total": len(every),
        "average": average(last),
        "trend": trend(last),
        "moods": [shown(each) for each in last],
    }


def average(moods: Sequence[Record]) -> float | None:
    """Of the figures, rounded to 1 digit; None of none."""
    return round(sum(each["scale"] for each in moods) / len(moods), 1) if moods else None


def trend(moods: Sequence[Record]) -> str | None:
    """Of moods, newest first: the average of the newer half against that of the older (the middle one in neither).

    "rising" or "falling" from a difference of half a point, else "steady"; None of fewer than two.
    """
    half = len(moods) // 2
    if not half:
        return None
    newer, older = (sum(each["scale"] for each in part) / half for part in (moods[:half], moods[-half:]))
    if abs(newer - older) < _STEADY:
        return "steady"
    return "rising" if newer > older else "falling"


def shown(mood: Record) -> Record:
    """As the wire shows it."""
    return camel(mood, "id", "mood", "scale", "note", "recorded_at")
