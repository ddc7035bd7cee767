"""The way of a request to its route: who asks, which media type, valid JSON; then FastAPI takes over.

A module of routes makes its router with `new_router()`, or `new_router(EVERYBODY)` for routes that clients use too, and
a route that declares `call: Call` is handed the call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from support.backends import strict_json
from support.backends.strictness import route_of

from . import accounts, storage
from .accounts import STAFF, Caller, Kind
from .errors import Problem, invalid
from .repeats import Repeats

_DEEPEST = 100
_EXACT = 2**53
"""Up to here every whole number has a float of its own."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """One admitted request: who asks, and what it works on."""

    store: storage.Store
    caller: Caller

    @property
    def practice(self) -> str:
        """The id of the caller's practice."""
        return self.caller.practice

    @property
    def person(self) -> str:
        """The caller's id, which is the profile too."""
        return self.caller.person

    @property
    def is_client(self) -> bool:
        """Whether the caller is a client."""
        return self.caller.kind is Kind.CLIENT

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


def new_router(allowed: frozenset[Kind] = STAFF) -> APIRouter:
    """A router whose routes admit only callers of these kinds, and only JSON as body."""

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def answer(plain: Request) -> Response:
                request = StrictRequest(plain.scope, plain.receive)
                request.state.call = open_call(request, allowed)
                # A model of parameters refuses by itself those that it does not know.
                check_query(request, None if self.dependant.query_params else ())
                if self.body_field is not None and await request.body():
                    check_media_type(request.headers.get("content-type"))
                repeats: Repeats = request.app.state.repeats
                call = request.state.call
                return await repeats.once(call.store, call.caller, request, lambda: handle(request))

            return answer

    return APIRouter(route_class=Route)


def open_call(request: Request, allowed: frozenset[Kind]) -> CallContext:
    """Admit the caller. Raises Problem 401 or 403."""
    store: storage.Store = request.app.state.store
    with store.reading() as db:
        caller = accounts.admit(db, request.headers.get("authorization"), request.headers.get("profileid"), allowed)
    return CallContext(store, caller)


class ControlRoute(StrictRoute):  # type: ignore[misc, valid-type]
    """A route that takes JSON only, and no parameters but its own: a misspelt one would mean everything."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's, behind the check."""
        handle = super().get_route_handler()
        known = {parameter.alias for parameter in self.dependant.query_params}

        async def answer(request: Request) -> Response:
            check_query(request, known)
            answered: Response = await handle(request)
            return answered

        return answer


def check_query(request: Request, known: Collection[str] | None) -> None:
    """Raises Problem 400 for a parameter that is given twice, or is not among those known (None: any may be)."""
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if known is not None and name not in known:
            raise invalid(name, "should not exist")
        if names.count(name) > 1:
            raise invalid(name, "should be given once")


def check_media_type(header: str | None) -> None:
    """Raises Problem 400 unless it is JSON."""
    media_type = (header or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise invalid("body", f"only application/json is taken here, not {media_type or 'no media type'}")


def parse_json(body: bytes) -> Any:
    """Strict JSON. Raises Problem 400."""
    try:
        text = body.decode("utf-8")
        value = strict_json.read(text, _number)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        _check_depth(value)
    except (UnicodeDecodeError, UnicodeEncodeError) as fault:
        raise _malformed(f"not valid Unicode ({fault.reason})") from fault
    except json.JSONDecodeError as fault:
        raise _malformed(f"{fault.msg} at line {fault.lineno} column {fault.colno}") from fault
    except (ValueError, RecursionError) as fault:
        raise _malformed("nested too deeply" if isinstance(fault, RecursionError) else str(fault)) from fault
    return value


def _malformed(why: str) -> Problem:
    return invalid("body", f"malformed JSON: {why}")


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise RecursionError
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(each, depth + 1)


def _number(digits: str) -> float | int:
    """50.0 is the number 50, in JSON Schema as in the language that this API is written in elsewhere."""
    value = strict_json.finite(digits)
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value
