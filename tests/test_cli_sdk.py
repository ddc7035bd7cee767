"""Proves the command `acceptance sdk` without running a program: which scenarios a name chooses, and what the matrix
says of how they ended."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import typer

from support import cli_sdk
from support.environments import Environment, UnavailableError, making
from support.reporting import matrix
from support.reporting.catalogue import read_features
from support.reporting.outcomes import Outcome, Verdict
from tests.hygiene.suite import ROOT

TITLES = [
    scenario.name
    for feature in read_features(ROOT / "features")
    if Path(feature.filename).resolve() == ROOT / cli_sdk.FEATURE
    for scenario in feature.walk_scenarios()
    if "real_ai" not in scenario.effective_tags
]
CAPTURED = "What is asked by {client} {version} is logged -- @1.1"


def outcome(client: str, version: str, verdict: Verdict = "passed", message: str = "") -> Outcome:
    name = CAPTURED.format(client=client, version=version)
    return Outcome("f", 1, "F", None, name, (), verdict, verdict, "", message, "", 0.5)


def test_every_pairing_is_chosen_by_the_name_of_exactly_one_client() -> None:
    chosen = Counter(
        title for client in cli_sdk.CLIENTS for title in TITLES if re.search(cli_sdk.chosen([client]), title)
    )
    assert chosen == Counter(TITLES)
    assert {title for title in TITLES if re.search(cli_sdk.chosen(cli_sdk.CLIENTS), title)} == set(TITLES)


def test_every_pairing_has_a_cell_of_its_own() -> None:
    found = matrix.cells(outcome_of(title) for title in TITLES)
    assert len({(cell.client, cell.environment) for cell in found}) == len(TITLES)
    assert len(matrix.table(found)) == 11


def outcome_of(title: str) -> Outcome:
    return Outcome("f", 1, "F", None, title, (), "passed", "passed", "", "", "", 0.5)


def test_the_matrix_tells_how_each_pairing_ended() -> None:
    known = "known bug TL-LOG-2: expected 4 records, there are 0 (https://example)"
    found = matrix.cells(
        [
            outcome("openai", "1.97.0"),
            outcome("openai", "3.52.0", "failed", "expected"),
            outcome("anthropic", "0.58.2", "broken"),
            outcome("anthropic", "2.11.0", "skipped", known),
            outcome("aiohttp beside openai", "1.97.0", "skipped", "the environment cannot be had"),
            outcome("litellm", "1.74.15.post2", "not run"),
        ]
    )
    assert matrix.table(found) == [
        ["asked by", "openai 1.97.0", "openai 3.52.0"],
        ["openai", "yes", "FAILED"],
        ["anthropic", "broken, 0.58.2", "no (TL-LOG-2), 2.11.0"],
        ["aiohttp", "skipped", "-"],
        ["litellm", "not run, 1.74.15.post2", "-"],
    ]


def test_the_columns_of_the_text_stand_below_each_other() -> None:
    assert matrix.text([["a", "bb"], ["cc", "d"]]) == "a   bb\ncc  d"


def test_other_scenarios_are_no_pairing() -> None:
    assert matrix.cells([outcome_of("A tag given by httpx is in the log and does not leave the program")]) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--test", "opnai"], "did you mean openai"), (["--jobs", "0"], "greater than or equal to 1")],
)
def test_a_mistake_is_refused_before_anything_runs(arguments: list[str], says: str) -> None:
    command = [sys.executable, "-m", "support", "sdk", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_locks_that_cannot_be_made_leave_the_old_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_text() for path in (ROOT / "support/environments/locks").iterdir()}

    def refuse(_environment: Environment) -> str:
        raise UnavailableError("the index is silent")

    monkeypatch.setattr(making, "lock", refuse)
    with pytest.raises(typer.Exit):
        cli_sdk._lock()
    assert "plain: the index is silent" in capsys.readouterr().err
    assert {path: path.read_text() for path in before} == before
