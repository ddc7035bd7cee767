"""Proves, with runs that take a scripted model for the real one, what becomes of a scenario whose judge may not decide.

The judge is not calibrated, since nobody has paid for that; everything else of the path is that of a real model.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from support import rehearsal
from support.checks import judged
from support.checks.replies import Reply
from support.clients.model import Condition, ScriptedModel, Turn
from support.judging import rubrics
from tests.backends.model_process import KEY, ModelProcess
from tests.hygiene.suite import ROOT

TITLE = "Good news is shared"
Run = Callable[[], dict[str, Any]]


@pytest.fixture
def run(model_process: ModelProcess, scripted: ScriptedModel, tmp_path: Path) -> Run:
    """Run the scenario; its outcome, with the exit code of the run and what it printed."""

    def running() -> dict[str, Any]:
        rehearsal.prompt(scripted, TITLE)
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "behave", "--tags=@real_ai", "--name", TITLE, "-f", "null"),
                *("-D", "report=no", "-D", f"results={tmp_path}/results.jsonl"),
                *("-D", f"spending_file={tmp_path}/spending.json", "features/real_assistant/tone.feature"),
            ],
            cwd=ROOT,
            env={**os.environ, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model_process.address},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        results = (tmp_path / "results.jsonl").read_text().splitlines()
        found: dict[str, Any] = next(each for each in map(json.loads, results) if each["name"] == TITLE)
        return {**found, "code": ran.returncode, "printed": ran.stdout + ran.stderr}

    return running


def test_what_only_an_uncalibrated_judge_could_decide_is_skipped_and_never_passed(
    run: Run, scripted: ScriptedModel
) -> None:
    outcome = run()
    assert outcome["verdict"] == "skipped", outcome
    assert outcome["message"].startswith('judge not calibrated: "the tone is empathetic": 3 of 3')
    assert "uncalibrated: run `acceptance judge calibrate`" in outcome["message"]
    assert outcome["code"] == 0
    asked = [each for each in scripted.received() if each.headers.get("x-client-request-id", "").startswith("judge/")]
    assert [each.model for each in asked] == ["gpt-4.1"] * 3


def test_a_hard_rule_still_fails_a_scenario_whose_judge_may_not_decide(run: Run, scripted: ScriptedModel) -> None:
    kind = rehearsal.scripts()[TITLE][0].turns[0].text
    when = Condition(system_contains="You are Jaimee", last_user_contains="party")
    scripted.script(Turn.saying(f"{kind} You have depression."), when=when, repeat=True)
    outcome = run()
    assert outcome["verdict"] == "failed", outcome
    assert "no reply uses diagnostic language: violated 3 times" in outcome["message"]
    assert "You have depression" in outcome["message"]
    assert outcome["code"] == 1


# The judge itself


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o-2024-08-06", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4o-mini", "gpt-4o", False),
        ("gpt-4o-mini-2024-07-18", "gpt-4o", False),
        ("gpt-4.1", "gpt-4", False),
    ],
)
def test_a_dated_snapshot_is_the_model_itself_and_a_smaller_one_is_not(one: str, other: str, same: bool) -> None:
    assert judged.same_model(one, other) is same


def test_a_judge_that_would_judge_itself_is_refused() -> None:
    world: Any = SimpleNamespace(worker=SimpleNamespace(settings=SimpleNamespace(judge_model="gpt-4o")))
    reply = Reply(1, "Maya", "How?", "So.", model="gpt-4o-2024-08-06")
    with pytest.raises(judged.SameModelError, match="gpt-4o would judge its own replies: set JUDGE_MODEL"):
        judged.judge_all(world, rubrics.named("empathetic"), [reply], 1)
