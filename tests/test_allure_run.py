"""The Allure report of runs that do not end well, of parts of a suite, and what happens to the results folder.

A run whose hooks fail, that a step ends, interrupts or kills, reports every chosen scenario and calls none of them
passed that was not; a selection reports what it selects; a folder with anything foreign in it is left alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.torturing import FORMATTER, OURS, RUNNERS, STOCK, Torture, child, label, message, torture

every_runner = pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS.keys())


def told(run: Torture) -> dict[str, tuple[str, str]]:
    """Status and message by name; each scenario is told once."""
    ends = {result["name"]: (result["status"], message(result)) for result in run.results}
    assert len(ends) == len(run.results)
    return ends


@every_runner
def test_a_broken_before_all_breaks_every_scenario(tmp_path: Path, runner: tuple[str, ...]) -> None:
    run = torture(tmp_path, runner, "features/plain.feature", environment={"TORTURE_BREAK": "before_all"})
    reason = "not run: before_all failed: RuntimeError: told to break in before_all"
    assert told(run) == {"Passes": ("broken", reason), "Fails": ("broken", reason)}
    assert any("told to break in before_all" in error["message"] for error in run.run_errors)
    assert run.code == 1


@every_runner
@pytest.mark.parametrize(
    ("broken", "named"), [("after_all", "after_all"), ("cleanup_all", "cleanup")], ids=["after_all", "cleanup"]
)
def test_what_breaks_behind_all_scenarios_is_an_error_of_the_run(
    tmp_path: Path, runner: tuple[str, ...], broken: str, named: str
) -> None:
    skipped = "features/other_system/skipped_feature.feature"
    run = torture(tmp_path, runner, skipped, environment={"TORTURE_BREAK": broken})
    # Five units for two workers: a feature's hook skips it anew in each unit that a worker takes.
    assert run.verdicts() == {"skipped": 5}
    (error,) = {error["message"] for error in run.run_errors}
    assert named in error
    assert "RuntimeError: told to break in" in error
    assert run.code == 1


@every_runner
def test_a_step_that_ends_the_process_breaks_its_scenario(tmp_path: Path, runner: tuple[str, ...]) -> None:
    run = torture(tmp_path, runner, "stopping/exit.feature")
    ends = told(run)
    assert ends["Is run before"] == ("passed", "")
    assert ends["Is cut off"][0] == "broken"
    assert "process ended" in ends["Is cut off"][1]
    assert set(ends) == {"Is run before", "Is cut off", "Comes behind"}
    if runner == STOCK:  # ours goes on in another worker
        assert ends["Comes behind"][0] == "broken"
        assert "sys.exit" in run.run_errors[0]["message"]
        steps = [(step["name"], step["status"]) for step in run.named("Is cut off")["steps"]]
        assert steps == [
            ("Given a step passes", "passed"),
            ("When the program exits with 0", "broken"),
            ("Then a step passes", "skipped"),
        ]


@every_runner
def test_an_interrupt_breaks_the_scenario_and_leaves_none_out(tmp_path: Path, runner: tuple[str, ...]) -> None:
    run = torture(tmp_path, runner, "stopping/interrupt.feature")
    ends = told(run)
    assert ends["Is cut off"] == ("broken", "KeyboardInterrupt")
    assert set(ends) == {"Is run before", "Is cut off", "Comes behind"}
    if "2" not in runner:  # with two jobs the last one is another worker's
        assert ends["Comes behind"] == ("broken", "not run: the run was aborted")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_worker_breaks_its_scenario(tmp_path: Path, jobs: str) -> None:
    run = torture(tmp_path, (*OURS[:2], "--jobs", jobs), "stopping/kill.feature")
    assert run.verdicts() == {"passed": 2, "broken": 1}
    assert "SIGKILL" in told(run)["Is cut off"][1]


@every_runner
def test_stopping_at_the_first_failure_reports_the_rest_as_not_run(tmp_path: Path, runner: tuple[str, ...]) -> None:
    run = torture(tmp_path, runner, "--stop", "features/one_system/background.feature", "features/plain.feature")
    assert run.verdicts()["passed"] <= 1
    assert len(run.results) == 4
    rest = [message(result) for result in run.results if result["status"] == "broken"]
    assert rest
    assert all(text.startswith("not run: ") for text in rest)


BEHIND_A_SKIP = {
    f"features/one_system/{at}" for at in ("deep/rules.feature:45", "outlines.feature:40", "plain.feature:48")
}


@pytest.mark.parametrize("runner", [STOCK, OURS], ids=["stock", "ours"])
@pytest.mark.parametrize(
    ("arguments", "locations"),
    [
        (["--tags=DS-2"], {"features/one_system/plain.feature:6"}),
        (["-n", "Attaches evidence"], {"features/one_system/plain.feature:94"}),
        (["features/one_system/plain.feature:11"], {"features/one_system/plain.feature:11"}),
        (["--tags=skip.reason"], BEHIND_A_SKIP),
        (["--tags=skip.reason", "--no-skipped"], BEHIND_A_SKIP),
    ],
    ids=["tags", "name", "line", "skipped", "no-skipped"],
)
def test_a_selection_reports_what_it_selects(
    tmp_path: Path, runner: tuple[str, ...], arguments: list[str], locations: set[str]
) -> None:
    run = torture(tmp_path, runner, *arguments)
    assert {label(result, "location") for result in run.results} == locations
    for result in run.results:  # no step of a scenario that was left out
        assert len(result["steps"]) <= 3


def test_a_dry_run_writes_and_removes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "allure"
    folder.mkdir()
    (folder / "old-result.json").write_text("{}")
    for runner in (STOCK, OURS):
        torture(tmp_path, runner, "--dry-run", "features/plain.feature")
        assert [path.name for path in folder.iterdir()] == ["old-result.json"]


@pytest.mark.parametrize("runner", [STOCK, OURS], ids=["stock", "ours"])
def test_a_folder_with_anything_foreign_is_not_emptied(tmp_path: Path, runner: tuple[str, ...]) -> None:
    folder = tmp_path / "allure"
    folder.mkdir()
    for name in ("old-result.json", "thesis.odt"):
        (folder / name).write_text("precious")
    run = torture(tmp_path, runner, "features/plain.feature")
    assert {path.name for path in folder.iterdir()} == {"old-result.json", "thesis.odt"}
    assert "thesis.odt" in run.output
    assert "Name another folder" in run.output
    assert "Traceback" not in run.output
    assert run.code != 0


def test_results_are_replaced_and_a_users_categories_kept(tmp_path: Path) -> None:
    folder = tmp_path / "allure"
    folder.mkdir()
    for name in ("old-result.json", "old-attachment.txt", "executor.json", "categories.json"):
        (folder / name).write_text("{}")
    torture(tmp_path, STOCK, "features/plain.feature")
    names = {path.name for path in folder.iterdir()}
    assert "categories.json" in names
    assert not names & {"old-result.json", "old-attachment.txt", "executor.json"}


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "allure").write_text("")
    run = torture(tmp_path, STOCK, "features/plain.feature")
    assert "is a file" in run.output
    assert run.code != 0


def test_the_folder_is_allure_results_when_none_is_named(tmp_path: Path) -> None:
    run = child(tmp_path, [sys.executable, "-m", "behave", *STOCK, "-f", FORMATTER, "features/plain.feature"])
    results = list((tmp_path / "project" / "allure-results").glob("*-result.json"))
    assert len(results) == 2
    assert run.code == 1


def test_the_formatter_named_twice_reports_once(tmp_path: Path) -> None:
    twice = ("-f", FORMATTER, "-o", str(tmp_path / "allure")) * 2
    child(tmp_path, [sys.executable, "-m", "behave", *STOCK, *twice, "features/plain.feature"])
    assert len(list((tmp_path / "allure").glob("*-result.json"))) == 2


@every_runner
def test_the_facts_of_the_run_lie_beside_it(tmp_path: Path, runner: tuple[str, ...]) -> None:
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_NUMBER": "17",
        "GITHUB_RUN_ID": "4711",
        "GITHUB_WORKFLOW": "nightly",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "team/suite",
    }
    run = torture(tmp_path, runner, "features/plain.feature", environment=github)
    lines = (run.results_folder / "environment.properties").read_text(encoding="utf-8").splitlines()
    facts = dict(line.split(" = ", 1) for line in lines)
    assert facts["target"] == "embedded"
    assert facts["python"] == sys.version.split()[0]
    assert facts["behave"].startswith("1.3.")
    executor = json.loads((run.results_folder / "executor.json").read_text(encoding="utf-8"))
    assert executor == {
        "name": "GitHub Actions",
        "type": "github",
        "buildName": "nightly #17",
        "buildOrder": 17,
        "buildUrl": "https://github.example/team/suite/actions/runs/4711",
    }


def test_no_secret_of_the_command_line_is_among_the_facts(tmp_path: Path) -> None:
    run = torture(tmp_path, STOCK, "features/plain.feature", "-D", "api_key=hh_ThisIsVerySecret1234")
    assert "ThisIsVerySecret" not in (run.results_folder / "environment.properties").read_text(encoding="utf-8")


LEDGER = """
[[bug]]
id = "TB-1"
file = "features/plain.feature"
scenario = "Fails"
target = "embedded"
fails_with = { step = "a check fails", message = "expected 3 datasets" }
link = "https://bugs.example/TB-1"

[[bug]]
id = "TB-2"
file = "features/plain.feature"
scenario = "Passes"
target = "embedded"
fails_with = { step = "a step passes", message = "anything" }
link = "https://bugs.example/TB-2"

[[bug]]
id = "TB-3"
file = "features/one_system/background.feature"
scenario = "Is not asked"
target = "embedded"
fails_with = { step = "a check fails", message = "something else" }
link = "https://bugs.example/TB-3"
"""


def test_a_known_bug_is_skipped_when_it_fails_as_recorded_and_red_otherwise(tmp_path: Path) -> None:
    ledger = tmp_path / "known_bugs.toml"
    ledger.write_text(LEDGER, encoding="utf-8")
    files = ("features/plain.feature", "features/one_system/background.feature:6")
    run = torture(tmp_path, OURS, *files, "-D", f"known_bugs={ledger}")
    ends = told(run)
    assert ends["Fails"] == ("skipped", "known bug TB-1: expected 3 datasets (https://bugs.example/TB-1)")
    assert ends["Passes"][0] == "failed"
    assert "TB-2 is fixed: strike it" in ends["Passes"][1]
    assert ends["Is not asked"][0] == "failed"
    assert ends["Is not asked"][1].startswith("known bug TB-3 fails otherwise than recorded")
    assert "something else" in ends["Is not asked"][1]
    assert "expected 3 datasets, found 2" in ends["Is not asked"][1]
    known = run.named("Fails")
    assert known["statusDetails"]["known"] is True
    assert [step["status"] for step in known["steps"]] == ["failed"]
