"""What a search for events asks: its conditions, its range of time, what of an event it shows.

A condition is `{field, operator, value, type}`. A field is a dotted path into the event; a key that itself holds dots
(the flat attributes of a span) is found as well. What is asked in vain is a 400 that names the condition.
"""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import errors

Event = Mapping[str, Any]

ABSENT: Any = object()
MAX_LIMIT = 7500
DEFAULT_LIMIT = 1000
MAX_PATH = 500
MAX_MAGNITUDE = 1e15
LARGEST = 1e300

EXISTENCE = ("exists", "not exists")
POSITIVE = {"is not": "is", "not contains": "contains", "not exists": "exists"}
OPERATORS: dict[str, tuple[str, ...]] = {
    "string": ("is", "is not", "contains", "not contains", *EXISTENCE),
    "number": ("is", "is not", "greater than", "less than", *EXISTENCE),
    "boolean": ("is", "is not", *EXISTENCE),
    "datetime": ("is", "is not", "after", "before", *EXISTENCE),
}
_UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000, "y": 365 * 86_400_000}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `value` is already of the Python type that `type` names (a datetime is milliseconds)."""

    field: str
    operator: str
    value: Any
    type: str


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Milliseconds since 1970, both ends included; None is open."""

    since: float | None = None
    until: float | None = None


ALWAYS = TimeRange()


# What is asked -------------------------------------------------------------------------------------------------------


def parse_conditions(raw: Any, where: str = "filters") -> list[Condition]:
    """The conditions of a request; a single one need not stand in a list. Raises a 400 that names the wrong one."""
    if raw is None:
        return []
    if isinstance(raw, Mapping):
        raw = raw.get("filterArray", [raw])
    if not isinstance(raw, list):
        raise errors.invalid(where, "must be a list of conditions {field, operator, value, type}")
    return [parse_condition(item, f"{where}[{index}]") for index, item in enumerate(raw)]


def parse_condition(raw: Any, where: str) -> Condition:
    """One condition, checked: a known type, an operator of that type, a value of that type."""
    if not isinstance(raw, Mapping):
        raise errors.invalid(where, "must be an object {field, operator, value, type}")
    if unknown := sorted(set(raw) - {"field", "operator", "value", "type"}):
        raise errors.invalid(f"{where}.{unknown[0]}", "is not a part of a condition")
    field, operator, value = raw.get("field"), raw.get("operator"), raw.get("value")
    if not isinstance(field, str) or not field.strip():
        raise errors.invalid(f"{where}.field", "must be the dotted path of a field")
    if len(field) > MAX_PATH:
        raise errors.invalid(f"{where}.field", f"must have at most {MAX_PATH} characters, has {len(field)}")
    kind = raw.get("type") or infer_type(operator, value)
    if kind not in OPERATORS:
        raise errors.invalid(f"{where}.type", f"must be one of {', '.join(OPERATORS)}, not {kind!r}")
    if operator not in OPERATORS[kind]:
        known = ", ".join(OPERATORS[kind])
        raise errors.invalid(f"{where}.operator", f"{operator!r} is unknown for a {kind}; known are {known}")
    if operator in EXISTENCE:
        return Condition(field, operator, None, kind)
    converted = CONVERTERS[kind](value)
    if converted is None:
        raise errors.invalid(f"{where}.value", f"must be a {kind}, not {value!r}")
    return Condition(field, operator, converted, kind)


def infer_type(operator: Any, value: Any) -> str:
    """The type of a condition that names none."""
    if operator in ("after", "before"):
        return "datetime"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float) or operator in ("greater than", "less than"):
        return "number"
    return "string"


def as_number(value: Any) -> float | None:
    """A number, also one that is written as text (the SDK's filter carries text only)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _read_number(value)
    return value if isinstance(value, int | float) and is_finite(value) else None


def _read_number(text: str) -> float | None:
    for read in (int, float):  # a float would round the ids that some write as numbers
        try:
            return read(text)
        except ValueError:
            continue
    return None


def is_finite(value: float) -> bool:
    """Whether it is a number to reckon with: not infinite, not an integer that no float can hold, nor near that."""
    return abs(value) <= LARGEST


def as_boolean(value: Any) -> bool | None:
    """True or false, also written as text."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def as_text(value: Any) -> str | None:
    """Text and nothing else."""
    return value if isinstance(value, str) else None


def as_milliseconds(value: Any) -> float | None:
    """A moment in milliseconds since 1970, from ISO 8601 (no zone: UTC) or from milliseconds."""
    if (number := as_number(value)) is not None:
        return number
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "string": as_text,
    "number": as_number,
    "boolean": as_boolean,
    "datetime": as_milliseconds,
}


def parse_range(raw: Any, where: str = "dateRange") -> TimeRange:
    """`{$gte, $lte}`, `{start_time, end_time}`, `{relative: "7d"}` or a text that holds one of them."""
    if isinstance(raw, str):
        raw = _parse_text_range(raw, where)
    if raw is None:
        return ALWAYS
    if not isinstance(raw, Mapping):
        raise errors.invalid(where, "must be {$gte, $lte}")
    if "relative" in raw:
        return _parse_text_relative(raw["relative"], f"{where}.relative")
    known = {
        "$gte": "since",
        "gte": "since",
        "start_time": "since",
        "$lte": "until",
        "lte": "until",
        "end_time": "until",
    }
    ends: dict[str, float] = {}
    for key, value in raw.items():
        if key not in known:
            raise errors.invalid(f"{where}.{key}", "is not a part of a range; it has $gte and $lte")
        if value is None:
            continue
        moment = as_milliseconds(value)
        if moment is None or abs(moment) > MAX_MAGNITUDE:
            raise errors.invalid(f"{where}.{key}", f"must be an ISO 8601 time or milliseconds, not {value!r}")
        ends[known[key]] = moment
    return TimeRange(**ends)


def _parse_text_range(text: str, where: str) -> Any:
    if text.strip() in ("", "all"):
        return None
    if re.fullmatch(r"\d+[mhdwy]", text.strip()):
        return {"relative": text}
    return parse_text(text, where)


def parse_text(text: str | None, where: str) -> Any:
    """An object or list in a query parameter: JSON, or as Python writes it, which is what the SDK sends."""
    if text is None or not text.strip():
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    raise errors.invalid(where, f"must be JSON, not {text[:100]!r}")


def _parse_text_relative(text: Any, where: str) -> TimeRange:
    if text == "all":
        return ALWAYS
    found = re.fullmatch(r"(\d+)([mhdwy])", text.strip()) if isinstance(text, str) else None
    if not found or len(found[1]) > 6:
        raise errors.invalid(where, f"must be a span like 30m, 24h, 7d, not {text!r}")
    return TimeRange(since=time.time() * 1000 - int(found[1]) * _UNITS_MS[found[2]])


# What matches --------------------------------------------------------------------------------------------------------


def lookup(value: Any, path: str) -> Any:
    """What stands at the dotted path, or ABSENT. Null is absent, as it is for everybody who asks for existence."""
    found = _descend(value, path.split("."))
    return ABSENT if found is None or found[1] is None else found[1]


def _descend(value: Any, parts: Sequence[str]) -> tuple[list[str], Any] | None:
    """The keys that lead to what stands at the path, and it."""
    if not parts:
        return [], value
    if isinstance(value, list):
        index = parts[0]
        known = index.isascii() and index.isdigit() and int(index) < len(value)
        return _below(index, value[int(index)], parts[1:]) if known else None
    if not isinstance(value, Mapping):
        return None
    for length in range(1, len(parts) + 1):
        key = ".".join(parts[:length])
        if key in value and (found := _below(key, value[key], parts[length:])):
            return found
    return None


def _below(key: str, value: Any, parts: Sequence[str]) -> tuple[list[str], Any] | None:
    found = _descend(value, parts)
    return found and ([key, *found[0]], found[1])


def matches_all(event: Event, conditions: Iterable[Condition]) -> bool:
    """Whether an event meets every condition."""
    return all(matches(event, condition) for condition in conditions)


def matches(event: Event, condition: Condition) -> bool:
    """Whether an event meets a condition. The negations hold for an event without the field, too."""
    actual = lookup(event, condition.field)
    return compare(condition.operator, actual, condition)


def compare(operator: str, actual: Any, condition: Condition) -> bool:
    """One operator; `actual` is the event's value or ABSENT."""
    match operator:
        case "is not" | "not contains" | "not exists":
            found = not compare(POSITIVE[operator], actual, condition)
        case "is":
            found = is_equal(actual, condition)
        case "contains":
            found = contains(actual, condition)
        case "greater than":
            found = is_greater(actual, condition)
        case "less than":
            found = is_less(actual, condition)
        case "after":
            found = is_after(actual, condition)
        case "before":
            found = is_before(actual, condition)
        case _:
            found = exists(actual)
    return found


def is_equal(actual: Any, condition: Condition) -> bool:
    """The same value of the same type."""
    if isinstance(actual, bool) != isinstance(condition.value, bool):
        return False
    if condition.type == "datetime":
        actual = as_milliseconds(actual)
    return bool(actual == condition.value)


def contains(actual: Any, condition: Condition) -> bool:
    """Text within a text (case matters), or a member of a list."""
    if isinstance(actual, str):
        return condition.value in actual
    return isinstance(actual, list) and condition.value in actual


def is_greater(actual: Any, condition: Condition) -> bool:
    """A number above the value."""
    return _is_number(actual) and actual > condition.value


def is_less(actual: Any, condition: Condition) -> bool:
    """A number below the value."""
    return _is_number(actual) and actual < condition.value


def is_after(actual: Any, condition: Condition) -> bool:
    """A moment later than the value."""
    moment = as_milliseconds(actual)
    return moment is not None and moment > condition.value


def is_before(actual: Any, condition: Condition) -> bool:
    """A moment earlier than the value."""
    moment = as_milliseconds(actual)
    return moment is not None and moment < condition.value


def exists(actual: Any) -> bool:
    """Whether there is a value."""
    return actual is not ABSENT


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def within(event: Event, span: TimeRange) -> bool:
    """Whether an event began within the range, both ends included."""
    start = event.get("start_time")
    if span == ALWAYS:
        return True
    if not isinstance(start, int | float):
        return False
    return (span.since is None or start >= span.since) and (span.until is None or start <= span.until)


# What is shown -------------------------------------------------------------------------------------------------------


def parse_paging(limit: Any, page: Any, *, maximum: int = MAX_LIMIT, default: int = DEFAULT_LIMIT) -> tuple[int, int]:
    """(limit, page), checked: 1..maximum and from 1."""
    return (
        _whole(default if limit is None else limit, "limit", maximum),
        _whole(1 if page is None else page, "page", None),
    )


def _whole(value: Any, where: str, maximum: int | None) -> int:
    number = as_number(value)
    if (
        number is None
        or abs(number) > MAX_MAGNITUDE
        or number != int(number)
        or number < 1
        or (maximum is not None and number > maximum)
    ):
        bounds = f"from 1 to {maximum}" if maximum else "from 1"
        raise errors.invalid(where, f"must be a whole number {bounds}, not {value!r}")
    return int(number)


def newest_first(events: Iterable[tuple[int, Event]]) -> list[Event]:
    """Events in the order of a search: the latest begun first, and of those the latest stored (its number) first."""
    return [event for _, event in sorted(events, key=lambda pair: (-(pair[1].get("start_time") or 0), -pair[0]))]


def one_page(items: Sequence[Any], limit: int, page: int) -> list[Any]:
    """The page of that number, counted from 1; past the end it is empty."""
    return list(items[(page - 1) * limit : page * limit])


def parse_projections(raw: Any) -> list[str] | None:
    """The paths to show, None for everything."""
    if raw is None or raw == []:
        return None
    if not isinstance(raw, list) or not all(isinstance(path, str) and path.strip() for path in raw):
        raise errors.invalid("projections", "must be a list of the dotted paths to show")
    return raw


def project(event: Event, paths: Sequence[str] | None) -> dict[str, Any]:
    """The event, or of it what the paths name, at the place where it stood."""
    if paths is None:
        return dict(event)
    shown: dict[str, Any] = {}
    for path in paths:
        if found := _descend(event, path.split(".")):
            _put(shown, *found)
    return shown


def _put(target: dict[str, Any], parts: Sequence[str], value: Any) -> None:
    for part in parts[:-1]:
        step = target.setdefault(part, {})
        if not isinstance(step, dict):
            return
        target = step
    target[parts[-1]] = value
