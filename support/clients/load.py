"""What Locust tells of a crowd: counts, times and faults of each thing that its users did; second by second."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Entry(_Told):
    """One kind of thing that was done. Times are milliseconds, by how often each was taken; rounded from 100 on."""

    name: str
    count: int = Field(alias="num_requests")
    failures: int = Field(alias="num_failures")
    times: Mapping[float, int] = Field(alias="response_times")
    longest_ms: float = Field(0.0, alias="max_response_time")
    per_second: Mapping[int, int] = Field(alias="num_reqs_per_sec")
    """How many ended in each unix second."""
    failures_per_second: Mapping[int, int] = Field(alias="num_fail_per_sec")

    def within_ms(self, share: float) -> float:
        """The time that this share of them (0..1) took at most; 0 where there are none."""
        counted, wanted = 0, share * sum(self.times.values())
        for taken in sorted(self.times):
            counted += self.times[taken]
            if counted >= wanted:
                return taken
        return 0.0

    @property
    def rate(self) -> float:
        """How many ended in a second, from the first to the last."""
        seconds = [*self.per_second]
        return self.count / (max(seconds) - min(seconds) + 1) if seconds else 0.0


class Fault(_Told):
    """A failure, and how often it was met."""

    name: str
    error: str
    occurrences: int

    def __str__(self) -> str:
        return f"{self.occurrences} x {self.name}: {self.error}"


class Breakdown(_Told):
    """An exception in the playing of a user: a fault of this suite."""

    count: int
    message: str


class Report(_Told):
    """All of it."""

    workers: int
    entries: Sequence[Entry]
    errors: Sequence[Fault]
    exceptions: Sequence[Breakdown]

    def of(self, name: str) -> Entry:
        """What was done under this name; an entry of nothing where it never was."""
        nothing = Entry(
            name=name, num_requests=0, num_failures=0, response_times={}, num_reqs_per_sec={}, num_fail_per_sec={}
        )
        return next((each for each in self.entries if each.name == name), nothing)


@dataclass(frozen=True)
class Moment:
    """One second of a crowd: how many were there, and what is true of the thing measured. Times are milliseconds."""

    at: int
    users: int
    median: float | None
    p95: float | None
    p99: float | None


def read_report(file: Path) -> Report:
    """The results at the end."""
    return Report.model_validate_json(file.read_text(encoding="utf-8"))


def read_series(file: Path, name: str) -> list[Moment]:
    """How it went, by Locust's own record; percentiles are those of the last seconds before each moment."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    there = {int(row["Timestamp"]): int(row["User Count"]) for row in rows}
    measured = {int(row["Timestamp"]): row for row in rows if row["Name"] == name}
    return [_moment(at, users, measured.get(at, {})) for at, users in sorted(there.items())]


def _moment(at: int, users: int, row: Mapping[str, str]) -> Moment:
    def figure(column: str) -> float | None:
        given = row.get(column, "")
        return float(given) if given not in ("", "N/A") else None

    return Moment(at, users, figure("50%"), figure("95%"), figure("99%"))


def together(entries: Sequence[Entry]) -> tuple[Counter[int], Counter[int]]:
    """How many things ended in each second, and how many of them failed."""
    done: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for each in entries:
        done.update(each.per_second)
        failed.update(each.failures_per_second)
    return done, failed
