"""Proves that records of MLflow's datasets are read as datapoints, and found by their inputs once they are stored.

The answers are MLflow 3.17.2's own; long texts are shortened.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.mlflow.datapoints import Datapoints
from support.clients.evaluation_platform.adapters.mlflow.wire import Key, Wire
from support.clients.evaluation_platform.interface import (
    BatchOutcome,
    ContractBroken,
    Created,
    Datapoint,
    Deleted,
    NotOffered,
    Refusal,
    Unreachable,
    Updated,
)

DATASET = "d-8a7f007a88a34af2aa7faa6325610c76"
RECORD = "dr-01c5d50115324400b94249020e4d28c7"
OTHER = "dr-6a8d771be5644acba29501256f6d6a34"
RECORDS = json.dumps(
    [
        {
            "dataset_record_id": RECORD,
            "dataset_id": DATASET,
            "inputs": {"question": "Where?", "order": 7},
            "outputs": None,
            "expectations": {"answer": "On its way"},
            "tags": {"channel": "mail", "mlflow.user": "Ada"},
            "created_time": 1795948865661,
        },
        {"dataset_record_id": OTHER, "inputs": {}, "expectations": None, "tags": {}},
    ]
)
FIRST = Datapoint(
    id=f"{DATASET}/{RECORD}",
    inputs={"question": "Where?", "order": 7},
    ground_truth={"answer": "On its way"},
    metadata={"channel": "mail"},
    linked_datasets=(DATASET,),
)
SECOND = Datapoint(id=f"{DATASET}/{OTHER}", inputs={}, linked_datasets=(DATASET,))


class Server:
    """Answers what is asked of the dataset, and keeps what was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: Any) -> None:
        self.sent: list[tuple[str, Any]] = []
        wire = Wire("http://127.0.0.1:9", Key("token", "ours", "1"), "api")
        told = {"GET": {"records": RECORDS}, "POST": {"inserted_count": 1, "updated_count": 0}, **answers}

        def answered(method: str, path: str, **parts: Any) -> httpx.Response:
            assert path == f"/api/3.0/mlflow/datasets/{DATASET}/records"
            self.sent.append((method, parts.get("json")))
            return httpx.Response(200, json=told[method])

        monkeypatch.setattr(wire, "_request", answered)
        self.datapoints = Datapoints(wire)


def test_a_record_is_a_datapoint_of_its_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    datapoints = Server(monkeypatch).datapoints
    assert [datapoints.get(each.id) for each in (FIRST, SECOND)] == [FIRST, SECOND]


def test_a_record_that_its_dataset_does_not_hold_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Server(monkeypatch).datapoints.get(f"{DATASET}/dr-{'0' * 32}")
    assert isinstance(told, Refusal)
    assert told.reason == "not found"


def test_a_new_record_is_known_by_its_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    fields = {"inputs": {"order": 7, "question": "Where?"}, "metadata": {"a": 1}, "linked_datasets": [DATASET]}
    assert server.datapoints.create(fields) == Created(id=FIRST.id)
    method, body = server.sent[0]
    assert (method, json.loads(body["records"])) == ("POST", [{"inputs": fields["inputs"], "tags": {"a": 1}}])


def test_records_sent_together_are_told_in_the_order_in_which_they_were_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"inputs": {}}, {"inputs": FIRST.inputs}]
    told = Server(monkeypatch).datapoints.create_many(rows, dataset_id=DATASET)
    assert told == BatchOutcome(ids=(SECOND.id, FIRST.id))


def test_a_change_is_sent_with_the_inputs_by_which_the_record_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    changes = {"ground_truth": {"answer": "At the door"}}
    assert server.datapoints.update(FIRST.id, changes) == Updated(id=FIRST.id)
    sent = [{"inputs": FIRST.inputs, "expectations": {"answer": "At the door"}}]
    assert json.loads(server.sent[-1][1]["records"]) == sent


@pytest.mark.parametrize(("count", "confirmed"), [(1, True), (0, False)])
def test_a_deletion_says_whether_anything_was_deleted(
    monkeypatch: pytest.MonkeyPatch, count: int, confirmed: bool
) -> None:
    server = Server(monkeypatch, DELETE={"deleted_count": count})
    assert server.datapoints.delete(FIRST.id) == Deleted(id=FIRST.id, confirmed=confirmed)
    assert server.sent == [("DELETE", {"dataset_record_ids": [RECORD]})]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"inputs": {}}, "of one dataset"),
        ({"inputs": {}, "history": [], "linked_datasets": [DATASET]}, "no place for history"),
    ],
)
def test_what_a_record_cannot_be_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotOffered, match=why):
        Server(monkeypatch).datapoints.create(fields)


def test_inputs_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotOffered, match="known by its inputs"):
        Server(monkeypatch).datapoints.update(FIRST.id, {"inputs": {"question": "Who?"}})


def test_a_record_that_was_taken_and_is_not_there_breaks_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    datapoints = Server(monkeypatch, GET={"records": "[]"}).datapoints
    with pytest.raises(ContractBroken, match="0 are there"):
        datapoints.create({"inputs": {}, "linked_datasets": [DATASET]})


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("stays", [False, True])
def test_the_dataset_of_a_malformed_record_goes_again_whatever_happens(
    monkeypatch: pytest.MonkeyPatch, cut: bool, stays: bool
) -> None:
    wire = Wire("http://127.0.0.1:9", Key("token", "ours", "1"), "api")
    names: list[str] = []
    deleted: list[str] = []

    def answered(method: str, path: str, **parts: Any) -> httpx.Response:
        if path.endswith("datasets/create"):
            names.append(parts["json"]["name"])
            return httpx.Response(200, json={"dataset": {"dataset_id": DATASET}})
        if method == "DELETE":
            deleted.append(path)
            return httpx.Response(500) if stays else httpx.Response(200, json={})
        if cut:
            raise Unreachable("127.0.0.1", OSError("cut off"))
        return httpx.Response(400, json={"error_code": "BAD_REQUEST", "message": "no JSON"})

    monkeypatch.setattr(wire, "_request", answered)
    for _ in range(2):
        if stays:
            with pytest.raises(ContractBroken, match="stays behind"):
                Datapoints(wire).create_malformed("broken JSON")
        elif cut:
            with pytest.raises(Unreachable):
                Datapoints(wire).create_malformed("broken JSON")
        else:
            told = Datapoints(wire).create_malformed("broken JSON")
            assert isinstance(told, Refusal)
            assert (told.status, told.code) == (400, "BAD_REQUEST")
    assert len(set(names)) == 2
    assert deleted == [f"/api/3.0/mlflow/datasets/{DATASET}"] * 2


def test_records_are_told_all_at_once_and_never_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    asked: dict[str, Any]
    for asked in ({"limit": 1}, {"page": 2}, {"page": 1, "ids": ["d-1/r-1"]}):
        with pytest.raises(NotOffered, match="all at once"):
            server.datapoints.list(**asked)
    assert server.sent == []
