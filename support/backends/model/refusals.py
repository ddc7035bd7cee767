"""What a request is refused with, in no provider's words; `wire` says it in the words of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - it is what the product answers, no fault of the program
    """An error answer. `param` is the field that is to blame, `kind` the error's type where it is none of the usual."""

    status: int
    message: str
    param: str | None = None
    code: str | None = None
    kind: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refusal:
    """400."""
    return Refusal(400, message, param, code)


def unscripted(message: str, code: str) -> Refusal:
    """400, which no client retries: the script is at fault, and the message says how. Never a made-up answer."""
    return Refusal(400, message, None, code, kind="scripted_model_error")
