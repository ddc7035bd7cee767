"""Proves that the embedded platform keeps the contract's rows about datapoints, batches included."""

from __future__ import annotations

from typing import Any

import pytest
from honeyhive._generated.api_config import APIConfig
from honeyhive._generated.services import Datapoints_service
from honeyhive.models import CreateDatapointRequest, UpdateDatapointRequest

from .conftest import Tenant

FULL = {
    "inputs": {"question": "Where? 🗺️", "n": 1, "nested": {"a": [1, None]}},
    "ground_truth": {"answer": "Paris"},
    "history": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
    "metadata": {"source": "web"},
    "linked_event": "event-1",
}


def create(tenant: Tenant, **fields: Any) -> str:
    (inserted,) = tenant.call("POST", "/v1/datapoints", {"inputs": {}, **fields})["result"]["insertedIds"]
    assert isinstance(inserted, str)
    return inserted


def read(tenant: Tenant, datapoint: str) -> dict[str, Any]:
    (found,) = tenant.call("GET", f"/v1/datapoints/{datapoint}")["datapoint"]
    assert isinstance(found, dict)
    return found


def dataset(tenant: Tenant, name: str, *members: str) -> str:
    body = {"name": name, "datapoints": list(members)}
    inserted: str = tenant.call("POST", "/v1/datasets", body)["result"]["insertedId"]
    return inserted


def members(tenant: Tenant, dataset_id: str) -> list[str]:
    (found,) = tenant.call("GET", "/v1/datasets", params={"dataset_id": dataset_id})["datasets"]
    assert isinstance(found["datapoints"], list)
    return found["datapoints"]


def listed(tenant: Tenant, **parameters: Any) -> list[str]:
    return [one["id"] for one in tenant.call("GET", "/v1/datapoints", params=parameters)["datapoints"]]


def test_what_the_sdk_creates_reads_back_over_plain_http(tenant: Tenant) -> None:
    created = tenant.sdk.datapoints.create(CreateDatapointRequest(**FULL))
    assert created.inserted is True
    found = read(tenant, created.result.insertedIds[0])
    assert {name: found[name] for name in FULL} == FULL
    assert found["linked_datasets"] == []


def test_what_plain_http_creates_reads_back_by_the_sdk(tenant: Tenant) -> None:
    datapoint = create(tenant, inputs={"q": 1})
    (found,) = tenant.sdk.datapoints.get(datapoint).datapoint
    assert (found.id, found.inputs, found.history, found.ground_truth) == (datapoint, {"q": 1}, [], None)
    assert (found.metadata, found.linked_event) == (None, None)


def test_a_linked_datapoint_is_at_once_in_its_dataset(tenant: Tenant) -> None:
    one = dataset(tenant, "one")
    datapoint = create(tenant, linked_datasets=[one])
    assert members(tenant, one) == [datapoint]
    assert [found.id for found in tenant.sdk.datapoints.list(dataset_name="one").datapoints] == [datapoint]


def test_lists_by_ids_and_by_dataset_are_exact_and_newest_first(tenant: Tenant) -> None:
    made = [create(tenant, inputs={"n": number}) for number in range(5)]
    dataset(tenant, "some", made[3], made[1])
    dataset(tenant, "some more", made[0])
    assert listed(tenant) == made[::-1]
    assert [one.id for one in tenant.sdk.datapoints.list(datapoint_ids=[made[0], "unknown", made[4]]).datapoints] == [
        made[4],
        made[0],
    ]
    assert [one.id for one in tenant.sdk.datapoints.list(dataset_name="some").datapoints] == [made[3], made[1]]
    assert listed(tenant, **{"datapoint_ids[]": [made[1], made[2]], "dataset_name": "some"}) == [made[1]]
    assert listed(tenant, dataset_name="som") == []


def test_the_sdk_splits_more_than_a_hundred_ids(tenant: Tenant) -> None:
    made = tenant.call("POST", "/v1/datapoints/batch", {"datapoints": [{"inputs": {"n": n}} for n in range(230)]})
    found = tenant.sdk.datapoints.list(datapoint_ids=made["insertedIds"]).datapoints
    assert sorted(one.id for one in found) == sorted(made["insertedIds"])


def test_ids_without_brackets_are_refused(tenant: Tenant) -> None:
    tenant.refused("GET", "/v1/datapoints", status=400, naming="datapoint_ids", params={"datapoint_ids": "a"})


@pytest.mark.parametrize("field", sorted(FULL))
def test_an_update_changes_what_was_sent_and_keeps_the_rest(tenant: Tenant, field: str) -> None:
    datapoint = create(tenant, **FULL)
    before = read(tenant, datapoint)
    changed: Any = {"inputs": {"q": 2}, "history": [{"role": "user", "content": "new"}], "linked_event": "event-2"}.get(
        field, {"changed": True}
    )
    answered = tenant.sdk.datapoints.update(datapoint, UpdateDatapointRequest(**{field: changed}))
    assert (answered.updated, answered.result.modifiedCount) == (True, 1)
    after = read(tenant, datapoint)
    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == {**before, field: changed}
    again = tenant.sdk.datapoints.update(datapoint, UpdateDatapointRequest(**{field: changed}))
    assert again.result.modifiedCount == 0


def test_links_are_replaced_by_an_update(tenant: Tenant) -> None:
    datapoint, other = create(tenant), create(tenant)
    one, two, three = (dataset(tenant, name, datapoint, other) for name in ("one", "two", "three"))
    tenant.call("PUT", f"/v1/datapoints/{datapoint}", {"linked_datasets": [three, one]})
    assert members(tenant, one) == members(tenant, three) == [datapoint, other]
    assert members(tenant, two) == [other]
    body = {"metadata": {"lost": True}, "linked_datasets": ["unknown"]}
    tenant.refused("PUT", f"/v1/datapoints/{datapoint}", body, status=404, naming="linked_datasets")
    assert read(tenant, datapoint)["metadata"] is None


def test_a_deleted_datapoint_is_gone_everywhere(tenant: Tenant) -> None:
    datapoint, other = create(tenant), create(tenant)
    one, two = dataset(tenant, "one", datapoint, other), dataset(tenant, "two", datapoint)
    assert tenant.sdk.datapoints.delete(datapoint).deleted is True
    assert (members(tenant, one), members(tenant, two), listed(tenant)) == ([other], [], [other])
    assert listed(tenant, **{"datapoint_ids[]": [datapoint]}) == []
    tenant.refused("GET", f"/v1/datapoints/{datapoint}", status=404, naming=datapoint)
    tenant.refused("DELETE", f"/v1/datapoints/{datapoint}", status=404, naming=datapoint)
    tenant.refused("PUT", f"/v1/datapoints/{datapoint}", {"metadata": {}}, status=404, naming=datapoint)


@pytest.mark.parametrize(
    ("body", "naming"),
    [
        ({}, "inputs"),
        ({"inputs": None}, "inputs"),
        ({"inputs": "text"}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": {}, "ground_truth": "Paris"}, "ground_truth"),
        ({"inputs": {}, "history": {"role": "user"}}, "history"),
        ({"inputs": {}, "history": ["hi"]}, "history.0"),
        ({"inputs": {}, "metadata": 1}, "metadata"),
        ({"inputs": {}, "linked_event": 1}, "linked_event"),
        ({"inputs": {}, "linked_datasets": "x"}, "linked_datasets"),
        ({"inputs": {}, "outputs": {}}, "outputs"),
        ([], "body"),
        (12, "body"),
    ],
)
def test_bad_input_is_refused_by_name_and_nothing_is_stored(tenant: Tenant, body: Any, naming: str) -> None:
    tenant.refused("POST", "/v1/datapoints", body, status=400, naming=naming)
    assert listed(tenant) == []


def test_another_project_sees_and_changes_nothing(tenant: Tenant, foreign: Tenant) -> None:
    datapoint = create(tenant, **FULL)
    theirs = dataset(tenant, "theirs", datapoint)
    before = read(tenant, datapoint)
    assert listed(foreign) == listed(foreign, **{"datapoint_ids[]": [datapoint]}) == []
    assert listed(foreign, dataset_name="theirs") == []
    for method, body in (("GET", None), ("PUT", {"metadata": {}}), ("DELETE", None)):
        foreign.refused(method, f"/v1/datapoints/{datapoint}", body, status=404)
    foreign.refused("POST", "/v1/datapoints", {"inputs": {}, "linked_datasets": [theirs]}, status=404)
    batch = {"datapoints": [{"inputs": {}}], "dataset_id": theirs}
    foreign.refused("POST", "/v1/datapoints/batch", batch, status=404)
    assert read(tenant, datapoint) == before
    assert listed(foreign) == []


def test_a_batch_is_stored_in_order(tenant: Tenant) -> None:
    target = dataset(tenant, "target")
    rows = [{"inputs": {"n": number}, "metadata": {"row": number}} for number in range(300)]
    answered = tenant.call("POST", "/v1/datapoints/batch", {"datapoints": rows, "dataset_id": target})
    assert answered["inserted"] is True
    assert answered["errors"] == []
    assert members(tenant, target) == answered["insertedIds"]
    assert listed(tenant) == answered["insertedIds"][::-1]
    stored = {one["id"]: one for one in tenant.call("GET", "/v1/datapoints")["datapoints"]}
    assert [stored[one]["inputs"]["n"] for one in answered["insertedIds"]] == list(range(300))


def test_bad_rows_of_a_batch_are_told_by_index_and_the_good_ones_are_kept(tenant: Tenant) -> None:
    rows = [
        {"inputs": {"n": 0}},
        {"inputs": "bad"},
        {"inputs": {"n": 2}},
        "bad",
        {"inputs": {}, "linked_datasets": ["?"]},
    ]
    answered = tenant.call("POST", "/v1/datapoints/batch", {"datapoints": rows})
    assert [read(tenant, one)["inputs"]["n"] for one in answered["insertedIds"]] == [0, 2]
    assert [error["index"] for error in answered["errors"]] == [1, 3, 4]
    assert "inputs" in answered["errors"][0]["message"]
    assert "linked_datasets" in answered["errors"][2]["message"]
    assert len(listed(tenant)) == 2


def test_a_batch_of_bad_rows_is_refused_with_every_index(tenant: Tenant) -> None:
    refused = tenant.refused("POST", "/v1/datapoints/batch", {"datapoints": [1, {}]}, status=400, naming="datapoints.0")
    assert [error["index"] for error in refused["errors"]] == [0, 1]
    assert listed(tenant) == []


@pytest.mark.parametrize(
    "body", [{}, {"datapoints": []}, {"datapoints": [{"inputs": {}}], "events": ["e"]}, {"rows": []}]
)
def test_a_batch_of_nothing_or_of_both_is_refused(tenant: Tenant, body: dict[str, Any]) -> None:
    tenant.refused("POST", "/v1/datapoints/batch", body, status=400)
    assert listed(tenant) == []


def test_a_batch_of_rows_with_a_mapping(tenant: Tenant) -> None:
    body = {
        "datapoints": [{"q": 1, "a": 2, "x": 3}, {"q": 1, "h": 12}],
        "mapping": {"inputs": ["q"], "ground_truth": ["a"], "history": ["h"]},
    }
    answered = tenant.call("POST", "/v1/datapoints/batch", body)
    (one,) = answered["insertedIds"]
    found = read(tenant, one)
    assert (found["inputs"], found["ground_truth"], found["metadata"]) == ({"q": 1}, {"a": 2}, {"x": 3})
    assert [error["index"] for error in answered["errors"]] == [1]


@pytest.fixture
def events(tenant: Tenant) -> list[str]:
    """Three events of a model, the ids in the order in which they happened."""
    made = []
    for number in range(3):
        event = {
            "event_name": "answer",
            "event_type": "model",
            "source": "test",
            "inputs": {"question": f"q{number}", "chat_history": [{"role": "user", "content": "hi"}]},
            "outputs": {"answer": f"a{number}"},
            "metadata": {"number": number},
            "start_time": 1_700_000_000_000 + number,
        }
        made.append(tenant.call("POST", "/events", {"event": event})["event_id"])
    return made


def test_the_sdk_s_batch_is_made_from_events(tenant: Tenant, events: list[str]) -> None:
    from honeyhive._generated.models import BatchCreateDatapointsRequest

    target = dataset(tenant, "target")
    config = APIConfig(base_path=tenant.address, access_token=tenant.key)
    request = BatchCreateDatapointsRequest(events=events[:2], dataset_id=target)
    answered = Datapoints_service.batchCreateDatapoints(config, data=request)
    assert answered.inserted is True
    assert members(tenant, target) == answered.insertedIds
    stored = [read(tenant, one) for one in answered.insertedIds]
    assert [one["linked_event"] for one in stored] == events[:2]
    assert [one["inputs"] for one in stored] == [{"question": "q0"}, {"question": "q1"}]
    assert [one["ground_truth"] for one in stored] == [{"answer": "a0"}, {"answer": "a1"}]
    assert stored[0]["history"] == [{"role": "user", "content": "hi"}]


def test_events_are_mapped_chosen_and_reported(tenant: Tenant, events: list[str], foreign: Tenant) -> None:
    mapping = {"inputs": ["inputs.question"], "ground_truth": ["answer"]}
    answered = tenant.call("POST", "/v1/datapoints/batch", {"events": [events[0], "unknown"], "mapping": mapping})
    assert [error["index"] for error in answered["errors"]] == [1]
    found = read(tenant, answered["insertedIds"][0])
    assert (found["inputs"], found["ground_truth"]) == ({"question": "q0"}, {"answer": "a0"})
    foreign.refused("POST", "/v1/datapoints/batch", {"events": events}, status=400)
    chosen = {
        "selectAll": True,
        "filters": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}],
        "checkState": {events[1]: False},
    }
    answered = tenant.call("POST", "/v1/datapoints/batch", chosen)
    linked = {read(tenant, one)["linked_event"] for one in answered["insertedIds"]}
    assert linked == {events[0], events[2]}


def test_rows_are_in_every_dataset_that_they_name_in_their_order(tenant: Tenant) -> None:
    a, b, c = (tenant.call("POST", "/v1/datasets", {"name": name})["result"]["insertedId"] for name in "abc")
    links = [[a], [b, a], [], [c, a, a]]
    rows = [{"inputs": {"n": number}, "linked_datasets": linked} for number, linked in enumerate(links)]
    made = tenant.call("POST", "/v1/datapoints/batch", {"datapoints": rows, "dataset_id": b})["insertedIds"]
    held = {one["id"]: one["datapoints"] for one in tenant.call("GET", "/v1/datasets")["datasets"]}
    assert held == {a: [made[0], made[1], made[3]], b: [made[1], made[0], made[2], made[3]], c: [made[3]]}


def test_two_parts_of_an_event_are_not_put_under_one_name(tenant: Tenant) -> None:
    event = {"event_type": "tool", "inputs": {"old": {"x": 1}, "new": {"x": 2}}}
    stored = tenant.call("POST", "/v1/events", event)["event_id"]
    body: dict[str, Any] = {"events": [stored], "mapping": {"inputs": ["inputs.old.x", "inputs.new.x"]}}
    tenant.refused("POST", "/v1/datapoints/batch", body, status=400, naming="mapping.inputs")
    body["mapping"] = {"inputs": ["inputs.old.x", "inputs.old.x"], "ground_truth": ["inputs.new.x"]}
    (made,) = tenant.call("POST", "/v1/datapoints/batch", body)["insertedIds"]
    (found,) = tenant.call("GET", f"/v1/datapoints/{made}")["datapoint"]
    assert (found["inputs"], found["ground_truth"]) == ({"x": 1}, {"x": 2})
