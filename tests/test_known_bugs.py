"""Proves the ledger of known bugs: each row of the verdict table, and that a stale or broken entry stops the run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from support.running import known_bugs
from tests.conftest import BehaveProject

Make = Callable[..., BehaveProject]

FEATURE = """
Feature: F
  Rule: R
    Scenario: S
      Given {step}
    Scenario Outline: O
      Given <step>
      Examples:
        | step          |
        | it is so      |
        | it is not so  |
"""

STEPS = """
from behave import step

@step("it is so")
def _(context): pass

@step("it is not so")
def _(context): assert False, "expected 1, got 2"

@step("it is something else")
def _(context): assert False, "expected 1, got 3"

@step("it cannot be asked")
def _(context): raise ConnectionError("expected 1, got 2")
"""

ENTRY = """
[[bug]]
id = "X-1"
file = "features/one.feature"
rule = "R"
scenario = "S"
target = "embedded"
fails_with = { step = "it is not so", message = "expected 1, got 2" }
link = "https://bugs.example/1"
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("step", "verdict", "code", "says"),
    [
        ("it is not so", "skipped", 0, "known bug X-1: expected 1, got 2 (https://bugs.example/1)"),
        ("it is so", "failed", 1, "known bug X-1 is fixed: strike it from the ledger"),
        ("it is something else", "failed", 1, "expected 1, got 3"),
        ("it cannot be asked", "broken", 1, "ConnectionError"),
    ],
)
def test_the_verdict_table(behave_project: Make, step: str, verdict: str, code: int, says: str, jobs: str) -> None:
    project = behave_project(FEATURE.format(step=step).replace("it is not so  |", "it is so |"), STEPS)
    project.write("ledger.toml", ENTRY)
    run = project.run("-D", "known_bugs=ledger.toml", "--jobs", jobs)
    assert run.verdicts()["S"] == verdict
    assert says in run.outcomes["S"]["message"]
    assert run.code == code
    if step == "it is something else":
        assert "Recorded" in run.outcomes["S"]["message"]


@pytest.mark.parametrize(
    ("targets", "verdict"), [('["staging", "embedded"]', "skipped"), ('["staging", "phoenix"]', "failed")]
)
def test_an_entry_may_be_of_several_targets(behave_project: Make, targets: str, verdict: str) -> None:
    project = behave_project(FEATURE.format(step="it is not so"), STEPS)
    project.write("ledger.toml", ENTRY.replace('"embedded"', targets))
    assert project.run("-D", "known_bugs=ledger.toml").verdicts()["S"] == verdict


def test_an_entry_may_name_one_row_of_an_outline(behave_project: Make) -> None:
    project = behave_project(FEATURE.format(step="it is so"), STEPS)
    row = 'scenario = "O"\nrow = { step = "it is not so" }'
    project.write("ledger.toml", ENTRY.replace('scenario = "S"', row))
    run = project.run("-D", "known_bugs=ledger.toml")
    assert list(run.verdicts().values()) == ["passed", "passed", "skipped"]
    assert run.code == 0


def test_an_entry_for_another_target_does_not_count(behave_project: Make) -> None:
    project = behave_project(FEATURE.format(step="it is not so"), STEPS)
    project.write("ledger.toml", ENTRY.replace('"embedded"', '"staging"'))
    run = project.run("-D", "known_bugs=ledger.toml")
    assert run.verdicts()["S"] == "failed"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (ENTRY.replace('scenario = "S"', 'scenario = "Gone"'), "X-1 names no scenario of features/one.feature"),
        (ENTRY.replace('scenario = "S"', 'scenario = "s"'), "no scenario is 's'; did you mean S?"),
        (ENTRY.replace('rule = "R"', ""), 'write rule = "R", or strike it'),
        (
            ENTRY.replace('scenario = "S"', 'scenario = "O"\nrow = { step = "?" }'),
            "no row is {'step': '?'}; correct it",
        ),
        (ENTRY.replace('link = "https://bugs.example/1"', ""), "X-1): link: Field required"),
        (ENTRY + "\ncolour = 'red'", "X-1): colour: Extra inputs are not permitted"),
        ("[[bug]\n", "ledger.toml"),
        (
            ENTRY.replace("[[bug]]", "[bug]"),
            "ledger.toml: 'bug' is no list of known bugs; begin each of them with [[bug]]",
        ),
        (ENTRY.replace("[[bug]]", "[[bugs]]"), "'bugs' is no list of known bugs; begin each of them with [[bug]]"),
        ('bug = ["X-1"]', "ledger.toml: 'bug' is no list of known bugs"),
    ],
)
def test_a_stale_or_broken_entry_stops_the_run_with_its_name(behave_project: Make, entry: str, says: str) -> None:
    project = behave_project(FEATURE.format(step="it is so"), STEPS)
    project.write("ledger.toml", entry)
    run = project.run("-D", "known_bugs=ledger.toml")
    assert run.code == 1
    assert says in run.output
    assert "Traceback" not in run.output
    assert run.outcomes == {}


def ledger(folder: Path, *changes: tuple[str, str]) -> dict[str, str]:
    """The order for a ledger with a changed entry, which stands beside a feature and a target of its own."""
    (folder / "features").mkdir()
    (folder / "features" / "one.feature").write_text(FEATURE, encoding="utf-8")
    (folder / "mine.toml").write_text('name = "mine"', encoding="utf-8")
    entry = ENTRY
    for old, new in changes:
        entry = entry.replace(old, new)
    (folder / "ledger.toml").write_text(entry, encoding="utf-8")
    return {"known_bugs": str(folder / "ledger.toml")}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("features/one", "features/on")], "there is no feature features/on.feature; did you mean features/one.f"),
        ([("features/one", "tool/one"), ("embedded", "phoenix")], "there is no feature tool/one.feature; "),
        ([('"embedded"', '"embeded"')], "there is no target 'embeded'; did you mean embedded?"),
        ([('"embedded"', '["embedded", "phenix"]')], "there is no target 'phenix'; did you mean phoenix?"),
        ([('"embedded"', '"capabilities"')], "there is no target 'capabilities'; "),
    ],
)
def test_an_entry_that_no_run_would_look_up_is_refused_in_every_run(
    tmp_path: Path, changes: list[tuple[str, str]], says: str
) -> None:
    with pytest.raises(known_bugs.LedgerError, match=re.escape(f"X-1: {says}")):
        known_bugs.for_run(ledger(tmp_path, *changes), "embedded", [], [])


@pytest.mark.parametrize("target", ["mine", "staging", "ours"])
def test_a_target_of_the_suite_of_the_run_or_beside_the_ledger_is_one(tmp_path: Path, target: str) -> None:
    order = ledger(tmp_path, ('"embedded"', f'"{target}"'))
    assert [bug.id for bug in known_bugs.for_run(order, "ours", [], [])] == (["X-1"] if target == "ours" else [])


@pytest.mark.parametrize("path", ["", "features"])
def test_a_ledger_that_is_a_folder_is_refused(behave_project: Make, path: str) -> None:
    run = behave_project(FEATURE.format(step="it is so"), STEPS).run("-D", f"known_bugs={path}")
    assert (run.code, run.outcomes) == (1, {})
    assert "cannot be read (Is a directory); correct -D known_bugs=" in run.output
    assert "Traceback" not in run.output
