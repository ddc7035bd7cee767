"""Proves that everything of a project is counted, however its platform cuts its lists: what is left behind is seen."""

from __future__ import annotations

from typing import Any

import pytest

from support.clients.evaluation_platform.adapters.mlflow import datasets as of_mlflow
from support.clients.evaluation_platform.adapters.mlflow import prompts
from support.clients.evaluation_platform.adapters.mlflow.wire import Key as MlflowKey
from support.clients.evaluation_platform.adapters.mlflow.wire import Wire as MlflowWire
from support.clients.evaluation_platform.adapters.phoenix.datasets import GraphDatasets, RestDatasets
from support.clients.evaluation_platform.adapters.phoenix.experiments import GraphRuns
from support.clients.evaluation_platform.adapters.phoenix.wire import Key, Wire
from support.clients.evaluation_platform.foreign import ForeignDoor
from support.clients.evaluation_platform.interface import ContractBroken, Dataset, Event, Page, Refusal, Run
from support.clients.evaluation_platform.inventory import take_inventory

AT = "2026-11-29T11:07:57+00:00"
KNOWN = 10
"""How many MLflow and Phoenix's REST tell at once in these tests, where nobody says how many."""


def ids(count: int) -> frozenset[str]:
    return frozenset(map(str, range(count)))


def connection(nodes: list[Any], first: int, after: str | None) -> dict[str, Any]:
    begun = int(after or 0)
    end = begun + first
    place = {"hasNextPage": end < len(nodes), "endCursor": str(end)}
    return {"edges": [{"node": each} for each in nodes[begun:end]], "pageInfo": place}


def graph(monkeypatch: pytest.MonkeyPatch, nodes: list[Any]) -> Wire:
    """Phoenix's GraphQL, with these datasets."""
    made = Wire("http://127.0.0.1:9", Key("token", "ours"))
    monkeypatch.setattr(made, "query", lambda operation, text, **said: connection(nodes, said["first"], said["after"]))
    return made


def dataset(number: int, experiments: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = {"name": "x", "description": None, "metadata": {}, "createdAt": AT, "updatedAt": AT}
    runs = [{**told, "id": str(each), "dataset": {"id": str(number)}} for each in range(experiments)]
    held = {"examples": connection([], 1, None), "experiments": connection(runs, 1000, None)}
    return {**told, **held, "id": str(number)}


@pytest.mark.parametrize("count", [99, 100, 101, 250])
def test_more_datasets_than_a_page_of_graphql_holds_are_counted(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    made = GraphDatasets(graph(monkeypatch, [dataset(number) for number in range(count)]))
    assert take_inventory(ForeignDoor("Phoenix", "GraphQL", made)) == {"dataset": ids(count)}


@pytest.mark.parametrize("count", [99, 100, 101, 250])
def test_more_experiments_than_a_page_would_hold_are_counted(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    made = GraphRuns(graph(monkeypatch, [dataset(1, experiments=count)]))
    assert take_inventory(ForeignDoor("Phoenix", "GraphQL", made)) == {"run": ids(count)}


@pytest.mark.parametrize("count", [9, 10, 11, 250])
def test_more_datasets_than_rest_tells_at_once_are_counted(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    made = Wire("http://127.0.0.1:9", Key("token", "ours"))

    def ask(_method: str, _path: str, query: dict[str, Any]) -> dict[str, Any]:
        begun = int(query["cursor"] or 0)
        end = begun + (query["limit"] or KNOWN)
        told = [dataset(number) for number in range(count)][begun:end]
        return {"data": told, "next_cursor": str(end) if end < count else None}

    monkeypatch.setattr(made, "ask", ask)
    assert take_inventory(ForeignDoor("Phoenix", "REST", RestDatasets(made))) == {"dataset": ids(count)}


@pytest.mark.parametrize("count", [9, 10, 11, 250])
def test_more_datasets_and_prompts_than_mlflow_tells_at_once_are_counted(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    made = MlflowWire("http://127.0.0.1:9", MlflowKey("token", "ours", "1"), "api")

    def ask(_method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any] | Refusal:
        asked = more.get("query") or body
        begun = int(asked.get("page_token", 0))
        end = min(begun + min(asked.get("max_results", KNOWN), 100), count)
        kind, name = ("datasets", "dataset_id") if path == "datasets/search" else ("registered_models", "name")
        more_follow = {"next_page_token": str(end)} if end < count else {}
        return {kind: [{"name": str(number), name: str(number)} for number in range(begun, end)], **more_follow}

    monkeypatch.setattr(made, "ask", ask)
    door = ForeignDoor("MLflow", "REST", of_mlflow.Datasets(made), prompts.Configurations(made))
    assert take_inventory(door) == {"dataset": ids(count), "configuration": ids(count)}


class Deaf:
    """A list of a platform that ignores `page`: whichever is asked for, it tells the same, with or without an end."""

    def __init__(self, noun: str, told: Page[Any]) -> None:
        self.noun = noun
        self._told = told
        self.asked: list[int | None] = []

    def list(self, *, limit: int | None = None, page: int | None = None, **_filters: Any) -> Page[Any]:
        assert len(self.asked) < 5, "it is asked for ever"
        self.asked.append(page)
        return self._told


RUNS = Page[Run](items=tuple(Run(id=str(number)) for number in range(100)))
NO_END = Page[Dataset](items=(Dataset(id="1", name="x"),), has_next=True)
NOTHING = Page[Run](items=(), has_next=True)


@pytest.mark.parametrize(("noun", "told", "page"), [("run", RUNS, 2), ("dataset", NO_END, 2), ("run", NOTHING, 1)])
def test_a_list_that_has_no_end_is_not_read_for_ever(noun: str, told: Page[Any], page: int) -> None:
    things: Any = Deaf(noun, told)
    with pytest.raises(ContractBroken, match=f"list of {noun}s.* page {page} brings nothing new"):
        take_inventory(ForeignDoor("Deaf", "REST", things))


def test_a_session_whose_events_fill_pages_is_counted_once() -> None:
    class Events(Deaf):
        def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Any]:
            first = (page or 1) * 100
            events = tuple(
                Event(id=str(each), session="one", type="tool", name="x")
                for each in range(first, min(first + 100, 350))
            )
            return Page[Event](items=events)

    things: Any = Events("event", NOTHING)
    assert take_inventory(ForeignDoor("Deaf", "REST", things)) == {"session": frozenset({"one"})}
