"""Why a call has no result: the codes and what they bear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RETRY_AFTER_S = 1.0
"""Seconds after which a client that met a limit may try again."""


@dataclass
class Refused(Exception):  # noqa: N818 - a refusal is an answer, not always an error
    """A call ends without a result; `more` are further fields of the error."""

    code: str
    message: str
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message

    def shown(self) -> dict[str, Any]:
        """As the client sees it."""
        return {"code": self.code, "message": self.message, **self.more}


def not_found(name: str, known: list[str]) -> Refused:
    """There is no such tool."""
    return Refused("TOOL_NOT_FOUND", f"there is no tool {name!r}; there are {', '.join(known)}")


def over_capacity(scope: str, limit: int) -> Refused:
    """Too much is going on."""
    message = f"{scope} has {limit} calls under way, which is the limit; try again in {RETRY_AFTER_S:g} s"
    return Refused("OVER_CAPACITY", message, {"retry_after": RETRY_AFTER_S, "limit": limit, "scope": scope})


def duplicate(original: str) -> Refused:
    """The same is being done already."""
    message = f"the same call is under way as request {original}; ask again when it has ended"
    return Refused("DUPLICATE", message, {"original_request_id": original})


def timed_out(tool: str, layer: str, seconds: float) -> Refused:
    """It took too long; `layer` says whose patience ended."""
    message = f"the tool {tool!r} did not end within {seconds:g} s ({layer} timeout)"
    return Refused("TIMEOUT", message, {"layer": layer, "timeout": seconds})


def failed(tool: str, causes: list[str]) -> Refused:
    """The tool failed; `causes` from the outermost in."""
    message = f"the tool {tool!r} failed: {'; caused by '.join(causes)}"
    return Refused("EXEC_ERROR", message, {"causes": causes})
