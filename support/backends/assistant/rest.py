"""Who asks over REST, and what is answered when something cannot be done."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from .identity import Caller, UnfitProfileError, bearer, caller_from
from .model import ModelFault, ModelRateLimitError
from .prompts import TooLongError
from .summaries import NothingToSummariseError

_LONGEST_SHOWN = 500
_log = logging.getLogger(__name__)


def caller(request: Request) -> Caller:
    """Who asks. Raises 401 for a request that shows no token, 422 for a profile that is none."""
    token = bearer(request.headers.get("authorization"))
    if token is None:
        raise HTTPException(401, "Show a bearer token in the Authorization header.", {"WWW-Authenticate": "Bearer"})
    try:
        return caller_from(token, request.headers, request.client.host if request.client else None)
    except UnfitProfileError as fault:
        shows = shown(request.headers["profileid"])
        raise HTTPException(422, [problem("invalid_header", ["header", "ProfileID"], str(fault), shows)]) from None


def caller_of(request: Request) -> Caller:
    """Who asks; asked before the body is looked at."""
    return caller(request)


Asking = Annotated[Caller, Depends(caller_of)]
"""The parameter of a route that is for callers with a token only."""


async def answer_invalid(_request: Request, failure: Exception) -> Response:
    """422 with every fault; of what was sent, as much as helps to find it."""
    assert isinstance(failure, RequestValidationError)
    faults = [
        {"type": each["type"], "loc": list(each["loc"]), "msg": each["msg"], "input": shown(each.get("input"))}
        for each in failure.errors()
    ]
    return JSONResponse({"detail": faults}, 422)


async def answer_unreadable(request: Request, failure: Exception) -> Response:
    """422 for a body that is no UTF-8, or too deep to read: FastAPI says 400. Every other refusal as it is."""
    assert isinstance(failure, StarletteHTTPException)
    if failure.status_code == 400 and isinstance(failure.__cause__, UnicodeDecodeError | RecursionError):
        fault = {"type": "json_invalid", "loc": ["body"], "msg": "The body cannot be read as JSON.", "input": None}
        return JSONResponse({"detail": [fault]}, 422)
    return await http_exception_handler(request, failure)


def shown(value: Any) -> Any:
    """A value that can be sent back: as it is, or the beginning of it as text."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, TypeError, RecursionError):
        return repr(value)[:_LONGEST_SHOWN].encode("utf-8", "backslashreplace").decode()
    return value if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def checked_text(text: str) -> str:
    """The text. Raises ValueError for one that cannot be sent on as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a character (a lone surrogate)") from None
    return text


def checked_visible(text: str) -> str:
    """The text. Raises ValueError for one without a visible character."""
    if not checked_text(text).strip():
        raise ValueError("must not be empty")
    return text


def _text(value: str) -> str:
    return checked_text(value)


def _visible(value: str) -> str:
    return checked_visible(value)


Text = Annotated[str, AfterValidator(_text)]
"""Any text in a body, also an empty one."""
VISIBLE = Field(json_schema_extra={"pattern": r"\S"})
"""Has a text's description say that it needs a visible character; what checks it says so in words."""
NotBlank = Annotated[str, VISIBLE, AfterValidator(_visible)]
"""Text with a visible character."""


@contextlib.contextmanager
def told(part: str) -> Iterator[None]:
    """Whatever stops a text from being written, as a status; `part` of the body is what can be too long."""
    try:
        yield
    except NothingToSummariseError as fault:
        raise HTTPException(400, str(fault)) from None
    except TooLongError as fault:
        raise HTTPException(422, [problem("too_long", ["body", part], str(fault))]) from None
    except ModelFault as fault:
        _log.warning("nothing was written (%s): %s", fault.code, fault)
        raise HTTPException(fault.status, str(fault), retry_after(fault)) from fault


def problem(type_: str, place: list[str], message: str, given: Any = None) -> dict[str, Any]:
    """An entry of a 422 answer's detail."""
    return {"type": type_, "loc": place, "msg": message, "input": given}


def retry_after(fault: ModelFault) -> dict[str, str] | None:
    """When to try again, where the model said it."""
    if isinstance(fault, ModelRateLimitError) and fault.retry_after:
        return {"Retry-After": fault.retry_after}
    return None
