"""Proves that agreement is computed as by hand, and that a judge gates only when all that speaks for it is there."""

from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.judging import calibration, labels
from support.judging.calibration import VALID_DAYS, Agreement, Calibration, CalibrationError
from support.judging.labels import Answer, Item, Label, LabelledSet
from support.judging.opinions import Verdict

TODAY = date(2026, 11, 20)


def item(number: int, label: str, *, person: bool = True) -> Item:
    by = Label(label=cast("Answer", label), by="Ada" if person else "a model", person=person, on=TODAY)
    return Item(id=f"i{number}", kind="plain", asked="?", reply=f"reply {number}", labels=(by,))


def labelled(*answers: str, person: bool = True) -> LabelledSet:
    items = tuple(item(n, answer, person=person) for n, answer in enumerate(answers))
    return LabelledSet(criterion="empathetic", items=items)


def verdicts(*said: str) -> dict[str, Verdict]:
    return {f"i{n}": cast("Verdict", verdict) for n, verdict in enumerate(said)}


SIXTY = labelled(*["pass"] * 30, *["fail"] * 30)


def measured(**changes: object) -> Calibration:
    perfect = calibration.agreement(SIXTY, verdicts(*["pass"] * 30, *["fail"] * 30))
    agreement = {name: changes.pop(name) for name in list(changes) if name in Agreement.model_fields}
    made = Calibration(
        identity="0" * 64,
        criterion="empathetic",
        model="gpt-4.1",
        on=TODAY,
        labels=SIXTY.fingerprint,
        provisional=0,
        agreement=perfect.model_copy(update=agreement),
    )
    return made.model_copy(update=changes)


# Numbers


def test_the_numbers_are_those_of_a_textbook_table() -> None:
    """20 and 15 agreed of 50, 5 and 10 not: kappa 0.4 (the usual example of Cohen's kappa)."""
    known = labelled(*["pass"] * 25, *["fail"] * 25)
    said = verdicts(*["pass"] * 20, *["fail"] * 5, *["pass"] * 10, *["fail"] * 15)
    found = calibration.agreement(known, said)
    assert found.kappa == pytest.approx(0.4)
    assert (found.tpr, found.tnr, found.base_rate, found.n) == (0.8, 0.6, 0.5, 50)
    assert len(found.wrong) == 15


def test_a_judge_that_always_says_the_same_has_no_kappa() -> None:
    known = labelled("pass", "pass", "fail")
    found = calibration.agreement(known, verdicts("pass", "pass", "pass"))
    assert (found.kappa, found.tpr, found.tnr) == (0, 1, 0)


def test_inconclusive_is_never_right() -> None:
    known = labelled("pass", "fail", "pass", "fail")
    found = calibration.agreement(known, verdicts("pass", "inconclusive", "inconclusive", "fail"))
    assert (found.tpr, found.tnr, found.inconclusive) == (0.5, 0.5, 2)
    assert found.wrong == ("i1", "i2")
    assert found.kappa == pytest.approx((0.5 - 0.25) / 0.75)


@given(st.lists(st.tuples(st.sampled_from(["pass", "fail"]), st.sampled_from(["pass", "fail"])), min_size=2))
def test_kappa_is_symmetrical_and_at_most_one(pairs: list[tuple[Answer, Answer]]) -> None:
    found = calibration.kappa(list(pairs))
    assert -1 <= found <= 1
    assert found == pytest.approx(calibration.kappa([(verdict, label) for label, verdict in pairs]))
    if found == pytest.approx(1):
        assert all(label == verdict for label, verdict in pairs)


def test_an_item_that_was_not_judged_or_labels_all_alike_calibrate_nothing() -> None:
    with pytest.raises(CalibrationError, match="1 items were not judged, the first is i1"):
        calibration.agreement(labelled("pass", "fail"), verdicts("pass"))
    with pytest.raises(CalibrationError, match="no item is labelled fail"):
        calibration.agreement(labelled("pass", "pass"), verdicts("pass", "pass"))


# Standing


def test_a_good_fresh_judge_that_rests_on_people_gates() -> None:
    found = calibration.standing(measured(), SIXTY, today=TODAY)
    assert found.gating
    assert found.told() == "gating; kappa 1.00, TPR 1.00, TNR 1.00, base rate 0.50, n 60, 2026-11-20"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (None, "uncalibrated"),
        (measured(on=TODAY - timedelta(days=VALID_DAYS + 1)), "expired on 2026-11-19"),
        (measured(on=TODAY + timedelta(days=1)), "measured in the future"),
        (measured(labels="other"), "the labelled set has changed since"),
        (measured(n=59), "only 59 items, of at least 60"),
        (measured(kappa=0.599), "kappa 0.60 is below 0.6"),
        (measured(tnr=0.899), "TNR 0.90 is below 0.9"),
    ],
)
def test_whatever_is_missing_makes_a_judge_advisory(known: Calibration | None, reason: str) -> None:
    found = calibration.standing(known, SIXTY, today=TODAY)
    assert not found.gating
    assert reason in found.told()


def test_the_limits_themselves_suffice() -> None:
    known = measured(kappa=0.6, tnr=0.9, on=TODAY - timedelta(days=VALID_DAYS))
    assert calibration.standing(known, SIXTY, today=TODAY).gating


def test_provisional_labels_gate_only_where_that_is_accepted_and_the_report_says_so() -> None:
    provisional = labelled(*["pass"] * 30, *["fail"] * 30, person=False)
    known = measured(labels=provisional.fingerprint, provisional=60)
    refused = calibration.standing(known, provisional, today=TODAY)
    assert not refused.gating
    assert "60 of 60 labels are provisional" in refused.told()
    accepted = calibration.standing(known, provisional, today=TODAY, accept_provisional=True)
    assert accepted.gating
    assert "accepted by JUDGE_ACCEPT_PROVISIONAL" in accepted.told()


def test_a_person_who_confirms_makes_labels_firm_without_measuring_again() -> None:
    provisional = labelled(*["pass"] * 30, *["fail"] * 30, person=False)
    known = measured(labels=provisional.fingerprint, provisional=60)
    confirmed = provisional
    for each in provisional.items:
        confirmed = confirmed.labelled(each.id, Label(label=each.label, by="Ada", person=True, on=TODAY))
    assert calibration.standing(known, confirmed, today=TODAY).gating
    other = confirmed.labelled("i0", Label(label="fail", by="Olga", person=True, on=TODAY))
    assert "the labelled set has changed" in calibration.standing(known, other, today=TODAY).told()


# The store


def test_a_measurement_is_found_by_the_judges_identity_only(tmp_path: Path) -> None:
    file = calibration.store(measured(), tmp_path)
    assert calibration.stored("0" * 64, tmp_path) == measured()
    assert calibration.stored("1" * 64, tmp_path) is None
    file.rename(tmp_path / f"{'1' * 64}.json")
    with pytest.raises(CalibrationError, match="another judge"):
        calibration.stored("1" * 64, tmp_path)


def test_a_spoilt_measurement_is_refused_by_its_file(tmp_path: Path) -> None:
    (tmp_path / f"{'0' * 64}.json").write_text('{"kappa": 1}')
    with pytest.raises(CalibrationError, match=r"0{64}\.json: .*measure the judge again"):
        calibration.stored("0" * 64, tmp_path)


def test_nothing_stored_is_older_than_what_it_is_about() -> None:
    """Every calibration in the repository is of a judge that exists, on a set that is as it was."""
    for file in calibration.FOLDER.glob("*.json"):
        known = calibration.stored(file.stem)
        assert known is not None
        assert known.labels == labels.load(known.criterion).fingerprint
