"""What is counted: sessions, calls, errors and durations; and one line of JSON a call in the metrics log.

    {"t", "request_id", "session_id", "tool", "outcome", "code", "seconds", "cached", "provider"}

`t` is the unix time of the call's end; `outcome` is ok, error or cancelled; `code` that of the error, or null.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import clock, logs
from .settings import Settings

UNKNOWN = "(unknown)"
"""Under this name calls of tools that do not exist are counted: clients make up as many as they like."""


@dataclass
class Durations:
    """How long the calls of one tool took, in seconds."""

    count: int = 0
    total: float = 0.0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.count += 1
        self.total += seconds
        self.longest = max(self.longest, seconds)

    def shown(self) -> dict[str, float]:
        """As the health report shows it."""
        mean = self.total / self.count if self.count else 0.0
        return {"count": self.count, "mean": round(mean, 6), "longest": round(self.longest, 6)}


@dataclass
class Metrics:
    """The counts of one running daemon."""

    sessions: Counter[str] = field(default_factory=Counter)
    """opened, closed, timed_out, refused."""
    calls: Counter[str] = field(default_factory=Counter)
    """By tool; refused ones too."""
    errors: Counter[str] = field(default_factory=Counter)
    """By code."""
    cancelled: int = 0
    cached: int = 0
    durations: dict[str, Durations] = field(default_factory=dict)
    """By tool; of calls that were carried out."""
    file: logging.Handler | None = None

    def open(self, folder: Path, settings: Settings) -> None:
        """Write to the metrics log of this folder."""
        self.file = logs.rotating(folder / "metrics.jsonl", settings)

    def close(self) -> None:
        """Write no more."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def session(self, what: str) -> None:
        """Count what became of a session."""
        self.sessions[what] += 1

    def call(self, record: dict[str, Any]) -> None:
        """Count a call that has ended, and write its line."""
        self.calls[UNKNOWN if record["code"] == "TOOL_NOT_FOUND" else record["tool"]] += 1
        if record["outcome"] == "error":
            self.errors[record["code"]] += 1
        self.cancelled += record["outcome"] == "cancelled"
        self.cached += bool(record["cached"])
        if carried_out(record):
            self.durations.setdefault(record["tool"], Durations()).add(record["seconds"])
        self.write({"t": clock.wall(), **record})

    def write(self, record: dict[str, Any]) -> None:
        """Append a line to the metrics log."""
        if self.file is not None:
            text = json.dumps(logs.masked(record), ensure_ascii=False)
            self.file.emit(logging.LogRecord("metrics", logging.INFO, "", 0, text, None, None))

    def shown(self) -> dict[str, Any]:
        """As the health report shows it."""
        return {
            "sessions": dict(self.sessions),
            "calls": {"total": self.calls.total(), "by_tool": dict(self.calls)},
            "errors": {"total": self.errors.total(), "by_code": dict(self.errors)},
            "cancelled": self.cancelled,
            "cached": self.cached,
            "durations": {tool: each.shown() for tool, each in self.durations.items()},
        }


def carried_out(record: dict[str, Any]) -> bool:
    """Whether a tool ran for the call."""
    return not record["cached"] and record["code"] not in ("TOOL_NOT_FOUND", "OVER_CAPACITY", "DUPLICATE")
