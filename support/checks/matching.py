"""Comparing what was expected with what came, in the words of the features.

Every check raises `AssertionError` with expected, actual, the differences by path and, for lists, the nearest candidate
of everything that is missing. Values are JSON-like. They are equal when they are equal on the wire: ``1`` is ``1.0``,
but ``True`` is not ``1`` and ``"1"`` is not ``1``; texts are equal character by character (no normalisation).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .differences import difference, differences, nearest, show


@dataclass(frozen=True)
class Mode:
    """How a list is compared: does the order count, and may there be others."""

    ordered: bool
    others: bool

    @classmethod
    def of(cls, words: str) -> Mode:
        """The mode in the words of a sentence.

        ``exactly`` and ``and no others`` forbid others, ``at least`` allows them; ``in this order`` and
        ``in any order`` say whether the order counts. ``exactly`` alone does not look at the order.

        Raises:
            ValueError: the words say neither, or both.

        """
        said = words.lower()
        ordered = _either(words, "in this order" in said, "in any order" in said, default=False)
        closed = _either(words, "exactly" in said or "and no others" in said, "at least" in said, default=None)
        return cls(ordered=ordered, others=not closed)


def _either(words: str, yes: bool, no: bool, default: bool | None) -> bool:
    if (yes and no) or (not yes and not no and default is None):
        raise ValueError(
            f"{words!r} is no comparison: say 'exactly' (or 'and no others') or 'at least', "
            "and perhaps 'in this order' or 'in any order'"
        )
    return yes if yes or no else bool(default)


EXACTLY = Mode(ordered=False, others=False)
EXACTLY_IN_THIS_ORDER = Mode(ordered=True, others=False)
AT_LEAST = Mode(ordered=False, others=True)


def check_value(what: str, actual: Any, expected: Any) -> None:
    """One value is exactly what was expected, all the way down."""
    found = differences(expected, actual)
    if found:
        _fail(what, expected, actual, found)


def check_fields(
    what: str,
    actual: Mapping[str, Any],
    expected: Mapping[str, Any],
    *,
    exactly: bool = True,
    ignoring: Iterable[str] = (),
) -> None:
    """The fields of one thing.

    Exactly: fields that are not expected must be empty (None, or an empty text, list or object). Otherwise only the
    expected fields are compared. ``ignoring`` names fields that are never looked at (ids, times of creation).
    """
    ignored = set(ignoring)
    found = [
        line
        for field, value in expected.items()
        for line in (differences(value, actual[field], field) if field in actual else [f"{field}: missing"])
    ]
    if exactly:
        others = {field: value for field, value in actual.items() if field not in expected and field not in ignored}
        found += [f"{field}: not expected, got {show(value)}" for field, value in others.items() if not _empty(value)]
    if found:
        _fail(what, expected, {field: value for field, value in actual.items() if field not in ignored}, found)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, tuple, Mapping)) and len(value) == 0)


def check_items(
    what: str,
    actual: Sequence[Any],
    expected: Sequence[Any],
    mode: Mode = EXACTLY,
    *,
    label: Callable[[Any], str] | None = None,
) -> None:
    """A list holds what was expected, in one of the modes. Equal items are counted: twice is not once.

    ``label`` says how an item is shown in the message (a name instead of an id).
    """
    shown = label or show
    keys, wanted = [_key(item) for item in actual], [_key(item) for item in expected]
    found = _missing(expected, wanted, actual, keys, shown)
    if not mode.others:
        found += [f"not expected: {shown(item)}" for item in _surplus(actual, keys, wanted)]
    if not found and mode.ordered:
        found = _disorder(keys, wanted, [shown(item) for item in actual], [shown(item) for item in expected])
    if found:
        _fail(what, [shown(item) for item in expected], [shown(item) for item in actual], found, brief=True)


def check_none_of(what: str, actual: Sequence[Any], forbidden: Sequence[Any]) -> None:
    """None of the forbidden items is in the list."""
    present = {_key(item) for item in actual}
    found = [f"must not be there: {show(item)}" for item in forbidden if _key(item) in present]
    if found:
        _fail(what, f"none of {show(list(forbidden))}", list(actual), found)


def check_pages(what: str, pages: Sequence[Sequence[Any]], expected: Sequence[Any], sizes: Sequence[int]) -> None:
    """Pages have these sizes and, joined, hold the expected items in this order: none twice, none lost."""
    check_value(f"{what}: sizes of the pages", [len(page) for page in pages], list(sizes))
    check_items(f"{what}: all pages joined", [item for page in pages for item in page], expected, EXACTLY_IN_THIS_ORDER)


def check_text(what: str, actual: str, *, holds: Iterable[str] = (), lacks: Iterable[str] = ()) -> None:
    """A text holds some words and lacks others; upper and lower case are one."""
    text = actual.casefold()
    found = [f"lacks {word!r}" for word in holds if word.casefold() not in text]
    found += [f"holds {word!r}" for word in lacks if word.casefold() in text]
    if found:
        _fail(what, f"holding {list(holds)}, lacking {list(lacks)}", actual, found)


def check_number(what: str, actual: Any, expected: float, *, within: float = 1e-9) -> None:
    """A number, give or take ``within`` (absolute). A boolean or a text is no number."""
    if isinstance(actual, bool) or not isinstance(actual, (int, float)) or not abs(actual - expected) <= within:
        _fail(what, expected, actual, [f"expected {expected} ± {within}, got {show(actual)}"])


def _key(item: Any) -> str:
    """Equal keys for equal items: JSON with sorted names, and whole floats as integers."""
    return json.dumps(_canonical(item), sort_keys=True, ensure_ascii=False)


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _canonical(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _missing(
    expected: Sequence[Any],
    wanted: Sequence[str],
    actual: Sequence[Any],
    keys: Sequence[str],
    shown: Callable[[Any], str],
) -> list[str]:
    """What is missing, each with the nearest item that answers no other expectation."""
    left = Counter(keys)
    left.subtract(wanted)
    spare = [item for item, key in zip(actual, keys, strict=True) if left[key] > 0]
    lines = []
    for item, key in zip(expected, wanted, strict=True):
        if left[key] < 0:
            left[key] += 1
            lines += [f"missing: {shown(item)}", *_nearest_line(item, spare, shown)]
    return lines


def _nearest_line(item: Any, spare: Sequence[Any], shown: Callable[[Any], str]) -> list[str]:
    close = nearest(item, spare)
    return [] if close is None else [f"  nearest: {shown(close)} ({difference(item, close)})"]


def _surplus(actual: Sequence[Any], keys: Sequence[str], wanted: Sequence[str]) -> list[Any]:
    left = Counter(wanted)
    surplus = []
    for item, key in zip(actual, keys, strict=True):
        left[key] -= 1
        if left[key] < 0:
            surplus.append(item)
    return surplus


def _disorder(keys: Sequence[str], wanted: Sequence[str], actual: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Why the wanted keys are not in order among the keys (others in between are allowed here)."""
    place = 0
    for number, key in enumerate(wanted):
        found = next((index for index in range(place, len(keys)) if keys[index] == key), None)
        if found is None:
            before = expected[number - 1]
            return [f"out of order: {expected[number]} should come after {before}; the order was {', '.join(actual)}"]
        place = found + 1
    return []


def _fail(what: str, expected: Any, actual: Any, found: Sequence[str], *, brief: bool = False) -> None:
    as_text: Callable[[Any], str] = (lambda items: ", ".join(items) or "nothing") if brief else show
    lines = [what, f"  expected: {as_text(expected)}", f"  actual:   {as_text(actual)}", "  difference:"]
    raise AssertionError("\n".join([*lines, *(f"    {line}" for line in found)]))
