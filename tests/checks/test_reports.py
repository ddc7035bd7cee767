"""Proves that a report of many is compared whole: none too many, and each reason about what it is said to be about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from support.checks.readings import reports_refused
from support.checks.tracing import run_reports
from support.clients.evaluation_platform.interface import BatchOutcome
from support.processes.programs import ProgramResult

TABLE = [[("scenario", "A"), ("verdict", "passed"), ("saying", "")], [("s", "B"), ("v", "failed"), ("saying", "no")]]
PASSED, FAILED = (
    {"name": "A", "verdict": "passed", "message": ""},
    {"name": "B", "verdict": "failed", "message": "no!"},
)


def reported(*scenarios: dict[str, str]) -> Any:
    return SimpleNamespace(answer=ProgramResult("run", {"scenarios": list(scenarios)}, 0, "", 0.0))


def test_a_run_that_reports_as_the_table_says_is_accepted() -> None:
    run_reports(reported(PASSED, FAILED), TABLE)


@pytest.mark.parametrize(
    "told",
    [
        [PASSED],
        [PASSED, FAILED, FAILED],
        [FAILED, PASSED],
        [{**PASSED, "message": "with a warning"}, FAILED],
        [PASSED, {**FAILED, "message": "a timeout"}],
    ],
)
def test_a_run_that_reports_otherwise_is_not(told: list[dict[str, str]]) -> None:
    with pytest.raises(AssertionError, match="what the run reports"):
        run_reports(reported(*told), TABLE)


@pytest.mark.parametrize(
    ("why", "accepted"),
    [
        ("event_type: must be one of model, tool", True),
        ("inputs.type: must be a text", True),
        ("type", True),
        ("event_name: must be of another type", False),
        ("typed: must be a text", False),
        ("archetype: must be a text", False),
    ],
)
def test_a_row_is_refused_because_of_what_its_reason_begins_with(why: str, accepted: bool) -> None:
    world: Any = SimpleNamespace(recall=lambda *_names: ["good", "bad"])
    answer, table = BatchOutcome(ids=("1",), refused={1: why}), [[("event", "bad"), ("because of", "type")]]
    if accepted:
        reports_refused(world, answer, table)
    else:
        with pytest.raises(AssertionError, match="because of what"):
            reports_refused(world, answer, table)
