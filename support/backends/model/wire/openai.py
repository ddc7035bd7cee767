"""What OpenAI's endpoints have in common: keys, refusals in their words, models."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jsonschema

from support.backends.model import encoding, keys
from support.backends.model.refusals import Refusal

from .rules import Fault, Kind, Path, Rule, type_of

_BY_STATUS: Mapping[int, tuple[str, str | None, str]] = {
    400: ("invalid_request_error", None, "The request is invalid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("invalid_request_error", "unsupported_country_region_territory", "You are not allowed to do this."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."),
    408: ("timeout_error", None, "The request took too long."),
    409: ("conflict_error", None, "The resource was changed by another request."),
    413: ("invalid_request_error", "request_too_large", "The request is too large."),
    422: ("invalid_request_error", None, "The request cannot be processed."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached. Please try again later."),
    500: ("server_error", None, "The server had an error while processing your request. Sorry about that!"),
    503: ("server_error", None, "The engine is currently overloaded, please try again later."),
}
_ARTICLED = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a decimal",
    "string": "a string",
    "array": "an array",
    "object": "an object",
}
REASONING = re.compile(r"(o\d|gpt-[5-9])")
_SNAPSHOT = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")


def authorise(headers: Mapping[str, str], accepted: Iterable[str]) -> None:
    """Refuse (401) a request without a key, or with one that is not accepted."""
    key = keys.bearer(headers)
    if not key:
        raise Refusal(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer"
            " auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    if not keys.is_accepted(key, accepted):
        raise Refusal(
            401,
            f"Incorrect API key provided: {keys.masked(key)}. You can find your API key at"
            " https://platform.openai.com/account/api-keys.",
            code="invalid_api_key",
        )


def refused(refusal: Refusal, _request_id: str) -> dict[str, Any]:
    """The error body."""
    kind = refusal.kind or _usual(refusal.status)[0]
    return {"error": {"message": refusal.message, "type": kind, "param": refusal.param, "code": refusal.code}}


def usual(status: int) -> Refusal:
    """What the provider answers with that status, if nothing more is known."""
    kind, code, message = _usual(status)
    return Refusal(status, message, code=code, kind=kind)


def limits(retry_after: float) -> dict[str, str]:
    """The headers of a 429."""
    reset = f"{retry_after:g}s"
    return {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": reset,
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": reset,
    }


def check(rule: Rule, body: Any) -> None:
    """Refuse (400) the first fault; missing fields go first."""
    faults = sorted(rule.faults(body, ()), key=lambda fault: (fault.kind != "missing", len(fault.path) > 1))
    if faults:
        raise _refusal(faults[0])


def require_model(model: str, kind: str, known: Iterable[str]) -> None:
    """Refuse (404) a model that does not exist, (400, 403) one of another kind."""
    if not exists(model, known) or kind_of(model) == "claude":
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise Refusal(404, message, code="model_not_found")
    if kind_of(model) == kind:
        return
    if kind == "embedding":
        raise Refusal(403, "You are not allowed to generate embeddings from this model", "model")
    raise Refusal(404, f"This is not a {kind} model and thus not supported in this endpoint: {model}.", "model")


def exists(model: str, known: Iterable[str]) -> bool:
    """Whether it is listed, as itself or by a dated snapshot."""
    return model in known or _SNAPSHOT.sub("", model) in known


def kind_of(model: str) -> str:
    """Which endpoints it serves: chat, embedding, moderation, or claude (Anthropic's)."""
    for mark, kind in (("claude-", "claude"), ("text-embedding-", "embedding")):
        if model.startswith(mark):
            return kind
    return "moderation" if "-moderation-" in model else "chat"


def check_reasoning(body: Mapping[str, Any], tokens_name: str) -> None:
    """Refuse (400) what reasoning models do not take."""
    if not REASONING.match(body["model"]):
        return
    if body.get("max_tokens") is not None:
        raise Refusal(
            400,
            f"Unsupported parameter: 'max_tokens' is not supported with this model. Use '{tokens_name}' instead.",
            "max_tokens",
            "unsupported_parameter",
        )
    for name in ("temperature", "top_p"):
        if body.get(name) not in (None, 1):
            raise Refusal(
                400,
                f"Unsupported value: '{name}' does not support {body[name]} with this model. Only the default (1)"
                " value is supported.",
                name,
                "unsupported_value",
            )


def check_schema(schema: Any, where: str, name: str, *, strict: bool) -> None:
    """Refuse (400) a schema that is none, or that strict mode does not take."""
    problem = _schema_problem(schema, strict=strict)
    if problem:
        raise Refusal(400, f"Invalid schema for {name}: {problem}", where, "invalid_json_schema")


def event(data: Any, name: str | None = None) -> bytes:
    """A server-sent event."""
    head = f"event: {name}\n" if name else ""
    return head.encode() + b"data: " + encoding.dumped(data) + b"\n\n"


def _usual(status: int) -> tuple[str, str | None, str]:
    return _BY_STATUS.get(status) or _BY_STATUS[500 if status >= 500 else 400]


def _place(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _refusal(fault: Fault) -> Refusal:
    place = _place(fault.path)
    if fault.kind == "type":
        names = [name for name in fault.limit if name != "null" and not (name == "integer" and "number" in fault.limit)]
        wanted = " or ".join(dict.fromkeys(_ARTICLED[name] for name in names))
        several = "one of " if " or " in wanted else ""
        message = f"Invalid type for '{place}': expected {several}{wanted}, but got {_ARTICLED[type_of(fault.got)]}"
        return Refusal(400, f"{message} instead.", place, "invalid_type")
    message, code = _said(fault, place)
    return Refusal(400, message, place, code)


def _said(fault: Fault, place: str) -> tuple[str, str]:
    """Message and code."""
    return _SAYINGS[fault.kind](fault, place)


def _limit(place: str, number: str, which: str, wanted: str, got: Any) -> str:
    return f"Invalid '{place}': {number} {which} value. Expected a value {wanted}, but got {got} instead."


def _length(place: str, what: str, fault: str, limit: int, got: str, which: str) -> str:
    article = "an" if what == "array" else "a"
    return f"Invalid '{place}': {fault}. Expected {article} {what} with {which} length {limit}, but got {got} instead."


def _number(fault: Fault) -> str:
    return "integer" if fault.whole else "decimal"


def _listed(values: Iterable[str]) -> str:
    *most, last = [f"'{value}'" for value in values]
    return f"{', '.join(most)}, and {last}" if len(most) > 1 else " and ".join([*most, last])


_SAYINGS: Mapping[Kind, Callable[[Fault, str], tuple[str, str]]] = {
    "missing": lambda _, place: (f"Missing required parameter: '{place}'.", "missing_required_parameter"),
    "unknown": lambda _, place: (f"Unknown parameter: '{place}'.", "unknown_parameter"),
    "value": lambda fault, _: (
        f"Invalid value: '{fault.got}'. Supported values are: {_listed(fault.limit)}.",
        "invalid_value",
    ),
    "low": lambda fault, place: (
        _limit(place, _number(fault), "below minimum", f">= {fault.limit}", fault.got),
        f"{_number(fault)}_below_min_value",
    ),
    "high": lambda fault, place: (
        _limit(place, _number(fault), "above maximum", f"<= {fault.limit}", fault.got),
        f"{_number(fault)}_above_max_value",
    ),
    "few": lambda fault, place: (
        _length(place, "array", "empty array", fault.limit, "an empty array", "minimum"),
        "empty_array",
    ),
    "many": lambda fault, place: (
        _length(place, "array", "array too long", fault.limit, f"an array with length {len(fault.got)}", "maximum"),
        "array_above_max_length",
    ),
    "short": lambda fault, place: (
        _length(place, "string", "empty string", fault.limit, "an empty string", "minimum"),
        "empty_string",
    ),
    "long": lambda fault, place: (
        _length(place, "string", "string too long", fault.limit, f"a string with length {len(fault.got)}", "maximum"),
        "string_above_max_length",
    ),
    "pattern": lambda fault, place: (
        f"Invalid '{place}': string does not match pattern. Expected one that matches the pattern '{fault.limit}'.",
        "invalid_value",
    ),
}


def _schema_problem(schema: Any, *, strict: bool) -> str | None:
    problem = _schema_fault(json.dumps(schema))
    if problem is not None:
        return problem
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{_type_named(schema)}\"'."
    return _not_strict(schema, ()) if strict else None


@functools.lru_cache(2_000)
def _schema_fault(schema: str) -> str | None:
    """What is wrong with a schema. Remembered: a check takes 1 ms, and an agent offers the same 50 tools every time."""
    try:
        jsonschema.Draft202012Validator.check_schema(json.loads(schema))
    except jsonschema.SchemaError as fault:
        return fault.message
    return None


def _type_named(schema: Any) -> Any:
    return schema.get("type") if isinstance(schema, dict) else type_of(schema)


def _not_strict(schema: Any, place: tuple[str, ...]) -> str | None:
    """The first object in a schema that strict mode refuses."""
    if isinstance(schema, list):
        found = (_not_strict(item, (*place, str(index))) for index, item in enumerate(schema))
        return next((problem for problem in found if problem), None)
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object" and "properties" in schema:
        if schema.get("additionalProperties") is not False:
            return f"In context={place}, 'additionalProperties' is required to be supplied and to be false."
        lacking = sorted(set(schema["properties"]) - set(schema.get("required", ())))
        if lacking:
            return (
                f"In context={place}, 'required' is required to be supplied and to be an array including every key in"
                f" properties. Missing '{lacking[0]}'."
            )
    found = (_not_strict(item, (*place, name)) for name, item in schema.items() if name not in ("enum", "const"))
    return next((problem for problem in found if problem), None)
