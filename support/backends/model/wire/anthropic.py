"""What Anthropic's endpoints have in common: keys, refusals in their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from support.backends.model import keys
from support.backends.model.refusals import Refusal, invalid

from .rules import Fault, Path, Rule

_BY_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("invalid_request_error", "The request is invalid."),
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "There is an issue with your billing or payment information."),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "The requested resource could not be found."),
    413: ("request_too_large", "Request exceeds the maximum size."),
    429: ("rate_limit_error", "This request would exceed your rate limit. Please try again later."),
    500: ("api_error", "Internal server error"),
    504: ("timeout_error", "The request timed out."),
    529: ("overloaded_error", "Overloaded"),
}
_TYPES = {
    "boolean": "a valid boolean",
    "integer": "a valid integer",
    "number": "a valid number",
    "string": "a valid string",
    "array": "a valid array",
    "object": "an object",
}


def authorise(headers: Mapping[str, str], accepted: Iterable[str]) -> None:
    """Refuse (401) a request without a key, or with one that is not accepted; it may be sent as a bearer token, too."""
    key = headers.get("x-api-key") or keys.bearer(headers)
    if not key:
        raise Refusal(401, "x-api-key header is required")
    if not keys.is_accepted(key, accepted):
        raise Refusal(401, "invalid x-api-key")


def refused(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The error body. It has no field for the code: one of ours stands before the message."""
    kind = refusal.kind or _usual(refusal.status)[0]
    ours = refusal.kind == "scripted_model_error" and refusal.code
    message = f"{refusal.code}: {refusal.message}" if ours else refusal.message
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}


def usual(status: int) -> Refusal:
    """What the provider answers with that status, if nothing more is known."""
    kind, message = _usual(status)
    return Refusal(status, message, kind=kind)


def limits(retry_after: float) -> dict[str, str]:
    """The headers of a 429."""
    reset = (datetime.now(UTC) + timedelta(seconds=retry_after)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": reset,
        "anthropic-ratelimit-tokens-limit": "30000",
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": reset,
    }


def check(rule: Rule, body: Any) -> None:
    """Refuse (400) all faults in one message."""
    faults = list(rule.faults(body, ()))
    if faults:
        raise invalid("; ".join(f"{_place(fault.path)}: {_said(fault)}" for fault in faults[:5]))


def _usual(status: int) -> tuple[str, str]:
    return _BY_STATUS.get(status) or _BY_STATUS[500 if status >= 500 else 400]


def _place(path: Path) -> str:
    return ".".join(str(step) for step in path) or "body"


def _said(fault: Fault) -> str:
    listed = [f"'{value}'" for value in fault.limit] if fault.kind == "value" else []
    sayings = {
        "missing": "Field required",
        "unknown": "Extra inputs are not permitted",
        "value": f"Input should be {', '.join(listed[:-1])}{' or ' if listed[1:] else ''}{''.join(listed[-1:])}",
        "low": f"Input should be greater than or equal to {fault.limit}",
        "high": f"Input should be less than or equal to {fault.limit}",
        "few": f"List should have at least {fault.limit} item after validation",
        "many": f"List should have at most {fault.limit} items after validation",
        "short": f"String should have at least {fault.limit} character",
        "long": f"String should have at most {fault.limit} characters",
        "pattern": f"String should match pattern '{fault.limit}'",
    }
    if fault.kind == "type":
        names = [name for name in fault.limit if name in _TYPES and not (name == "integer" and "number" in fault.limit)]
        return f"Input should be {' or '.join(dict.fromkeys(_TYPES[name] for name in names))}"
    return sayings[fault.kind]
