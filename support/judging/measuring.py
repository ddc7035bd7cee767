"""Measuring a judge: every item of its labelled set is judged, as a reply in a scenario would be."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from support.judging import prompt
from support.judging.calibration import Calibration, agreement
from support.judging.judge import Decision, Judge
from support.judging.labels import Item, LabelledSet

AT_ONCE = 5
CHARACTERS_PER_TOKEN = 3
"""Fewer than English text has, so that an estimate is rather too high."""
NAME = "judge/calibration"


@dataclass(frozen=True)
class Estimate:
    """What measuring a judge will ask for, before anything is asked: calls, and tokens in and out over all of them."""

    calls: int
    tokens_in: int
    tokens_out: int


def estimate(judge: Judge, labelled: LabelledSet) -> Estimate:
    """Every item once, and once more where its label is what the judge confirms."""
    sizes = [
        (1 + (item.label == judge.rubric.confirm), len(str(prompt.messages(judge.rubric, item.transcript))))
        for item in labelled.items
    ]
    calls = sum(times for times, _ in sizes)
    schema = len(str(prompt.FORMAT))
    characters = sum(times * (size + schema) for times, size in sizes)
    return Estimate(calls, characters // CHARACTERS_PER_TOKEN, calls * prompt.MAX_TOKENS)


def measure(
    judge: Judge, labelled: LabelledSet, *, today: date, tell: Callable[[Item, Decision], None], at_once: int = AT_ONCE
) -> Calibration:
    """Judge every item; `tell` hears of each decision, in the order of the set.

    Raises:
        UnaskedError: an item could not be judged; nothing can be said of the judge then.
        CalibrationError: the set cannot calibrate a judge.

    """
    decisions: dict[str, Decision] = {}
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="judge")
    try:
        found = pool.map(
            lambda item: judge.decide(item.transcript, f"{NAME}/{judge.rubric.name}/{item.id}"), labelled.items
        )
        for item, decision in zip(labelled.items, found, strict=True):
            decisions[item.id] = decision
            tell(item, decision)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return Calibration(
        identity=judge.identity,
        criterion=labelled.criterion,
        model=judge.model,
        on=today,
        labels=labelled.fingerprint,
        provisional=labelled.provisional,
        agreement=agreement(labelled, {name: decision.verdict for name, decision in decisions.items()}),
    )
