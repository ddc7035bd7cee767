"""Proves that MLflow's prompts are read as configurations, and that what MLflow has no place for is not said."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.mlflow.prompts import Configurations
from support.clients.evaluation_platform.adapters.mlflow.wire import Key, Wire
from support.clients.evaluation_platform.interface import (
    Configuration,
    Created,
    Deleted,
    NotOffered,
    Page,
    Refusal,
    Updated,
)

MESSAGES = [{"role": "user", "content": "{{question}}"}]
SAID: dict[str, Any] = {
    "provider": "anthropic",
    "model": "claude-sonnet-4",
    "call_type": "chat",
    "template": MESSAGES,
    "hyperparameters": {"temperature": 0.35, "stop": ["END"]},
    "response_format": {"type": "json_object"},
    "user_properties": {"reviewer": "Grace"},
}
TAGS = {
    "mlflow.prompt.is_prompt": "true",
    "mlflow.prompt.text": json.dumps(MESSAGES),
    "_mlflow_prompt_model_config": json.dumps(
        {"temperature": 0.35, "stop_sequences": ["END"], "provider": "anthropic", "model_name": "claude-sonnet-4"}
    ),
    "_mlflow_prompt_type": "chat",
    "_mlflow_prompt_response_format": '{"type": "json_object"}',
    "reviewer": "Grace",
}
REFUND = Configuration(id="Refund answer", name="Refund answer", type="LLM", **SAID)
MADE = {"registered_model": {"name": "Refund answer"}}
NO = {"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid value for parameter 'tags'"}


def tagged(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def held(name: str, tags: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "latest_versions": [{"version": "2", "tags": tagged(tags)}], "tags": tagged({"a": "b"})}


def prompts(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> tuple[Configurations, list[tuple[str, str, Any]]]:
    """An adapter that is given these answers, those with a code refusals, and what it asks."""
    wire, told = Wire("http://127.0.0.1:9", Key("token", "", ""), "api"), iter(answers)
    asked: list[tuple[str, str, Any]] = []

    def answered(method: str, path: str, **parts: Any) -> httpx.Response:
        asked.append((method, path.removeprefix("/api/2.0/mlflow/"), dict(parts.get("json") or parts["params"])))
        answer = next(told)
        return httpx.Response(400 if "error_code" in answer else 200, json=answer)

    monkeypatch.setattr(wire, "_request", answered)
    return Configurations(wire), asked


def test_a_new_prompt_says_everything_in_the_tags_of_its_first_version(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = prompts(monkeypatch, MADE, {})
    assert made.create({"name": "Refund answer", **SAID}) == Created(id="Refund answer")
    mark = tagged({"mlflow.prompt.is_prompt": "true"})
    version = {"name": "Refund answer", "source": "prompt-template", "tags": tagged(TAGS)}
    assert asked == [
        ("POST", "registered-models/create", {"name": "Refund answer", "tags": mark}),
        ("POST", "model-versions/create", version),
    ]


def test_a_prompt_whose_version_is_refused_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = prompts(monkeypatch, MADE, NO, {})
    refused = made.create({"name": "Refund answer", **SAID})
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.fields) == ("invalid", frozenset({"user_properties"}))
    assert asked[-1] == ("DELETE", "registered-models/delete", {"name": "Refund answer"})


def test_a_prompt_is_read_by_its_latest_version(monkeypatch: pytest.MonkeyPatch) -> None:
    text = {"mlflow.prompt.text": "Say: {{what}}", "_mlflow_prompt_type": "text"}
    bare = {"name": "Bare"}
    page = {"registered_models": [held("Say", text), bare]}
    made, _ = prompts(monkeypatch, {"registered_model": held("Refund answer", TAGS)}, page)
    assert made.get("Refund answer") == REFUND
    listed = made.list()
    assert isinstance(listed, Page)
    assert [(each.name, each.call_type, each.template, each.model) for each in listed.items] == [
        ("Say", "completion", "Say: {{what}}", ""),
        ("Bare", "completion", "", ""),
    ]


def test_a_page_is_reached_through_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"registered_models": [], "next_page_token": "more"}, {"registered_models": [held("Refund answer", TAGS)]}
    made, asked = prompts(monkeypatch, *pages, {})
    found = made.list(limit=1, page=2, name="Refund answer")
    assert found == Page[Configuration](items=(REFUND,), page=2, limit=1, has_next=False)
    assert asked[0][2]["filter"] == "tags.`mlflow.prompt.is_prompt` = 'true' AND name = 'Refund answer'"
    assert asked[1][2] == {**asked[0][2], "page_token": "more"}
    assert made.list(limit=1, page=2) == Page[Configuration](items=(), page=2, limit=1, has_next=False)


def test_a_change_is_a_new_version_with_the_rest_of_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = prompts(monkeypatch, {"registered_model": held("Refund answer", TAGS)}, {}, {})
    assert made.update("Refund answer", {"template": [], "colour": "red"}) == Updated(id="Refund answer")
    method, path, body = asked[-1]
    assert (method, path, body["name"], body["colour"]) == ("POST", "model-versions/create", "Refund answer", "red")
    assert {each["key"]: each["value"] for each in body["tags"]} == {**TAGS, "mlflow.prompt.text": "[]"}
    assert made.delete("Refund answer") == Deleted(id="Refund answer")


@pytest.mark.parametrize("name", ["environments", "tags", "functions", "function_choice", "forced_function"])
def test_what_a_prompt_has_no_place_for_is_not_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, asked = prompts(monkeypatch)
    with pytest.raises(NotOffered, match=name):
        made.create({"name": "Refund answer", **SAID, name: []})
    assert asked == []


def test_prompts_are_neither_renamed_nor_chosen_by_more_than_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = prompts(monkeypatch)
    with pytest.raises(NotOffered, match="known by its name"):
        made.update("Refund answer", {"name": "Other"})
    with pytest.raises(NotOffered, match="environment"):
        made.list(environment="prod")
