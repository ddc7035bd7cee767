"""The isolation matrix: tenants by ways of reading and changing, from the scenarios where one asks beside another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from behave.model import Scenario
from behave.model_type import Status

from support.reporting.evidence import Redacted
from support.reporting.labels import rule_of
from support.reporting.pages import Cell, page, table, text

ASKED = re.compile(r"(?P<asker>[A-Z]\S* [A-Z]\S*) (?:asks for|tries|sends) (?P<what>.+)")
ANSWERED = re.compile(r"the answer is (?P<answer>.+), as if (?P<owner>.+) did not exist")
UNTOUCHED = re.compile(r"(?P<owner>.+) has lost nothing and given nothing away")


@dataclass(frozen=True)
class Way:
    """One thing that a tenant asked for or tried: what each of the two came out with."""

    rule: str
    what: str
    asker: str
    owner: str
    answered: Cell
    kept: Cell


def ways(scenarios: Iterable[Scenario]) -> list[Way]:
    """What was tried in these scenarios, in their order; the others are passed over."""
    return [way for scenario in scenarios if (way := _way(scenario))]


def _way(scenario: Scenario) -> Way | None:
    asked = answered = untouched = None
    answer, kept = Cell("not looked at", "dim"), Cell("not looked at", "dim")
    for step in scenario.all_steps:
        if step.step_type == "when":
            asked = ASKED.fullmatch(step.name)
        elif found := ANSWERED.fullmatch(step.name):
            answered, answer = found, _cell(step.status, found["answer"], f"not {found['answer']}")
        elif found := UNTOUCHED.fullmatch(step.name):
            untouched, kept = found, _cell(step.status, "untouched", "leaks, or was changed")
    if asked is None or answered is None or untouched is None:
        return None
    rule = rule_of(scenario)
    return Way(rule.name if rule else "", asked["what"], asked["asker"], untouched["owner"], answer, kept)


def _cell(status: Status, well: str, ill: str) -> Cell:
    if status is Status.passed:
        return Cell(f"✓ {well}", "good")
    if status is Status.failed:
        return Cell(f"✗ {ill}", "bad")
    return Cell("could not be asked" if status.has_failed() else "not looked at", "dim")


def matrix(found: list[Way]) -> Redacted:
    """A page with a table for each rule: what was asked, what the asker was told, what the other kept."""
    good = sum(way.answered.mark == way.kept.mark == "good" for way in found)
    bad = sum("bad" in (way.answered.mark, way.kept.mark) for way in found)
    body = [f"<p>{len(found)} ways: {good} isolated, {bad} not, {len(found) - good - bad} not decided</p>"]
    for rule in dict.fromkeys(way.rule for way in found):
        ours = [way for way in found if way.rule == rule]
        headings = (f"{ours[0].asker} asks", f"{ours[0].asker} is told", ours[0].owner)
        body += [f"<h2>{text(rule)}</h2>", table(headings, ((way.what, way.answered, way.kept) for way in ours))]
    return page("What tenants see of each other", "".join(body), "td, th { width: 33%; }")
