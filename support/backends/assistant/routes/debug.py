"""What a developer of a front end looks at: the UI state as the service knows it, and Redis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from support.backends.assistant import chat, owners, personas, rest
from support.backends.assistant.sessions import Session, SessionNotFoundError, iso
from support.backends.assistant.state import State

router = APIRouter(prefix="/debug", tags=["debug"])


@router.get("/sessions/{session_id}/state", summary="The UI state of a session")
async def ui_state(request: Request, session_id: str, caller: rest.Asking) -> dict[str, Any]:
    """404 for a session that is not the caller's."""
    state: State = request.app.state.assistant
    try:
        session = await state.sessions.read(session_id, await owners.user_in(state, session_id, caller))
    except SessionNotFoundError as fault:
        raise HTTPException(404, str(fault)) from None
    return shown(state, session, await state.ui_states.read(session_id))


@router.get("/redis/health", summary="Whether Redis is connected")
async def redis_health(request: Request, caller: rest.Asking) -> dict[str, Any]:
    """healthy, unavailable, or disabled when none is configured; `in_memory` counts the records that are kept here."""
    del caller
    state: State = request.app.state.assistant
    store = state.store
    return {"redis_connected": store.redis_connected, "status": redis_status(state), "in_memory": len(store.memory)}


@router.get("/limits", summary="The caller's model requests, against the limit")
async def limits(request: Request, caller: rest.Asking) -> dict[str, Any]:
    """`limiters` counts the users that the service keeps a limiter for; an idle one is forgotten."""
    limiters = request.app.state.assistant.limiters
    running, waiting = limiters.held_by(caller.user)
    return {"limit": limiters.places, "running": running, "waiting": waiting, "limiters": len(limiters.of_users)}


def shown(state: State, session: Session, record: Mapping[str, Any]) -> dict[str, Any]:
    """The state, and which tools the persona has in it."""
    persona = personas.named(state.personas, session.persona_type)
    updated_at = record["updated_at"]
    return {
        "session_id": session.id,
        "ui_state": record["state"],
        "available_capabilities": personas.tools_on(persona, chat.page_type(chat.seen(session, record["state"]))),
        "last_updated": None if updated_at is None else iso(updated_at),
        "redis_connected": state.store.redis_connected,
    }


def redis_status(state: State) -> str:
    """In a word."""
    if not state.store.configured:
        return "disabled"
    return "healthy" if state.store.redis_connected else "unavailable"
