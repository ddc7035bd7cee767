"""The JUnit files say what happened: the same truth as the Allure report, of the same torture project."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from tests.torturing import OURS, OURS_PARALLEL, VERDICT_OF, Torture, expectations, torture

EXPECTED = {expected.location: expected for expected in expectations("features")}
ELEMENTS = {"passed": None, "failed": "failure", "broken": "error", "skipped": "skipped"}


@pytest.fixture(scope="module", params=[OURS, OURS_PARALLEL], ids=["1 job", "2 jobs"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Torture:
    return torture(tmp_path_factory.mktemp("torture"), request.param, "features")


def ending(case: Xml.Element) -> tuple[str, str]:
    """A case's verdict and message."""
    for verdict, element in ELEMENTS.items():
        found = case.find(element) if element else None
        if found is not None:
            return verdict, found.get("message", "")
    note = case.find("properties/property[@name='note']")
    return "passed", "" if note is None else note.get("value", "")


def test_every_scenario_is_a_case_with_its_verdict_and_message(run: Torture) -> None:
    cases = {f"{case.get('file')}:{case.get('line')}": case for case in run.cases() if case.get("file")}
    assert cases.keys() == EXPECTED.keys()
    for location, expected in EXPECTED.items():
        verdict, message = ending(cases[location])
        assert cases[location].get("status") == expected.status, location
        assert verdict == VERDICT_OF[expected.status], location
        assert all(part in message for part in expected.says), (location, message)
        assert expected.says or message == "", (location, message)


def test_messages_are_those_of_the_allure_report(run: Torture) -> None:
    for case in run.cases():
        if case.get("file"):
            result = run.by_location[f"{case.get('file')}:{case.get('line')}"]
            assert ending(case)[1] == result.get("statusDetails", {}).get("message", "")


def test_suites_count_what_they_hold(run: Torture) -> None:
    counts: Counter[str] = Counter()
    for suite in run.suites():
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        found = Counter(ending(case)[0] for case in cases)
        told = {name: int(suite.get(name, "")) for name in ("failures", "errors", "skipped")}
        assert told == {"failures": found["failed"], "errors": found["broken"], "skipped": found["skipped"]}
        counts += Counter(ending(case)[0] for case in cases if case.get("file"))
    assert counts == run.verdicts() == run.behave_counts()


def test_hooks_above_the_scenarios_are_cases_of_their_own(run: Torture) -> None:
    hooks = {case.get("name"): ending(case) for case in run.cases() if not case.get("file")}
    assert {name: verdict for name, (verdict, _) in hooks.items()} == {
        "hooks and cleanups of the feature after_feature breaks": "broken",
        "hooks and cleanups of the feature A cleanup of the feature breaks": "broken",
        "hooks and cleanups of the rule after_rule breaks": "broken",
    }
    assert "told to break in after_feature" in hooks["hooks and cleanups of the feature after_feature breaks"][1]
    assert "broken_cleanup" in hooks["hooks and cleanups of the feature A cleanup of the feature breaks"][1]


def test_a_failure_carries_steps_output_and_log(run: Torture) -> None:
    (case,) = (
        case for case in run.cases() if case.get("file") == "features/plain.feature" and case.get("name") == "Fails"
    )
    output, errors = case.findtext("system-out", ""), case.findtext("system-err", "")
    assert "When a check fails … failed" in output
    assert "printed before the check" in output
    assert "complained before the check" in errors
    assert "logged before the check" in errors


def test_problems_of_the_run_are_a_suite(tmp_path: Path) -> None:
    skipped = "features/other_system/skipped_feature.feature"
    run = torture(tmp_path, OURS, skipped, environment={"TORTURE_BREAK": "after_all"})
    (problem,) = (case for case in run.cases() if case.get("classname") == "run")
    assert "told to break in after_all" in ending(problem)[1]


def test_a_selection_holds_what_it_selects_and_old_files_go(tmp_path: Path) -> None:
    torture(tmp_path, OURS, "features")
    run = torture(tmp_path, OURS, "--tags=DS-2")
    assert [case.get("name") for case in run.cases()] == ["Passes"]


def test_two_paths_do_not_write_over_each_other(tmp_path: Path) -> None:
    run = torture(tmp_path, OURS, "features/one_system/plain.feature", "features/plain.feature")
    assert len(run.suites()) == 2
