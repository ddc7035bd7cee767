"""JSON as it is sent and received."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from support.backends import strict_json

DEEPEST = 500
"""Lists and objects within each other: more of them can be read, and not be written into the answer that shows them."""


class Json(Response):
    """A body as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """In UTF-8."""
        return dumped(content)


def dumped(content: Any) -> bytes:
    """JSON in UTF-8. Half a surrogate pair, which JSON can say and UTF-8 cannot, becomes a question mark."""
    return in_utf8(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def in_utf8(text: str) -> bytes:
    """A text as it is sent, with a question mark for half a surrogate pair."""
    return text.encode(errors="replace")


def loaded(content: bytes | str) -> Any:
    """What was received. Raises ValueError for what is no JSON, NaN and Infinity included, or could not be sent on."""
    try:
        value = strict_json.read(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    opened = ("[", "{") if isinstance(content, str) else (b"[", b"{")
    if sum(map(content.count, opened)) > DEEPEST and strict_json.is_deeper(value, DEEPEST):  # type: ignore[arg-type] # both of one kind
        raise ValueError("nested too deeply")
    return value
