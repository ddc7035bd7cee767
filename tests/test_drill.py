"""Proves that the drill tells a defect that is caught from one that is not, and is not taken in by a crash."""

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support import defects
from support.cli import app
from support.reporting import outcomes
from support.reporting.outcomes import Outcome
from support.running.drill import Drill, DrillError, Ended, Verdict, earlier_control, judge, never_red

DEFECT = defects.Defect("x.is-lost", "evaluation_platform", ("DS-3",), "x is lost", "a:b", lambda original: original)


def ended(verdict: str, *tags: str, place: str = "a.feature:3", server_errors: int = 0) -> Ended:
    return Ended(place, "a title", frozenset(tags), verdict, "why", server_errors)


def test_a_failed_scenario_of_its_promise_catches_a_defect() -> None:
    verdict = judge(DEFECT, [ended("failed", "DS-3"), ended("passed", "DS-1", place="a.feature:9")])
    assert (verdict.caught, verdict.caught_by, verdict.reds) == (True, "its own scenario", ("a.feature:3",))


@pytest.mark.parametrize("verdict", ["passed", "broken", "skipped", "not run"])
def test_only_a_failure_catches(verdict: str) -> None:
    assert judge(DEFECT, [ended(verdict, "DS-3")]).caught_by == "none"


def test_a_failed_observation_counts_though_a_hook_found_fault_too() -> None:
    seen = replace(ended("broken", "DS-3"), step_failed=True)
    assert judge(DEFECT, [seen]).caught


def test_a_scenario_of_another_promise_does_not_count_as_its_own() -> None:
    verdict = judge(DEFECT, [ended("passed", "DS-3"), ended("failed", "DS-1")])
    assert (verdict.caught, verdict.caught_by) == (False, "another")


def test_a_defect_that_turns_an_unrelated_scenario_red_is_not_precise_enough() -> None:
    verdict = judge(DEFECT, [ended("failed", "DS-3"), ended("failed", "DS-1", place="b.feature:7")])
    assert (verdict.caught, verdict.caught_by, verdict.unrelated) == (False, "its own scenario", ("b.feature:7",))


@pytest.mark.parametrize(("spreads", "caught"), [("DS-1", True), ("DS", True), ("DP", False), ("DS-11", False)])
def test_a_defect_may_say_where_it_spreads(spreads: str, caught: bool) -> None:
    verdict = judge(replace(DEFECT, spreads=(spreads,)), [ended("failed", "DS-3"), ended("failed", "DS-1")])
    assert verdict.caught is caught


def test_every_promise_that_a_defect_says_it_breaks_must_be_seen_broken() -> None:
    wide = replace(DEFECT, behaviours=("DS-3", "DS-4"))
    verdict = judge(wide, [ended("failed", "DS-3"), ended("passed", "DS-4")])
    assert not verdict.caught
    assert "DS-4" in verdict.why


def test_a_system_that_breaks_down_is_no_catch() -> None:
    verdict = judge(DEFECT, [ended("failed", "DS-3", server_errors=1)])
    assert (verdict.caught_by, verdict.caught) == ("none", False)
    assert "break down" in verdict.why


def test_a_failure_that_is_there_without_the_defect_is_no_breakdown() -> None:
    seen = ended("failed", "DS-3", server_errors=2)
    assert judge(DEFECT, [seen], usual={seen.place: 2}).caught
    assert not judge(DEFECT, [seen], usual={seen.place: 1}).caught


def test_a_promise_that_a_scenario_bears_and_sees_no_defect_of_is_named() -> None:
    """A scenario of two promises is asked about each of them."""
    both, other = ended("passed", "DS-3", "DS-4"), ended("passed", "DS-3", place="b.feature:7")
    skipped, stranger = ended("skipped", "DS-3", place="c.feature:1"), ended("passed", "PJ-1", place="d.feature:1")
    verdicts = [
        judge(DEFECT, [replace(both, verdict="failed"), other]),
        judge(replace(DEFECT, behaviours=("DS-4",)), [both]),
    ]
    assert never_red([both, other, skipped, stranger], verdicts) == [(both, ["DS-4"]), (other, ["DS-3"])]


def test_no_scenario_at_all_is_no_catch() -> None:
    assert "no scenario that ran bears DS-3" in judge(DEFECT, []).why


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    with Drill(jobs=2) as held:
        yield held


def test_a_seeded_platform_turns_its_scenario_red(drill: Drill) -> None:
    found = defects.named(["datasets.taking-out-empties-the-dataset"])
    [verdict] = drill.hold(found, lambda _: None)
    assert (verdict.caught_by, verdict.why) == ("its own scenario", "")


def test_a_run_to_the_end_sees_every_scenario_of_the_promise(drill: Drill) -> None:
    found = defects.named(["datasets.create-forgets-description"])
    [first] = drill.hold(found, lambda _: None)
    with Drill(jobs=1, to_the_end=True) as thorough:
        [every] = thorough.hold(found, lambda _: None)
    assert len(first.reds) == 1
    assert set(first.reds) < set(every.reds)


def test_a_defect_that_its_scenarios_cannot_see_is_missed(drill: Drill) -> None:
    [found] = defects.named(["datasets.taking-out-empties-the-dataset"])
    [verdict] = drill.hold([replace(found, behaviours=("DS-92",))], lambda _: None)
    assert (verdict.caught_by, verdict.why) == ("none", "no scenario of DS-92 failed")


def test_a_defect_that_cannot_be_applied_is_missed(drill: Drill) -> None:
    [found] = defects.named(["datasets.taking-out-empties-the-dataset"])
    [verdict] = drill.hold([replace(found, id="datasets.never-written", behaviours=("DS-92",))], lambda _: None)
    assert verdict.caught_by == "none"
    assert "datasets.never-written" in verdict.why


def test_an_earlier_run_serves_as_control_only_when_it_is_there_and_green(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    with pytest.raises(DrillError, match="there are no results"):
        earlier_control(results)
    line = {"location": "a.feature:1", "name": "S", "tags": ["DS-1"], "message": "", "server_errors": 0}
    told = {**line, "file": "a.feature", "line": 1, "verdict": "passed", "step_failed": False, "status": "passed"}
    results.write_text(json.dumps(told) + "\n", encoding="utf-8")
    assert [ended.place for ended in earlier_control(results)] == ["a.feature:1"]
    results.write_text(json.dumps({**told, "verdict": "failed"}) + "\n", encoding="utf-8")
    with pytest.raises(DrillError, match="the control run, without a defect, is red"):
        earlier_control(results)
    for content in (b"no results\n", b"{}\n", b"[]\n", b"\xff"):
        results.write_bytes(content)
        with pytest.raises(DrillError, match="holds no results; make them with behave -D results="):
            earlier_control(results)


def test_what_was_said_may_hold_ends_of_lines_that_are_none_of_the_file(tmp_path: Path) -> None:
    said = "Gr\u00c3\u0085\u2028\u2029\x0b\x1c\x85e"
    outcome = Outcome("a.feature", 1, "F", None, "S", ("DS-1",), "passed", "passed", "", said, "", 0.1)
    outcomes.write(tmp_path / "results.jsonl", [outcome])
    assert [ended.message for ended in earlier_control(tmp_path / "results.jsonl")] == [said]


class Held:
    """Stands in for a drill: notes which defects it was to hold."""

    def __init__(self) -> None:
        self.chosen: list[str] = []

    def __call__(self, *_: object, **__: object) -> "Held":
        return self

    def __enter__(self) -> "Held":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def control(self, _: object) -> list[Ended]:
        return []

    def hold(self, chosen: Sequence[defects.Defect], tell: Callable[[Verdict], object]) -> list[Verdict]:
        self.chosen += [found.id for found in chosen]
        return []


def test_each_defect_is_in_one_share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shares = [Held() for _ in range(3)]
    for number, held in enumerate(shares, 1):
        monkeypatch.setattr("support.running.drill.Drill", held)
        results = str(tmp_path / "drill.jsonl")
        told = CliRunner().invoke(app, ["drill", "--shard", f"{number}/3", "--results", results])
        assert told.exit_code == 0, told.output
    assert sorted(name for held in shares for name in held.chosen) == sorted(
        d.id for d in defects.all_defects() if not d.of_load
    )
    assert max(len(held.chosen) for held in shares) - min(len(held.chosen) for held in shares) <= 1


def test_a_share_that_there_is_not_is_refused() -> None:
    told = CliRunner().invoke(app, ["drill", "--shard", "5/4"])
    assert (told.exit_code, told.stderr) == (1, "RED: shard=5/4: name a share and how many there are, such as 2/4\n")


THREE = ("datasets.pages-repeat", "datasets.delete-answers-false", "datasets.deleted-stays-listed")


def broken_off(monkeypatch: pytest.MonkeyPatch, results: Path, by: Callable[[], object]) -> tuple[int, str, list[str]]:
    """What a drill of THREE says that ends so after two of them: exit code, output and the defects in its results."""

    class BrokenOff(Held):
        def hold(self, chosen: Sequence[defects.Defect], tell: Callable[[Verdict], object]) -> list[Verdict]:
            tell(judge(chosen[1], [ended("failed", *chosen[1].behaviours)]))
            tell(judge(chosen[0], []))
            by()
            raise AssertionError("it goes on")

    monkeypatch.setattr("support.running.drill.Drill", BrokenOff())
    named = [part for each in THREE for part in ("--defect", each)]
    told = CliRunner().invoke(app, ["drill", *named, "--results", str(results)])
    return told.exit_code, told.output, [json.loads(line)["defect"] for line in results.read_text().splitlines()]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--whole", "--behaviour", "DS-3"), 1), (("--behaviour", "DS-3"), 0), (("--whole", "--shard", "1/2"), 0)],
)
def test_a_whole_drill_is_red_for_a_scenario_that_sees_no_defect_of_its_promise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    sees, sees_none = ended("failed", "DS-3"), ended("passed", "DS-3", place="b.feature:7")

    class Whole(Held):
        def control(self, _: object) -> list[Ended]:
            return [replace(sees, verdict="passed"), sees_none]

        def hold(self, chosen: Sequence[defects.Defect], tell: Callable[[Verdict], object]) -> list[Verdict]:
            tell(judge(DEFECT, [sees, sees_none]))
            return []

    monkeypatch.setattr("support.running.drill.Drill", Whole())
    told = CliRunner().invoke(app, ["drill", *arguments, "--results", str(tmp_path / "drill.jsonl")])
    assert told.exit_code == code, told.output
    assert ("never red by a defect of DS-3: b.feature:7" in told.output) == bool(code)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_drill_keeps_its_verdicts_and_says_what_was_not_held(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    results = tmp_path / "drill.jsonl"
    results.write_text('{"defect": "of an earlier drill"}\n', encoding="utf-8")
    code, output, kept = broken_off(monkeypatch, results, lambda: signal.raise_signal(number))
    assert (code, kept) == (1, [THREE[1], THREE[0]])
    assert output.splitlines()[-2:] == [
        f"INTERRUPTED: 2 of 3 defects were held, 1 of them caught ({results})",
        f"not held: {THREE[2]}",
    ]


def test_a_drill_that_breaks_down_says_what_was_not_held_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def breaks_down() -> None:
        raise DrillError("the server is gone")

    code, output, kept = broken_off(monkeypatch, tmp_path / "drill.jsonl", breaks_down)
    assert (code, kept) == (1, [THREE[1], THREE[0]])
    assert output.splitlines()[-3].endswith("RED: the server is gone")
    assert output.splitlines()[-1] == f"not held: {THREE[2]}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--behaviour", "DS-5", "--behaviour", "DS-55"), "--behaviour DS-55: there is no such promise; did you mean"),
        (("--behaviour", "DS-5", "--defect", THREE[0]), f"none of {THREE[0]} breaks DS-5"),
        (("--shard", "1/5", "--defect", THREE[0], "--load"), "is not one of load; leave --load out"),
    ],
)
def test_what_cannot_be_drilled_is_named(arguments: tuple[str, ...], said: str) -> None:
    told = CliRunner().invoke(app, ["drill", *arguments])
    assert told.exit_code == 1
    assert said in told.output
