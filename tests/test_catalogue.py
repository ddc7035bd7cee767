"""Proves that the catalogue page says what the features say, and that the page in the project is fresh."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from support import behaviours
from support.cli import app
from support.reporting import catalogue

FEATURES = Path(__file__).parents[1] / "features"
TOOLS = """\
@needs.platform.tools
Feature: Tools
  Why tools exist.

  Rule: Every tool works

    @TL-1 @TL-2
    Scenario: A tool | is kept
      Given a
      When b
      Then c

    @TL-2
    Scenario Outline: Every kind is kept
      Given <kind>
      When b
      Then c

      Examples:
        | kind |
        | x    |
        | y    |
"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "evaluation_platform").mkdir()
    (tmp_path / "evaluation_platform" / "tools.feature").write_text(TOOLS, encoding="utf-8")
    return catalogue.page(tmp_path)


def test_every_row_of_an_outline_counts(page: str) -> None:
    assert "Scenarios: 3 (2 as written)" in page


def test_a_scenario_stands_under_its_rule_with_its_promises(page: str) -> None:
    assert (
        "**Every tool works**\n\n| scenario | promises | tags |\n|---|---|---|\n| A tool \\| is kept | TL-1, TL-2 |  |"
        in page
    )
    assert "| Every kind is kept (2 cases) | TL-2 |  |" in page


def test_promises_without_a_scenario_are_named(page: str) -> None:
    missing = [name for name in behaviours.sentences() if name.startswith("TL-") and name not in ("TL-1", "TL-2")]
    assert f"| Evaluation platform: Tools | 2 | {len(missing) + 2} | {', '.join(missing)} |" in page


def test_the_reader_learns_why_and_where(page: str) -> None:
    assert (
        "### [Tools](evaluation_platform/tools.feature)\n\nWhy tools exist.\n\n3 scenarios. `@needs.platform.tools`"
        in page
    )


def test_the_page_of_the_project_is_fresh() -> None:
    written = (FEATURES / "README.md").read_text(encoding="utf-8")
    assert written == catalogue.page(FEATURES), "run `acceptance catalogue`"


@pytest.mark.parametrize("command", ["catalogue", "drill"])
def test_elsewhere_it_is_said_where_to_start(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, [command])
    assert (run.exit_code, run.stderr) == (2, f"there is no folder features here: start this in {FEATURES.parent}\n")
