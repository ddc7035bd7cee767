"""What a route answers with."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from . import storage


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer. Routes declare `-> Response`, so that FastAPI does not walk the body a second time."""
    return Response(storage.to_json(body).encode(), status, media_type="application/json")
