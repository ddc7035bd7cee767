"""Every refusal, in the form of the contract: `{"statusCode": int, "message": str or [str], "error": str}`.

400 lists one message a fault, each beginning with the field; `error` is the status's phrase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

_SHOWN_FAULTS = 20
_PHRASES = {422: "Unprocessable Entity", 413: "Payload Too Large"}
"""Where the standard library has renamed the phrase since."""

Message = str | Sequence[str]


class Problem(HTTPException):
    """A refusal that the caller is answered with."""

    def __init__(self, status: int, message: Message) -> None:
        super().__init__(status, message)
        self.message = message


def invalid(field: str, fault: str) -> Problem:
    """400: what was sent in `field` cannot be taken."""
    return Problem(400, [f"{field}: {fault}"])


def not_found(what: str, id_: str, where: str = "in this practice") -> Problem:
    """404: unknown, deleted, or another practice's, which look the same."""
    return Problem(404, f"there is no {what} {id_!r} {where}")


def forbidden(why: str) -> Problem:
    """403: a known caller who may not."""
    return Problem(403, why)


def conflict(why: str) -> Problem:
    """409: it contradicts what is stored."""
    return Problem(409, why)


def impossible(why: str) -> Problem:
    """422: well-formed, and cannot be done."""
    return Problem(422, why)


def body_of(status: int, message: Message) -> dict[str, Any]:
    """The error body of the contract."""
    return {"statusCode": status, "message": message, "error": _PHRASES.get(status) or _phrase(status)}


def describe(faults: Sequence[Any]) -> list[str]:
    """Pydantic's list of faults, one line each that names the field by its path from the top of what was sent."""
    lines = [f"{_path(fault['loc'])}: {_text(fault)}" for fault in faults[:_SHOWN_FAULTS]]
    if len(faults) > _SHOWN_FAULTS:
        lines.append(f"and {len(faults) - _SHOWN_FAULTS} more")
    return lines


def install(app: FastAPI) -> None:
    """Give every refusal of this app the contract's form."""
    app.add_exception_handler(StarletteHTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(Exception, _answer_failure)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _path(location: Iterable[str | int]) -> str:
    places = list(location)
    if len(places) > 1 and places[0] in ("body", "query", "path", "header"):
        places = places[1:]
    return ".".join(str(place) for place in places)


def _text(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "should not exist"
    text = str(fault["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


async def _answer_http(request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, StarletteHTTPException)
    message: Message = str(failure.detail)
    if isinstance(failure, Problem):
        message = failure.message
    elif failure.status_code in (404, 405):
        return JSONResponse(body_of(404, f"Cannot {request.method} {request.url.path}"), 404)
    return JSONResponse(body_of(failure.status_code, message), failure.status_code, headers=failure.headers)


async def _answer_invalid(_request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, RequestValidationError)
    return JSONResponse(body_of(400, describe(failure.errors())), 400)


async def _answer_failure(_request: Request, _failure: Exception) -> JSONResponse:
    return JSONResponse(body_of(500, "Internal server error"), 500)
