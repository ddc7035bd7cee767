"""Sessions."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import model_validator

from .. import events
from ..answers import answer
from ..calls import Call, CallContext, new_router
from ..fields import Body, Object
from .event_bodies import Identifier, SessionFields
from .events import answer_batch, check_event, store_batch

router = new_router()


class LegacyStart(Body):
    """Body of POST /session/start."""

    session: SessionFields


class Traces(Body):
    """Body of POST /session/{id}/traces: `events`, of old `logs`."""

    logs: list[Any] | None = None
    events: list[Any] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Traces:
        if self.logs is None and self.events is None:
            raise ValueError("events: must be a list of events")
        return self


class SessionBatch(Body):
    """Body of POST /v1/sessions/{id}/events/batch."""

    events: list[Any]


@router.post("/session/start")
def start_legacy(body: LegacyStart, call: Call) -> Response:
    """Start a session or go on with a known one."""
    return _started(call, body.session.sent())


@router.post("/v1/sessions")
def start(body: SessionFields, call: Call) -> Response:
    """Start a session or go on with a known one."""
    return _started(call, body.sent())


@router.post("/session/{session_id}/traces")
def add_traces(session_id: Identifier, body: Traces, call: Call) -> Response:
    """Add events to a session."""
    return _added(call, session_id, [*(body.events or []), *(body.logs or [])])


@router.post("/v1/sessions/{session_id}/events/batch")
def add_events(session_id: Identifier, body: SessionBatch, call: Call) -> Response:
    """Add events to a session."""
    return _added(call, session_id, body.events)


@router.delete("/session/{session_id}")
def delete(session_id: str, call: Call) -> Response:
    """Delete a session and its events (an operation of ours)."""
    with call.writing() as db:
        count = events.delete_session(db, call.project, session_id)
    return answer({"success": True, "deleted": True, "deletedCount": count})


def _started(call: CallContext, sent: Object) -> Response:
    with call.writing() as db:
        session = events.start_session(db, call.project, sent)
    return answer(shown(session))


def shown(session: dict[str, Any]) -> dict[str, Any]:
    """A session as the answer to its start shows it."""
    return {**session, "org_id": "embedded", "workspace_id": "embedded", "tenant": "embedded"}


def _added(call: CallContext, session_id: str, raw: list[Any]) -> Response:
    return answer_batch(store_batch(call, [check_event(one) for one in raw], {"session_id": session_id}))
