"""The way of a request to its route: who asks, how large, which media type, valid JSON; then FastAPI takes over.

A module of routes makes its router with `new_router()`, and a route that declares `call: Call` is handed the call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from support.backends import strict_json
from support.backends.strictness import route_of

from . import auth, nesting, storage
from .errors import Problem
from .settings import Settings

_DRAINED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CallContext:
    """One admitted request: its key, and what it works on."""

    store: storage.Store
    settings: Settings
    key: auth.Key

    @property
    def project(self) -> str:
        """The id of the project that the key belongs to."""
        assert self.key.project_id is not None, "the admin key opens no route that asks for its project"
        return self.key.project_id

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """One consistent view of the store."""
        return self.store.reading()

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """One transaction of the store, committed when its block ends."""
        return self.store.writing()


async def _current(request: Request) -> CallContext:
    call: CallContext = request.state.call
    return call


Call = Annotated[CallContext, Depends(_current)]


class StrictRequest(Request):
    """A request whose JSON is JSON: no NaN, no lone surrogates, nothing after the end."""

    async def json(self) -> Any:
        """The body, parsed. Raises Problem 400."""
        return parse_json(await self.body())


StrictRoute = route_of(StrictRequest)
"""A route that takes JSON only, by the letter."""


class BoundedRequest(StrictRequest):
    """A strict request whose body is bounded."""

    async def body(self) -> bytes:
        """The whole body. Raises Problem 413."""
        if not hasattr(self, "_body"):
            self._body = await read_body(self, self.state.call.settings.max_body_bytes)
        return self._body


class PlatformRoute(APIRoute):
    """A route that admits only callers with a key for it, and JSON only where it takes a JSON body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler FastAPI made, behind the checks."""
        handle = super().get_route_handler()

        async def answer(plain: Request) -> Response:
            request = BoundedRequest(plain.scope, plain.receive)
            request.state.call = open_call(request)
            if self.body_field is not None:
                check_media_type(request.headers.get("content-type"))
            return await handle(request)

        return answer


def new_router() -> APIRouter:
    """A router for a module of this package's routes."""
    return APIRouter(route_class=PlatformRoute)


def open_call(request: Request) -> CallContext:
    """Admit the caller. Raises Problem 401 or 403."""
    store: storage.Store = request.app.state.store
    settings: Settings = request.app.state.settings
    with store.reading() as db:
        header = request.headers.get("authorization")
        key = auth.admit(db, settings.admin_key.get_secret_value(), header, request.url.path)
    return CallContext(store, settings, key)


def check_media_type(header: str | None) -> None:
    """Raises Problem 415 unless it is JSON."""
    media_type = (header or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, f"Content-Type: {media_type or 'it is missing'}; only application/json is taken here")


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises Problem 413 when it is longer than `limit` bytes.

    What is too much is read and dropped first (to a bound): a client that is still sending would not see the answer.
    """
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size <= limit:
                parts.append(part)
            elif size > limit + _DRAINED_BYTES:
                break
    except ClientDisconnect as gone:
        raise Problem(400, "body: the connection closed before its end") from gone
    if size > limit:
        raise Problem(413, f"body: larger than {limit} bytes")
    return b"".join(parts)


def parse_json(body: bytes) -> Any:
    """Strict JSON. Raises Problem 400."""
    try:
        text = body.decode("utf-8")
        value = strict_json.read(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        if nesting.may_be_too_deep(text) and nesting.too_deep(value):
            raise RecursionError
    except (UnicodeDecodeError, UnicodeEncodeError) as fault:
        raise Problem(400, f"body: malformed JSON: not valid Unicode ({fault.reason})") from fault
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno} column {fault.colno}"
        raise Problem(400, f"body: malformed JSON at {place}: {fault.msg}") from fault
    except (ValueError, RecursionError) as fault:
        reason = "nested too deeply" if isinstance(fault, RecursionError) else str(fault)
        raise Problem(400, f"body: malformed JSON: {reason}") from fault
    return value
