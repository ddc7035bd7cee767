"""What a door is made of: one request in the contract's terms, and whoever carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .interface import ContractBroken, Reason, Refusal

_REASONS: Mapping[int, Reason] = {
    400: "invalid",
    401: "unauthorised",
    403: "forbidden",
    404: "not found",
    405: "not allowed",
    409: "conflict",
    413: "too large",
    415: "unsupported media type",
    422: "unprocessable",
    429: "too many requests",
}


@dataclass(frozen=True)
class Call:
    """One request: ``operation`` ("datasets.create") is a key of the carriers' tables, ``ids`` fill its path."""

    operation: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


class Carrier(Protocol):
    """Sends calls. ``carried_by`` says what carried the last one."""

    @property
    def name(self) -> str:
        """Which carrier this is."""
        ...

    carried_by: str

    def send(self, call: Call) -> Any | Refusal:
        """The parsed JSON of a success, or the refusal.

        Raises:
            Unreachable: there was no answer.
            ContractBroken: a success without a JSON body, or of a shape that the SDK cannot read.

        """
        ...

    def send_bytes(self, operation: str, body: bytes, media_type: str) -> tuple[int, str]:
        """Send a body as it is; the status and text of whatever was answered."""
        ...


def refusal(status: int, body: Any) -> Refusal:
    """The refusal in an error answer; ``body`` is the parsed JSON, or the text where it is none."""
    message, code = (body.get("message"), body.get("errorCode")) if isinstance(body, Mapping) else (body, "")
    reason = _REASONS.get(status, "server error" if status >= 500 else "invalid")
    return Refusal(status=status, reason=reason, message=str(message or ""), code=str(code or ""))


def expect_object(operation: str, answer: Any) -> Mapping[str, Any]:
    """The answer, which must be a JSON object.

    Raises:
        ContractBroken: it is not.

    """
    if not isinstance(answer, Mapping):
        raise ContractBroken(operation, f"expected an object, got {type(answer).__name__}", answer)
    return answer
