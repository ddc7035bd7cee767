"""The application: state in, ASGI app out. Nothing exists before `create_app` is called.

Every path is served below /v1 and without it, as the base URLs of clients have it or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from support.backends import describing

from . import handling, takes
from .exchanges import Provider
from .refusals import Refusal
from .state import State
from .wire import anthropic, chat, embeddings, messages, models, moderations, openai, responses

_QUESTION = "How is Sarah?"
_ASKED = [{"role": "user", "content": _QUESTION}]


def create_app(state: State) -> FastAPI:
    """The model's public address."""
    app = FastAPI(title="Scripted model (OpenAI and Anthropic)", version="1", redirect_slashes=False)
    app.state.model = state
    router = _router(state.settings.known_models())
    for prefix in ("/v1", ""):
        app.include_router(router, prefix=prefix, include_in_schema=bool(prefix))
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_failure)
    describing.describe(app, Path(__file__).with_name("answers.yaml"))
    return app


def _router(known: Sequence[str]) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/chat/completions",
        summary="OpenAI: chat completions",
        openapi_extra=takes.body(chat.RULE, "chat", known, model="gpt-4o-mini", messages=_ASKED),
    )
    async def complete(request: Request) -> Response:
        return await handling.answer(request, chat)

    @router.post(
        "/responses",
        summary="OpenAI: responses",
        openapi_extra=takes.body(responses.RULE, "chat", known, model="gpt-4o-mini", input=_QUESTION),
    )
    async def respond(request: Request) -> Response:
        return await handling.answer(request, responses, responses.keep)

    @router.post(
        "/messages",
        summary="Anthropic: messages",
        openapi_extra=takes.body(
            messages.RULE, "claude", known, model="claude-opus-4-5", max_tokens=100, messages=_ASKED
        )
        | takes.version(required=True),
    )
    async def say(request: Request) -> Response:
        return await handling.answer(request, messages)

    @router.post(
        "/embeddings",
        summary="OpenAI: embeddings, by the rule in wire/embeddings.py",
        openapi_extra=takes.body(embeddings.RULE, "embedding", known, model="text-embedding-3-small", input=_QUESTION),
    )
    async def embed(request: Request) -> Response:
        return await handling.plainly(request, openai, lambda body, state: embeddings.embed(body, state.settings))

    @router.post(
        "/moderations",
        summary="OpenAI: moderations, by the rules of the control port",
        openapi_extra=takes.body(moderations.RULE, "moderation", known, input=_QUESTION),
    )
    async def moderate(request: Request) -> Response:
        def act(body: Any, state: State) -> Any:
            return moderations.moderate(body, state.settings, state.flags)

        return await handling.plainly(request, openai, act)

    @router.get("/models", summary="OpenAI and Anthropic: the models", openapi_extra=takes.version(required=False))
    async def list_models(request: Request) -> Response:
        listed = models.listed_anthropic if _is_anthropic(request) else models.listed
        return await handling.plainly(
            request, _provider(request), lambda _, state: listed(state.settings.known_models()), with_body=False
        )

    @router.get(
        "/models/{name}", summary="OpenAI and Anthropic: one model", openapi_extra=takes.version(required=False)
    )
    async def one_model(request: Request, name: str) -> Response:
        one = models.one_anthropic if _is_anthropic(request) else models.one
        return await handling.plainly(
            request, _provider(request), lambda _, state: one(name, state.settings.known_models()), with_body=False
        )

    return router


def _is_anthropic(request: Request) -> bool:
    return "anthropic-version" in request.headers


def _provider(request: Request) -> Provider:
    return anthropic if _is_anthropic(request) else openai


async def _answer_http(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    where = f"({request.method} {request.url.path})"
    message = f"Invalid URL {where}" if failure.status_code == 404 else f"Not allowed to {request.method} here {where}"
    refusal = Refusal(failure.status_code, message, headers=failure.headers or {})
    return handling.refuse(_provider(request), refusal, handling.of(request)[1])


async def _answer_failure(request: Request, _failure: Exception) -> Response:
    refusal = Refusal(500, "The scripted model failed; its log says why.", code="scripted_model_failed")
    return handling.refuse(_provider(request), refusal, handling.of(request)[1])
