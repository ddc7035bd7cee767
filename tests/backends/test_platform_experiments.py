"""Proves that the embedded platform keeps the contract about experiments, and that `honeyhive.evaluate` works on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from honeyhive.models import PostExperimentRunRequest, PutExperimentRunRequest

from support.checks.waiting import eventually

from .conftest import PlatformProcess, Tenant


def create(tenant: Tenant, **fields: Any) -> str:
    run: str = tenant.call("POST", "/v1/runs", {"name": "R", **fields})["run_id"]
    return run


def read(tenant: Tenant, run: str) -> dict[str, Any]:
    found = tenant.call("GET", f"/v1/runs/{run}")["evaluation"]
    assert isinstance(found, dict)
    return found


def session(tenant: Tenant, run: str, datapoint: str | None, metrics: dict[str, Any], **more: Any) -> str:
    """A session of a run with one chain event that carries the metrics."""
    metadata = {"run_id": run, **({"datapoint_id": datapoint} if datapoint else {})}
    body = {"session": {"session_name": "S", "metadata": metadata, **more}}
    started: str = tenant.call("POST", "/session/start", body)["session_id"]
    event = {"event_type": "chain", "event_name": "answer", "inputs": {}, "session_id": started, "metrics": metrics}
    tenant.call("POST", "/v1/events", event)
    return started


def result(tenant: Tenant, run: str, **query: Any) -> dict[str, Any]:
    found = tenant.call("GET", f"/v1/runs/{run}/result", params=query)
    assert found == tenant.call("GET", f"/v1/runs/{run}/summary", params=query)
    assert isinstance(found, dict)
    return found


# Life ----------------------------------------------------------------------------------------------------------------


def test_what_the_sdk_creates_reads_back_whole(tenant: Tenant) -> None:
    dataset = tenant.call("POST", "/v1/datasets", {"name": "D"})["result"]["insertedId"]
    said = {
        "run_id": "chosen",
        "name": "R",
        "description": "d",
        "status": "running",
        "metadata": {"m": 1},
        "results": {"r": 1},
        "dataset_id": dataset,
        "event_ids": ["e"],
        "session_ids": ["s"],
        "datapoint_ids": ["d"],
        "configuration": {"model": "x"},
        "evaluators": [{"name": "v"}],
        "passing_ranges": {"score": {"min": 0.5, "max": 1}},
    }
    created = tenant.sdk.experiments.create_run(PostExperimentRunRequest(**said))
    assert created.run_id == "chosen"
    found = read(tenant, "chosen")
    assert {name: found[name] for name in said} == said
    assert (found["id"], found["dataset_name"], found["is_active"]) == ("chosen", "D", True)
    assert (found["scope_type"], found["scope_id"]) == ("project", tenant.project)


def test_a_run_has_defaults_and_an_id_of_its_own(tenant: Tenant) -> None:
    first, second = create(tenant), create(tenant)
    assert first != second
    found = read(tenant, first)
    assert (found["status"], found["metadata"], found["event_ids"], found["dataset_id"]) == ("pending", {}, [], None)


def test_a_dataset_of_the_clients_own_is_noted_in_the_metadata(tenant: Tenant) -> None:
    found = read(tenant, create(tenant, dataset_id="EXT-mine"))
    assert (found["dataset_id"], found["metadata"]) == (None, {"offline_dataset_id": "EXT-mine"})


def test_an_update_merges_objects_and_replaces_the_rest(tenant: Tenant) -> None:
    run = create(tenant, metadata={"a": 1}, results={"x": 1}, event_ids=["e1"], description="kept")
    changes = {"status": "completed", "metadata": {"b": 2}, "results": {"y": 2}, "event_ids": ["e2"]}
    tenant.sdk.experiments.update_run(run, PutExperimentRunRequest(**changes))
    found = read(tenant, run)
    assert (found["status"], found["event_ids"], found["description"]) == ("completed", ["e2"], "kept")
    assert (found["metadata"], found["results"]) == ({"a": 1, "b": 2}, {"x": 1, "y": 2})


def test_a_run_is_deleted_once_and_its_sessions_stay(tenant: Tenant, foreign: Tenant) -> None:
    run = create(tenant)
    kept = session(tenant, run, "d", {})
    foreign.refused("DELETE", f"/v1/runs/{run}", status=404)
    deleted = tenant.sdk.experiments.delete_run(run)
    assert (deleted.id, deleted.deleted) == (run, True)
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/result"), ("GET", "/metrics"), ("GET", "/schema")):
        tenant.refused(method, f"/v1/runs/{run}{path}", status=404, naming=run)
    tenant.refused("PUT", f"/v1/runs/{run}", {"name": "x"}, status=404, naming=run)
    assert tenant.call("GET", f"/v1/events/{kept}")["event"]["event_id"] == kept


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({"status": "done"}, 400, "status"),
        ({"name": " "}, 400, "name"),
        ({"run_id": ""}, 400, "run_id"),
        ({"metadata": []}, 400, "metadata"),
        ({"event_ids": "e"}, 400, "event_ids"),
        ({"passing_ranges": {"a": {"least": 1}}}, 400, "passing_ranges"),
        ({"colour": 1}, 400, "colour"),
        ({"dataset_id": "unknown"}, 404, "dataset_id"),
    ],
)
def test_a_bad_run_is_refused_by_name(tenant: Tenant, fields: dict[str, Any], status: int, named: str) -> None:
    tenant.refused("POST", "/v1/runs", fields, status=status, naming=named)
    assert tenant.call("GET", "/v1/runs")["evaluations"] == []


def test_a_run_id_is_taken_once_in_a_project(tenant: Tenant, foreign: Tenant) -> None:
    create(tenant, run_id="same")
    create(foreign, run_id="same", name="theirs")
    tenant.refused("POST", "/v1/runs", {"run_id": "same"}, status=409, naming="run_id")
    assert read(tenant, "same")["name"] == "R"


# Lists ---------------------------------------------------------------------------------------------------------------


def listed(tenant: Tenant, **query: Any) -> list[str]:
    return [run["name"] for run in tenant.call("GET", "/v1/runs", params=query)["evaluations"]]


def test_runs_are_listed_by_what_is_asked(tenant: Tenant, foreign: Tenant) -> None:
    dataset = tenant.call("POST", "/v1/datasets", {"name": "D"})["result"]["insertedId"]
    create(foreign, name="foreign")
    create(tenant, name="b nightly", status="completed")
    two = create(tenant, name="a Nightly 100%", dataset_id=dataset)
    three = create(tenant, name="c", status="failed")
    assert listed(tenant) == ["c", "a Nightly 100%", "b nightly"]
    assert listed(tenant, name="night") == ["a Nightly 100%", "b nightly"]
    assert listed(tenant, name="0%") == ["a Nightly 100%"]
    assert listed(tenant, name="_") == []
    assert listed(tenant, status="failed") == ["c"]
    assert listed(tenant, dataset_id=dataset) == ["a Nightly 100%"]
    assert listed(tenant, **{"run_ids[]": [two, three]}) == ["c", "a Nightly 100%"]
    assert listed(tenant, sort_by="name", sort_order="asc") == ["a Nightly 100%", "b nightly", "c"]
    assert listed(tenant, sort_order="asc") == ["b nightly", "a Nightly 100%", "c"]
    assert listed(tenant, dateRange=json.dumps({"$lte": "2020-01-01T00:00:00Z"})) == []
    assert len(listed(tenant, dateRange="1h")) == 3
    by_sdk = tenant.sdk.experiments.list_runs(dateRange={"$gte": 0, "$lte": 1}, run_ids=[two])
    assert by_sdk.evaluations == []


def test_a_part_of_a_name_is_found_whatever_its_case_in_any_script(tenant: Tenant) -> None:
    run = create(tenant, name="Essai ÉTÉ Привет")
    for part in ("essai", "été", "ПРИВЕТ"):
        found = tenant.call("GET", "/v1/runs", params={"name": part})["evaluations"]
        assert [one["run_id"] for one in found] == [run], part


def test_pages_of_runs_hold_each_once(tenant: Tenant) -> None:
    for number in range(5):
        create(tenant, name=f"r{number}", status="completed" if number else "pending")
    pages = [tenant.call("GET", "/v1/runs", params={"limit": 2, "page": page}) for page in (1, 2, 3)]
    assert [[run["name"] for run in page["evaluations"]] for page in pages] == [["r4", "r3"], ["r2", "r1"], ["r0"]]
    assert pages[1]["pagination"] == {
        "page": 2,
        "limit": 2,
        "total": 5,
        "total_unfiltered": 5,
        "total_pages": 3,
        "has_next": True,
        "has_prev": True,
    }
    assert pages[2]["pagination"]["has_next"] is False
    filtered = tenant.sdk.experiments.list_runs(status="pending").pagination
    assert (filtered.total, filtered.total_unfiltered) == (1, 5)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"limit": 101}, "limit"),
        ({"page": 0}, "page"),
        ({"status": "done"}, "status"),
        ({"sort_by": "colour"}, "sort_by"),
        ({"dateRange": "soon"}, "dateRange"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_bad_listing_is_refused_by_name(tenant: Tenant, query: dict[str, Any], named: str) -> None:
    tenant.refused("GET", "/v1/runs", params=query, status=400, naming=named)


# Results -------------------------------------------------------------------------------------------------------------

VALUES = [4, 1, 2, 3, 10]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("average", 4),
        ("min", 1),
        ("max", 10),
        ("median", 3),
        ("sum", 20),
        ("count", 5),
        ("p90", 7.6),
        ("p95", 8.8),
        ("p99", 9.76),
    ],
)
def test_each_function_aggregates_every_value(tenant: Tenant, function: str, expected: float) -> None:
    run = create(tenant)
    for number, value in enumerate(VALUES):
        session(tenant, run, f"d{number}", {"score": value, "score_explanation": "text", "right": value > 1})
    found = result(tenant, run, aggregate_function=function)
    assert found["metrics"]["aggregation_function"] == function
    right, score = found["metrics"]["details"]
    assert (score["metric_name"], score["metric_type"]) == ("score", "numeric")
    assert (score["event_name"], score["event_type"]) == ("answer", "chain")
    assert score["values"] == VALUES
    assert score["aggregate"] == pytest.approx(expected)
    assert (right["metric_name"], right["metric_type"]) == ("right", "boolean")
    assert right["values"] == [True, False, True, True, True]


def test_a_datapoint_passes_when_all_its_metrics_are_in_range(tenant: Tenant) -> None:
    threshold = {"name": "cost", "type": "HUMAN", "criteria": "", "threshold": {"max": 5}}
    tenant.call("POST", "/v1/metrics", threshold)
    run = create(tenant, status="completed", passing_ranges={"score": {"min": 0.5, "max": 0.9}})
    sessions = [
        session(tenant, run, "good", {"score": 0.5, "cost": 5, "free": -3, "right": True}),
        session(tenant, run, "low", {"score": 0.4, "cost": 1}),
        session(tenant, run, "high", {"score": 0.95}),
        session(tenant, run, "dear", {"score": 0.9, "cost": 6}),
        session(tenant, run, "wrong", {"score": 0.6, "right": False}),
        session(tenant, run, None, {"score": 0.7}),
    ]
    found = result(tenant, run)
    assert (found["status"], found["success"]) == ("completed", False)
    assert found["passed"] == ["good", sessions[5]]
    assert found["failed"] == ["low", "high", "dear", "wrong"]
    assert [point["session_id"] for point in found["datapoints"]] == sessions
    assert found["datapoints"][3] == {
        "datapoint_id": "dear",
        "session_id": sessions[3],
        "passed": False,
        "metrics": [
            {"name": "score", "event_name": "answer", "event_type": "chain", "value": 0.9, "passed": True},
            {"name": "cost", "event_name": "answer", "event_type": "chain", "value": 6, "passed": False},
        ],
    }
    score = next(one for one in found["metrics"]["details"] if one["metric_name"] == "score")
    assert score["passing_range"] == {"min": 0.5, "max": 0.9}
    assert score["datapoints"] == {"passed": ["good", "dear", "wrong", sessions[5]], "failed": ["low", "high"]}
    assert found["event_details"] == [
        {"event_name": "S", "event_type": "session"},
        {"event_name": "answer", "event_type": "chain"},
    ]
    assert found["run_object"] == read(tenant, run)


def test_a_session_belongs_to_a_run_that_names_it(tenant: Tenant, foreign: Tenant) -> None:
    unnamed = session(tenant, "another run", "d1", {"score": 1})
    theirs = session(foreign, "another run", "d2", {"score": 100})
    for field in ("event_ids", "session_ids"):
        found = result(tenant, create(tenant, **{field: [unnamed, theirs]}))
        assert (found["passed"], [one["session_id"] for one in found["datapoints"]]) == (["d1"], [unnamed])


def test_a_run_without_sessions_has_an_empty_result(tenant: Tenant) -> None:
    found = result(tenant, create(tenant))
    assert (found["passed"], found["failed"], found["metrics"]["details"]) == ([], [], [])


def test_metrics_and_schema_of_a_run(tenant: Tenant) -> None:
    run, other = create(tenant), create(tenant)
    one = session(tenant, run, "d1", {"score": 1})
    session(tenant, other, "d1", {"other": 1})
    found = tenant.call("GET", f"/v1/runs/{run}/metrics")
    (measured,) = found["events"]
    assert found["totalEvents"] == 1
    assert (measured["session_id"], measured["metrics"]) == (one, {"score": 1})
    assert measured["metadata"] == {"datapoint_id": "d1"}
    fields = tenant.call("GET", f"/v1/runs/{run}/schema")["fields"]
    assert {"name": "metrics.score", "event_type": "chain"} in fields
    assert {"name": "metrics.other", "event_type": "chain"} not in fields
    both = tenant.call("GET", "/v1/runs/schema")["fields"]
    assert {"name": "metrics.other", "event_type": "chain"} in both
    assert tenant.call("GET", "/v1/runs")["metrics"] == ["other", "score"]
    by_sdk = tenant.sdk.experiments.get_schema(evaluation_id=run)
    names = [field.name for field in by_sdk.fields]
    assert "metrics.score" in names
    assert "metrics.other" not in names
    of_run = tenant.call("POST", "/v1/events/search", {"evaluation_id": run})["events"]
    assert {(event["session_id"], event["event_type"]) for event in of_run} == {(one, "session"), (one, "chain")}
    tenant.refused("POST", "/v1/events/search", {"evaluation_id": "unknown"}, status=404, naming="unknown")


def test_filters_choose_the_events_that_count(tenant: Tenant) -> None:
    run = create(tenant)
    session(tenant, run, "d1", {"score": 1})
    session(tenant, run, "d2", {"score": 3})
    filters = [{"field": "metrics.score", "operator": "greater than", "value": 2, "type": "number"}]
    (score,) = result(tenant, run, filters=json.dumps(filters))["metrics"]["details"]
    assert score["values"] == [3]
    by_sdk = tenant.sdk.experiments.get_result(run, "average", filters=filters)
    assert by_sdk["metrics"]["details"][0]["values"] == [3]
    tenant.refused("GET", f"/v1/runs/{run}/result", params={"filters": "{"}, status=400, naming="filters")
    tenant.refused(
        "GET", f"/v1/runs/{run}/result", params={"aggregate_function": "mode"}, status=400, naming="aggregate_function"
    )


# Comparison ----------------------------------------------------------------------------------------------------------


def test_a_comparison_lists_what_improved_degraded_and_stayed(tenant: Tenant) -> None:
    old, new = create(tenant, name="old"), create(tenant, name="new")
    for datapoint, before, after in (("up", 1, 3), ("down", 5, 2), ("same", 4, 4)):
        session(tenant, old, datapoint, {"score": before, "right": before > 2, "dropped": 1})
        session(tenant, new, datapoint, {"score": after, "right": after > 2})
    session(tenant, old, "only old", {"score": 10})
    session(tenant, new, "only new", {"score": 11})
    for path in ("compare-with", "compare"):
        found = tenant.call("GET", f"/v1/runs/{new}/{path}/{old}", params={"aggregate_function": "sum"})
        assert sorted(found["commonDatapoints"]) == ["down", "same", "up"]
        assert (found["old_run"], found["new_run"]) == (read(tenant, old), read(tenant, new))
        dropped, right, score = found["metrics"]
        assert (score["metric_name"], score["old_aggregate"], score["new_aggregate"]) == ("score", 20, 20)
        assert (score["difference"], score["percentage_change"], score["found_count"]) == (0, 0, 3)
        assert (score["improved"], score["degraded"], score["same"]) == (["up"], ["down"], ["same"])
        assert (score["improved_count"], score["degraded_count"], score["same_count"]) == (1, 1, 1)
        assert (right["improved"], right["degraded"], right["same"]) == (["up"], ["down"], ["same"])
        assert (dropped["old_aggregate"], dropped["new_aggregate"], dropped["difference"]) == (3, None, None)
        assert dropped["found_count"] == 0
    average = tenant.sdk.experiments.compare_runs(new, old)["metrics"][2]
    assert (average["old_aggregate"], average["new_aggregate"]) == (5, 5)
    reverse = tenant.call("GET", f"/v1/runs/{old}/compare/{new}")["metrics"][2]
    assert (reverse["improved"], reverse["degraded"]) == (["down"], ["up"])


def test_a_comparison_tells_the_change_in_percent_and_the_kinds_of_events(tenant: Tenant) -> None:
    old, new = create(tenant), create(tenant)
    session(tenant, old, "d", {"score": 4, "zero": 0})
    session(tenant, new, "d", {"score": 5, "zero": 1})
    extra = session(tenant, new, "d2", {})
    tenant.call("POST", "/v1/events", {"event_type": "tool", "event_name": "t", "inputs": {}, "session_id": extra})
    found = tenant.call("GET", f"/v1/runs/{new}/compare-with/{old}")
    score, zero = found["metrics"]
    assert (score["difference"], score["percentage_change"]) == (1, 25)
    assert (zero["difference"], zero["percentage_change"]) == (1, None)
    presence = {(kind["event_name"], kind["event_type"]): kind["presence"] for kind in found["event_details"]}
    assert presence == {("S", "session"): "both", ("answer", "chain"): "both", ("t", "tool"): "new_only"}


def test_events_are_compared_in_pairs_by_datapoint(tenant: Tenant) -> None:
    first, second = create(tenant), create(tenant)
    ones = [session(tenant, first, datapoint, {}) for datapoint in ("a", "b", "c")]
    twos = [session(tenant, second, datapoint, {}) for datapoint in ("c", "a", "z")]
    by_sdk = tenant.sdk.experiments.compare_run_events(first, second)
    pairs = {pair.datapoint_id: (pair.event_1["event_id"], pair.event_2["event_id"]) for pair in by_sdk.events}
    assert pairs == {"a": (ones[0], twos[1]), "c": (ones[2], twos[0])}
    path = f"/v1/runs/{first}/compare/{second}/events"
    chains = tenant.call("GET", path, params={"event_type": "chain", "limit": 1, "page": 2})
    assert chains["totalEvents"] == 2
    (pair,) = chains["events"]
    assert {pair[side]["event_name"] for side in ("event_1", "event_2")} == {"answer"}
    assert tenant.call("GET", path, params={"event_name": "nothing"}) == {"events": [], "totalEvents": 0}


def test_nothing_of_another_project_is_compared(tenant: Tenant, foreign: Tenant) -> None:
    ours, theirs = create(tenant), create(foreign)
    tenant.refused("GET", f"/v1/runs/{ours}/compare-with/{theirs}", status=404, naming=theirs)
    tenant.refused("GET", f"/v1/runs/{theirs}/compare-with/{ours}", status=404, naming=theirs)
    query = {"run_id_1": ours, "run_id_2": theirs}
    tenant.refused("GET", "/v1/runs/compare/events", params=query, status=404, naming=theirs)


# The unmodified SDK, from dataset to comparison ----------------------------------------------------------------------


def told(platform: PlatformProcess, tenant: Tenant, folder: Path) -> dict[str, Any]:
    """What the story saw; it runs in a process of its own."""
    given = {"HH_API_URL": platform.address, "HH_API_KEY": tenant.key, "HH_PROJECT": tenant.name}
    script = Path(__file__).with_name("evaluate_story.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        env={**os.environ, **given},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(seen, dict)
    return seen


def test_evaluate_works_from_the_dataset_to_the_comparison(
    platform: PlatformProcess, tenant: Tenant, tmp_path: Path
) -> None:
    seen = told(platform, tenant, tmp_path)
    first, second, third = seen["datapoints"]
    old, run = seen["old"], seen["run"]
    assert seen["configurations"] == ["C"]
    assert (old["status"], old["success"]) == ("completed", False)
    assert (sorted(old["passed"]), old["failed"]) == (sorted([first, third]), [second])
    exact, quality = (
        next(one for one in old["metrics"]["details"] if one["metric_name"] == name) for name in ("exact", "quality")
    )
    assert exact["aggregate"] == pytest.approx(2 / 3)
    assert quality["aggregate"] == pytest.approx(0.2)
    sessions = {point["datapoint_id"]: point["session_id"] for point in old["datapoints"]}
    assert sessions.keys() == {first, second, third}
    assert sorted(run["event_ids"]) == sorted(sessions.values())
    assert run["datapoint_ids"] == [first, second, third]
    kinds = {event["event_type"]: event for event in seen["session_events"]}
    assert kinds.keys() == {"session", "chain"}
    assert kinds["chain"]["parent_id"] == kinds["session"]["event_id"]
    assert kinds["session"]["feedback"]["ground_truth"] is not None
    assert kinds["session"]["outputs"].keys() == {"content"}
    assert kinds["chain"]["metrics"]["quality_explanation"] == "by length"
    deltas = seen["comparison"]["metric_deltas"]
    assert sorted(deltas["exact"]["degraded"]) == sorted([first, third])
    assert len(deltas["quality"]["improved"]) == 3
    assert seen["pairs"] == 3
    traced = {event["event_type"]: event for event in seen["traced"]}
    assert traced["model"]["parent_id"] == traced["chain"]["event_id"]
    assert traced["chain"]["parent_id"] == traced["session"]["event_id"]
    assert traced["chain"]["inputs"] == {"question": "why?", "items": [1, {"two": 2.5}]}
    assert traced["chain"]["metrics"]["sure"] is True
    assert traced["chain"]["metadata"]["items"] == [1, {"two": 2.5}]

    def scored() -> None:
        details = result(tenant, run["run_id"])["metrics"]["details"]
        characters = [one for one in details if one["metric_name"] == "characters"]
        assert [sorted(one["values"]) for one in characters] == [[1, 2, 3]]

    eventually(scored, within=10, what="the platform's own metric is computed for every datapoint")
