"""Sessions over REST, and the answer to whoever asks the chat's address without an upgrade."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field, field_validator

from support.backends.assistant import identity, owners, personas, rest, values
from support.backends.assistant.identity import Caller
from support.backends.assistant.sessions import Session, SessionNotFoundError, iso
from support.backends.assistant.state import State

MAX_CONTEXT_BYTES = 256 * 1024

router = APIRouter(tags=["sessions"])


class SessionBody(BaseModel):
    """What a session is made of. `profile_id` goes before the header ProfileID."""

    persona_type: str = "web_assistant"
    context: dict[str, Any] = Field(default_factory=dict)
    profile_id: str | None = Field(None, json_schema_extra={"pattern": r"^\s*[ -~]*\s*$"})

    @field_validator("context")
    @classmethod
    def _can_be_kept(cls, context: dict[str, Any]) -> dict[str, Any]:
        try:
            size = len(json.dumps(context, ensure_ascii=False, allow_nan=False).encode())
        except (ValueError, RecursionError):
            raise ValueError("must be JSON: no NaN, no half characters") from None
        if values.is_too_deep(context):
            raise ValueError(f"must not be nested more than {values.DEEPEST} deep")
        if size > MAX_CONTEXT_BYTES:
            raise ValueError(f"must be at most {MAX_CONTEXT_BYTES:,} bytes of JSON")
        return context

    @field_validator("profile_id")
    @classmethod
    def _fits_header(cls, profile: str | None) -> str | None:
        profile = (profile or "").strip() or None
        if profile is not None and not identity.fits_header(profile):
            raise ValueError("has characters that cannot be sent on in a header")
        return profile


@router.post("/sessions", summary="Begin a session with a persona")
async def create_session(request: Request, caller: rest.Asking, body: SessionBody | None = None) -> dict[str, Any]:
    """401 without a token; 422 for a persona that there is not."""
    state: State = request.app.state.assistant
    wanted = body or SessionBody()
    try:
        persona = personas.named(state.personas, wanted.persona_type)
    except personas.UnknownPersonaError as fault:
        raise HTTPException(422, [unknown_persona(fault)]) from None
    profile = chosen_profile(wanted, caller)
    session = await state.sessions.create(caller, persona.name, wanted.context, profile)
    return begun(session)


@router.get("/sessions/{session_id}", summary="A session, and what was said in it")
async def read_session(request: Request, session_id: str, caller: rest.Asking) -> dict[str, Any]:
    """404 for a session that is not the caller's."""
    state: State = request.app.state.assistant
    try:
        return shown(await state.sessions.read(session_id, await owners.user_in(state, session_id, caller)))
    except SessionNotFoundError as fault:
        raise HTTPException(404, str(fault)) from None


@router.delete("/sessions/{session_id}", status_code=204, summary="End a session and forget what was said in it")
async def delete_session(request: Request, session_id: str, caller: rest.Asking) -> Response:
    """404 for a session that is not the caller's. A reply that runs in it is broken off."""
    state: State = request.app.state.assistant
    try:
        await state.sessions.delete(session_id, await owners.user_in(state, session_id, caller))
    except SessionNotFoundError as fault:
        raise HTTPException(404, str(fault)) from None
    state.turns.interrupt(session_id)
    return Response(status_code=204)


@router.get("/ws/{session_id}", include_in_schema=False)
async def not_upgraded(session_id: str) -> Response:
    """The chat speaks WebSocket."""
    raise HTTPException(426, f"Session {session_id} is reached by WebSocket here.", {"upgrade": "websocket"})


def chosen_profile(body: SessionBody, caller: Caller) -> str | None:
    """As whom the session acts: the body's profile goes before the header's."""
    return body.profile_id or caller.profile


def unknown_persona(fault: personas.UnknownPersonaError) -> dict[str, Any]:
    """An entry of a 422 answer's detail."""
    return rest.problem("unknown_persona", ["body", "persona_type"], str(fault), rest.shown(fault.name))


def begun(session: Session) -> dict[str, Any]:
    """A session that was just created."""
    return {
        "session_id": session.id,
        "persona_type": session.persona_type,
        "created_at": iso(session.created_at),
        "expires_at": iso(session.expires_at),
    }


def shown(session: Session) -> dict[str, Any]:
    """A session with all that was said in it."""
    return {
        **begun(session),
        "profile_id": session.profile,
        "context": dict(session.context),
        "messages": list(session.messages),
        "last_outcome": session.last_outcome,
    }
