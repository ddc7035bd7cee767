"""The arguments of a tool in words, as JSON Schema: `required text "as printed"`, `one of open, closed`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole number": {"type": "integer"},
    "yes or no": {"type": "boolean"},
}
ARGUMENT = re.compile(r'(?P<required>required )?(?P<kind>[^"]+?)(?: "(?P<description>[^"]+)")?')


def put_argument(schema: dict[str, Any], where: Sequence[str], words: str) -> None:
    """Add an argument, described in words, to the schema of an object; a longer path is an object within it.

    Raises:
        ValueError: the words describe no kind of argument.

    """
    schema.setdefault("type", "object")
    arguments = schema.setdefault("properties", {})
    name, *inner = where
    if inner:
        put_argument(arguments.setdefault(name, {}), inner, words)
        return
    found = ARGUMENT.fullmatch(words)
    if not found:
        raise ValueError(f"{words!r} describes no argument; known kinds: {', '.join(KINDS)}, list of …, one of …")
    arguments[name] = kind(found["kind"]) | ({"description": found["description"]} if found["description"] else {})
    if found["required"]:
        schema.setdefault("required", []).append(name)


def kind(words: str) -> dict[str, Any]:
    """The schema of a kind of argument; see `put_argument` for the error."""
    if words.startswith("one of "):
        return {"type": "string", "enum": [part.strip() for part in words.removeprefix("one of ").split(",")]}
    if words.startswith("list of "):
        return {"type": "array", "items": kind(words.removeprefix("list of ").removesuffix("s"))}
    if words not in KINDS:
        raise ValueError(f"{words!r} is no kind of argument; known: {', '.join(KINDS)}, list of …, one of …")
    return dict(KINDS[words])
