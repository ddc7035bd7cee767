"""What documents and summaries answer over REST when they cannot do what was asked, and who asks."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from fastapi import HTTPException, Request

from .identity import Caller, bearer, caller_from
from .model import ModelFault, ModelRateLimitError
from .prompts import TooLongError
from .summaries import NothingToSummariseError

_log = logging.getLogger(__name__)


def caller(request: Request) -> Caller:
    """Who asks. Raises 401 for a request that shows no token."""
    token = bearer(request.headers.get("authorization"))
    if token is None:
        raise HTTPException(401, "Show a bearer token in the Authorization header.", {"WWW-Authenticate": "Bearer"})
    return caller_from(token, request.headers, request.client.host if request.client else None)


def checked_visible(text: str) -> str:
    """The text. Raises ValueError for one without a visible character."""
    if not text.strip():
        raise ValueError("must not be empty")
    return text


@contextlib.contextmanager
def told(part: str) -> Iterator[None]:
    """Whatever stops a text from being written, as a status; `part` of the body is what can be too long."""
    try:
        yield
    except NothingToSummariseError as fault:
        raise HTTPException(400, str(fault)) from None
    except TooLongError as fault:
        raise HTTPException(422, [problem(part, str(fault))]) from None
    except ModelFault as fault:
        _log.warning("nothing was written (%s): %s", fault.code, fault)
        raise HTTPException(fault.status, str(fault), retry_after(fault)) from fault


def problem(part: str, message: str) -> dict[str, Any]:
    """An entry of a 422 answer's detail."""
    return {"type": "too_long", "loc": ["body", part], "msg": message, "input": None}


def retry_after(fault: ModelFault) -> dict[str, str] | None:
    """When to try again, where the model said it."""
    if isinstance(fault, ModelRateLimitError) and fault.retry_after:
        return {"Retry-After": fault.retry_after}
    return None
