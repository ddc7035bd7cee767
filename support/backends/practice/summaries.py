"""What is known of a client, computed from what is stored at the moment of the question.

`topics` are the five first ones of all the client's sessions together (see analysis.py); `mood` is over all moods;
`next_appointment` is the first scheduled one that begins from now on; `summary` says all of it in sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from . import analysis, appointments, conversations, documents, homework, moods, people, sessions, storage, times
from .answers import page
from .storage import Record

_TOPICS = 5
_RECENT = 5


def client_line(db: sa.Connection, practice: str, client: Record, *, demographics: bool, assignments: bool) -> Record:
    """A client in the answer to a search."""
    held = sessions.newest_first(storage.every(db, practice, sessions.SESSIONS, client["id"]))
    line: Record = {
        "client_id": client["id"],
        "name": client["name"],
        "status": client["status"],
        "practitioner_id": client["practitioner_id"],
        "practitioner_name": people.staff_names(db, practice).get(client["practitioner_id"]),
        "last_session_date": held[0]["date"] if held else None,
    }
    if demographics:
        given = {name: client[name] for name in ("date_of_birth", "gender", "pronouns", "email", "phone")}
        line["demographics"] = {**given, "age": times.age(client["date_of_birth"])}
    if assignments:
        line["assignments"] = [homework.shown_snake(each) for each in homework.of_client(db, practice, client["id"])]
    return line


def client_summary(db: sa.Connection, practice: str, client_id: str, *, with_sessions: bool) -> Record:
    """What is known of a client. Raises Problem 404."""
    client = people.client(db, practice, client_id)
    held = sessions.newest_first(storage.every(db, practice, sessions.SESSIONS, client_id))
    known: Record = {
        "client": {
            "client_id": client_id,
            **{name: client[name] for name in ("name", "status", "date_of_birth", "gender", "pronouns")},
            "age": times.age(client["date_of_birth"]),
            "practitioner_name": people.staff_names(db, practice).get(client["practitioner_id"]),
        },
        "session_count": len(held),
        "first_session_date": held[-1]["date"] if held else None,
        "last_session_date": held[0]["date"] if held else None,
        "document_count": len(storage.every(db, practice, documents.DOCUMENTS, client_id)),
        "conversation_count": len(storage.every(db, practice, conversations.CONVERSATIONS, client_id)),
        "assignments": homework.figures(homework.of_client(db, practice, client_id)),
        "mood": _mood(moods.of_client(db, practice, client_id)),
        "next_appointment": _next_appointment(db, practice, client_id),
        "topics": topics(held),
    }
    known["summary"] = in_sentences(known)
    if with_sessions:
        known["recent_sessions"] = sessions.lines(db, practice, page(held, _RECENT))
    return known


def topics(held: Sequence[Record]) -> list[str]:
    """What is spoken of most in these sessions."""
    texts = [text for each in held for text in sessions.texts(each)]
    return [each["topic"] for each in analysis.topics(texts, _TOPICS)]


def in_sentences(known: Record) -> str:
    """The same in words; what there is nothing of is left out, but for sessions."""
    name, count = known["client"]["name"], known["session_count"]
    said = [f"{name} has had {_number(count, 'session')}" if count else f"{name} has had no sessions yet"]
    if count:
        said[0] += f", the last on {known['last_session_date'][:10]}"
    if known["topics"]:
        said.append(f"Topics: {', '.join(known['topics'])}")
    assignments, mood = known["assignments"], known["mood"]
    if assignments["total"]:
        said.append(f"{assignments['completed']} of {_number(assignments['total'], 'assignment')} completed")
    if mood["latest"]:
        said.append(
            f"Mood: {mood['average']} of 10 on average over {mood['entries']}, "
            f"at last {mood['latest']['scale']} ({mood['latest']['mood']})"
        )
    if known["next_appointment"]:
        said.append(f"Next appointment: {known['next_appointment']['starts_at']}")
    return ". ".join(said) + "."


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _mood(reported: Sequence[Record]) -> Record:
    latest: dict[str, Any] | None = None
    if reported:
        latest = {name: reported[0][name] for name in ("mood", "scale", "recorded_at")}
    return {"entries": len(reported), "average": moods.average(reported), "latest": latest}


def _next_appointment(db: sa.Connection, practice: str, client_id: str) -> Record | None:
    coming = appointments.search(db, practice, client_id=client_id, status="scheduled", since=times.stamp())
    if not coming:
        return None
    return {"appointment_id": coming[0]["id"], **{name: coming[0][name] for name in ("starts_at", "ends_at", "type")}}
