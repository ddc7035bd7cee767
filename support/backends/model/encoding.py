"""JSON as it is sent and received."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from starlette.responses import Response


class Json(Response):
    """A body as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """In UTF-8."""
        return dumped(content)


def dumped(content: Any) -> bytes:
    """JSON in UTF-8. Half a surrogate pair, which JSON can say and UTF-8 cannot, becomes a question mark."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def loaded(content: bytes) -> Any:
    """What was received. Raises ValueError for what is no JSON, NaN and Infinity included."""
    try:
        return json.loads(content, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
