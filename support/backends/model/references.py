"""What a script takes from the tool results in the request that it answers: `${tool:path}`.

  ${search_clients:result.clients[0].client_id}   a value in the latest result of that tool
  ${search_clients#1:result}                      in its first result (#2 the second, …) of those in the request
  ${:summary}                                     in the latest result of any tool
  ${get_note:}                                    the whole result
  ${search:clients[name=Sarah Lee].id}            of the first list item whose `name` is that
  ${search:["odd key"]}, ${search:items[-1]}      a key that is no word; the last item
  $${not:this}                                    the text `${not:this}`

A string that is one reference and nothing else takes the value as it is (number, list, …). Inside a longer text,
strings are put in as they are, everything else as JSON. A result is read as JSON; one that is none is a string. What is
not there is an error that names it: nothing is made up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from . import encoding
from .asked import Asked, Message

_REFERENCE = re.compile(r"\$(\$?)\{([^{}]*)\}")
_PARTS = re.compile(r"(?P<tool>[\w-]*)(?:#(?P<number>[1-9]\d{0,8}))?:(?P<path>.*)", re.DOTALL)
_STEP = re.compile(
    r"""\[(?P<index>-?\d{1,9})\]
      | \[(?P<field>[\w-]+)=(?P<value>[^\]]*)\]
      | \["(?P<quoted>[^"]*)"\]
      | \.?(?P<key>[\w-]+)""",
    re.VERBOSE,
)


class ReferenceFaultError(Exception):
    """A reference that is none, or that leads nowhere."""


def check(template: Any) -> None:
    """Raise ReferenceFaultError when a reference in this text (or list or object of texts) is misspelt."""

    def checked(reference: str) -> str:
        _parse(reference)
        return ""

    _walk(template, checked)


def filled(template: Any, asked: Asked) -> Any:
    """The template with every reference replaced by what the request holds there."""
    return _walk(template, lambda reference: lookup(reference, asked))


def lookup(reference: str, asked: Asked) -> Any:
    """The value that `tool:path` names. Raises ReferenceFaultError when the request does not hold it."""
    tool, number, steps = _parse(reference)
    value = _read(_result(reference, tool, number, asked).text)
    for text, step in steps:
        value = _follow(reference, text, step, value)
    return value


def _walk(template: Any, value_of: Callable[[str], Any]) -> Any:
    if isinstance(template, str):
        return _fill(template, value_of)
    if isinstance(template, list):
        return [_walk(item, value_of) for item in template]
    if isinstance(template, dict):
        return {key: _walk(item, value_of) for key, item in template.items()}
    return template


def _fill(text: str, value_of: Callable[[str], Any]) -> Any:
    alone = _REFERENCE.fullmatch(text)
    if alone and not alone[1]:
        return value_of(alone[2])
    return _REFERENCE.sub(lambda found: f"${{{found[2]}}}" if found[1] else as_text(value_of(found[2])), text)


def as_text(value: Any) -> str:
    """A value inside a text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parse(reference: str) -> tuple[str, int | None, list[tuple[str, re.Match[str]]]]:
    parts = _PARTS.fullmatch(reference)
    if parts is None:
        raise ReferenceFaultError(f"${{{reference}}} is not of the form ${{tool:path}}")
    steps, position = [], 0
    path = parts["path"]
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ReferenceFaultError(f"${{{reference}}}: the path cannot be read from {path[position:]!r} on")
        steps.append((step[0], step))
        position = step.end()
    return parts["tool"], int(parts["number"]) if parts["number"] else None, steps


def _result(reference: str, tool: str, number: int | None, asked: Asked) -> Message:
    found = [result for result in asked.results if tool in ("", result.tool)]
    wanted = len(found) if number is None else number
    if not 1 <= wanted <= len(found):
        there = ", ".join(dict.fromkeys(result.tool for result in asked.results)) or "none at all"
        what = f"result {number} of {tool or 'a tool'}" if number else f"result of {tool or 'a tool'}"
        raise ReferenceFaultError(f"${{{reference}}}: the request holds no {what}; it holds results of: {there}")
    return found[wanted - 1]


def _read(text: str) -> Any:
    try:
        return encoding.loaded(text)
    except ValueError:
        return text


def _follow(reference: str, text: str, step: re.Match[str], value: Any) -> Any:
    try:
        if step["index"] is not None:
            return _of_list(value)[int(step["index"])]
        if step["field"] is not None:
            items = [item for item in _of_list(value) if isinstance(item, dict) and step["field"] in item]
            return next(item for item in items if as_text(item[step["field"]]) == step["value"])
        return _of_object(value)[step["quoted"] if step["quoted"] is not None else step["key"]]
    except (LookupError, StopIteration, TypeError):
        raise ReferenceFaultError(f"${{{reference}}}: there is no {text} in {_outline(value)}") from None


def _of_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _of_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _outline(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with the keys {', '.join(value) or '(none)'}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"the value {as_text(value)[:60]!r}"
