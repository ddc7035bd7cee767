"""Proves that MLflow's experiments are read as projects, and described anew by what changes a name and a tag."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.mlflow.projects import Projects
from support.clients.evaluation_platform.adapters.mlflow.wire import Key, Wire
from support.clients.evaluation_platform.interface import Created, NotOffered, Page, Project, Updated

WIRE = {
    "experiment_id": "3",
    "name": "Returns desk",
    "artifact_location": "mlflow-artifacts:/3",
    "lifecycle_stage": "active",
    "tags": [{"key": "mlflow.note.content", "value": "Everything that comes back"}],
}
DESK = Project(id="3", name="Returns desk", description="Everything that comes back")
BARE = Project(id="0", name="Default")


def projects(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> tuple[Projects, list[tuple[str, Any]]]:
    """An adapter that is given these answers, and what it asks."""
    wire, told = Wire("http://127.0.0.1:9", Key("token", "", ""), "api"), iter(answers)
    asked: list[tuple[str, Any]] = []

    def answered(_: str, path: str, **parts: Any) -> httpx.Response:
        asked.append((path.removeprefix("/api/2.0/mlflow/"), dict(parts.get("json") or parts["params"])))
        return httpx.Response(200, json=next(told))

    monkeypatch.setattr(wire, "_request", answered)
    return Projects(wire), asked


def test_a_new_project_bears_its_description_as_a_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = projects(monkeypatch, {"experiment_id": "3"})
    assert made.create({"name": "Returns desk", "description": "All"}) == Created(id="3")
    tags = [{"key": "mlflow.note.content", "value": "All"}]
    assert asked == [("experiments/create", {"name": "Returns desk", "tags": tags})]


def test_an_experiment_is_a_project_opened_or_listed_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {"experiment_id": "0", "name": "Default"}
    pages = {"experiments": [WIRE], "next_page_token": "more"}, {"experiments": [bare]}
    made, asked = projects(monkeypatch, {"experiment": WIRE}, *pages)
    assert made.get("3") == DESK
    page = made.list()
    assert isinstance(page, Page)
    assert page.items == (DESK, BARE)
    assert asked[-1] == ("experiments/search", {"max_results": 1000, "page_token": "more"})


def test_name_and_description_are_changed_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = projects(monkeypatch, {}, {})
    assert made.update("3", {"name": "Second hand"}) == Updated(id="3")
    assert made.update("3", {"description": "Less"}) == Updated(id="3")
    assert asked == [
        ("experiments/update", {"experiment_id": "3", "new_name": "Second hand"}),
        ("experiments/set-experiment-tag", {"experiment_id": "3", "key": "mlflow.note.content", "value": "Less"}),
    ]


def test_what_the_adapter_does_not_say_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = projects(monkeypatch)
    with pytest.raises(NotOffered, match="not colour"):
        made.update("3", {"colour": "red"})
