"""What was said in a session, as lines that people and models read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def rendered(segments: Iterable[Mapping[str, Any]]) -> str:
    """All segments ({speaker, text, startTime in seconds}), a line each, in the order given.

    Raises KeyError, TypeError or ValueError for what is no segment.
    """
    return "\n".join(line(segment) for segment in segments)


def line(segment: Mapping[str, Any]) -> str:
    """One segment: `[01:05] Speaker: text`, without the time where there is none."""
    start = segment.get("startTime")
    said = f"{segment['speaker']}: {segment['text']}"
    return said if start is None else f"[{clock(float(start))}] {said}"


def clock(seconds: float) -> str:
    """Minutes and seconds since the session began."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"
