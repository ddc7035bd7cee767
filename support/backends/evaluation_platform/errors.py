"""Every refusal, in the one form that the contract has for it.

`{"statusCode": int, "message": str, "success": false, "errorCode": str}`, sometimes with more (`errors` of a batch).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

CODES = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    503: "UNAVAILABLE",
}
_SHOWN_FAULTS = 10


class Problem(HTTPException):
    """A refusal that the caller is answered with."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(status, message, dict(headers) if headers else None)
        self.message = message
        self.more = more


def invalid(field: str, fault: str, **more: Any) -> Problem:
    """400: what was sent in `field` cannot be taken."""
    return Problem(400, f"{field}: {fault}", **more)


def not_found(what: str, id_: str) -> Problem:
    """404: unknown, deleted, or another project's, which look the same."""
    return Problem(404, f"there is no {what} {id_!r} in this project")


def unknown_reference(field: str, what: str, id_: str) -> Problem:
    """404 for an id in `field` of the body."""
    return Problem(404, f"{field}: there is no {what} {id_!r} in this project")


def conflict(field: str, fault: str) -> Problem:
    """409: it contradicts what is stored."""
    return Problem(409, f"{field}: {fault}")


def body_of(status: int, message: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The error body of the contract."""
    return {
        "statusCode": status,
        "message": message,
        "success": False,
        "errorCode": CODES.get(status) or _name(status),
        **(more or {}),
    }


def describe(faults: Sequence[Any]) -> str:
    """Pydantic's list of faults as one line that names each field by its path from the top of what was sent."""
    lines = [f"{_path(fault['loc'])}: {_text(fault)}" for fault in faults[:_SHOWN_FAULTS]]
    if len(faults) > _SHOWN_FAULTS:
        lines.append(f"and {len(faults) - _SHOWN_FAULTS} more")
    return "; ".join(lines)


def install(app: FastAPI) -> None:
    """Give every refusal of this app the contract's form."""
    app.add_exception_handler(StarletteHTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(Exception, _answer_failure)


def _name(status: int) -> str:
    try:
        return HTTPStatus(status).name
    except ValueError:
        return "ERROR"


def _path(location: Iterable[str | int]) -> str:
    places = list(location)
    if len(places) > 1 and places[0] in ("body", "query", "path"):
        places = places[1:]
    return ".".join(str(place) for place in places)


def _text(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown field"
    text = str(fault["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


async def _answer_http(request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, StarletteHTTPException)
    message, more = str(failure.detail), None
    if isinstance(failure, Problem):
        message, more = failure.message, failure.more
    elif failure.status_code == 404:
        message = f"unknown path {request.url.path}"
    elif failure.status_code == 405:
        message = f"{request.method} is not offered at {request.url.path}"
    body = body_of(failure.status_code, message, more)
    return JSONResponse(body, failure.status_code, headers=failure.headers)


async def _answer_invalid(_request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, RequestValidationError)
    return JSONResponse(body_of(400, describe(failure.errors())), 400)


async def _answer_failure(_request: Request, _failure: Exception) -> JSONResponse:
    return JSONResponse(body_of(500, "the platform failed; its log says why"), 500)
