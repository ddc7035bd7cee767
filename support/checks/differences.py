"""How two values differ, in lines a reader can act on; and which of many is nearest to one."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any

_SHOWN = 400
"""Characters of a value in a message."""
_AROUND = 20
"""Characters shown on each side of the first difference of two long texts."""
_COMPARED = 300
"""Characters of a candidate that are looked at."""
_MOST_LINES = 20


def show(value: Any) -> str:
    """A value as JSON, shortened in the middle."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= _SHOWN:
        return text
    return f"{text[: _SHOWN // 2]} …({len(text) - _SHOWN} characters)… {text[-_SHOWN // 2 :]}"


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """One line for each place where the values differ; empty: they are equal. At most 20 lines, then their number."""
    lines = _walk(expected, actual, path)
    return lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} more"]


def difference(expected: Any, actual: Any) -> str:
    """The first difference, in one line."""
    return next(iter(differences(expected, actual)), "equal")


def nearest(wanted: Any, candidates: Sequence[Any], cutoff: float = 0.4) -> Any | None:
    """The candidate most like what is wanted, None when nothing is alike."""
    best, best_ratio = None, cutoff
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(_text(wanted))
    for candidate in candidates[:200]:
        matcher.set_seq1(_text(candidate))
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = candidate, ratio
    return best


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))[:_COMPARED]


def _walk(expected: Any, actual: Any, path: str) -> list[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return _walk_objects(expected, actual, path)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return _walk_lists(expected, actual, path)
    if _equal(expected, actual):
        return []
    place = f"{path}: " if path else ""
    if isinstance(expected, str) and isinstance(actual, str) and max(len(expected), len(actual)) > 2 * _AROUND:
        return [place + _in_texts(expected, actual)]
    return [f"{place}expected {show(expected)}, got {show(actual)}"]


def _equal(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return expected == actual
    return type(expected) is type(actual) and bool(expected == actual)


def _walk_objects(expected: Mapping[Any, Any], actual: Mapping[Any, Any], path: str) -> list[str]:
    lines = []
    for name in expected:
        place = f"{path}.{name}" if path else str(name)
        if name not in actual:
            lines.append(f"{place}: missing, expected {show(expected[name])}")
        else:
            lines += _walk(expected[name], actual[name], place)
    extra = [name for name in actual if name not in expected]
    return lines + [f"{path + '.' if path else ''}{name}: not expected, got {show(actual[name])}" for name in extra]


def _walk_lists(expected: Sequence[Any], actual: Sequence[Any], path: str) -> list[str]:
    lines = [
        line
        for index, (one, other) in enumerate(zip(expected, actual, strict=False))
        for line in _walk(one, other, f"{path}[{index}]")
    ]
    common = min(len(expected), len(actual))
    lines += [f"{path}[{index}]: missing, expected {show(expected[index])}" for index in range(common, len(expected))]
    return lines + [f"{path}[{index}]: not expected, got {show(actual[index])}" for index in range(common, len(actual))]


def _in_texts(expected: str, actual: str) -> str:
    pairs = zip(expected, actual, strict=False)
    at = next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(actual)))
    start = max(0, at - _AROUND)
    lengths = f"{len(expected)} and {len(actual)} characters"
    here, there = expected[start : at + _AROUND], actual[start : at + _AROUND]
    return f"texts ({lengths}) differ from character {at}: expected …{here!a}…, got …{there!a}…"
