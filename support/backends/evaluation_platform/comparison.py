"""How two experiments compare: metric by metric, and datapoint by datapoint where both have it.

More is better, true is better than false. A datapoint with several values of one metric counts with their mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import aggregation
from .aggregation import Event, Measurement


def common_datapoints(old: Iterable[str | None], new: Iterable[str | None]) -> list[str]:
    """The datapoints of both runs, in the new run's order."""
    known = set(old)
    return list(dict.fromkeys(one for one in new if one is not None and one in known))


def compare_metrics(
    old: Sequence[Measurement], new: Sequence[Measurement], common: Sequence[str], function: str
) -> list[dict[str, Any]]:
    """One entry for every metric of either run, by its name, on whichever events it was measured."""
    names = sorted({one.metric for one in (*old, *new)})
    return [compare_metric(name, values_of(old, name), values_of(new, name), common, function) for name in names]


def values_of(measurements: Iterable[Measurement], metric: str) -> list[Measurement]:
    """The measurements of one metric."""
    return [one for one in measurements if one.metric == metric]


def compare_metric(
    name: str, old: Sequence[Measurement], new: Sequence[Measurement], common: Sequence[str], function: str
) -> dict[str, Any]:
    """Both aggregates, their difference, and which of the common datapoints improved, degraded, stayed."""
    old_values, new_values = [one.value for one in old], [one.value for one in new]
    old_aggregate = aggregation.aggregate(old_values, function) if old else None
    new_aggregate = aggregation.aggregate(new_values, function) if new else None
    before, after = per_datapoint(old), per_datapoint(new)
    found = [one for one in common if one in before and one in after]
    sorted_out: dict[str, list[str]] = {"improved": [], "degraded": [], "same": []}
    for one in found:
        sorted_out[direction(before[one], after[one])].append(one)
    return {
        "metric_name": name,
        "metric_type": aggregation.type_of([*old_values, *new_values]),
        "old_aggregate": old_aggregate,
        "new_aggregate": new_aggregate,
        "difference": difference(old_aggregate, new_aggregate),
        "percentage_change": percentage_change(old_aggregate, new_aggregate),
        "found_count": len(found),
        **{f"{key}_count": len(ids) for key, ids in sorted_out.items()},
        **sorted_out,
        "old_values": old_values,
        "new_values": new_values,
    }


def direction(before: float, after: float) -> str:
    """`improved`, `degraded` or `same`."""
    if after == before:
        return "same"
    return "improved" if after > before else "degraded"


def difference(old: float | None, new: float | None) -> float | None:
    """New minus old; None where one is missing."""
    return None if old is None or new is None else new - old


def percentage_change(old: float | None, new: float | None) -> float | None:
    """The difference in percent of the old value; None where that has no meaning."""
    change = difference(old, new)
    if change is None or not old:
        return None
    percent = change / abs(old) * 100
    return percent if math.isfinite(percent) else None


def per_datapoint(measurements: Iterable[Measurement]) -> dict[str, float]:
    """The value of a metric for each datapoint."""
    values: dict[str, list[float]] = {}
    for one in measurements:
        if one.datapoint_id is not None:
            values.setdefault(one.datapoint_id, []).append(float(one.value))
    return {datapoint: aggregation.average(numbers) for datapoint, numbers in values.items()}


def compare_kinds(old: Iterable[Event], new: Iterable[Event]) -> list[dict[str, str]]:
    """Which kinds of events the runs have: `both`, `old_only`, `new_only`."""
    before, after = set(aggregation.event_kinds(old)), set(aggregation.event_kinds(new))
    return [
        {"event_name": kind[0], "event_type": kind[1], "presence": _presence(kind in before, kind in after)}
        for kind in sorted(before | after)
    ]


def pair_events(first: Mapping[str, Sequence[Event]], second: Mapping[str, Sequence[Event]]) -> list[dict[str, Any]]:
    """The events of two runs in pairs: the same datapoint, name and type, and the same turn among those."""
    pairs = []
    for datapoint in common_datapoints(second, first):
        partners = _turns(second[datapoint])
        for turn, event in _turns(first[datapoint]).items():
            if turn in partners:
                pairs.append({"datapoint_id": datapoint, "event_1": dict(event), "event_2": dict(partners[turn])})
    return pairs


def _turns(events: Sequence[Event]) -> dict[tuple[Any, Any, int], Event]:
    seen: dict[tuple[Any, Any], int] = {}
    turns: dict[tuple[Any, Any, int], Event] = {}
    for event in sorted(events, key=lambda one: one.get("start_time") or 0):
        kind = (event.get("event_type"), event.get("event_name") if event.get("event_type") != "session" else None)
        seen[kind] = seen.get(kind, 0) + 1
        turns[(*kind, seen[kind])] = event
    return turns


def _presence(old: bool, new: bool) -> str:
    return "both" if old and new else "old_only" if old else "new_only"
