"""Is the service there, and what of that on which it depends? Never waits for anything."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from support.backends.assistant import SERVICE, VERSION, tools
from support.backends.assistant.state import State

router = APIRouter(tags=["health"])


@router.get("/health", summary="200, or 503 when a required dependency is gone")
async def health(request: Request) -> JSONResponse:
    """At once, whatever else is running."""
    state: State = request.app.state.assistant
    word = status(state)
    return JSONResponse(report(state, word), 503 if word == "unhealthy" else 200)


def status(state: State) -> str:
    """Unhealthy without a dependency that is required; degraded without one that is configured and not required."""
    if state.store.redis_connected or not state.store.configured:
        return "healthy"
    return "unhealthy" if state.settings.redis_required else "degraded"


def report(state: State, word: str) -> dict[str, Any]:
    """What health tells."""
    return {
        "status": word,
        "service": SERVICE,
        "version": VERSION,
        "openai": "enabled" if state.model.configured else "disabled",
        "redis_connected": state.store.redis_connected,
        "tools": len(tools.catalogue()),
    }
