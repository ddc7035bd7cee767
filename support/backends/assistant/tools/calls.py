"""The practice call of a tool, as calls.toml spells it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import quote

from ..practice import PracticeMalformedError
from .base import ToolContext, ToolError

_TABLE = Path(__file__).with_name("calls.toml")


@dataclass(frozen=True)
class Call:
    """One entry of calls.toml, or its `then`."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] | None = None
    lists: str = ""
    has: tuple[str, ...] = ()


@cache
def table() -> dict[str, dict[str, Any]]:
    """calls.toml: by tool, what it asks the practice and what it does to the page."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def of(name: str) -> Call:
    """The call of a tool; "refine_document.then" is its second one. KeyError when it makes none."""
    tool, _, second = name.partition(".")
    entry = table()[tool][second] if second else table()[tool]
    method, path = entry["call"].split(" ")
    return Call(
        method, path, entry.get("query", {}), entry.get("body"), entry.get("lists", ""), tuple(entry.get("has", ()))
    )


async def make(context: ToolContext, name: str, arguments: Mapping[str, Any]) -> Any:
    """Make a tool's call; what the practice answered, checked. Raises PracticeFault or ToolError."""
    call = of(name)
    answer = await context.practice.call(
        context.caller,
        call.method,
        path(call, arguments),
        query=query(call, arguments),
        body=body(call, arguments),
    )
    return checked(call, answer)


def path(call: Call, arguments: Mapping[str, Any]) -> str:
    """The path with its ids, each of them one segment whatever it holds."""
    names = [name for _, name, _, _ in Formatter().parse(call.path) if name]
    return call.path.format_map({name: segment(name, arguments[name]) for name in names})


def segment(name: str, value: str) -> str:
    """An id within a path. Raises ToolError for one that would lead elsewhere."""
    if value in {"", ".", ".."}:
        raise ToolError(f"{name}: {value!r} is not an id.")
    return quote(value, safe="")


def query(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The query, without what was not said."""
    return picked(call.query, arguments)


def body(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body, without what was not said; None for a call without one."""
    return None if call.body is None else picked(call.body, arguments)


def picked(names: Mapping[str, str], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments under the practice's names."""
    found = {theirs: value(arguments, ours) for theirs, ours in names.items()}
    return {name: value for name, value in found.items() if value is not None}


def value(arguments: Mapping[str, Any], name: str) -> Any:
    """An argument, or a part of one ("date_range.from"); None when it was not said."""
    whole, _, part = name.partition(".")
    found = arguments.get(whole)
    return (found or {}).get(part) if part else found


def checked(call: Call, answer: Any) -> Any:
    """The answer, if it holds what it promises. Raises PracticeMalformedError that names what is missing."""
    missing = [name for name in wanted(call) if not isinstance(answer, dict) or answer.get(name) is None]
    if missing:
        raise PracticeMalformedError(f"The practice's answer lacks {', '.join(missing)}.")
    if call.lists and not isinstance(answer[call.lists], list):
        raise PracticeMalformedError(f"The practice's answer holds no list of {call.lists}.")
    return answer


def wanted(call: Call) -> tuple[str, ...]:
    """The names that a well-formed answer holds."""
    return (call.lists,) if call.lists else call.has
