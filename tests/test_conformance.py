"""Proves that the conformance matrix tells the worst that became of each promise, and only of what was asked."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.cli import app
from support.reporting import conformance

UNDER = "features/evaluation_platform"
BUG = "known bug MLF-7: expected a refusal (https://example.test/)"
OLDER_BUG = "known bug MLF-10: expected a refusal (https://example.test/)"
ABSENT = "the target mlflow does not claim platform.restart"


def line(tag: str, verdict: str, message: str = "", folder: str = UNDER) -> dict[str, Any]:
    return {
        "location": f"{folder}/datasets.feature:9",
        "tags": [tag, "critical"],
        "verdict": verdict,
        "message": message,
    }


def results(folder: Path, *lines: dict[str, Any]) -> Path:
    file = folder / "results.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return file


@pytest.mark.parametrize(
    ("lines", "cell"),
    [
        ([line("DS-8", "passed"), line("DS-8", "passed")], "kept"),
        ([line("DS-8", "passed"), line("DS-8", "skipped", ABSENT)], "kept (1 of 2 not offered)"),
        ([line("DS-8", "skipped", ABSENT)], "not offered"),
        ([line("DS-8", "skipped", OLDER_BUG), line("DS-8", "skipped", BUG)], "known bug MLF-7, MLF-10"),
        ([line("DS-8", "passed"), line("DS-8", "skipped", BUG), line("DS-8", "failed", "no")], "broken"),
        ([line("DS-8", "broken", "no answer")], "broken"),
        ([line("DS-8", "not run"), line("DS-8", "skipped", "load scenarios run only with -D load=yes")], "not asked"),
        ([line("DS-8", "passed", folder="features/tracing")], "not asked"),
        ([line("DS-9", "passed")], "not asked"),
    ],
)
def test_a_promise_is_told_by_the_worst_that_became_of_it(
    tmp_path: Path, lines: list[dict[str, Any]], cell: str
) -> None:
    column = conformance.column("mlflow", "MLflow 1.2.3", "2026-01-02", results(tmp_path, *lines), UNDER)
    assert column.cell("DS-8") == cell


def test_both_forms_hold_every_promise_that_any_platform_was_asked_for_with_versions_and_day(tmp_path: Path) -> None:
    one = conformance.column("one", "One | 1.2.3", "2026-01-02", results(tmp_path, line("DS-10", "passed")), UNDER)
    two = conformance.column("two", "Two 4.5", "2026-01-03", results(tmp_path, line("DS-9", "failed", "<no>")), UNDER)
    rows = conformance.table([one, two])
    assert [row[0].partition(":")[0] for row in rows] == ["promise", "DS-9", "DS-10"]
    assert [row[1:] for row in rows] == [["one", "two"], ["not asked", "broken"], ["kept", "not asked"]]
    told = conformance.markdown([one, two])
    assert r"| one | One \| 1.2.3 | 2026-01-02 |" in told
    assert told.count("| not asked |") == 2
    page = conformance.page([one, two])
    assert '<td class="bad">broken</td>' in page
    assert '<td class="good">kept</td>' in page
    assert "Two 4.5" in page
    assert re.findall(r"<h2>([^<]*)</h2>", page) == ["How much each keeps", "Promise by promise", "What the words mean"]


def test_promises_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    partly = [line("DS-4", "passed"), line("DS-4", "skipped", ABSENT)]
    bad = [line("DS-2", "failed"), line("DS-3", "skipped", BUG)]
    one, two = (
        conformance.column(name, "", "2026-01-02", results(tmp_path, line("DS-1", "passed"), *others), UNDER)
        for name, others in (("one", [*partly, *bad]), ("two", []))
    )
    assert conformance.counts([one, two]) == [
        ["of 4 promises", "kept", "known bug", "broken", "not offered", "not asked"],
        ["one", "2", "1", "1", "0", "0"],
        ["two", "1", "0", "0", "0", "3"],
    ]


def test_the_command_writes_both_files(tmp_path: Path) -> None:
    told = results(tmp_path, line("DS-8", "passed"))
    done = CliRunner().invoke(app, ["matrix", f"mlflow={told}", "--output", str(tmp_path / "matrix.html")])
    assert done.exit_code == 0, done.output
    assert "1 promises, 1 platforms" in done.output
    assert "MLflow 3.17.2" in (tmp_path / "matrix.md").read_text()
    assert "MLflow 3.17.2" in (tmp_path / "matrix.html").read_text()


@pytest.mark.parametrize(
    ("argument", "content", "fault"),
    [
        ("results.jsonl", "{}", "needs the form TARGET=FILE"),
        ("mlflow=absent.jsonl", "{}", "absent.jsonl: there is no such file; make it with behave -D target=mlflow -D"),
        ("mlflo=results.jsonl", "{}", "mlflow"),
        ("mlflow=results.jsonl", "not json", "results.jsonl:1: is no line of results"),
        ("mlflow=results.jsonl", "{}", "results.jsonl:1: is no line of results"),
    ],
)
def test_what_is_no_results_file_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str, content: str, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results.jsonl").write_text(content)
    done = CliRunner().invoke(app, ["matrix", argument])
    assert done.exit_code == 2
    assert fault in done.output
    assert not (tmp_path / "allure-report").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--output", "taken/a.html"], "taken/a.md cannot be written (File exists); name another place"),
        (["--output", "a.md"], "a.md is where the Markdown goes: name the page, such as a.html"),
        (["--under", "features/nope"], "--under features/nope: no scenario of these results that bears a promise"),
    ],
)
def test_a_matrix_that_cannot_be_written_or_says_nothing_is_refused(
    options: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    (tmp_path / "taken").touch()
    run = CliRunner().invoke(app, ["matrix", f"embedded={results(tmp_path, line('DS-8', 'passed'))}", *options])
    assert run.exit_code == 2
    assert says in run.stderr
    assert sorted(file.name for file in tmp_path.glob("*.*")) == ["results.jsonl"]


def test_results_that_are_no_text_are_named(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    file.write_bytes(b"\xff")
    run = CliRunner().invoke(app, ["matrix", f"embedded={file}"])
    assert run.exit_code == 2
    assert f"{file}: cannot be read" in run.stderr


def test_a_platform_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    told = f"mlflow={results(tmp_path, line('DS-8', 'passed'))}"
    run = CliRunner().invoke(app, ["matrix", told, told, "--output", str(tmp_path / "matrix.html")])
    assert (run.exit_code, run.stderr) == (2, "mlflow is given twice: a platform is one column\n")
