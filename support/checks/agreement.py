"""Whether what was read agrees with what a scenario expects, and a message that shows where it does not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

SHOWN = 200
"""How many characters of a value a message shows."""


def same(expected: Any, actual: Any) -> bool:
    """Equality that knows kinds: `yes` is not 1, "1" is not 1; 1 and 1.0 are the same number."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return expected.keys() == actual.keys() and all(same(what, actual[key]) for key, what in expected.items())
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        return len(expected) == len(actual) and all(same(*both) for both in zip(expected, actual, strict=True))
    return isinstance(expected, bool) is isinstance(actual, bool) and bool(expected == actual)


def agrees(expected: Mapping[str, Any], actual: Mapping[str, Any], *, what: str) -> None:
    """The two hold the same fields with the same values.

    Raises:
        AssertionError: names every field that differs, with what was expected and what was there.

    """
    faults = [
        _fault(field, expected.get(field), actual.get(field))
        for field in sorted(expected.keys() | actual.keys())
        if not same(expected.get(field), actual.get(field))
    ]
    assert not faults, "\n".join([f"{what} differs:", *faults])


def _fault(field: str, expected: Any, actual: Any) -> str:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        keys = [key for key in {**expected, **actual} if not same(expected.get(key), actual.get(key))]
        return "\n".join(_fault(f"{field}: {key}", expected.get(key), actual.get(key)) for key in keys)
    if isinstance(expected, str) and isinstance(actual, str) and max(len(expected), len(actual)) > SHOWN:
        return f"  {field}: {_first_difference(expected, actual)}"
    return f"  {field}: expected {shown(expected)}, was {shown(actual)}"


def _first_difference(expected: str, actual: str) -> str:
    place = next(i for i, (one, other) in enumerate(zip_longest(expected, actual)) if one != other)
    near = slice(max(place - 20, 0), place + 40)
    lengths = f"expected {len(expected)} characters, were {len(actual)}"
    return f"{lengths}; first difference at {place}: expected {expected[near]!r}, was {actual[near]!r}"


def shown(what: Any) -> str:
    """A value as a message shows it: `nothing` for nothing, shortened when long."""
    text = "nothing" if what is None else repr(what)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def in_order(expected: Sequence[Any], actual: Sequence[Any], *, what: str) -> None:
    """The same rows in the same order, and no others.

    Raises:
        AssertionError: lists what is missing and what is too many, or shows both orders.

    """
    in_any_order(expected, actual, what=what)
    assert same(list(expected), list(actual)), (
        f"{what}: everything is there, in another order:\n{_lines('expected', expected)}\n{_lines('was', actual)}"
    )


def in_any_order(expected: Sequence[Any], actual: Sequence[Any], *, what: str) -> None:
    """The same rows, each as often, and no others.

    Raises:
        AssertionError: lists what is missing, with the nearest row that is there, and what is too many.

    """
    too_many = list(actual)
    missing = [row for row in expected if not _taken(row, too_many)]
    faults = [f"  missing: {shown(row)}{_nearest(row, too_many)}" for row in missing]
    faults += [f"  too many: {shown(row)}" for row in too_many]
    counts = f"{what}: expected {len(expected)}, were {len(actual)}"
    assert not faults, "\n".join([counts, *faults])


def _taken(row: Any, rows: list[Any]) -> bool:
    place = next((i for i, other in enumerate(rows) if same(row, other)), None)
    if place is not None:
        del rows[place]
    return place is not None


def _nearest(row: Any, rows: Iterable[Any]) -> str:
    near = difflib.get_close_matches(repr(row), [repr(other) for other in rows], n=1)
    return f" (nearest: {near[0][:SHOWN]})" if near else ""


def _lines(title: str, rows: Sequence[Any]) -> str:
    return "\n".join([f"  {title}:", *(f"    {shown(row)}" for row in rows)])
