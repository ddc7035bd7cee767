"""Proves that the programs run the SDK to its end in a process of their own, and tell what the platform then holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.checks.matching import check_items, check_value
from support.clients.evaluation_platform.adapters.honeyhive import HoneyHive
from support.clients.evaluation_platform.interface import BatchOutcome, Created, Page, Refusal
from support.processes import programs
from support.processes.forkserver import ForkServer
from support.programs.async_operations import CHAPTERS

from .conftest import Served


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    forks = ForkServer(programs.PRELOAD)
    forks.start()
    yield forks
    forks.close()


def run(server: ForkServer, served: Served, key: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    environment = {"HH_API_URL": served.address, "HH_API_KEY": key, "HH_PROJECT": "ours"}
    result = programs.run(server, f"support.programs.{name}:main", arguments, environment, 30.0)
    assert result.exit_code == 0, result.output
    return result.answer


def test_an_evaluation_records_a_session_for_each_datapoint(server: ForkServer, served: Served) -> None:
    key = served.new_key()
    platform = HoneyHive(served.address, key)
    dataset = platform.main.datasets.create({"name": "cases"})
    assert isinstance(dataset, Created)
    cases = [{"question": f"question {n}", "answer": f"answer {n}"} for n in range(3)]
    rows = platform.main.datasets.add_rows(dataset.id, cases, inputs=["question"], ground_truth=["answer"])
    assert isinstance(rows, BatchOutcome)
    told = run(
        server,
        served,
        key,
        "evaluate",
        {
            "dataset_id": dataset.id,
            "answers": {"question 0": "answer 0", "question 1": "wrong"},  # question 2 makes the function raise
            "evaluators": ["exact_match", "answer_length", "breaking"],
            "name": "a program's run",
        },
    )
    assert told["metrics"] == {"exact_match": 0.5, "answer_length": 6.5}
    assert told["threads"] == []
    stored = platform.second.runs.get(told["run_id"])
    assert not isinstance(stored, Refusal), stored
    assert (stored.name, stored.status, stored.dataset) == ("a program's run", "completed", dataset.id)
    assert "git" not in stored.metadata
    sessions = platform.second.sessions.list(**{"metadata.run_id": told["run_id"]})
    assert isinstance(sessions, Page)
    check_items("sessions' datapoints", [each.metadata["datapoint_id"] for each in sessions.items], rows.ids)
    check_items("sessions of the run", [each.id for each in sessions.items], stored.sessions)
    calls = platform.second.events.list(**{"metadata.run_id": told["run_id"], "type": "chain"})
    assert isinstance(calls, Page)
    by_datapoint = {each.metadata["datapoint_id"]: each for each in calls.items}
    assert by_datapoint[rows.ids[0]].metrics == {"exact_match": True, "answer_length": 8}
    assert by_datapoint[rows.ids[1]].metrics == {"exact_match": False, "answer_length": 5}
    assert "question 2" in str(by_datapoint[rows.ids[2]].error)
    platform.close()


def test_an_evaluation_takes_rows_of_its_own(server: ForkServer, served: Served) -> None:
    rows = [{"inputs": {"question": "q"}, "ground_truth": {"answer": "a b"}}]
    arguments = {"dataset": rows, "answers": {"q": "a c"}, "evaluators": ["word_overlap"]}
    assert run(server, served, served.new_key(), "evaluate", arguments)["metrics"] == {"word_overlap": 0.5}


def test_the_asynchronous_operations_tell_the_same(server: ForkServer, served: Served) -> None:
    key = served.new_key()
    told = run(server, served, key, "async_operations", {"mark": "story"})
    check_value("asynchronous against synchronous", told["asynchronous"], told["synchronous"])
    steps = told["synchronous"]
    assert len(steps) > 30
    assert steps["the session's events are exported"]["total_events"] == 5
    assert steps["a dataset is deleted again"]["status"] == 404
    platform = HoneyHive(served.address, key)
    for made in reversed(told["made"]):
        platform.second.of(made["kind"]).delete(made["id"])
    assert not any(platform.inventory().values())
    platform.close()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_stands_alone(server: ForkServer, served: Served, chapter: str) -> None:
    told = run(server, served, served.new_key(), "async_operations", {"mark": "one", "chapters": [chapter]})
    assert told["asynchronous"] == told["synchronous"]
    assert told["synchronous"]
