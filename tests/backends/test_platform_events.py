"""Proves that the embedded platform keeps the contract about sessions, events and their search."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from honeyhive.models import (
    EventFilter,
    PostEventBatchRequest,
    PostEventRequest,
    UpdateEventRequest,
)

from .conftest import Tenant

OBJECTS = ("config", "inputs", "outputs", "metadata", "feedback", "metrics", "user_properties")


def start(tenant: Tenant, **fields: Any) -> str:
    session: str = tenant.call("POST", "/session/start", {"session": {"session_name": "S", **fields}})["session_id"]
    return session


def post(tenant: Tenant, **fields: Any) -> str:
    event: str = tenant.call("POST", "/v1/events", {"event_type": "tool", "inputs": {}, **fields})["event_id"]
    return event


def read(tenant: Tenant, event: str) -> dict[str, Any]:
    found = tenant.call("GET", f"/v1/events/{event}")["event"]
    assert isinstance(found, dict)
    return found


def find(tenant: Tenant, *conditions: tuple[str, str, Any, str], **more: Any) -> list[dict[str, Any]]:
    filters = [
        {"field": field, "operator": operator, "value": value, "type": kind}
        for field, operator, value, kind in conditions
    ]
    answer = tenant.call("POST", "/v1/events/search", {"filters": filters, **more})
    assert isinstance(answer["events"], list)
    return answer["events"]


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event_name"] for event in events]


# Sessions ------------------------------------------------------------------------------------------------------------


def test_the_sdk_starts_a_session_that_reads_back(tenant: Tenant) -> None:
    started = tenant.sdk.sessions.start(
        {"session": {"session_name": "Chat", "source": "web", "inputs": {"q": 1}, "user_properties": {"plan": "pro"}}}
    )
    assert started.project_id == tenant.project
    assert started.event_id == started.session_id
    assert started.org_id
    assert started.workspace_id
    found = read(tenant, started.session_id)
    assert found["event_type"] == "session"
    assert (found["event_name"], found["source"]) == ("Chat", "web")
    assert (found["inputs"], found["user_properties"]) == ({"q": 1}, {"plan": "pro"})
    assert found["parent_id"] is None


def test_a_session_keeps_the_id_and_times_it_is_given(tenant: Tenant) -> None:
    body = {"session_id": "mine", "session_name": "S", "start_time": 1000, "end_time": 1250}
    assert tenant.call("POST", "/v1/sessions", body)["session_id"] == "mine"
    found = read(tenant, "mine")
    assert (found["start_time"], found["end_time"], found["duration"]) == (1000, 1250, 250)


def test_starting_a_known_session_merges_what_is_new(tenant: Tenant) -> None:
    session = start(tenant, metadata={"a": {"x": 1}}, inputs={"q": 1})
    start(tenant, session_id=session, session_name="Renamed", metadata={"a": {"y": 2}})
    found = read(tenant, session)
    assert found["event_name"] == "Renamed"
    assert found["metadata"] == {"a": {"x": 1, "y": 2}}
    assert found["inputs"] == {"q": 1}
    assert len(find(tenant)) == 1


def test_the_id_of_an_event_cannot_become_a_session(tenant: Tenant) -> None:
    event = post(tenant)
    tenant.refused("POST", "/session/start", {"session": {"session_id": event}}, status=409, naming="session_id")


def test_deleting_a_session_deletes_its_events_and_no_others(tenant: Tenant, foreign: Tenant) -> None:
    session, other = start(tenant), start(tenant)
    event = post(tenant, session_id=session)
    foreign_session = start(foreign, session_id=session)
    assert tenant.call("DELETE", f"/session/{session}")["deletedCount"] == 2
    tenant.refused("GET", f"/v1/events/{event}", status=404)
    assert [found["event_id"] for found in find(tenant)] == [other]
    tenant.refused("DELETE", f"/session/{session}", status=404, naming=session)
    assert read(foreign, foreign_session)["session_id"] == session


def test_an_event_is_not_deleted_as_a_session(tenant: Tenant) -> None:
    tenant.refused("DELETE", f"/session/{post(tenant)}", status=404)


# Events --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["model", "tool", "chain", "generic"])
def test_the_sdk_stores_an_event_with_everything_it_says(tenant: Tenant, kind: str) -> None:
    session = start(tenant)
    said = {
        "event_type": kind,
        "event_name": "step",
        "session_id": session,
        "parent_id": session,
        "source": "worker",
        "error": "it broke",
        "start_time": 1700000000000,
        "end_time": 1700000000250,
        "duration": 240,
        "children_ids": ["c1"],
        **{name: {name: {"deep": [1, None, "ü"]}} for name in OBJECTS},
    }
    created = tenant.sdk.events.create(PostEventRequest(event=said))
    assert created.success is True
    found = read(tenant, created.event_id)
    assert found == {**said, "event_id": created.event_id, "project_id": tenant.project}


def test_the_flat_form_stores_the_same(tenant: Tenant) -> None:
    event = post(tenant, event_id="flat", session_id="s", event_name="n")
    assert event == "flat"
    assert read(tenant, "flat")["event_name"] == "n"


def test_what_was_not_said_of_an_event_is_filled_in(tenant: Tenant) -> None:
    found = read(tenant, post(tenant, outputs={"a": 1}))
    assert set(found) == {
        *OBJECTS,
        *("project_id", "source", "event_name", "event_type", "event_id", "session_id", "parent_id", "children_ids"),
        *("error", "start_time", "end_time", "duration"),
    }
    assert found["duration"] == 0
    assert found["parent_id"] == found["session_id"]
    assert read(tenant, found["session_id"])["event_type"] == "session"


def test_a_model_call_is_stored_as_a_model_event(tenant: Tenant) -> None:
    call = {
        "model": "gpt-4o",
        "provider": "openai",
        "messages": [{"role": "user", "content": "hi"}],
        "response": "hello",
        "usage": {"total_tokens": 3},
        "cost": 0.1,
        "hyperparameters": {"temperature": 0},
    }
    event = tenant.call("POST", "/events/model", {"model_event": call})["event_id"]
    found = read(tenant, event)
    assert found["event_type"] == "model"
    assert found["config"] == {"model": "gpt-4o", "provider": "openai", "hyperparameters": {"temperature": 0}}
    assert found["inputs"] == {"chat_history": [{"role": "user", "content": "hi"}]}
    assert found["outputs"] == {"role": "assistant", "content": "hello"}
    assert found["metadata"] == {"usage": {"total_tokens": 3}, "cost": 0.1}


def test_an_event_id_is_taken_once(tenant: Tenant, foreign: Tenant) -> None:
    post(tenant, event_id="e", event_name="first")
    tenant.refused(
        "POST",
        "/events",
        {"event": {"event_type": "tool", "inputs": {}, "event_id": "e"}},
        status=409,
        naming="event_id",
    )
    assert read(tenant, "e")["event_name"] == "first"
    post(foreign, event_id="e", event_name="foreign")
    assert read(foreign, "e")["event_name"] == "foreign"
    assert read(tenant, "e")["event_name"] == "first"


def test_an_event_and_its_session_are_two_things(tenant: Tenant) -> None:
    same = {"event_type": "tool", "inputs": {}, "event_id": "e", "session_id": "e"}
    tenant.refused("POST", "/v1/events", same, status=400, naming="event_id")
    tool = post(tenant, event_name="tool")
    inside = {"event_type": "tool", "inputs": {}, "session_id": tool}
    before = find(tenant)
    tenant.refused("POST", "/v1/events", inside, status=409, naming="session_id")
    answer = tenant.call("POST", "/events/batch", {"events": [same, inside, {"event_type": "tool", "inputs": {}}]})
    assert [(error["index"], error["field"]) for error in answer["errors"]] == [(0, "event_id"), (1, "session_id")]
    assert len(find(tenant)) == len(before) + 2


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"event_type": "banana"}, "event_type"),
        ({"inputs": "text"}, "inputs"),
        ({"start_time": "now"}, "start_time"),
        ({"duration": -1}, "duration"),
        ({"event_id": " "}, "event_id"),
        ({"event_id": "x" * 256}, "event_id"),
        ({"event_name": ""}, "event_name"),
        ({"children_ids": "c"}, "children_ids"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_event_is_refused_and_nothing_is_stored(tenant: Tenant, fields: dict[str, Any], named: str) -> None:
    tenant.refused("POST", "/v1/events", {"event_type": "tool", "inputs": {}, **fields}, status=400, naming=named)
    assert find(tenant) == []


def test_another_projects_name_opens_nothing(tenant: Tenant, foreign: Tenant) -> None:
    body = {"event_type": "tool", "inputs": {}, "project_id": foreign.project}
    tenant.refused("POST", "/v1/events", body, status=404, naming=foreign.project)
    event = post(foreign)
    tenant.refused("GET", f"/v1/events/{event}", status=404)
    assert find(tenant) == []


# Updates -------------------------------------------------------------------------------------------------------------


def test_an_update_by_the_sdk_adds_without_erasing(tenant: Tenant) -> None:
    event = post(tenant, outputs={"a": 1}, metadata={"k": {"x": 1}}, metrics={"m": 1}, feedback={"f": 1})
    tenant.sdk.events.update(
        UpdateEventRequest(
            event_id=event,
            outputs={"b": 2},
            metadata={"k": {"y": 2}},
            metrics={"n": True},
            feedback={"ground_truth": "x"},
            config={"c": 1},
            user_properties={"u": 1},
            duration=7,
            children_ids=["c"],
        )
    )
    found = read(tenant, event)
    assert found["outputs"] == {"a": 1, "b": 2}
    assert found["metadata"] == {"k": {"x": 1, "y": 2}}
    assert found["metrics"] == {"m": 1, "n": True}
    assert found["feedback"] == {"f": 1, "ground_truth": "x"}
    assert (found["config"], found["user_properties"]) == ({"c": 1}, {"u": 1})
    assert (found["duration"], found["children_ids"]) == (7, ["c"])


def test_an_update_by_path_moves_the_end(tenant: Tenant) -> None:
    event = post(tenant, start_time=1000)
    tenant.call("PUT", f"/v1/events/{event}", {"end_time": 1500})
    assert (read(tenant, event)["end_time"], read(tenant, event)["duration"]) == (1500, 500)


def test_an_update_of_the_duration_moves_the_end(tenant: Tenant) -> None:
    event = post(tenant, start_time=1000, end_time=2000)
    tenant.call("PUT", "/events", {"event_id": event, "duration": 5000})
    assert [read(tenant, event)[name] for name in ("start_time", "end_time", "duration")] == [1000, 6000, 5000]
    tenant.call("PUT", "/events", {"event_id": event, "duration": 7, "end_time": 3000})
    assert [read(tenant, event)[name] for name in ("start_time", "end_time", "duration")] == [1000, 3000, 7]


EARLY = {"start_time": 2000, "end_time": 1999}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/events", {"event_type": "tool", **EARLY}),
        ("POST", "/events", {"event": {"event_type": "tool", **EARLY}}),
        ("POST", "/events/model", {"model_event": EARLY}),
        ("POST", "/events/batch", {"events": [{"event_type": "tool", **EARLY}], "session": {"session_name": "s"}}),
        ("POST", "/events/batch", {"events": [{"event_type": "tool"}], "session": EARLY}),
        ("POST", "/session/start", {"session": EARLY}),
        ("POST", "/v1/sessions", EARLY),
    ],
)
def test_nothing_ends_before_it_starts(tenant: Tenant, method: str, path: str, body: Any) -> None:
    tenant.refused(method, path, body, status=400, naming="end_time")
    assert tenant.call("POST", "/v1/events/search", {})["totalEvents"] == 0


@pytest.mark.parametrize("changes", [{"end_time": 1999}, {"end_time": 0, "duration": 5}])
def test_an_end_is_not_moved_before_the_start(tenant: Tenant, changes: dict[str, Any]) -> None:
    event = tenant.call("POST", "/v1/events", {"event_type": "tool", "start_time": 2000})["event_id"]
    tenant.refused("PUT", f"/v1/events/{event}", changes, status=400, naming="end_time")
    tenant.call("PUT", f"/v1/events/{event}", {"end_time": 2000})


def test_an_event_that_was_said_to_have_ended_before_it_came_does_not_end_before_it_starts(tenant: Tenant) -> None:
    tenant.call("PUT", "/v1/events/later", {"end_time": 1000})
    tenant.call("POST", "/v1/events", {"event_id": "later", "event_type": "tool", "start_time": 2000, "duration": 5})
    told = tenant.call("GET", "/v1/events/later")["event"]
    assert (told["start_time"], told["end_time"], told["duration"]) == (2000, 2000, 0)


def test_a_session_that_is_started_once_more_does_not_end_before_it(tenant: Tenant) -> None:
    session = {"session_id": "s", "start_time": 2000, "end_time": 3000}
    tenant.call("POST", "/v1/sessions", session)
    tenant.refused("POST", "/v1/sessions", {**session, "start_time": 3001}, status=400, naming="end_time")
    for start, end in ((2500, 3000), (3001, 4001)):
        told = tenant.call("POST", "/v1/sessions", {"session_id": "s", "start_time": start})
        assert (told["start_time"], told["end_time"], told["duration"]) == (start, end, 1000)


def test_updates_that_come_before_their_event_are_applied_in_order(tenant: Tenant, foreign: Tenant) -> None:
    tenant.call("PUT", "/events", {"event_id": "late", "metadata": {"a": 1, "b": 1}})
    tenant.call("PUT", "/v1/events/late", {"metadata": {"b": 2}})
    tenant.refused("GET", "/v1/events/late", status=404)
    post(foreign, event_id="late")
    post(tenant, event_id="late", metadata={"c": 3, "a": 0})
    assert read(tenant, "late")["metadata"] == {"a": 1, "b": 2, "c": 3}
    assert read(foreign, "late")["metadata"] == {}


@pytest.mark.parametrize(("fields", "named"), [({"metrics": []}, "metrics"), ({"event_name": "n"}, "event_name")])
def test_a_bad_update_is_refused(tenant: Tenant, fields: dict[str, Any], named: str) -> None:
    event = post(tenant)
    before = read(tenant, event)
    tenant.refused("PUT", "/events", {"event_id": event, **fields}, status=400, naming=named)
    assert read(tenant, event) == before


@pytest.mark.parametrize("event", ["", " ", "x" * 256])
def test_an_update_of_no_possible_event_is_refused(tenant: Tenant, event: str) -> None:
    tenant.refused("PUT", "/events", {"event_id": event, "metadata": {}}, status=400, naming="event_id")
    if event:
        tenant.refused("PUT", f"/v1/events/{event}", {"metadata": {}}, status=400, naming="event_id")


# Batches -------------------------------------------------------------------------------------------------------------


def test_a_batch_by_the_sdk_is_stored_whole_in_one_session(tenant: Tenant) -> None:
    events = [{"event_type": "tool", "inputs": {"n": n}, "event_name": f"e{n}"} for n in range(5)]
    request = PostEventBatchRequest(
        events=events, is_single_session=True, session_properties={"session_name": "Batch", "metadata": {"m": 1}}
    )
    answer = tenant.sdk.events.create_batch(request)
    assert answer.success is True
    assert [read(tenant, event)["inputs"] for event in answer.event_ids] == [{"n": n} for n in range(5)]
    assert {read(tenant, event)["session_id"] for event in answer.event_ids} == {answer.session_id}
    session = read(tenant, answer.session_id)
    assert (session["event_name"], session["metadata"]) == ("Batch", {"m": 1})


def test_without_one_session_each_event_has_its_own(tenant: Tenant) -> None:
    body = {"events": [{"event_type": "tool", "inputs": {}} for _ in range(2)]}
    answer = tenant.call("POST", "/v1/events/batch", body)
    assert len({read(tenant, event)["session_id"] for event in answer["event_ids"]}) == 2


@pytest.mark.parametrize("path", ["/events/batch", "/v1/events/batch"])
def test_bad_events_of_a_batch_are_reported_by_index_and_lose_no_others(tenant: Tenant, path: str) -> None:
    good = {"event_type": "tool", "inputs": {}}
    body = {"events": [{**good, "event_name": "a"}, {"event_type": "x"}, "text", {**good, "event_name": "b"}]}
    answer = tenant.call("POST", path, body)
    assert answer["success"] is False
    assert [error["index"] for error in answer["errors"]] == [1, 2]
    assert "event_type" in answer["errors"][0]["message"]
    assert [read(tenant, event)["event_name"] for event in answer["event_ids"]] == ["a", "b"]


def test_a_batch_without_a_good_event_is_refused(tenant: Tenant) -> None:
    answer = tenant.refused("POST", "/events/batch", {"events": [{}, {}]}, status=400, naming="event_type")
    assert [error["index"] for error in answer["errors"]] == [0, 1]
    assert find(tenant) == []


def test_a_batch_of_which_nothing_is_stored_leaves_no_session(tenant: Tenant) -> None:
    event = post(tenant, event_name="first")
    again = {"event_type": "tool", "inputs": {}, "event_id": event}
    body = {"is_single_session": True, "session_properties": {"session_id": "s"}, "events": [again]}
    before = find(tenant)
    tenant.refused("POST", "/events/batch", body, status=400, naming="event_id")
    tenant.refused("POST", "/v1/sessions/s/events/batch", {"events": [again]}, status=400, naming="event_id")
    assert find(tenant) == before


def test_events_are_added_to_no_impossible_session(tenant: Tenant) -> None:
    body = {"events": [{"event_type": "tool", "inputs": {}}]}
    for path in ("/session/%20/traces", "/v1/sessions/%20/events/batch"):
        tenant.refused("POST", path, body, status=400, naming="session_id")
    assert find(tenant) == []


def test_a_batch_of_model_calls(tenant: Tenant) -> None:
    body = {"model_events": [{"model": "m1"}, {"event_type": "tool"}, {"model_name": "m2"}], "is_single_session": True}
    answer = tenant.call("POST", "/events/model/batch", body)
    assert [read(tenant, event)["config"]["model"] for event in answer["event_ids"]] == ["m1", "m2"]
    assert [error["index"] for error in answer["errors"]] == [1]


@pytest.mark.parametrize(
    ("path", "key"),
    [("/session/{}/traces", "events"), ("/session/{}/traces", "logs"), ("/v1/sessions/{}/events/batch", "events")],
)
def test_events_are_added_to_a_session(tenant: Tenant, path: str, key: str) -> None:
    session = start(tenant)
    body = {key: [{"event_type": "tool", "inputs": {}, "event_name": "added"}]}
    assert tenant.call("POST", path.format(session), body)["success"] is True
    assert names(find(tenant, ("session_id", "is", session, "string"), ("event_type", "is", "tool", "string"))) == [
        "added"
    ]


# Search --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(tenant: Tenant) -> Tenant:
    """Three events of one session: b is the oldest, c the newest."""
    start(tenant, session_id="s", session_name="session", start_time=500)
    common = {"session_id": "s", "inputs": {}}
    post(tenant, **common, event_name="a", start_time=2000, metadata={"n": 2, "on": True, "t": "2024-05-01T00:00:00Z"})
    post(tenant, **common, event_name="b", start_time=1000, metadata={"n": 10, "on": False, "gen_ai.model": "gpt"})
    post(tenant, **common, event_name="c", start_time=3000, metadata={"n": "2", "tags": ["x", "y"], "gone": None})
    return tenant


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("event_name", "is", "a", "string"), "a"),
        (("event_name", "is not", "a", "string"), "c b session"),
        (("event_name", "contains", "ess", "string"), "session"),
        (("event_name", "not contains", "ess", "string"), "c a b"),
        (("event_type", "is", "session", "string"), "session"),
        (("session_id", "is", "s", "string"), "c a b session"),
        (("metadata.gen_ai.model", "is", "gpt", "string"), "b"),
        (("metadata.gen_ai.model", "exists", None, "string"), "b"),
        (("metadata.gen_ai.model", "not exists", None, "string"), "c a session"),
        (("metadata.gone", "exists", None, "string"), ""),
        (("metadata.tags", "contains", "y", "string"), "c"),
        (("metadata.tags.0", "is", "x", "string"), "c"),
        (("metadata.n", "is", "2", "string"), "c"),
        (("metadata.n", "is", 2, "number"), "a"),
        (("metadata.n", "is", "2", "number"), "a"),
        (("metadata.n", "is not", 2, "number"), "c b session"),
        (("metadata.n", "greater than", 2, "number"), "b"),
        (("metadata.n", "less than", 10, "number"), "a"),
        (("metadata.on", "is", True, "boolean"), "a"),
        (("metadata.on", "is", "false", "boolean"), "b"),
        (("metadata.on", "exists", None, "boolean"), "a b"),
        (("metadata.t", "after", "2024-04-30T23:59:59Z", "datetime"), "a"),
        (("metadata.t", "before", "2024-05-01T00:00:00Z", "datetime"), ""),
        (("start_time", "before", "1970-01-01T00:00:02Z", "datetime"), "b session"),
        (("start_time", "after", 2000, "datetime"), "c"),
    ],
)
def test_a_condition_finds_exactly_what_meets_it(
    library: Tenant, condition: tuple[str, str, Any, str], expected: str
) -> None:
    assert names(find(library, condition)) == expected.split()


def test_conditions_are_all_to_be_met(library: Tenant) -> None:
    both = (("metadata.on", "exists", None, "boolean"), ("metadata.n", "greater than", 5, "number"))
    assert names(find(library, *both)) == ["b"]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"$gte": 1000, "$lte": 2000}, "a b"),
        ({"$gte": "1970-01-01T00:00:02Z", "$lte": "1970-01-01T00:00:03Z"}, "c a"),
        ({"$gte": "1970-01-01T00:00:02.001Z"}, "c"),
        ({"start_time": "1970-01-01T00:00:00Z", "end_time": "1970-01-01T00:00:01Z"}, "b session"),
    ],
)
def test_a_range_of_time_includes_both_its_ends(library: Tenant, span: dict[str, Any], expected: str) -> None:
    assert names(find(library, dateRange=span)) == expected.split()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"filters": [{"field": "a", "operator": "like", "value": "x", "type": "string"}]}, "filters[0].operator"),
        (
            {"filters": [{"field": "a", "operator": "greater than", "value": "x", "type": "string"}]},
            "filters[0].operator",
        ),
        ({"filters": [{"field": "a", "operator": "is", "value": "x", "type": "number"}]}, "filters[0].value"),
        ({"filters": [{"field": "a", "operator": "is", "value": 1, "type": "string"}]}, "filters[0].value"),
        ({"filters": [{"field": "a", "operator": "is", "value": "x", "type": "boolean"}]}, "filters[0].value"),
        ({"filters": [{"field": "a", "operator": "after", "value": "soon", "type": "datetime"}]}, "filters[0].value"),
        ({"filters": [{"field": "a", "operator": "is", "value": "x", "type": "colour"}]}, "filters[0].type"),
        ({"filters": [{"field": " ", "operator": "is", "value": "x", "type": "string"}]}, "filters[0].field"),
        ({"filters": [{"field": "a", "operator": "is", "value": "x", "odd": 1}]}, "filters[0].odd"),
        ({"filters": "all"}, "filters"),
        ({"dateRange": {"$gte": "yesterday"}}, "dateRange.$gte"),
        ({"dateRange": {"from": 1}}, "dateRange.from"),
        ({"limit": 0}, "limit"),
        ({"limit": 7501}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"page": 0}, "page"),
        ({"projections": "event_name"}, "projections"),
        ({"odd": 1}, "odd"),
    ],
)
def test_a_bad_search_is_refused_by_name(tenant: Tenant, body: dict[str, Any], named: str) -> None:
    tenant.refused("POST", "/v1/events/search", body, status=400, naming=named)
    tenant.refused("POST", "/v1/events/export", body, status=400, naming=named)


def test_the_sdk_exports_what_meets_its_filters(library: Tenant) -> None:
    conditions = [EventFilter(field="metadata.n", operator="greater than", value="1", type="number")]
    exported = library.sdk.events.export(filters=conditions)
    assert [event.event_name for event in exported.events] == ["a", "b"]
    assert exported.total_events == 2


def test_pages_hold_every_event_once_in_a_stable_order(tenant: Tenant) -> None:
    for number in range(7):
        post(tenant, session_id="s", event_name=f"e{number}", start_time=1000 + number // 3)
    tool = [{"field": "event_type", "operator": "is", "value": "tool", "type": "string"}]
    pages = [
        tenant.call("POST", "/v1/events/search", {"filters": tool, "limit": 3, "page": page}) for page in (1, 2, 3, 4)
    ]
    assert [names(page["events"]) for page in pages] == [["e6", "e5", "e4"], ["e3", "e2", "e1"], ["e0"], []]
    assert {page["totalEvents"] for page in pages} == {7}


def test_projections_show_only_what_they_name(library: Tenant) -> None:
    shown = find(library, ("event_name", "is", "b", "string"), projections=["event_name", "metadata.n", "nothing"])
    assert shown == [{"event_name": "b", "metadata": {"n": 10}}]


def test_projections_show_it_where_it_stood(library: Tenant) -> None:
    shown = find(library, ("event_name", "is", "b", "string"), projections=["metadata.gen_ai.model"])
    assert shown == [{"metadata": {"gen_ai.model": "gpt"}}]


@pytest.mark.parametrize("operator", ["is", "greater than"])
def test_a_long_number_is_compared_to_its_last_digit_also_as_text(tenant: Tenant, operator: str) -> None:
    numbers = [9007199254740992, 9007199254740993, 9007199254740994]
    for number in numbers:
        post(tenant, event_name=str(number), metadata={"order": number})
    wanted = {"is": ["9007199254740993"], "greater than": ["9007199254740994"]}[operator]
    assert names(find(tenant, ("metadata.order", operator, "9007199254740993", "number"))) == wanted


def test_a_sign_that_only_looks_like_a_digit_is_no_place_in_a_list(library: Tenant) -> None:
    assert find(library, ("metadata.tags.²", "exists", None, "string")) == []


def test_the_schema_names_the_fields_of_events(library: Tenant) -> None:
    schema = library.call("GET", "/v1/events/schema")
    assert {"name": "metadata.gen_ai.model", "event_type": "tool"} in schema["fields"]
    assert schema["mappings"] == {}


def test_another_projects_events_are_never_found(library: Tenant, foreign: Tenant) -> None:
    post(foreign, session_id="s", event_name="foreign")
    assert "foreign" not in names(find(library, ("session_id", "is", "s", "string")))
    assert names(find(foreign, ("session_id", "is", "s", "string"))) == ["foreign", "foreign"]


# Lasting -------------------------------------------------------------------------------------------------------------


def test_the_asynchronous_sdk_does_the_same(tenant: Tenant) -> None:
    async def story() -> tuple[str, str]:
        session = await tenant.sdk.sessions.start_async({"session": {"session_name": "A"}})
        said = {"event_type": "tool", "inputs": {}, "session_id": session.session_id, "event_name": "e"}
        event = await tenant.sdk.events.create_async(PostEventRequest(event=said))
        await tenant.sdk.events.update_async(UpdateEventRequest(event_id=event.event_id, outputs={"o": 1}))
        return session.session_id, event.event_id

    session, event = asyncio.run(story())
    assert read(tenant, event)["outputs"] == {"o": 1}
    assert read(tenant, event)["session_id"] == session
