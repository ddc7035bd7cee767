"""Proves that the labelled sets are fit to calibrate judges, that people outweigh programs, and how they label."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from support.judging import labels, rubrics
from support.judging.labelling import Session
from support.judging.labels import Item, Label, LabelError, LabelledSet

TODAY = date(2026, 11, 20)
SETS = sorted(rubrics.all_rubrics())


def label(answer: str, *, person: bool, by: str = "somebody") -> Label:
    return Label.model_validate({"label": answer, "by": by, "person": person, "on": TODAY})


def item(name: str, *given: Label) -> Item:
    return Item(id=name, kind="plain", asked="How?", reply=f"Reply {name}.", labels=given)


# The sets of the repository


@pytest.mark.parametrize("criterion", SETS)
def test_a_set_is_large_varied_and_balanced(criterion: str) -> None:
    known = labels.load(criterion)
    assert len(known.items) >= labels.LEAST_ITEMS
    assert 0.3 <= known.base_rate <= 0.7
    assert len({each.reply for each in known.items}) == len(known.items)
    kinds = Counter(each.kind for each in known.items)
    assert max(kinds.values()) <= len(known.items) // 6
    assert sum("injection" in each.kind or "self praise" in each.kind for each in known.items) >= 5


@pytest.mark.parametrize(
    ("criterion", "near_misses"),
    [
        ("empathetic", ("cold correctness", "condescending sorry", "sarcasm", "minimising", "forced cheer")),
        ("professional", ("hollow", "casual", "overconfident", "heap", "good content, casual end")),
    ],
)
def test_the_near_misses_are_there_and_fail(criterion: str, near_misses: tuple[str, ...]) -> None:
    for kind in near_misses:
        found = [each.label for each in labels.load(criterion).items if each.kind == kind]
        assert found
        assert set(found) == {"fail"}


@pytest.mark.parametrize("criterion", SETS)
def test_the_order_gives_no_label_away(criterion: str) -> None:
    """Runs of equal labels are no longer than chance makes them."""
    text = "".join(each.label[0] for each in labels.load(criterion).items)
    assert "p" * 9 not in text
    assert "f" * 9 not in text


@pytest.mark.parametrize("criterion", SETS)
def test_what_no_person_has_labelled_says_so(criterion: str) -> None:
    for each in labels.load(criterion).items:
        assert each.provisional == (not any(one.person for one in each.labels))


# Labels


def test_people_outweigh_programs_and_the_last_word_counts() -> None:
    assert item("a", label("pass", person=False), label("fail", person=False)).label == "fail"
    assert item("a", label("fail", person=True), label("pass", person=False)).label == "fail"
    assert item("a", label("fail", person=True), label("pass", person=True)).label == "pass"


def test_who_labelled_is_no_part_of_the_fingerprint_and_what_was_labelled_is() -> None:
    known = LabelledSet(criterion="x", items=(item("a", label("pass", person=False)),))
    assert known.labelled("a", label("pass", person=True)).fingerprint == known.fingerprint
    assert known.labelled("a", label("fail", person=True)).fingerprint != known.fingerprint


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1"),
        ("{}", "line 1: id"),
        ("not json", "line 1"),
        ('{"id":"a","kind":"k","asked":"?","reply":"!","labels":[]}', "line 1: labels"),
    ],
)
def test_a_spoilt_set_is_refused_by_its_line(text: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(LabelError, match=fault):
        labels.load("x", tmp_path)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_what_was_kept_is_read_again_whatever_ends_a_line_in_a_reply(sign: str, tmp_path: Path) -> None:
    known = item("a", label("pass", person=True)).model_copy(update={"reply": f"Breathe.{sign}Slowly."})
    kept = LabelledSet(criterion="x", items=(known,))
    labels.save(kept, tmp_path)
    assert labels.load("x", tmp_path) == kept


def test_two_items_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = item("a", label("pass", person=True))
    (tmp_path / "x.jsonl").write_text(f"{twice.model_dump_json()}\n" * 2)
    with pytest.raises(LabelError, match="several items are called a"):
        labels.load("x", tmp_path)


# Labelling


class Person:
    """Types these keys, one after another."""

    def __init__(self, keys: str) -> None:
        self.keys = list(keys)
        self.seen: list[str] = []
        self.kept: list[LabelledSet] = []

    def label(self, known: LabelledSet, *, every: bool = False) -> int:
        session = Session(
            known,
            rubrics.named("empathetic"),
            "Ada",
            ask=lambda _: self.keys.pop(0) if self.keys else "q",
            show=self.seen.append,
            keep=self.kept.append,
            today=TODAY,
        )
        return session.run(every=every)


def provisional(*names: str) -> LabelledSet:
    return LabelledSet(criterion="x", items=tuple(item(name, label("pass", person=False)) for name in names))


def test_each_keystroke_is_kept_at_once() -> None:
    ada = Person("pfsq")
    assert ada.label(provisional("a", "b", "c", "d")) == 2
    assert [known.provisional for known in ada.kept] == [3, 2]
    assert [each.label for each in ada.kept[-1].items] == ["pass", "fail", "pass", "pass"]
    assert ada.kept[-1].items[1].best == label("fail", person=True, by="Ada")


def test_a_person_is_not_led_by_the_label_that_is_there() -> None:
    ada = Person("f")
    ada.label(provisional("a"))
    shown = next(text for text in ada.seen if "Reply a." in text)
    assert "pass" not in shown
    assert any("it was labelled pass by somebody; yours counts" in text for text in ada.seen)


def test_going_back_and_mistyped_keys() -> None:
    ada = Person("px bf")
    ada.label(provisional("a", "b"))
    assert [each.label for each in ada.kept[-1].items] == ["fail", "pass"]


def test_what_a_person_has_labelled_is_left_out_unless_all_is_asked_for() -> None:
    known = provisional("a", "b").labelled("a", label("fail", person=True))
    assert Person("p").label(known) == 1
    assert Person("pp").label(known, every=True) == 2
