"""Headers that a scripted answer or a fault is ordered to bear: only such as can be sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

_FRAMING = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
_NAME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_VALUE = r"^([\x21-\x7e\xa1-\xff]+([ \t]+[\x21-\x7e\xa1-\xff]+)*)?$"


def _check_name(name: str) -> str:
    if name.lower() in _FRAMING:
        raise ValueError(f"{name} is the server's own: with another value the answer could not be read at all")
    return name


Name = Annotated[str, Field(pattern=_NAME), AfterValidator(_check_name)]
Value = Annotated[str, Field(pattern=_VALUE)]
SentHeaders = dict[Name, Value]
"""By RFC 9110: a name is a token; a value is of visible characters of Latin-1, with blanks only between them."""
