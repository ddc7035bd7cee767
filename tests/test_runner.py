"""Proves the runner: no scenario is ever lost, nothing empty is green, serial and parallel runs say the same."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BehaveProject

Make = Callable[..., BehaveProject]

STEPS = """
import os, signal, time
from behave import step

@step("all is well")
def _(context): pass

@step("a promise is broken")
def _(context): assert False, "expected 1, got 2"

@step("the world ends")
def _(context): raise ValueError("boom")

@step("this is left out")
def _(context): context.scenario.skip("not offered here")

@step("the worker is killed")
def _(context): os.kill(os.getpid(), signal.SIGKILL)

@step("it takes {seconds:f} seconds")
def _(context, seconds): time.sleep(seconds)

@step("a trace is slowly left in {file}")
def _(context, file):
    open(file, "w").close()
    time.sleep(0.2)
    context.add_cleanup(os.unlink, file)

@step("a trace is left in {file}")
def _(context, file):
    open(file, "w").close()
    context.add_cleanup(os.unlink, file)
"""

EVERY_END = """
Feature: Every end
  Scenario: kept
    Given all is well
  Scenario: broken promise
    Given all is well
    When a promise is broken
    Then all is well
  Rule: a rule
    Scenario: in a rule
      Given all is well
    Scenario: error
      Given the world ends
    Scenario Outline: row
      Given <what>
      Examples:
        | what                |
        | all is well         |
        | a promise is broken |
  Rule: another rule
    Scenario: skipped
      Given this is left out
    Scenario: undefined
      Given nobody knows this
    Scenario: empty
    Scenario: killed
      Given the worker is killed
    Scenario: after the kill
      Given all is well
    @hook
    Scenario: hook
      Given all is well
    @cleanup
    Scenario: cleanup
      Given all is well
"""

HOOKS = """
def before_scenario(context, scenario):
    if "hook" in scenario.tags: raise RuntimeError("hook went wrong")
    if "cleanup" in scenario.tags: context.add_cleanup(lambda: 1 / 0)
"""

EXPECTED = {
    "kept": "passed",
    "broken promise": "failed",
    "in a rule": "passed",
    "error": "broken",
    "row -- @1.1": "passed",
    "row -- @1.2": "failed",
    "skipped": "skipped",
    "undefined": "broken",
    "empty": "broken",
    "killed": "broken",
    "after the kill": "passed",
    "hook": "broken",
    "cleanup": "broken",
}


@pytest.mark.parametrize("jobs", ["1", "2", "4"])
def test_every_end_of_a_scenario_is_told_whatever_the_number_of_workers(behave_project: Make, jobs: str) -> None:
    run = behave_project(EVERY_END, STEPS, HOOKS).run("--jobs", jobs)
    assert run.verdicts() == EXPECTED
    assert run.code == 1
    assert "4 passed, 2 failed, 6 broken, 1 skipped" in run.output
    assert run.outcomes["killed"]["message"] == "the worker process ended by SIGKILL while it ran this scenario"
    assert run.outcomes["skipped"]["message"] == "not offered here"
    assert "hook went wrong" in run.outcomes["hook"]["message"]
    assert "division by zero" in run.outcomes["cleanup"]["message"]
    assert 'undefined step: "Given nobody knows this"' in run.outcomes["undefined"]["message"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_stock_formatters_and_junit_tell_every_scenario(behave_project: Make, jobs: str) -> None:
    project = behave_project(EVERY_END, STEPS, HOOKS)
    run = project.run("--jobs", jobs, "-f", "json", "-o", "told.json", "-f", "plain", "--junit")
    told = (project.folder / "told.json").read_text(encoding="utf-8")
    junit = "".join(path.read_text(encoding="utf-8") for path in (project.folder / "reports").glob("*.xml"))
    for name in EXPECTED:
        assert f"Scenario: {name.rstrip()}" in run.output.replace("Scenario Outline", "Scenario")
        assert f'"name": "{name}' in told
        assert f'name="{name.rstrip().replace(" -- ", " [").split(" [")[0]}' in junit


def test_green_is_exit_code_0(behave_project: Make) -> None:
    run = behave_project("Feature: F\n  Scenario: S\n    Given all is well\n", STEPS).run()
    assert (run.code, run.verdicts()) == (0, {"S": "passed"})


def test_no_selected_scenario_is_red(behave_project: Make) -> None:
    run = behave_project("Feature: F\n  Scenario: S\n    Given all is well\n", STEPS).run("--tags=never")
    assert run.code == 1
    assert "no scenario is selected" in run.output


def test_a_dry_run_starts_nothing_and_is_red_for_undefined_and_empty_scenarios(behave_project: Make) -> None:
    project = behave_project(EVERY_END, STEPS, "def before_all(context): open('started', 'w')")
    run = project.run("--dry-run")
    assert run.code == 1
    assert "undefined step: Given nobody knows this" in run.output
    assert "the scenario has no step" in run.output
    assert not (project.folder / "started").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_failing_before_all_breaks_every_scenario_and_the_run(behave_project: Make, jobs: str) -> None:
    feature = "Feature: F\n  Scenario: A\n    Given all is well\n  Scenario: B\n    Given all is well\n"
    run = behave_project(feature, STEPS, "def before_all(context): raise OSError('no servers')").run("--jobs", jobs)
    assert run.verdicts() == {"A": "broken", "B": "broken"}
    assert run.code == 1
    assert "PROBLEM: before_all failed: OSError: no servers" in run.output


def test_a_failing_after_all_makes_a_green_run_red(behave_project: Make) -> None:
    feature = "Feature: F\n  Scenario: A\n    Given all is well\n"
    run = behave_project(feature, STEPS, "def after_all(context): raise OSError('left behind')").run()
    assert (run.code, run.verdicts()) == (1, {"A": "passed"})
    assert "PROBLEM: after_all failed: OSError: left behind" in run.output


def test_a_failing_before_feature_leaves_no_scenario_green(behave_project: Make) -> None:
    feature = "Feature: F\n  Scenario: A\n    Given all is well\n"
    run = behave_project(feature, STEPS, "def before_feature(c, f): raise OSError('no feature')").run()
    assert (run.code, run.verdicts()) == (1, {"A": "not run"})
    assert "no feature" in run.outcomes["A"]["message"]


def test_what_was_red_is_asked_again_as_it_was(behave_project: Make) -> None:
    project = behave_project("Feature: One\n  Scenario: broken\n    Given a promise is broken\n", STEPS)
    run = project.run("-D", "target=embedded", "-D", "load=yes", "-D", "results=some.jsonl")
    [line] = [each for each in run.output.splitlines() if each.startswith("run them again:")]
    assert line.endswith(".feature:2 -D target=embedded -D load=yes")


def test_stop_ends_the_run_at_the_first_failure(behave_project: Make) -> None:
    run = behave_project(EVERY_END, STEPS, HOOKS).run("--stop")
    assert run.code == 1
    assert run.verdicts()["broken promise"] == "failed"
    later = {name: verdict for name, verdict in run.verdicts().items() if name not in ("kept", "broken promise")}
    assert later == {name: "broken" if name == "empty" else "not run" for name in later}


def test_a_run_in_part_runs_that_part(behave_project: Make) -> None:
    run = behave_project(EVERY_END, STEPS, HOOKS).run("features/one.feature:10")
    assert run.verdicts() == {"in a rule": "passed"}


SLOW = """
Feature: Slow
  Scenario: first
    Given a trace is slowly left in first.trace
    When it takes 30.0 seconds
  Scenario: second
    Given a trace is slowly left in second.trace
    When it takes 30.0 seconds
"""


def _wait_for(path: Path, *, gone: bool = False) -> None:
    deadline = time.monotonic() + 10
    while path.exists() is gone:
        assert time.monotonic() < deadline, f"{path} is {'still' if gone else 'not'} there"
        time.sleep(0.01)


@pytest.mark.parametrize(("number", "jobs"), [(signal.SIGINT, "1"), (signal.SIGINT, "2"), (signal.SIGTERM, "2")])
def test_an_interrupted_run_undoes_what_it_began(behave_project: Make, number: signal.Signals, jobs: str) -> None:
    """Even what a step has made, and not yet said how it is undone: the step may come to its end first."""
    project = behave_project(SLOW, STEPS)
    process = project.start("--jobs", jobs)
    _wait_for(project.folder / "first.trace")
    process.send_signal(number)
    run = project.finish(process)
    assert run.code == 1
    assert run.output.count("INTERRUPTED: what was begun is being taken away") == 1
    assert run.output.count("INTERRUPTED: what was begun has been undone") == 1
    assert not list(project.folder.glob("*.trace"))
    assert set(run.verdicts().values()) <= {"broken", "not run"}


SECOND_IS_LATE = """
import os, time
forks = []
os.register_at_fork(before=lambda: forks.append(1), after_in_child=lambda: time.sleep(len(forks) - 1))
"""


def test_a_worker_that_has_not_begun_says_nothing_of_an_interruption(behave_project: Make) -> None:
    """It is a copy of the parent still, which would tell of the interruption once more."""
    project = behave_project(SLOW, STEPS, SECOND_IS_LATE)
    process = project.start("--jobs", "2")
    _wait_for(project.folder / "first.trace")
    process.send_signal(signal.SIGINT)
    run = project.finish(process)
    assert run.output.count("INTERRUPTED: what was begun is being taken away") == 1
    assert run.output.count("INTERRUPTED: what was begun has been undone") == 1
    assert "Traceback" not in run.output
    assert set(run.verdicts().values()) <= {"broken", "not run"}
    assert not list(project.folder.glob("*.trace"))


WAITING = """
import pathlib, threading
from behave.formatter.base import Formatter

class Waiting(Formatter):
    name = "waiting"
    def wait(self):
        pathlib.Path("waiting").touch()
        threading.Event().wait(30)

class Begins(Waiting):
    def __init__(self, *told):
        super().__init__(*told)
        self.wait()

class Ends(Waiting):
    def close(self):
        self.wait()
"""


@pytest.mark.parametrize(
    ("formatter", "last"), [("Begins", "nothing was begun"), ("Ends", "the report of this run is not whole")]
)
def test_an_interruption_around_the_scenarios_is_told_without_a_traceback(
    behave_project: Make, formatter: str, last: str
) -> None:
    project = behave_project("Feature: F\n  Scenario: A\n    Given all is well\n", STEPS)
    project.write("formats.py", WAITING)
    process = project.start("--format", f"formats:{formatter}", "--outfile", "some.txt")
    _wait_for(project.folder / "waiting")
    process.send_signal(signal.SIGINT)
    run = project.finish(process)
    assert (run.code, "Traceback" in run.output) == (1, False)
    assert run.output.endswith(f"INTERRUPTED: {last}\n")


LONG = """
Feature: Long
  Scenario: first
    Given much is done after first.trace
"""
LONG_STEPS = f"""{STEPS}
@step("much is done after {{file}}")
def _(context, file):
    context.add_cleanup(os.unlink, file)
    open(file, "w").close()
    time.sleep(30)
"""
SLOW_HOOK = """
import time
def before_scenario(context, scenario):
    open("begun", "w").close()
    time.sleep(1.2)
"""


@pytest.mark.parametrize(("hooks", "begun"), [("", "first.trace"), (SLOW_HOOK, "begun")])
def test_a_step_that_goes_on_for_long_is_interrupted(behave_project: Make, hooks: str, begun: str) -> None:
    """However long it took until the step began: patience is over before or within it."""
    project = behave_project(LONG, LONG_STEPS, hooks)
    process = project.start()
    _wait_for(project.folder / begun)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    run = project.finish(process)
    assert time.monotonic() - started < 10
    assert run.code == 1
    assert run.verdicts() == {"first": "broken"}
    assert not list(project.folder.glob("*.trace"))


SWALLOWED = """
Feature: Swallowed
  Scenario: first
    Given a trace is left in first.trace
    When the interruption is taken for {what}
    Then it takes 30.0 seconds
  Scenario: second
    Given it takes 30.0 seconds
"""
SWALLOWING_STEPS = f"""{STEPS}
@step("the interruption is taken for a failure")
def _(context):
    try:
        time.sleep(30)
    finally:
        raise RuntimeError("the program's server is gone, too")

@step("the interruption is taken for nothing")
def _(context):
    try:
        time.sleep(30)
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.parametrize("what", ["a failure", "nothing"])
def test_an_interruption_that_a_step_swallows_ends_the_run_all_the_same(behave_project: Make, what: str) -> None:
    project = behave_project(SWALLOWED.format(what=what), SWALLOWING_STEPS)
    process = project.start()
    _wait_for(project.folder / "first.trace")
    process.send_signal(signal.SIGTERM)
    run = project.finish(process, 10)
    assert run.code == 1
    assert run.verdicts() == {"first": "broken", "second": "not run"}
    assert not list(project.folder.glob("*.trace"))


SLOW_TO_UNDO = f"""{STEPS}
@step("much is done after {{file}}")
def _(context, file):
    def undo():
        open("undoing.trace", "w").close()
        time.sleep(30)
    context.add_cleanup(undo)
    open(file, "w").close()
    time.sleep(30)
"""


def test_what_nobody_could_undo_is_told_at_the_end_of_an_interrupted_run(behave_project: Make) -> None:
    """Whoever interrupts a second time kills the workers, whatever they are at."""
    project = behave_project(LONG, SLOW_TO_UNDO)
    process = project.start()
    _wait_for(project.folder / "first.trace")
    process.send_signal(signal.SIGINT)
    _wait_for(project.folder / "undoing.trace")
    process.send_signal(signal.SIGINT)
    run = project.finish(process, 10)
    assert run.code == 1
    assert run.output.splitlines()[-3:] == [
        "not undone:",
        '  whatever "first" had made: the worker process was interrupted while it ran this scenario',
        "INTERRUPTED: not all that was begun could be undone",
    ]


ANOTHER_THREAD = f"""{STEPS}
import threading
@step("much is done after {{file}}")
def _(context, file):
    context.add_cleanup(os.unlink, file)
    open(file, "w").close()
    threading.Timer(0.5, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start()
    threading.Event().wait(30)
"""


def test_a_signal_that_the_system_gives_to_another_thread_is_heard_in_a_step(behave_project: Make) -> None:
    project = behave_project(LONG, ANOTHER_THREAD)
    run = project.finish(project.start(), 10)
    assert (run.code, run.verdicts()) == (1, {"first": "broken"})
    assert not list(project.folder.glob("*.trace"))


def test_workers_undo_their_scenario_when_the_parent_is_killed(behave_project: Make) -> None:
    project = behave_project(SLOW, STEPS)
    process = project.start()
    _wait_for(project.folder / "first.trace")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    _wait_for(project.folder / "first.trace", gone=True)


def test_a_worker_that_dies_at_its_start_is_told_and_the_others_go_on(behave_project: Make) -> None:
    dies_once = """
import os, signal
from pathlib import Path
def before_all(context):
    try:
        Path("died").mkdir()
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
"""
    feature = "Feature: {0}\n  Scenario: {0}\n    Given all is well\n"
    project = behave_project(
        feature.format("one"), "from behave import given\n@given('all is well')\ndef _(c): pass", dies_once
    )
    project.write("features/two.feature", feature.format("two"))
    run = project.run("--jobs", "2")
    assert run.verdicts() == {"one": "passed", "two": "passed"}
    assert run.code == 1
    assert "PROBLEM: a worker process ended by SIGKILL before it could start" in run.output


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("-D", "results=features"), "-D results=features cannot be written (Is a directory); name another place"),
        (("-D", "results=taken/a.jsonl"), "-D results=taken/a.jsonl cannot be written (File exists); name another"),
        (("-D", "results=/proc/a.jsonl"), "-D results=/proc/a.jsonl cannot be written (No such file or directory)"),
        (("--junit", "--junit-directory", "taken"), "--junit-directory taken is a file, and no folder"),
        (("--junit", "--junit-directory", "/proc/a"), "--junit-directory /proc/a cannot be written into (No such file"),
        (("-f", "support.reporting.allure:AllureFormatter", "-o", "/proc/a"), "the results folder /proc/a cannot be"),
        (("--jobs", "0"), "--jobs 0: at least one worker is needed"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_has_run(
    behave_project: Make, option: tuple[str, ...], says: str
) -> None:
    project = behave_project("Feature: f\n  Scenario: only\n    Given all is well\n", STEPS)
    project.write("taken", "")
    run = project.run(*option)
    assert run.code == 1
    assert says in run.output
    assert "Traceback" not in run.output
    assert "1 passed" not in run.output


def test_where_the_red_cannot_be_kept_the_verdict_is_told_all_the_same(behave_project: Make) -> None:
    project = behave_project("Feature: f\n  Scenario: only\n    Given a promise is broken\n", STEPS)
    (project.folder / "rerun.txt").mkdir()
    run = project.run()
    assert (run.code, run.verdicts()) == (1, {"only": "failed"})
    assert "0 passed, 1 failed in " in run.output
    assert "note: rerun.txt cannot be written (Is a directory)" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_whoever_reads_the_output_may_have_enough_of_it(
    behave_project: Callable[..., BehaveProject], arguments: tuple[str, ...]
) -> None:
    """As `head` does: what runs is undone as after Ctrl-C, and that is said in a line instead of a traceback."""
    feature = "Feature: f\n" + "  Scenario: {}\n    Given all is well\n" * 3
    project = behave_project(feature.format("one", "two", "three"), STEPS)
    command = [*project.command(*arguments), "-f", "plain"]
    with subprocess.Popen(
        command, cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert said.splitlines() == ["INTERRUPTED: nobody reads the output any longer; the report of this run is not whole"]
