"""Proves that the isolation matrix tells of each way what both tenants came out with, and only what was looked at."""

import json
from collections.abc import Callable

from behave.model_type import Status
from behave.parser import parse_feature

from support.reporting import isolation
from tests.conftest import BehaveProject

FEATURE = """
Feature: Isolation of tenants
  Rule: An id leads to one's own things
    Scenario Outline: By id: <what>
      Given both keep the same
      When Northwind Claims asks for <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what        | answer                 |
        | our dataset | empty                  |
        | our tool    | a refusal as not found |
        | its metric  | its own                |
        | its <chart> | its own                |
    Scenario: Something else
      When Ada asks for the moon
      Then the answer is empty, as if Harbour Support did not exist
"""


def found(*ends: list[Status]) -> list[isolation.Way]:
    scenarios = list(parse_feature(FEATURE).walk_scenarios())
    for scenario, statuses in zip(scenarios, ends, strict=False):
        for step, status in zip(scenario.all_steps, statuses, strict=True):
            step.set_status(status)
    return isolation.ways(scenarios)


PASSED, FAILED, ERROR, UNTESTED = Status.passed, Status.failed, Status.error, Status.untested


def test_each_way_is_told_of_by_its_steps_and_other_scenarios_are_not() -> None:
    ways = found(
        [PASSED] * 4, [PASSED, PASSED, FAILED, UNTESTED], [PASSED] * 3 + [FAILED], [PASSED, ERROR] + [UNTESTED] * 2
    )
    assert [(way.what, way.answered.text, way.kept.text) for way in ways] == [
        ("our dataset", "✓ empty", "✓ untouched"),
        ("our tool", "✗ not a refusal as not found", "not looked at"),
        ("its metric", "✓ its own", "✗ leaks, or was changed"),
        ("its <chart>", "not looked at", "not looked at"),
    ]
    assert {(way.rule, way.asker, way.owner) for way in ways} == {
        ("An id leads to one's own things", "Northwind Claims", "Harbour Support")
    }


def test_the_page_counts_and_escapes() -> None:
    page = isolation.matrix(found([PASSED] * 4, [PASSED, PASSED, FAILED, UNTESTED], [PASSED] * 3 + [FAILED]))
    assert "4 ways: 1 isolated, 2 not, 1 not decided" in page
    assert "its &lt;chart&gt;" in page
    assert '<td class="bad">✗ leaks, or was changed</td>' in page


def test_a_run_attaches_it_to_its_report(behave_project: Callable[..., BehaveProject]) -> None:
    steps = "from behave import step, use_step_matcher\nuse_step_matcher('re')\n@step('.*')\ndef _(context): pass\n"
    project = behave_project(FEATURE, steps)
    assert project.run("-f", "support.reporting.allure:AllureFormatter", "-o", "told").code == 0
    found = {
        attached["name"]: (project.folder / "told" / attached["source"]).read_text(encoding="utf-8")
        for file in (project.folder / "told").glob("*-globals.json")
        for attached in json.loads(file.read_text(encoding="utf-8"))["attachments"]
    }
    assert "4 ways: 4 isolated, 0 not, 0 not decided" in found["what tenants see of each other"]
