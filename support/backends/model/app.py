"""The application: state in, ASGI app out. Nothing exists before `create_app` is called.

Every path is served below /v1 and without it, as the base URLs of clients have it or not.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from . import handling
from .exchanges import Wire
from .handling import State
from .refusals import Refusal
from .wire import chat, openai


def create_app(state: State) -> FastAPI:
    """The model's public address."""
    app = FastAPI(title="Scripted model (OpenAI and Anthropic)", version="1", redirect_slashes=False)
    app.state.model = state
    router = _router()
    for prefix in ("/v1", ""):
        app.include_router(router, prefix=prefix, include_in_schema=bool(prefix))
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_failure)
    return app


def _router() -> APIRouter:
    router = APIRouter()

    @router.post("/chat/completions", summary="OpenAI: chat completions")
    async def complete(request: Request) -> Response:
        return await handling.answer(request, chat)

    return router


def _wire(request: Request) -> Wire:
    return openai


async def _answer_http(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    where = f"({request.method} {request.url.path})"
    message = f"Invalid URL {where}" if failure.status_code == 404 else f"Not allowed to {request.method} here {where}"
    return handling.refuse(_wire(request), Refusal(failure.status_code, message), handling.of(request)[1])


async def _answer_failure(request: Request, _failure: Exception) -> Response:
    refusal = Refusal(500, "The scripted model failed; its log says why.", code="scripted_model_failed")
    return handling.refuse(_wire(request), refusal, handling.of(request)[1])
