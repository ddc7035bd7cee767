"""Proves that MLflow's runs are read as runs of experiments, and that one that is refused in part does not stay."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.mlflow.runs import Runs
from support.clients.evaluation_platform.adapters.mlflow.wire import Key, Wire
from support.clients.evaluation_platform.interface import Created, NotOffered, Page, Refusal, Run, Updated

INFO = {"run_id": "r1", "run_name": "first try", "status": "FINISHED", "lifecycle_stage": "active"}
SET = {"dataset_id": "d-1", "name": "Refund questions", "digest": "abc"}
INPUT = {
    "name": "Refund questions",
    "digest": "abc",
    "source_type": "mlflow_evaluation_dataset",
    "source": '{"dataset_id": "d-1"}',
}
WIRE = {
    "info": INFO,
    "data": {
        "tags": [
            {"key": "mlflow.note.content", "value": "Kinder"},
            {"key": "mlflow.runName", "value": "first try"},
            {"key": "ticket", "value": "HS-12"},
        ],
        "params": [{"key": "model", "value": "gpt-4o"}],
        "metrics": [{"key": "accuracy", "value": 0.75, "timestamp": 1, "step": 0}],
    },
    "inputs": {"dataset_inputs": [{"dataset": INPUT}]},
}
FIRST = Run(
    id="r1",
    name="first try",
    description="Kinder",
    status="completed",
    dataset="d-1",
    metadata={"ticket": "HS-12"},
    configuration={"model": "gpt-4o"},
    results={"accuracy": 0.75},
)
NO = {"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid value for parameter 'tags'"}


def runs(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> tuple[Runs, list[tuple[str, Any]]]:
    """An adapter that is given these answers, those with a code refusals, and what it asks; times are left out."""
    wire, told = Wire("http://127.0.0.1:9", Key("token", "", "7"), "api"), iter(answers)
    asked: list[tuple[str, Any]] = []

    def answered(_: str, path: str, **parts: Any) -> httpx.Response:
        said = parts.get("json") or parts["params"]
        asked.append((path.partition("/mlflow/")[2], {key: what for key, what in said.items() if key != "start_time"}))
        answer = next(told)
        return httpx.Response(400 if "error_code" in answer else 200, json=answer)

    monkeypatch.setattr(wire, "_request", answered)
    return Runs(wire), asked


def test_a_new_run_is_told_its_status_and_its_dataset_once_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = runs(monkeypatch, {"run": {"info": INFO}}, {}, {"dataset": SET}, {})
    said = {"name": "first try", "description": "Kinder", "metadata": {"ticket": "HS-12"}, "status": "completed"}
    assert made.create({**said, "dataset": "d-1"}) == Created(id="r1")
    tags = [{"key": "ticket", "value": "HS-12"}, {"key": "mlflow.note.content", "value": "Kinder"}]
    assert asked == [
        ("runs/create", {"experiment_id": "7", "run_name": "first try", "tags": tags}),
        ("runs/update", {"run_id": "r1", "status": "FINISHED"}),
        ("datasets/d-1", {}),
        ("runs/log-inputs", {"run_id": "r1", "datasets": [{"dataset": INPUT}]}),
    ]


def test_a_run_that_is_refused_in_part_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = runs(monkeypatch, {"run": {"info": INFO}}, NO, {})
    assert isinstance(made.create({"status": "running"}), Refusal)
    assert asked[-1] == ("runs/delete", {"run_id": "r1"})


def test_a_run_is_read_whole_and_not_found_once_it_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {"info": {**INFO, "lifecycle_stage": "deleted"}}
    made, _ = runs(monkeypatch, {"run": WIRE}, {"run": gone})
    assert made.get("r1") == FIRST
    refused = made.get("r1")
    assert isinstance(refused, Refusal)
    assert refused.reason == "not found"


def test_runs_are_chosen_by_dataset_name_and_status(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"runs": [WIRE, {"info": INFO}]}
    made, asked = runs(monkeypatch, {"dataset": SET}, found, {**found, "next_page_token": "more"}, {})
    assert made.list(dataset="d-1", status="failed") == Page[Run](items=(FIRST,))
    condition = "datasets.name = 'Refund questions' AND attributes.status = 'FAILED'"
    assert asked[-1] == ("runs/search", {"experiment_ids": ["7"], "max_results": 1000, "filter": condition})
    assert made.list(limit=1, page=2, name="try") == Page[Run](items=(), page=2, limit=1)
    asking = {"experiment_ids": ["7"], "max_results": 1, "filter": "attributes.run_name LIKE '%try%'"}
    assert asked[-1] == ("runs/search", {**asking, "page_token": "more"})
    with pytest.raises(NotOffered, match="sort_by"):
        made.list(sort_by="name")


def test_each_part_of_a_run_is_changed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = runs(monkeypatch, {}, {}, {}, {})
    changes = {"description": "New", "name": "again", "status": "running", "configuration": {"model": "gpt-4o"}}
    assert made.update("r1", changes) == Updated(id="r1")
    assert asked == [
        ("runs/set-tag", {"run_id": "r1", "key": "mlflow.note.content", "value": "New"}),
        ("runs/update", {"run_id": "r1", "run_name": "again"}),
        ("runs/update", {"run_id": "r1", "status": "RUNNING"}),
        ("runs/log-batch", {"run_id": "r1", "params": [{"key": "model", "value": "gpt-4o"}], "metrics": []}),
    ]
