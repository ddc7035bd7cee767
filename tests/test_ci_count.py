"""Proves that CI counts what the parts of a run wrote, and that a part which wrote nothing is no success."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = Path(__file__).parents[1] / ".ci" / "count"
PARTS = ("tests", "lint", "rehearsal", "scenarios", "drill")


def scenario(verdict: str) -> str:
    return json.dumps({"verdict": verdict})


@pytest.fixture
def results(tmp_path: Path) -> Path:
    junit = '<testsuites><testsuite tests="5" failures="0" errors="0" skipped="1"/></testsuites>'
    (tmp_path / "tests.xml").write_text(junit)
    (tmp_path / "lint.tsv").write_text("ruff\tpassed\nmypy\tpassed\n")
    (tmp_path / "scenarios.jsonl").write_text("\n".join(map(scenario, ["passed", "passed", "skipped"])))
    (tmp_path / "rehearsal.jsonl").write_text(scenario("passed"))
    (tmp_path / "drill.jsonl").write_text(json.dumps({"caught": True}))
    (tmp_path / "exit-codes").write_text("".join(f"{part}\t0\n" for part in PARTS))
    return tmp_path


def last_line(results: Path) -> tuple[str, int]:
    ran = subprocess.run([sys.executable, COUNT, results], capture_output=True, text=True, timeout=30, check=False)
    return ran.stdout.splitlines()[-1], ran.returncode


def test_everything_that_passed_is_added_up(results: Path) -> None:
    assert last_line(results) == ("10 passed, 0 failed", 0)


@pytest.mark.parametrize("verdict", ["failed", "broken", "not run"])
def test_a_red_scenario_is_a_failure(results: Path, verdict: str) -> None:
    (results / "scenarios.jsonl").write_text("\n".join(map(scenario, ["passed", verdict])))
    assert last_line(results) == ("9 passed, 1 failed", 1)


def test_a_red_rehearsal_is_a_failure(results: Path) -> None:
    (results / "rehearsal.jsonl").write_text(scenario("failed"))
    assert last_line(results) == ("9 passed, 1 failed", 1)


def test_a_missed_defect_is_a_failure(results: Path) -> None:
    (results / "drill.jsonl").write_text(json.dumps({"caught": False}))
    assert last_line(results) == ("9 passed, 1 failed", 1)


@pytest.mark.parametrize("missing", ["tests.xml", "lint.tsv", "rehearsal.jsonl", "scenarios.jsonl", "drill.jsonl"])
def test_a_part_without_results_is_a_failure(results: Path, missing: str) -> None:
    (results / missing).unlink()
    assert last_line(results)[1] == 1


def test_a_part_that_ends_red_without_a_failed_result_is_a_failure(results: Path) -> None:
    (results / "exit-codes").write_text("tests\t0\nlint\t0\nrehearsal\t0\nscenarios\t1\ndrill\t0\n")
    assert last_line(results) == ("10 passed, 1 failed", 1)


def test_the_summary_names_what_is_red_and_what_a_second_run_said(tmp_path: Path) -> None:
    def ended(name: str, *ends: tuple[str, str]) -> Path:
        told = [
            {"location": f"a.feature:{title}", "name": f"{title} | x", "verdict": verdict} for title, verdict in ends
        ]
        (tmp_path / name).write_text("\n".join(map(json.dumps, told)))
        return tmp_path / name

    first = ended("1.jsonl", ("1", "passed"), ("2", "failed"), ("3", "broken")), ended("2.jsonl", ("4", "failed"))
    second = ended("again.jsonl", ("2", "failed"), ("3", "passed")), tmp_path / "missing.jsonl"
    command = [sys.executable, *map(str, (COUNT.with_name("summary"), *first, "--again", *second))]
    told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.splitlines()
    assert told[2] == "1 passed, 2 failed, 1 broken"
    assert told[6:] == [
        r"| `a.feature:2` | failed | failed | 2 \| x |",
        r"| `a.feature:3` | broken | **passed: a flake** | 3 \| x |",
        r"| `a.feature:4` | failed | not run again | 4 \| x |",
    ]
