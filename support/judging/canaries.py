"""Canaries: labelled items that a judge had right, judged anew in each run. Models change behind their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from support.judging.calibration import Calibration
from support.judging.judge import Judge, UnaskedError
from support.judging.labels import Item, LabelledSet

OF_EACH = 2
"""So many good replies, and so many bad ones: few, since each run pays for them."""


def chosen(labelled: LabelledSet, measured: Calibration) -> list[Item]:
    """The first items of each label that the judge judged right when it was measured."""
    right = [item for item in labelled.items if item.id not in measured.agreement.wrong]
    return [item for label in ("pass", "fail") for item in [each for each in right if each.label == label][:OF_EACH]]


def changed(judge: Judge, items: Sequence[Item], name: str) -> Iterator[str]:
    """What is judged otherwise than it was, or cannot be judged, in words. `name` begins the ids of the calls."""
    for item in items:
        try:
            verdict = judge.decide(item.transcript, f"{name}/{item.id}").verdict
        except UnaskedError as failure:
            yield f"the canary {item.id} could not be asked: {failure}"
            return
        if verdict != item.label:
            yield f"the canary {item.id} is judged {verdict} in this run, and was judged {item.label}"
