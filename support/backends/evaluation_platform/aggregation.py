"""What the results of an experiment are made of: which values a metric has, what they add up to, which datapoints pass.

Numbers and booleans are values (true counts as 1); texts are not. Pure functions on events, so that each decision can
be read, tested and broken alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import search

Event = Mapping[str, Any]
Value = bool | int | float


@dataclass(frozen=True, slots=True)
class Range:
    """The values that pass, both ends included; `exactly` is what a boolean must be."""

    minimum: float | None = None
    maximum: float | None = None
    exactly: bool | None = None

    def as_answer(self) -> dict[str, Any]:
        """The range as an answer shows it."""
        return {"min": self.minimum, "max": self.maximum}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of a metric, on one event of one session."""

    metric: str
    event_name: str | None
    event_type: str | None
    datapoint_id: str | None
    session_id: str
    value: Value

    @property
    def subject(self) -> str:
        """What passes or fails: the datapoint, or the session where there is none."""
        return self.datapoint_id or self.session_id


@dataclass(slots=True)
class Series:
    """All values of one metric on events of one name and type."""

    metric: str
    event_name: str | None
    event_type: str | None
    measurements: list[Measurement] = field(default_factory=list)


# Values --------------------------------------------------------------------------------------------------------------


def is_value(value: Any) -> bool:
    """Whether something written under `metrics` counts: a boolean or a finite number."""
    return isinstance(value, bool) or (isinstance(value, int | float) and search.is_finite(value))


def measurements_of(events: Iterable[Event], datapoints: Mapping[str, str | None]) -> list[Measurement]:
    """Every value on these events; `datapoints` gives each session's datapoint."""
    return [
        Measurement(name, event.get("event_name"), event.get("event_type"), datapoints.get(session), session, value)
        for event in events
        if (session := event["session_id"])
        for name, value in (event.get("metrics") or {}).items()
        if is_value(value)
    ]


def grouped(measurements: Iterable[Measurement]) -> list[Series]:
    """The series of every metric, by its name and the name and type of its events, in alphabetical order."""
    series: dict[tuple[str, str, str], Series] = {}
    for one in measurements:
        key = (one.metric, one.event_name or "", one.event_type or "")
        series.setdefault(key, Series(one.metric, one.event_name, one.event_type)).measurements.append(one)
    return [series[key] for key in sorted(series)]


def type_of(values: Sequence[Value]) -> str:
    """`boolean` when all values are, else `numeric`."""
    return "boolean" if values and all(isinstance(value, bool) for value in values) else "numeric"


# Aggregates ----------------------------------------------------------------------------------------------------------


def aggregate(values: Sequence[Value], function: str) -> float | None:
    """What the values add up to; None for no values (a count is 0)."""
    numbers = [float(value) for value in values]
    if not numbers:
        return 0 if function == "count" else None
    return FUNCTIONS[function](numbers)


def average(numbers: Sequence[float]) -> float:
    """The arithmetic mean."""
    return math.fsum(numbers) / len(numbers)


def percentile(numbers: Sequence[float], percent: float) -> float:
    """The value below which so many percent lie, interpolated linearly between the two nearest ranks."""
    ordered = sorted(numbers)
    position = (len(ordered) - 1) * percent / 100
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "average": lambda numbers: average(numbers),  # noqa: PLW0108 - looked up when called
    "min": min,
    "max": max,
    "median": lambda numbers: percentile(numbers, 50),
    "sum": math.fsum,
    "count": len,
    "p90": lambda numbers: percentile(numbers, 90),
    "p95": lambda numbers: percentile(numbers, 95),
    "p99": lambda numbers: percentile(numbers, 99),
}


# Passing -------------------------------------------------------------------------------------------------------------


def passes(value: Value, passing: Range | None) -> bool:
    """Whether a value passes: within its range; without one a boolean must be true and a number always passes."""
    if isinstance(value, bool):
        wanted = True if passing is None or passing.exactly is None else passing.exactly
        if passing is None or passing.exactly is not None:
            return value is wanted
    if passing is None:
        return True
    if passing.minimum is not None and value < passing.minimum:
        return False
    return passing.maximum is None or value <= passing.maximum


def range_from(raw: Any) -> Range | None:
    """A range from `{min, max}` or a metric's threshold `{min, max, pass_when}`; None where nothing is bounded."""
    if not isinstance(raw, Mapping):
        return None
    minimum, maximum, when = raw.get("min"), raw.get("max"), raw.get("pass_when")
    if isinstance(when, bool):
        return Range(minimum, maximum, when)
    if is_value(when):
        return Range(when, when)
    return None if minimum is None and maximum is None else Range(minimum, maximum)


def passed_subjects(series: Series, passing: Range | None) -> tuple[list[str], list[str]]:
    """The datapoints whose every value of the series passes, and the others, each in the order of appearance."""
    verdicts: dict[str, bool] = {}
    for one in series.measurements:
        verdicts[one.subject] = verdicts.get(one.subject, True) and passes(one.value, passing)
    return [key for key, good in verdicts.items() if good], [key for key, good in verdicts.items() if not good]


def details_of(series: Iterable[Series], function: str, ranges: Mapping[str, Range]) -> list[dict[str, Any]]:
    """The `metrics.details` of a result."""
    answer = []
    for one in series:
        values = [measurement.value for measurement in one.measurements]
        passing = ranges.get(one.metric)
        passed, failed = passed_subjects(one, passing)
        answer.append(
            {
                "metric_name": one.metric,
                "metric_type": type_of(values),
                "event_name": one.event_name,
                "event_type": one.event_type,
                "aggregate": aggregate(values, function),
                "values": values,
                "passing_range": passing.as_answer() if passing else None,
                "datapoints": {"passed": passed, "failed": failed},
            }
        )
    return answer


def datapoint_of(
    datapoint_id: str | None, session_id: str, measurements: Iterable[Measurement], ranges: Mapping[str, Range]
) -> dict[str, Any]:
    """One entry of a result's `datapoints`: it passes when every metric on it does."""
    metrics = [
        {
            "name": one.metric,
            "event_name": one.event_name,
            "event_type": one.event_type,
            "value": one.value,
            "passed": passes(one.value, ranges.get(one.metric)),
        }
        for one in measurements
    ]
    return {
        "datapoint_id": datapoint_id,
        "session_id": session_id,
        "passed": all(metric["passed"] for metric in metrics),
        "metrics": metrics,
    }


def event_kinds(events: Iterable[Event]) -> list[tuple[str, str]]:
    """The distinct (name, type) of events, in alphabetical order."""
    return sorted({(event.get("event_name") or "", event.get("event_type") or "") for event in events})
