"""Therapy sessions, each with the segments of what was said: `[{speaker, text, startTime}]` in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from . import analysis, people, storage
from .errors import Problem, impossible, not_found
from .storage import Record

SESSIONS = "sessions"
ANALYSES = ("summary", "themes", "sentiment", "action_items")


def add(db: sa.Connection, practice: str, client: str, values: Mapping[str, Any]) -> Record:
    """Add a session."""
    content = {"transcription_id": storage.new_id("transcription"), **values}
    return storage.insert(db, practice, SESSIONS, content, prefix="session", client=client)


def get(db: sa.Connection, practice: str, session_id: str, client_id: str) -> Record:
    """A session of this client. Raises Problem 404."""
    people.client(db, practice, client_id)
    found = storage.find(db, practice, SESSIONS, session_id)
    if found is None or not belongs(found, client_id):
        raise not_found("session", session_id, f"of the client {client_id!r}")
    return found


def belongs(session: Record, client_id: str) -> bool:
    """Whether a session is this client's."""
    return bool(session["client_id"] == client_id)


def transcription(db: sa.Connection, practice: str, id_: str, client_id: str) -> Record:
    """The session of this client with that id, or with a transcription of that id. Raises Problem 404."""
    people.client(db, practice, client_id)
    for each in storage.every(db, practice, SESSIONS, client_id):
        if id_ in (each["transcription_id"], each["id"]):
            return each
    raise not_found("transcription", id_, f"of the client {client_id!r}")


def search(
    db: sa.Connection,
    practice: str,
    *,
    client_name: str | None = None,
    client_id: str | None = None,
    since: str | None = None,
    until: str | None = None,
    keywords: str | None = None,
) -> list[Record]:
    """Sessions for which all that is given holds, newest first. Raises Problem 404 for an unknown client."""
    if client_id is not None:
        people.client(db, practice, client_id)
    found = storage.every(db, practice, SESSIONS, client_id)
    if client_name is not None:
        clients = storage.every(db, practice, people.CLIENTS)
        wanted = {client["id"] for client in people.named_like(clients, client_name)}
        found = [each for each in found if each["client_id"] in wanted]
    found = [each for each in found if in_range(each, since, until) and mentions(each, keywords or "")]
    return newest_first(found)


def in_range(session: Record, since: str | None, until: str | None) -> bool:
    """Whether a session was held in a range of moments, both ends included."""
    return (since is None or session["date"] >= since) and (until is None or session["date"] <= until)


def mentions(session: Record, keywords: str) -> bool:
    """Whether every keyword occurs in the title or in what was said, case-insensitively."""
    said = "\n".join([session["title"], *texts(session)]).casefold()
    return all(word in said for word in keywords.casefold().split())


def newest_first(sessions: Sequence[Record]) -> list[Record]:
    """The stable order of lists of sessions."""
    return sorted(sessions, key=lambda each: (each["date"], each["id"]), reverse=True)


def texts(session: Record) -> list[str]:
    """What was said, segment by segment."""
    return [segment["text"] for segment in session["segments"]]


def spoken_words(session: Record) -> int:
    """How many words were said: runs of visible signs."""
    return sum(len(text.split()) for text in texts(session))


def line(session: Record, clients: Mapping[str, str], practitioners: Mapping[str, str]) -> Record:
    """A session in a list; names are looked up in these."""
    return {
        "session_id": session["id"],
        "client_id": session["client_id"],
        "client_name": clients.get(session["client_id"]),
        "practitioner_id": session["practitioner_id"],
        "practitioner_name": practitioners.get(session["practitioner_id"]),
        "title": session["title"],
        "date": session["date"],
        "duration_minutes": session["duration_minutes"],
        "segment_count": len(session["segments"]),
        "word_count": spoken_words(session),
    }


def lines(db: sa.Connection, practice: str, sessions: Sequence[Record]) -> list[Record]:
    """Sessions as lists show them."""
    clients, practitioners = people.names(db, practice, people.CLIENTS), people.staff_names(db, practice)
    return [line(each, clients, practitioners) for each in sessions]


def shown(db: sa.Connection, practice: str, session: Record, *, with_segments: bool) -> Record:
    """One session as the wire shows it."""
    whole = {**lines(db, practice, [session])[0], "transcription_id": session["transcription_id"]}
    whole["notes"] = session["notes"]
    return {**whole, "segments": session["segments"]} if with_segments else whole


def transcription_shown(session: Record) -> Record:
    """The transcription of a session, as the wire shows it: one line of `text` a segment."""
    return {
        "id": session["transcription_id"],
        "sessionId": session["id"],
        "clientId": session["client_id"],
        "status": "completed",
        "createdAt": session["created_at"],
        "durationSeconds": duration_seconds(session),
        "text": "\n".join(f"{each['speaker']}: {each['text']}" for each in session["segments"]),
        "segments": session["segments"],
    }


def duration_seconds(session: Record) -> float:
    """When its last segment begins."""
    return max((segment["startTime"] for segment in session["segments"]), default=0.0)


def analyse(db: sa.Connection, practice: str, session: Record, kind: str) -> Record:
    """What can be counted of a session (see analysis.py). Raises Problem 422 when nothing was said."""
    if not session["segments"]:
        raise impossible(f"the session {session['id']!r} has no segments to analyse")
    kinds = ANALYSES if kind == "full" else (kind,)
    parts: dict[str, Any] = {each: _part(session, each) for each in kinds}
    name = people.client(db, practice, session["client_id"])["name"]
    return {
        "session_id": session["id"],
        "client_id": session["client_id"],
        "client_name": name,
        "analysis_type": kind,
        "segment_count": len(session["segments"]),
        "word_count": spoken_words(session),
        **parts,
    }


def _part(session: Record, kind: str) -> Any:
    if kind == "themes":
        return analysis.topics(texts(session))
    if kind == "sentiment":
        return analysis.sentiment(texts(session))
    if kind == "action_items":
        return action_items(session["segments"])
    return overview(session)


def overview(session: Record) -> Record:
    """How it begins and ends, how long it took, and who said how much."""
    segments = session["segments"]
    speakers = dict.fromkeys(segment["speaker"] for segment in segments)
    return {
        "opening": segments[0]["text"],
        "closing": segments[-1]["text"],
        "duration_seconds": duration_seconds(session),
        "speakers": [
            {
                "speaker": speaker,
                "segments": sum(each["speaker"] == speaker for each in segments),
                "words": sum(len(each["text"].split()) for each in segments if each["speaker"] == speaker),
            }
            for speaker in speakers
        ],
    }


def action_items(segments: Sequence[Mapping[str, Any]]) -> list[Record]:
    """What was resolved, in the order in which it was said."""
    return [
        {"speaker": segment["speaker"], "text": sentence, "startTime": segment["startTime"]}
        for segment in segments
        for sentence in analysis.intentions(segment["text"])
    ]


def validate(db: sa.Connection, practice: str, session_id: str, client_id: str) -> Record:
    """Whether there is this session of this client; if not, why."""
    try:
        people.client(db, practice, client_id)
        found = storage.find(db, practice, SESSIONS, session_id)
        reason = None
        if found is None:
            reason = "unknown session"
        elif not belongs(found, client_id):
            reason = "session of another client"
    except Problem:
        reason = "unknown client"
    return {"session_id": session_id, "client_id": client_id, "valid": reason is None, "reason": reason}
