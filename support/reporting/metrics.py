"""Figures of a run for the report: Allure shows them with their trend over earlier runs (`*-perf.json`)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One figure. `key` is the same in every run, `group` names what belongs together; `better` is the good way."""

    key: str
    title: str
    value: float
    unit: str
    better: Literal["lower", "higher"]
    group: str = "run"


def write(folder: Path, name: str, metrics: Iterable[Metric]) -> None:
    """Put the figures into a results folder, as the file `name`-perf.json."""
    now = int(time.time() * 1000)
    samples = [
        {
            "id": each.key,
            "key": each.key,
            "value": round(each.value, 6),
            "start": now,
            "stop": now,
            "title": each.title,
            "unit": each.unit,
            "better": each.better,
            "group": each.group,
        }
        for each in metrics
    ]
    if samples:
        (folder / f"{name}-perf.json").write_text(json.dumps(samples, indent=1), encoding="utf-8")


def of_run(seconds: Iterable[float], wall: float) -> list[Metric]:
    """How fast a run was: `seconds` of each scenario that ran, `wall` seconds of the whole."""
    taken = sorted(seconds)
    if not taken or wall <= 0:
        return []
    return [
        Metric("run.seconds", "Seconds of the run", wall, "s", "lower"),
        Metric("run.scenarios-per-second", "Scenarios a second", len(taken) / wall, "1/s", "higher"),
        *_percentiles("run.scenario", "Seconds of a scenario", taken, "run"),
        Metric("run.scenario-slowest", "Seconds of the slowest scenario", taken[-1], "s", "lower"),
    ]


def of_first_chunks(seconds: Iterable[float], group: str) -> list[Metric]:
    """How long people waited for the first piece of a reply; nothing, when nobody did."""
    taken = sorted(seconds)
    key = f"{group.lower().replace(' ', '-')}.first-chunk"
    return _percentiles(key, "Seconds to the first piece of a reply", taken, group) if taken else []


def _percentiles(key: str, title: str, taken: Sequence[float], group: str) -> list[Metric]:
    """Median and 95th percentile of sorted figures: the smallest that so many are not above."""
    return [
        Metric(f"{key}-median", f"{title}, median", taken[(len(taken) - 1) // 2], "s", "lower", group),
        Metric(f"{key}-p95", f"{title}, 95 of 100", taken[-(-len(taken) * 95 // 100) - 1], "s", "lower", group),
    ]
