"""Proves that a trace is shown as the tree that it is: parentage as depth, time as bars, failures in words."""

from typing import Any

from support.checks.tracing import waterfall
from support.clients.evaluation_platform.interface import Event


def event(name: str, parent: str | None, start: float, duration: float, **more: Any) -> Event:
    return Event(
        session="session",
        id=name,
        name=name,
        type=more.pop("type", "tool"),
        parent=parent,
        start_time=start,
        duration=duration,
        **more,
    )


def test_children_stand_below_and_behind_what_they_are_within() -> None:
    events = [
        event("plan", "session", 1000.0, 30.0, type="chain"),
        event("ask", "plan", 1010.0, 15.0, type="model", error="Incorrect API key"),
        event("other", "session", 1030.0, 0.0),
    ]
    first, second, third = waterfall(events).splitlines()
    assert first.startswith("chain plan ")
    assert second.startswith("  model ask ")
    assert second.endswith("✗ Incorrect API key")
    assert third.startswith("tool other ")
    assert "|" + " " * 10 + "█" * 15 in second
    assert " 10.0 ms " in second
    assert " 15.0 ms " in second


def test_an_event_whose_parent_is_missing_is_still_shown() -> None:
    assert "lost" in waterfall([event("lost", "nobody", 1.0, 1.0)])


def test_an_empty_trace_says_so() -> None:
    assert waterfall([]) == "no event"
