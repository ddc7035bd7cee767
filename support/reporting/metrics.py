"""Figures of a run for the report: Allure shows them with their trend over earlier runs (`*-perf.json`)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
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
        Metric("run.scenario-median", "Seconds of a scenario, median", taken[len(taken) // 2], "s", "lower"),
        Metric("run.scenario-p95", "Seconds of a scenario, 95 of 100", taken[int(len(taken) * 0.95)], "s", "lower"),
        Metric("run.scenario-slowest", "Seconds of the slowest scenario", taken[-1], "s", "lower"),
    ]
