"""Whether the platform answers; open to everyone."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ..answers import answer

router = APIRouter()


@router.get("/health")
async def health() -> Response:
    """Always `{"status": "ok"}`."""
    return answer({"status": "ok"})
