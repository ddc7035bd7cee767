"""Proves that the embedded platform keeps the contract about datasets, by the unmodified SDK and by typed bytes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from honeyhive.models import (
    AddDatapointsToDatasetRequest,
    CreateDatasetRequest,
    DatapointMapping,
    UpdateDatasetRequest,
)

from .conftest import Tenant

UNICODE = "नमस्ते 👩‍👩‍👧 \u202eabc\u202c <script>&amp;'\"\\ \u0000 Ω ﷽ 漢字"


def create(tenant: Tenant, **fields: Any) -> str:
    inserted: str = tenant.call("POST", "/v1/datasets", {"name": "Questions", **fields})["result"]["insertedId"]
    return inserted


def read(tenant: Tenant, dataset: str) -> dict[str, Any]:
    (found,) = tenant.call("GET", "/v1/datasets", params={"dataset_id": dataset})["datasets"]
    assert isinstance(found, dict)
    return found


def datapoint(tenant: Tenant, **inputs: Any) -> str:
    (inserted,) = tenant.call("POST", "/v1/datapoints", {"inputs": inputs})["result"]["insertedIds"]
    assert isinstance(inserted, str)
    return inserted


def test_what_the_sdk_creates_reads_back_over_plain_http(tenant: Tenant) -> None:
    one = datapoint(tenant, q=1)
    created = tenant.sdk.datasets.create(CreateDatasetRequest(name="Q", description="asked", datapoints=[one]))
    assert created.inserted is True
    found = read(tenant, created.result.insertedId)
    assert {name: found[name] for name in ("name", "description", "metadata", "datapoints")} == {
        "name": "Q",
        "description": "asked",
        "metadata": None,
        "datapoints": [one],
    }
    assert found["created_at"] == found["updated_at"]


def test_what_plain_http_creates_reads_back_by_the_sdk(tenant: Tenant) -> None:
    dataset = create(tenant, metadata={"owner": {"name": "Ada"}})
    (found,) = tenant.sdk.datasets.list(dataset_id=dataset).datasets
    assert (found.id, found.name, found.description, found.datapoints) == (dataset, "Questions", None, [])
    assert found.metadata == {"owner": {"name": "Ada"}}


def test_a_name_finds_exactly_its_dataset(tenant: Tenant) -> None:
    create(tenant, name="Questions of May")
    wanted = create(tenant, name="Questions")
    assert [one.id for one in tenant.sdk.datasets.list(name="Questions").datasets] == [wanted]
    assert tenant.sdk.datasets.list(name="Question").datasets == []
    assert tenant.sdk.datasets.list(dataset_id="unknown").datasets == []


def test_a_list_is_whole_and_newest_first(tenant: Tenant) -> None:
    made = [create(tenant, name=f"set {number}") for number in range(120)]
    assert [one.id for one in tenant.sdk.datasets.list().datasets] == made[::-1]


def test_pages_neither_repeat_nor_lose(tenant: Tenant) -> None:
    made = [create(tenant, name=f"set {number}") for number in range(7)]
    pages = [tenant.call("GET", "/v1/datasets", params={"limit": 3, "page": page})["datasets"] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [one["id"] for page in pages for one in page] == made[::-1]


@pytest.mark.parametrize(
    "parameters",
    [{"limit": 0}, {"limit": -1}, {"limit": "many"}, {"limit": 1, "page": 0}, {"limit": 1, "page": 10**30}],
)
def test_a_wrong_page_is_refused(tenant: Tenant, parameters: dict[str, Any]) -> None:
    naming = "page" if "page" in parameters else "limit"
    tenant.refused("GET", "/v1/datasets", status=400, naming=naming, params=parameters)


def test_an_unknown_parameter_is_refused(tenant: Tenant) -> None:
    tenant.refused("GET", "/v1/datasets", status=400, naming="limitt", params={"limitt": 3})


def test_a_taken_name_is_a_conflict(tenant: Tenant, foreign: Tenant) -> None:
    create(tenant)
    tenant.refused("POST", "/v1/datasets", {"name": "Questions"}, status=409, naming="name")
    create(foreign)
    other = create(tenant, name="Other")
    tenant.refused("PUT", f"/v1/datasets/{other}", {"name": "Questions"}, status=409, naming="name")
    assert tenant.call("PUT", f"/v1/datasets/{other}", {"name": "Other"})["result"]["name"] == "Other"


def test_of_equal_names_at_once_one_wins(tenant: Tenant) -> None:
    def attempt(_number: int) -> int:
        return tenant.http.post("/v1/datasets", json={"name": "contested"}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(attempt, range(16)))
    assert statuses == [200, *[409] * 15]
    assert len(tenant.sdk.datasets.list(name="contested").datasets) == 1


def test_an_update_changes_what_was_sent_and_nothing_else(tenant: Tenant) -> None:
    dataset = create(tenant, description="first", metadata={"owner": "Ada", "tags": ["a"]})
    before = read(tenant, dataset)
    other = create(tenant, name="Other")
    untouched = read(tenant, other)
    for changes in ({"name": "Renamed"}, {"description": "second"}, {"metadata": {"owner": "Bo"}}):
        answered = tenant.call("PUT", f"/v1/datasets/{dataset}", changes)["result"]
        before = {**before, **changes, "updated_at": answered["updated_at"]}
        assert read(tenant, dataset) == answered == before
    assert read(tenant, other) == untouched


def test_the_sdk_updates_by_the_id_in_the_body(tenant: Tenant) -> None:
    dataset, one = create(tenant, description="kept"), datapoint(tenant, q=1)
    changes = UpdateDatasetRequest(dataset_id=dataset, name="Renamed", datapoints=[one])
    result = tenant.sdk.datasets.update(changes).result
    assert (result.id, result.name, result.description, result.datapoints) == (dataset, "Renamed", "kept", [one])


def test_null_clears_a_description_and_never_a_name(tenant: Tenant) -> None:
    dataset = create(tenant, description="first")
    assert tenant.call("PUT", f"/v1/datasets/{dataset}", {"description": None})["result"]["description"] is None
    tenant.refused("PUT", f"/v1/datasets/{dataset}", {"name": None}, status=400, naming="name")
    tenant.refused("PUT", f"/v1/datasets/{dataset}", {"datapoints": None}, status=400, naming="datapoints")


def test_a_deleted_dataset_is_gone_and_its_datapoints_stay(tenant: Tenant) -> None:
    one = datapoint(tenant, q=1)
    dataset, kept = create(tenant, datapoints=[one]), create(tenant, name="kept", datapoints=[one])
    assert tenant.sdk.datasets.delete(dataset).result.id == dataset
    assert [found.id for found in tenant.sdk.datasets.list().datasets] == [kept]
    assert tenant.sdk.datapoints.get(one).datapoint[0].linked_datasets == [kept]
    tenant.refused("DELETE", f"/v1/datasets/{dataset}", status=404, naming=dataset)
    tenant.refused("DELETE", "/v1/datasets", status=404, naming=dataset, params={"dataset_id": dataset})
    tenant.refused("PUT", f"/v1/datasets/{dataset}", {"name": "back"}, status=404, naming=dataset)
    assert create(tenant) != dataset


def test_delete_by_path(tenant: Tenant) -> None:
    dataset = create(tenant)
    assert tenant.call("DELETE", f"/v1/datasets/{dataset}") == {"result": {"id": dataset}}


def test_rows_become_datapoints_by_the_mapping(tenant: Tenant) -> None:
    dataset = create(tenant)
    rows = [
        {"q": "capital?", "a": "Paris", "chat": [{"role": "user", "content": "hi"}], "source": "web"},
        {"q": "river?", "a": "Seine", "chat": None, "source": UNICODE},
        {"q": "mountain?"},
    ]
    columns = DatapointMapping(inputs=["q"], ground_truth=["a"], history=["chat"])
    request = AddDatapointsToDatasetRequest(data=rows, mapping=columns)
    answered = tenant.sdk.datasets.add_datapoints(dataset, request)
    assert answered.inserted is True
    assert read(tenant, dataset)["datapoints"] == answered.datapoint_ids
    stored = [tenant.sdk.datapoints.get(one).datapoint[0] for one in answered.datapoint_ids]
    assert [one.inputs for one in stored] == [{"q": "capital?"}, {"q": "river?"}, {"q": "mountain?"}]
    assert [one.ground_truth for one in stored] == [{"a": "Paris"}, {"a": "Seine"}, {}]
    assert [one.history for one in stored] == [[{"role": "user", "content": "hi"}], [], []]
    assert [one.metadata for one in stored] == [{"source": "web"}, {"source": UNICODE}, {}]


@pytest.mark.parametrize(
    ("body", "naming"),
    [
        ({"data": [{"q": 1}, "no row"], "mapping": {"inputs": ["q"]}}, "data.1"),
        (
            {"data": [{"q": 1}, {"q": 2, "chat": "hello"}], "mapping": {"inputs": ["q"], "history": ["chat"]}},
            "data.1.chat",
        ),
        ({"data": [{"q": 1}], "mapping": {"inputs": ["question"]}}, "mapping.inputs"),
        ({"data": [{"q": 1}], "mapping": {"input": ["q"]}}, "mapping.input"),
        ({"data": [{"q": 1}]}, "mapping"),
        ({"data": [], "mapping": {"inputs": []}}, "data"),
        ({"mapping": {"inputs": ["q"]}}, "data"),
    ],
)
def test_bad_rows_are_refused_and_nothing_is_stored(tenant: Tenant, body: dict[str, Any], naming: str) -> None:
    dataset = create(tenant)
    tenant.refused("POST", f"/v1/datasets/{dataset}/datapoints", body, status=400, naming=naming)
    assert read(tenant, dataset)["datapoints"] == []
    assert tenant.call("GET", "/v1/datapoints")["datapoints"] == []


def test_taking_a_datapoint_out_leaves_it_and_the_others(tenant: Tenant) -> None:
    one, two, three = (datapoint(tenant, q=number) for number in range(3))
    dataset, other = create(tenant, datapoints=[one, two, three]), create(tenant, name="Other", datapoints=[two])
    removed = tenant.sdk.datasets.remove_datapoint(dataset, two)
    assert removed.dereferenced is True
    assert removed.message
    assert read(tenant, dataset)["datapoints"] == [one, three]
    assert read(tenant, other)["datapoints"] == [two]
    assert tenant.sdk.datapoints.get(two).datapoint[0].linked_datasets == [other]
    assert tenant.call("DELETE", f"/v1/datasets/{dataset}/datapoints/{one}")["dereferenced"] is True
    assert read(tenant, dataset)["datapoints"] == [three]
    tenant.refused("DELETE", f"/v1/datasets/{dataset}/{two}", status=404, naming=two)
    tenant.refused("DELETE", f"/v1/datasets/unknown/{two}", status=404, naming="unknown")


@pytest.mark.parametrize(
    ("body", "naming"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": " \t\n"}, "name"),
        ({"name": 12}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x", "description": 12}, "description"),
        ({"name": "x", "metadata": "text"}, "metadata"),
        ({"name": "x", "metadata": [1]}, "metadata"),
        ({"name": "x", "datapoints": "abc"}, "datapoints"),
        ({"name": "x", "colour": "red"}, "colour"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_bad_input_is_refused_by_name_and_nothing_is_stored(tenant: Tenant, body: Any, naming: str) -> None:
    tenant.refused("POST", "/v1/datasets", body, status=400, naming=naming)
    assert tenant.call("GET", "/v1/datasets")["datasets"] == []


def test_the_longest_name_is_counted_in_characters(tenant: Tenant) -> None:
    name = "👩" * 200
    assert read(tenant, create(tenant, name=name))["name"] == name


def test_unknown_and_foreign_datapoints_are_not_found_and_nothing_is_stored(tenant: Tenant, foreign: Tenant) -> None:
    for unknown in ("unknown", datapoint(foreign, q=1)):
        body = {"name": "x", "datapoints": [unknown]}
        tenant.refused("POST", "/v1/datasets", body, status=404, naming="datapoints")
    assert tenant.call("GET", "/v1/datasets")["datasets"] == []


def test_a_refused_update_changes_nothing(tenant: Tenant) -> None:
    dataset = create(tenant, description="first")
    before = read(tenant, dataset)
    body = {"description": "second", "datapoints": ["unknown"]}
    tenant.refused("PUT", f"/v1/datasets/{dataset}", body, status=404, naming="datapoints")
    assert read(tenant, dataset) == before


def test_another_project_sees_and_changes_nothing(tenant: Tenant, foreign: Tenant) -> None:
    one = datapoint(tenant, q=1)
    dataset = create(tenant, datapoints=[one])
    before = read(tenant, dataset)
    assert foreign.sdk.datasets.list().datasets == []
    assert foreign.sdk.datasets.list(name="Questions").datasets == []
    assert foreign.sdk.datasets.list(dataset_id=dataset).datasets == []
    rows = {"data": [{"q": 1}], "mapping": {"inputs": ["q"]}}
    foreign.refused("PUT", f"/v1/datasets/{dataset}", {"name": "mine"}, status=404)
    foreign.refused("PUT", "/v1/datasets", {"dataset_id": dataset, "name": "mine"}, status=404)
    foreign.refused("DELETE", f"/v1/datasets/{dataset}", status=404)
    foreign.refused("POST", f"/v1/datasets/{dataset}/datapoints", rows, status=404)
    foreign.refused("DELETE", f"/v1/datasets/{dataset}/datapoints/{one}", status=404)
    assert read(tenant, dataset) == before


def test_a_megabyte_of_unicode_survives_byte_for_byte(tenant: Tenant) -> None:
    metadata = {UNICODE: [UNICODE] * 12_000, "numbers": [0, -1, 2**70, 0.1, 1e-300], "deep": {"a": [None, True, {}]}}
    dataset = create(tenant, name=UNICODE, description=UNICODE, metadata=metadata)
    found = read(tenant, dataset)
    assert (found["name"], found["description"], found["metadata"]) == (UNICODE, UNICODE, metadata)
    (by_sdk,) = tenant.sdk.datasets.list(name=UNICODE).datasets
    assert by_sdk.metadata == metadata
