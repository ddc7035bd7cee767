"""How deeply JSON may be nested: far deeper than anybody means, and not so deep that walking it exhausts the stack."""

from __future__ import annotations

from typing import Any

MAX_DEPTH = 100


def too_deep(value: Any) -> bool:
    """Whether objects and lists are nested more than MAX_DEPTH deep."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def may_be_too_deep(text: str) -> bool:
    """Whether a JSON text has brackets enough for that; spares most texts the walk."""
    return text.count("{") + text.count("[") > MAX_DEPTH


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
