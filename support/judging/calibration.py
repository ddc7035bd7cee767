"""How far a judge may be believed: its agreement with a labelled set, stored by its identity, and what follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from support.judging.labels import LEAST_ITEMS, Answer, LabelledSet
from support.judging.opinions import Verdict

FOLDER = Path(__file__).parent / "calibrations"
LEAST_KAPPA = 0.6
LEAST_TNR = 0.9
VALID_DAYS = 90
"""Models change behind their names: an older calibration says nothing about today's."""


class CalibrationError(Exception):
    """A stored calibration that cannot be read, or a judgement that cannot be compared; names the file or the item."""


class Agreement(BaseModel):
    """A judge's verdicts against the labels. A positive is a reply that meets the criterion.

    `tpr` is the share of good replies that it passes, `tnr` the share of bad ones that it fails, `kappa` its agreement
    beyond chance (Cohen), with inconclusive as a third answer: it never counts as right. Rates are from 0 to 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    n: int
    kappa: float
    tpr: float
    tnr: float
    base_rate: float
    inconclusive: int
    wrong: tuple[str, ...]
    """The ids of the items that it judged otherwise than labelled, inconclusive ones included."""


class Calibration(BaseModel):
    """One measurement of one judge, as it is stored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: str
    criterion: str
    model: str
    on: date
    labels: str
    """Fingerprint of the labelled set."""
    provisional: int
    """How many of its items no person had labelled."""
    agreement: Agreement


class Standing(BaseModel):
    """Whether a judge's verdicts gate. `reasons` says why they do not; `remark` what the report must show besides."""

    model_config = ConfigDict(frozen=True)

    reasons: tuple[str, ...] = ()
    remark: str = ""
    calibration: Calibration | None = None

    @property
    def gating(self) -> bool:
        """Whether its verdicts decide; else they are shown only."""
        return not self.reasons

    def told(self) -> str:
        """In one line."""
        if self.calibration is None:
            numbers = ""
        else:
            found = self.calibration.agreement
            numbers = (
                f"kappa {found.kappa:.2f}, TPR {found.tpr:.2f}, TNR {found.tnr:.2f}, base rate {found.base_rate:.2f}, "
                f"n {found.n}, {self.calibration.on.isoformat()}"
            )
        role = "gating" if self.gating else f"advisory: {'; '.join(self.reasons)}"
        return "; ".join(part for part in (role, numbers, self.remark) if part)


def agreement(labelled: LabelledSet, verdicts: Mapping[str, Verdict]) -> Agreement:
    """Compare verdicts, by item id, with the labels.

    Raises:
        CalibrationError: an item was not judged, or all labels are the same.

    """
    missing = [item.id for item in labelled.items if item.id not in verdicts]
    if missing:
        raise CalibrationError(f"{labelled.criterion}: {len(missing)} items were not judged, the first is {missing[0]}")
    pairs = [(item.label, verdicts[item.id]) for item in labelled.items]
    return Agreement(
        n=len(pairs),
        kappa=kappa(pairs),
        tpr=_rate(pairs, "pass", labelled.criterion),
        tnr=_rate(pairs, "fail", labelled.criterion),
        base_rate=labelled.base_rate,
        inconclusive=sum(verdict == "inconclusive" for _, verdict in pairs),
        wrong=tuple(item.id for item in labelled.items if verdicts[item.id] != item.label),
    )


def kappa(pairs: Sequence[tuple[Answer, Verdict]]) -> float:
    """Cohen's kappa of (label, verdict); a judge that always says the same gets 0, also where all labels are equal."""
    n = len(pairs)
    labels, verdicts = [label for label, _ in pairs], [verdict for _, verdict in pairs]
    seen = sum(label == verdict for label, verdict in pairs) / n
    chance = sum(labels.count(each) / n * verdicts.count(each) / n for each in ("pass", "fail"))
    return 0.0 if chance == 1 else (seen - chance) / (1 - chance)


def _rate(pairs: Sequence[tuple[Answer, Verdict]], label: Answer, criterion: str) -> float:
    """The share of the items with this label that the judge got right."""
    verdicts = [verdict for known, verdict in pairs if known == label]
    if not verdicts:
        raise CalibrationError(f"{criterion}: no item is labelled {label}: such a set cannot calibrate a judge")
    return verdicts.count(label) / len(verdicts)


def store(measured: Calibration, folder: Path = FOLDER) -> Path:
    """Keep a measurement; an older one of the same judge is replaced. Answers the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{measured.identity}.json"
    file.write_text(json.dumps(measured.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
    return file


def stored(identity: str, folder: Path = FOLDER) -> Calibration | None:
    """What is known of a judge; None when nothing is. Raises CalibrationError."""
    file = folder / f"{identity}.json"
    if not file.is_file():
        return None
    try:
        found = Calibration.model_validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as fault:
        raise CalibrationError(f"{file}: {fault.errors()[0]['msg']}; measure the judge again") from fault
    if found.identity != identity:
        raise CalibrationError(f"{file}: it is about another judge; measure the judge again")
    return found


def standing(
    measured: Calibration | None, labelled: LabelledSet, *, today: date, accept_provisional: bool = False
) -> Standing:
    """Whether a judge with this calibration gates, today and for this set."""
    if measured is None:
        return Standing(reasons=("uncalibrated: run `acceptance judge calibrate`",))
    remark = ""
    reasons = list(_weaknesses(measured, labelled, today))
    if labelled.provisional:  # as it is now: a person may have confirmed labels since the judge was measured
        says = f"{labelled.provisional} of {len(labelled.items)} labels are provisional: no person made them"
        if accept_provisional:
            remark = f"{says}; accepted by JUDGE_ACCEPT_PROVISIONAL"
        else:
            reasons.append(f"{says}; run `acceptance judge label`")
    return Standing(reasons=tuple(reasons), remark=remark, calibration=measured)


def _weaknesses(measured: Calibration, labelled: LabelledSet, today: date) -> list[str]:
    found = measured.agreement
    expires = measured.on + timedelta(days=VALID_DAYS)
    checks = {
        f"expired on {expires.isoformat()}: run `acceptance judge calibrate`": today > expires,
        f"measured in the future ({measured.on.isoformat()})": measured.on > today,
        "the labelled set has changed since: run `acceptance judge calibrate`": measured.labels != labelled.fingerprint,
        f"only {found.n} items, of at least {LEAST_ITEMS}": found.n < LEAST_ITEMS,
        f"kappa {found.kappa:.2f} is below {LEAST_KAPPA}": found.kappa < LEAST_KAPPA,
        f"TNR {found.tnr:.2f} is below {LEAST_TNR}": found.tnr < LEAST_TNR,
    }
    return [fault for fault, found_so in checks.items() if found_so]
