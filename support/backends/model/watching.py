"""What is done to every request on the public port: it is entered, and its answer says that it is scripted."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import answers, ledger
from .ledger import Ledger

SCRIPTED = (b"x-model", b"scripted")


def watched(app: ASGIApp, entries: Ledger) -> ASGIApp:
    """The same app, with every request in the ledger and the marks of the house on every answer."""

    async def watching(scope: Scope, receive: Receive, send: Send) -> None:
        request_id = answers.new_id("req_")
        entry = entries.open(scope["method"], scope["path"], scope["headers"], request_id)
        scope["entry"] = entry

        async def marking(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
                message = {**message, "headers": [*message["headers"], *marks(request_id, entry.started)]}
            await send(message)

        try:
            await app(scope, receive, marking)
        finally:
            entry.ended = ledger.now()

    return watching


def marks(request_id: str, started: float) -> list[tuple[bytes, bytes]]:
    """The headers of every answer; both providers' names for the request's id."""
    milliseconds = str(round((ledger.now() - started) * 1000))
    return [
        SCRIPTED,
        (b"x-request-id", request_id.encode()),
        (b"request-id", request_id.encode()),
        (b"openai-processing-ms", milliseconds.encode()),
    ]
