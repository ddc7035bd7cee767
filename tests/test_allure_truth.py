"""The Allure report says what happened: every scenario of the torture project, in every way in which one can end.

The project shows each status in plain, outline, Rule, Background and hook form, and states in its own text how each
scenario must end. It runs on behave's own runner and on ours, serial and with two jobs; the expectations come from the
feature files, the counts from behave's own summary and model.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torturing import (
    RUNNERS,
    VERDICT_OF,
    Expected,
    Json,
    Torture,
    attachments,
    expectations,
    label,
    labels,
    message,
    torture,
)

EXPECTED = tuple(expectations("features"))


@pytest.fixture(scope="module", params=list(RUNNERS), ids=list(RUNNERS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Torture:
    return torture(tmp_path_factory.mktemp("torture"), RUNNERS[request.param], "features")


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Torture:
    return torture(tmp_path_factory.mktemp("stock"), RUNNERS["stock"], "features")


def test_the_torture_project_shows_every_status() -> None:
    assert {expected.status for expected in EXPECTED} == set(VERDICT_OF)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.location)
def test_a_scenario_is_reported_as_it_ended(run: Torture, expected: Expected) -> None:
    assert run.model[expected.location]["status"] == expected.status
    result = run.by_location[expected.location]
    assert result["status"] == VERDICT_OF[expected.status]
    for part in expected.says:
        assert part in message(result)
    if not expected.says:
        assert message(result) == ""


def test_the_report_has_every_scenario_once_and_counts_as_behave_does(run: Torture) -> None:
    assert set(run.by_location) == set(run.model) == {expected.location for expected in EXPECTED}
    assert run.verdicts() == run.behave_counts()
    assert len({result["historyId"] for result in run.results}) == len(run.results)
    assert run.code == 1


def test_every_runner_tells_the_same(run: Torture, stock: Torture) -> None:
    assert {identity(result) for result in run.results} == {identity(result) for result in stock.results}
    assert {error["message"] for error in run.run_errors} == {error["message"] for error in stock.run_errors}


def identity(result: Json) -> tuple[str, ...]:
    steps = [(step["name"], step["status"], message(step)) for step in result.get("steps", [])]
    return (result["historyId"], result["testCaseId"], result["name"], result["status"], message(result), repr(steps))


def test_steps_are_told_as_the_model_has_them(run: Torture) -> None:
    of_step = VERDICT_OF | {
        "undefined": "broken",
        "pending": "broken",
        "pending_warn": "skipped",
        "untested": "skipped",
    }
    for location, told in run.model.items():
        steps = run.by_location[location].get("steps", [])
        assert [step["status"] for step in steps] == [of_step[status] for status in told["steps"]], location
        assert all(step["stop"] >= step["start"] for step in steps)


def test_a_broken_step_has_message_and_trace_with_its_cause(run: Torture) -> None:
    (result,) = (r for r in run.results if label(r, "location").startswith("features/one_system/plain.feature:21"))
    step = result["steps"][0]
    assert step["name"] == "Given a step breaks"
    assert message(step) == "ConnectionError: platform.example refused"
    for details in (step["statusDetails"], result["statusDetails"]):
        assert "ValueError: invalid literal" in details["trace"]
        assert "steps/torture_steps.py" in details["trace"]
        assert "/behave/" not in details["trace"]


def test_an_undefined_step_offers_its_definition(run: Torture) -> None:
    (result,) = (r for r in run.results if label(r, "location") == "features/one_system/plain.feature:26")
    assert "@given(u'a sentence that nobody knows')" in message(result["steps"][0])


def test_hooks_above_the_scenarios_are_errors_of_the_run(run: Torture) -> None:
    told = {error["message"].partition(":")[0]: error for error in run.run_errors}
    place = "features/other_system"
    assert told.keys() == {
        f"after_feature of {place}/after_feature.feature",
        f"cleanup broken_cleanup of {place}/cleanup_feature.feature",
        "after_rule of features/one_system/deep/rules.feature",
    }
    assert all("environment.py" in error["trace"] for error in run.run_errors)


def test_output_is_attached_to_a_failure_and_to_no_pass(run: Torture) -> None:
    (failed,) = (r for r in run.results if label(r, "location") == "features/one_system/plain.feature:11")
    texts = {attached["name"]: run.text(attached) for attached in failed["attachments"]}
    assert "printed before the check" in texts["captured stdout"]
    assert "complained before the check" in texts["captured stderr"]
    assert "logged before the check" in texts["captured log"]
    for result in run.results:
        if result["status"] in ("passed", "skipped"):
            assert not any(attached["name"].startswith("captured") for attached in result.get("attachments", []))


def test_tables_and_texts_are_attached_to_their_steps(run: Torture) -> None:
    for location in ("features/one_system/plain.feature:84", "features/one_system/deep/rules.feature:8"):
        *_, table, text = run.by_location[location]["steps"]
        (csv,), (words,) = table["attachments"], text["attachments"]
        assert (csv["type"], run.text(csv)) == ("text/csv", "name,size\nfirst,1\n")
        assert (words["type"], run.text(words)) == ("text/plain", "some text")


def test_evidence_lands_where_it_was_attached(run: Torture) -> None:
    step = run.named("A title of its own")["steps"][0]
    (outer,) = step["steps"]
    assert [attached["name"] for attached in step["attachments"]] == ["thread evidence", "step evidence"]
    assert (outer["name"], [attached["name"] for attached in outer["attachments"]]) == (
        "an outer sub-step",
        ["inner evidence"],
    )
    assert [inner["name"] for inner in outer["steps"]] == ["an inner sub-step"]
    assert run.text(outer["attachments"][0]) == "inner body"


def test_a_sub_step_that_breaks_is_broken(run: Torture) -> None:
    (sub_step,) = run.named("Breaks in a sub-step")["steps"][0]["steps"]
    assert (sub_step["status"], message(sub_step)) == ("broken", "RuntimeError: broken inside")


def test_evidence_of_hooks_and_cleanups_is_shown_around_the_scenario(run: Torture) -> None:
    result = run.named("A title given in a hook")
    assert [attached["name"] for attached in attachments(result["steps"][0])] == ["after_step evidence"]
    around = [container for container in run.containers if container["children"] == [result["uuid"]]]
    hooks = {
        hook["name"]: [attached["name"] for attached in hook.get("attachments", [])]
        for container in around
        for hook in (*container.get("befores", []), *container.get("afters", []))
    }
    # A unit of one scenario has its feature's hooks around that one alone.
    assert (
        hooks.items()
        >= {
            "before_scenario": ["before_scenario evidence"],
            "after_scenario": ["after_scenario evidence"],
            "cleanup noisy_cleanup": ["cleanup evidence"],
        }.items()
    )
    # A page tells of the scenario as a whole, and stands with it.
    assert [(attached["name"], run.text(attached)) for attached in result["attachments"]] == [("a page", "<p>told")]


def test_evidence_of_feature_and_run_hooks_is_shown(run: Torture) -> None:
    everyone = {result["uuid"] for result in run.results}
    seen: dict[str, set[str]] = {}
    for container in run.containers:
        for hook in (*container.get("befores", []), *container.get("afters", [])):
            seen.setdefault(hook["name"], set()).update(container["children"])
    assert seen["before_all"] == seen["after_all"] == everyone
    assert seen["before_feature"] == seen["after_feature"] == everyone


def test_hooks_that_broke_are_named_around_the_scenario(run: Torture) -> None:
    (result,) = (r for r in run.results if r["name"] == "Everything around it breaks")
    broken = [
        hook["name"]
        for container in run.containers
        if container["children"] == [result["uuid"]]
        for hook in (*container.get("befores", []), *container.get("afters", []))
        if hook["status"] == "broken"
    ]
    assert broken == ["before_scenario", "after_scenario", "cleanup broken_cleanup", "cleanup other_broken_cleanup"]


def test_a_scenario_describes_itself(run: Torture) -> None:
    result = run.named("A title of its own")
    assert result["description"] == "A description of its own"
    assert labels(result, "severity") == ["critical"]
    assert labels(result, "owner") == ["Maya"]
    assert labels(result, "feature") == ["A feature of its own"]
    assert {"extra", "DS-1"} <= set(labels(result, "tag"))
    assert {"name": "budget", "value": "3"} in result["parameters"]
    assert {"type": "link", "url": "https://example.com/spec", "name": "the specification"} in result["links"]


def test_labels_come_from_folder_feature_rule_and_tags(run: Torture) -> None:
    (passes,) = (r for r in run.results if label(r, "location") == "features/one_system/plain.feature:6")
    assert labels(passes, "epic") == ["One system"]
    assert labels(passes, "feature") == ["Plain scenarios end in every way"]
    assert labels(passes, "story") == []
    assert labels(passes, "severity") == ["minor"]
    assert labels(passes, "owner") == ["Lee"]
    assert labels(passes, "tag") == ["DS-1", "DS-2"]
    assert passes["links"] == [{"type": "link", "url": "https://example.com/one", "name": "https://example.com/one"}]
    assert passes["titlePath"] == ["features", "one_system", "Plain scenarios end in every way"]
    ruled = run.by_location["features/one_system/deep/rules.feature:8"]
    assert labels(ruled, "epic") == ["One system"]
    assert labels(ruled, "story") == ["Everything goes well"]
    assert ruled["titlePath"][-2:] == ["Scenarios under rules end in every way", "Everything goes well"]
    assert labels(run.by_location["features/plain.feature:5"], "epic") == []


def test_names_and_identity_survive_rows_and_files(run: Torture) -> None:
    rows = [
        r for r in run.results if r["fullName"] == "features/one_system/outlines.feature: The value <value> is judged"
    ]
    assert sorted(row["name"] for row in rows) == [
        "The value left is judged",
        "The value right is judged",
        "The value wrong is judged",
    ]
    assert len({row["testCaseId"] for row in rows}) == 1
    assert {"name": "value", "value": "left"} in next(r for r in rows if "left" in r["name"])["parameters"]
    twins = [r for r in run.results if r["name"] == "The same name in two files"]
    assert len(twins) == len({twin["testCaseId"] for twin in twins}) == 2


def test_the_folder_is_whole(run: Torture) -> None:
    sources = [attached["source"] for result in run.results for attached in attachments(result)]
    for container in run.containers:
        for hook in (*container.get("befores", []), *container.get("afters", [])):
            sources += [attached["source"] for attached in attachments(hook)]
    sources += [attached["source"] for attached in run.run_attachments]
    there = {path.name for path in run.results_folder.glob("*-attachment.*")}
    assert set(sources) == there
    assert not list(run.results_folder.glob("*.tmp"))


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        again = torture(tmp_path, RUNNERS["ours"], "features/plain.feature")
    assert again.verdicts() == {"passed": 1, "failed": 1}
