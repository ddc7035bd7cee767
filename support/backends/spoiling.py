"""Answers that a control port orders: with such headers only as can be sent, and such a body only as may be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.types import Send

_BODILESS = frozenset({204, 205, 304})
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_NAME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_VALUE = r"^([\x21-\x7e\xa1-\xff]+([ \t]+[\x21-\x7e\xa1-\xff]+)*)?$"


def _check_name(name: str) -> str:
    if name.lower() in _FRAMING:
        raise ValueError("is the server's own: with another value the answer could not be read at all")
    return name


Name = Annotated[str, Field(pattern=_NAME), AfterValidator(_check_name)]
Value = Annotated[str, Field(pattern=_VALUE)]
SentHeaders = dict[Name, Value]
"""By RFC 9110: a name is a token; a value is of visible characters of Latin-1, with blanks only between them."""


async def answer(send: Send, status: int, content: bytes, headers: Mapping[str, str]) -> None:
    """Send JSON, or what the headers say that it is; without the body where the status has none."""
    told = {"content-type": "application/json", **{name.lower(): value for name, value in headers.items()}}
    if status in _BODILESS:
        content = b""
    else:
        told["content-length"] = str(len(content))
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})
