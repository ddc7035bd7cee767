"""No request body is larger than the service cares to hold."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .settings import MAX_BODY_BYTES


class Bounded:
    """Answers 413 to a body that is too large, whether its length was said or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif said_length(scope) > MAX_BODY_BYTES:
            await JSONResponse({"detail": too_large()}, 413)(scope, receive, send)
        else:
            await self.app(scope, counting(receive), send)


def said_length(scope: Scope) -> int:
    """The length that the headers say; 0 when they do not."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


def counting(receive: Receive) -> Receive:
    """The same, until it is too much. Raises HTTPException."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(413, too_large())
        return message

    return counted


def too_large() -> str:
    """What is told."""
    return f"The body is larger than {MAX_BODY_BYTES:,} bytes."
