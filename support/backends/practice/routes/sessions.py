"""Therapy sessions and their transcriptions."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import reports, sessions
from ..answers import answer, created, page
from ..calls import Call, new_router
from ..fields import Body, CamelQuery, From, Id, Limit100, Line, Query, Until

router = new_router()


class SessionSearch(Query):
    """Parameters of GET /haystack/search-sessions."""

    client_name: Line | None = None
    client_id: Id | None = None
    date_from: From | None = None
    date_to: Until | None = None
    keywords: Line | None = None
    limit: Limit100 = 20


class SessionQuery(Query):
    """Parameters of GET /haystack/sessions/{id}."""

    client_id: Id
    include_segments: bool = True


class TranscriptionQuery(CamelQuery):
    """Parameters of GET /ai/transcriptions/{id}."""

    client_id: Id


class Analysis(Body):
    """Body of POST /haystack/sessions/{id}/analyze."""

    client_id: Id
    analysis_type: Literal["summary", "themes", "sentiment", "action_items", "full"] = "full"


class SessionReference(Body):
    """A session that somebody believes to be a client's."""

    session_id: Id
    client_id: Id


class Validation(Body):
    """Body of POST /haystack/sessions/validate."""

    sessions: Annotated[list[SessionReference], Field(min_length=1, max_length=50)]


@router.get("/haystack/search-sessions")
def search_sessions(query: Annotated[SessionSearch, QueryParameters()], call: Call) -> Response:
    """Sessions by client, range of days and words, newest first."""
    reports.check_range(query.date_from, query.date_to)
    with call.reading() as db:
        found = sessions.search(
            db,
            call.practice,
            client_name=query.client_name,
            client_id=query.client_id,
            since=query.date_from,
            until=query.date_to,
            keywords=query.keywords,
        )
        lines = sessions.lines(db, call.practice, page(found, query.limit))
    return answer({"total": len(found), "sessions": lines})


@router.get("/haystack/sessions/{session_id}")
def get_session(session_id: str, query: Annotated[SessionQuery, QueryParameters()], call: Call) -> Response:
    """One session of a client."""
    with call.reading() as db:
        found = sessions.get(db, call.practice, session_id, query.client_id)
        shown = sessions.shown(db, call.practice, found, with_segments=query.include_segments)
    return answer(shown)


@router.post("/haystack/sessions/validate")
def validate_sessions(body: Validation, call: Call) -> Response:
    """Which of these are sessions of these clients, in the order sent."""
    with call.reading() as db:
        judged = [sessions.validate(db, call.practice, each.session_id, each.client_id) for each in body.sessions]
    valid = sum(each["valid"] for each in judged)
    return created({"valid": valid, "invalid": len(judged) - valid, "sessions": judged})


@router.post("/haystack/sessions/{session_id}/analyze")
def analyse_session(session_id: str, body: Analysis, call: Call) -> Response:
    """What can be counted of a session."""
    with call.reading() as db:
        found = sessions.get(db, call.practice, session_id, body.client_id)
        analysed = sessions.analyse(db, call.practice, found, body.analysis_type)
    return created(analysed)


@router.get("/ai/transcriptions/{transcription_id}")
def get_transcription(
    transcription_id: str, query: Annotated[TranscriptionQuery, QueryParameters()], call: Call
) -> Response:
    """The transcription of a session."""
    with call.reading() as db:
        found = sessions.transcription(db, call.practice, transcription_id, query.client_id)
    return answer(sessions.transcription_shown(found))
