"""Proves `acceptance judge` as a person or CI runs it: estimate, budget, measuring, storing, showing, labelling."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.clients.model import Condition, ScriptedModel, Turn
from support.judging import calibration, labels
from support.judging.labels import LabelledSet
from tests.backends.model_process import KEY, ModelProcess

Command = Callable[..., "subprocess.CompletedProcess[str]"]
CRITERION = "empathetic"


@pytest.fixture
def command(model_process: ModelProcess, scripted: ScriptedModel, tmp_path: Path) -> Command:
    """Run `acceptance judge …` in a folder of its own, with a scripted model for the real one."""

    def run(*arguments: str, typed: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        known = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model_process.address}
        return subprocess.run(
            [sys.executable, "-c", "from support.cli import app; app()", "judge", *arguments],
            cwd=tmp_path,
            env={**os.environ, **known, **environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def judged(scripted: ScriptedModel, known: LabelledSet, wrong: dict[str, str]) -> None:
    """Have the model judge every item as it is labelled, but these."""
    for item in known.items:
        verdict = wrong.get(item.id, item.label)
        told = {"criterion": "c", "quotes": [item.reply[:12]], "reasoning": "r", "verdict": verdict}
        scripted.script(
            Turn.saying(json.dumps(told)),
            when=Condition(last_user_contains=f"material {item.transcript.boundary} begins"),
            repeat=True,
        )


def test_a_judge_is_measured_stored_and_shown(command: Command, scripted: ScriptedModel, tmp_path: Path) -> None:
    known = labels.load(CRITERION)
    good = [item.id for item in known.items if item.label == "pass"]
    bad = [item.id for item in known.items if item.label == "fail"]
    judged(scripted, known, {good[0]: "fail", good[1]: "inconclusive", bad[0]: "pass"})
    store = str(tmp_path / "calibrations")

    ran = command("calibrate", "--criterion", CRITERION, "--calibrations", store, "-D", "budget_usd=2")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    # 36 bad items and one good one are asked twice, since what fails is confirmed, and the wrong pass is not.
    assert len(scripted.received(api="chat")) == 66 + 36
    assert "about 102 calls, at most some $" in ran.stderr
    assert f"{bad[0]} (" in ran.stderr
    assert "spent: $0." in ran.stderr
    [file] = (tmp_path / "calibrations").iterdir()
    found = calibration.stored(file.stem, tmp_path / "calibrations")
    assert found is not None
    measured = found.agreement
    assert (measured.n, measured.inconclusive) == (66, 1)
    assert measured.tpr == pytest.approx(28 / 30)
    assert measured.tnr == pytest.approx(35 / 36)
    chance = 30 / 66 * 29 / 66 + 36 / 66 * 36 / 66
    assert measured.kappa == pytest.approx((63 / 66 - chance) / (1 - chance))
    assert set(measured.wrong) == {good[0], good[1], bad[0]}
    assert "66 of 66 labels are provisional" in ran.stdout

    shown = command("show", "--calibrations", store, "-D", "judge_accept_provisional=yes")
    assert "empathetic by gpt-4.1" in shown.stdout
    assert "gating; kappa 0.91, TPR 0.93, TNR 0.97, base rate 0.45, n 66" in shown.stdout
    assert "accepted by JUDGE_ACCEPT_PROVISIONAL" in shown.stdout
    assert "professional by gpt-4.1" in shown.stdout
    assert "uncalibrated" in shown.stdout


def test_a_judge_that_cannot_be_asked_is_not_measured(command: Command, tmp_path: Path) -> None:
    store = tmp_path / "calibrations"
    ran = command("calibrate", "--criterion", CRITERION, "--calibrations", str(store), "-D", "budget_usd=0.001")
    assert ran.returncode == 1
    assert "nothing can be said of the judge" in ran.stderr
    assert "budget" in ran.stderr
    assert not store.exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        (["calibrate"], {"OPENAI_API_KEY": ""}, "OPENAI_API_KEY"),
        (["calibrate"], {"OPENAI_API_KEY": "sk-wrong-0123456789"}, "refuses OPENAI_API_KEY (401)"),
        (["calibrate", "--criterion", "funny"], {}, 'there is no rubric "funny"; there are empathetic'),
        (["calibrate", "-D", "judge_model=gpt-unheard-of"], {}, 'the model "gpt-unheard-of" has no price'),
        (["label", "funny", "--by", "Ada"], {}, 'there is no rubric "funny"'),
        (["label", "empathetic", "--by", " "], {}, "--by: say who labels"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    arguments: list[str], environment: dict[str, str], told: str, command: Command
) -> None:
    ran = command(*arguments, **environment)
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert KEY not in ran.stdout + ran.stderr


def test_a_person_labels_in_the_terminal_and_the_file_keeps_it(command: Command, tmp_path: Path) -> None:
    known = labels.load(CRITERION)
    labels.save(known, tmp_path)
    ran = command("label", CRITERION, "--by", "Ada", "--labels", str(tmp_path), typed="p\nf\nq\n")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 labels given; 64 of 66 are provisional" in ran.stdout
    kept = labels.load(CRITERION, tmp_path)
    assert [item.best.by for item in kept.items[:3]] == ["Ada", "Ada", known.items[2].best.by]
    assert [item.label for item in kept.items[:2]] == ["pass", "fail"]
    assert labels.load(CRITERION) == known
