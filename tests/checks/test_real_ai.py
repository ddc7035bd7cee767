"""Proves what the checks on runs of real AI must not overlook."""

from typing import Any, cast

import pytest

from support.checks import real_ai
from support.world import World

ONCE = {"name": "Maya asks", "verdict": "passed", "message": ""}
WANTED = [{"scenario": "Maya asks", "verdict": "passed"}]


def ended(monkeypatch: pytest.MonkeyPatch, *scenarios: dict[str, str]) -> World:
    """A scenario whose program was a run in which these scenarios ended."""

    class Result:
        answer: dict[str, Any] = {"scenarios": list(scenarios)}  # noqa: RUF012 - read only

    monkeypatch.setattr(real_ai, "ended", lambda _: Result)
    return cast("World", None)


def test_a_scenario_that_was_run_twice_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real_ai.ended_so(ended(monkeypatch, ONCE), WANTED)
    with pytest.raises(AssertionError, match="expected the scenarios"):
        real_ai.ended_so(ended(monkeypatch, {**ONCE, "verdict": "failed"}, ONCE), WANTED)
