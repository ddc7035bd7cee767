"""Proves that every tag is known and has one meaning, and that every scenario says which promise it checks."""

import re
import tomllib

import pytest

from support import behaviours
from tests.hygiene.suite import ROOT, Written, scenarios

MEANINGS = {
    "real_ai": "asks a real model and costs money",
    "within.15s": "may take 15 seconds",
    "within.30s": "may take 30 seconds",
    "within.60s": "may take 60 seconds",
    "load": "runs only with -D load=yes",
    "program": "runs a user's program in a process of its own, whose server is warmed up before the first scenario",
    "agents": "needs the agent framework of the extra `agents`; skipped where it is not installed",
    "blocker": "severity",
    "critical": "severity",
    "normal": "severity",
    "minor": "severity",
    "trivial": "severity",
}
PROMISE = re.compile(r"[A-Z]+-\d+")
ALLURE = re.compile(r"allure\.(epic|feature|story|label\.owner|issue|tms|link)=.+")


def capabilities() -> set[str]:
    claims = tomllib.loads((ROOT / "support/targets/capabilities.toml").read_text(encoding="utf-8"))
    return set(claims)


def means(tag: str) -> str | None:
    """What a tag is, or None for one that nobody knows."""
    if tag in behaviours.sentences():
        return "promise"
    if tag.startswith("needs."):
        return "capability" if tag.removeprefix("needs.") in capabilities() else None
    return MEANINGS.get(tag) or ("report" if ALLURE.fullmatch(tag) else None)


def test_every_tag_is_known() -> None:
    assert [f"{each.place} @{tag}" for each in scenarios() for tag in unknown(each)] == []


def test_every_scenario_says_which_promise_it_checks() -> None:
    assert [each.place for each in scenarios() if not promises(each)] == []


def test_more_than_four_promises_in_one_scenario_need_a_reason() -> None:
    assert [each.place for each in scenarios() if len(promises(each)) > 4 and not each.comment] == []


def test_no_promise_is_claimed_twice_on_the_way_to_a_scenario() -> None:
    """A tag of the feature or the rule holds for all of its scenarios: writing it again says nothing."""
    assert [
        f"{each.place} @{tag}" for each in scenarios() for tag in each.scenario.tags if tag in each.feature.tags
    ] == []


@pytest.mark.parametrize("unknown", ["DS-99", "needs.platform.telepathy", "realai", "slow", "allure.severity=high"])
def test_an_unknown_tag_is_found_out(unknown: str) -> None:
    assert means(unknown) is None


def unknown(each: Written) -> list[str]:
    return [tag for tag in each.tags if means(tag) is None and tag not in promises(each)]


def promises(each: Written) -> list[str]:
    return [tag for tag in each.tags if tag in behaviours.sentences() or (each.is_own and PROMISE.fullmatch(tag))]
