"""Proves that a judge is tried in each run on items that it once judged right, and loses its say where it errs now."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from support.checks import judged
from support.clients.model import ScriptedModel, Turn
from support.judging import calibration, canaries, labels, rubrics
from support.judging.calibration import Agreement, Calibration
from tests.backends.model_process import KEY, ModelProcess

RUBRIC = rubrics.named("empathetic")
LABELLED = labels.load("empathetic")


def measured(*wrong: str, on: date | None = None) -> Calibration:
    """A good calibration of whoever is asked for."""
    found = Agreement(n=66, kappa=0.9, tpr=0.95, tnr=0.95, base_rate=0.5, inconclusive=0, wrong=wrong)
    on = on or datetime.now(UTC).date()
    told = {"criterion": "empathetic", "model": "gpt-4.1", "labels": LABELLED.fingerprint, "provisional": 66}
    return Calibration(identity="any", on=on, agreement=found, **told)


def says(scripted: ScriptedModel, items: Sequence[labels.Item], verdict: str | None = None) -> None:
    """Have the model judge these as they are labelled, or all alike."""
    for item in items:
        told = {"criterion": "c", "quotes": [item.reply[:20]], "reasoning": "r", "verdict": verdict or item.label}
        scripted.script(Turn.saying(json.dumps(told)), last_user_contains=item.reply[:40], repeat=True)


@pytest.fixture
def stands(
    model_process: ModelProcess, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., calibration.Standing]:
    """How a judge with this calibration stands in a run that asks the scripted model."""
    monkeypatch.setattr(judged, "_ALARMS", {})
    taken: list[str] = []
    spending = SimpleNamespace(address=model_process.address, key=KEY, take_unasked=taken.append)

    def stand(known: Calibration, *, run: str = "r") -> calibration.Standing:
        monkeypatch.setattr(calibration, "stored", lambda _identity: known)
        settings = SimpleNamespace(rehearsal=False, judge_model="gpt-4.1", judge_accept_provisional=True)
        world: Any = SimpleNamespace(
            worker=SimpleNamespace(settings=settings, spending=spending, run=run), mark=f"{run}-1"
        )
        return judged.standing(world, RUBRIC)

    return stand


def test_canaries_are_items_of_both_labels_that_the_judge_had_right() -> None:
    first = canaries.chosen(LABELLED, measured())
    assert [item.label for item in first] == ["pass", "pass", "fail", "fail"]
    others = canaries.chosen(LABELLED, measured(first[0].id, first[2].id))
    assert [item.label for item in others] == ["pass", "pass", "fail", "fail"]
    assert {first[0].id, first[2].id}.isdisjoint(item.id for item in others)


def test_a_judge_that_judges_as_before_gates_and_is_tried_once_a_run(
    stands: Callable[..., calibration.Standing], scripted: ScriptedModel
) -> None:
    items = canaries.chosen(LABELLED, measured())
    says(scripted, items)
    assert stands(measured()).gating
    asked = scripted.received()
    assert {each.headers["x-client-request-id"].split("/")[3] for each in asked} == {item.id for item in items}
    assert all(each.headers["x-client-request-id"].startswith("judge/r-1/empathetic-canary/") for each in asked)
    assert stands(measured()).gating
    assert len(scripted.received()) == len(asked), "its canaries were judged twice in one run"
    stands(measured(), run="another")
    assert len(scripted.received()) == 2 * len(asked)


def test_a_judge_that_has_become_mild_is_advisory_and_says_why(
    stands: Callable[..., calibration.Standing], scripted: ScriptedModel
) -> None:
    bad = [item for item in canaries.chosen(LABELLED, measured()) if item.label == "fail"]
    says(scripted, canaries.chosen(LABELLED, measured()), "pass")
    found = stands(measured())
    assert not found.gating
    assert found.reasons == tuple(
        f"the canary {item.id} is judged pass in this run, and was judged fail" for item in bad
    )
    assert "advisory: the canary" in found.told()


def test_a_judge_whose_canaries_cannot_be_asked_is_advisory(
    stands: Callable[..., calibration.Standing], scripted: ScriptedModel
) -> None:
    scripted.script(Turn.failing(503), repeat=True)
    found = stands(measured())
    assert not found.gating
    assert "could not be asked" in found.told()
    assert len(scripted.received()) == 1


def test_a_judge_that_may_not_gate_anyway_costs_nothing(
    stands: Callable[..., calibration.Standing], scripted: ScriptedModel
) -> None:
    old = datetime.now(UTC).date() - timedelta(days=calibration.VALID_DAYS + 1)
    assert not stands(measured(on=old)).gating
    assert scripted.received() == []
