"""The application: state in, ASGI app out. Nothing exists before `create_app` is called."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import uuid
from pathlib import Path

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from support.backends import describing

from . import SERVICE, VERSION, bodies, connections, rest, routes
from .state import State
from .store import StoreUnavailableError

ROUTES = tuple(
    importlib.import_module(f"{routes.__name__}.{found.name}") for found in pkgutil.iter_modules(routes.__path__)
)
"""Every module of the package `routes`; each has a `router`."""

_log = logging.getLogger(__name__)


def create_app(state: State) -> FastAPI:
    """REST and WebSocket at one address."""
    app = FastAPI(title=SERVICE, version=VERSION, redirect_slashes=False)
    app.state.assistant = state
    app.add_middleware(bodies.Bounded)
    for module in ROUTES:
        app.include_router(module.router)

    @app.websocket("/ws/{session_id}")
    async def chat(websocket: WebSocket, session_id: str) -> None:
        await connections.serve(websocket, session_id, state)

    @app.websocket("/{path:path}")
    async def nothing_here(websocket: WebSocket) -> None:
        await websocket.send_denial_response(JSONResponse({"detail": "Not Found"}, 404))

    app.add_exception_handler(RequestValidationError, rest.answer_invalid)
    app.add_exception_handler(HTTPException, rest.answer_unreadable)
    app.add_exception_handler(StoreUnavailableError, answer_store_unavailable)
    app.add_exception_handler(Exception, answer_failure)

    def name_personas(schemas: describing.Schema) -> None:
        schemas["SessionBody"]["properties"]["persona_type"]["enum"] = list(state.personas)

    describing.describe(app, Path(__file__).with_name("answers.yaml"), name_personas)
    return app


async def answer_store_unavailable(_request: Request, failure: Exception) -> Response:
    """503: it cannot be told now whether there is such a session."""
    return JSONResponse({"detail": str(failure)}, 503, {"retry-after": "1"})


async def answer_failure(request: Request, failure: Exception) -> Response:
    """500, with a reference into the log and without a word about the inside."""
    reference = uuid.uuid4().hex[:12]
    _log.error("%s %s failed, reference %s", request.method, request.url.path, reference, exc_info=failure)
    return JSONResponse({"detail": f"The service failed. Its log says why, under {reference}."}, 500)
