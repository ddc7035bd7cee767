"""Words for the arguments of tools; each gives a JSON Schema."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_TIME = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?"
_MOMENT = rf"^\d{{4}}-\d{{2}}-\d{{2}}{_TIME}$"
_DAY_OR_MOMENT = rf"^\d{{4}}-\d{{2}}-\d{{2}}({_TIME})?$"


def takes(**arguments: Schema) -> Schema:
    """The arguments of a tool: these and no others."""
    names = [name for name, schema in arguments.items() if schema.get("needed")]
    properties = {name: _without_mark(schema) for name, schema in arguments.items()}
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def needed(schema: Schema) -> Schema:
    """An argument that must be given."""
    return schema | {"needed": True}


def text(description: str, longest: int = 10_000) -> Schema:
    """Some text, not nothing."""
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": description}


def long_text(description: str) -> Schema:
    """Text of a whole document or template."""
    return text(description, 1_000_000)


def ident(whose: str) -> Schema:
    """The id of something, as an earlier call gave it."""
    return {
        "type": "string",
        "pattern": r"^[^\s/?#]{1,200}$",
        "description": f"The id of the {whose}, as an earlier tool call gave it; never made up.",
    }


def one_of(description: str, *values: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(values), "description": description}


def whole(description: str, least: int, most: int | None = None) -> Schema:
    """A whole number within bounds."""
    bounds = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    return {"type": "integer", **bounds, "description": description}


def yes_no(description: str) -> Schema:
    """A switch."""
    return {"type": "boolean", "description": description}


def day(description: str) -> Schema:
    """A calendar day."""
    return {"type": "string", "pattern": _DAY, "description": f"{description} (YYYY-MM-DD)"}


def moment(description: str) -> Schema:
    """A moment."""
    described = f"{description} (ISO 8601 with the time, such as 2026-03-01T10:00:00Z)"
    return {"type": "string", "pattern": _MOMENT, "description": described}


def day_or_moment(description: str) -> Schema:
    """One end of a span of time."""
    described = f"{description} (a day, YYYY-MM-DD, or a moment in ISO 8601)"
    return {"type": "string", "pattern": _DAY_OR_MOMENT, "description": described}


def date_range(description: str) -> Schema:
    """From one day to another, both included; either may be left open."""
    ends = {"from": day("first day"), "to": day("last day")}
    return {"type": "object", "properties": ends, "additionalProperties": False, "description": description}


def some(description: str, item: Schema, most: int) -> Schema:
    """A list that is not empty."""
    return {"type": "array", "items": _without_mark(item), "minItems": 1, "maxItems": most, "description": description}


def _without_mark(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "needed"}
