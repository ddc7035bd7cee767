"""Proves that the embedded platform keeps the contract's row about configurations."""

from __future__ import annotations

from typing import Any

import pytest
from honeyhive.models import CreateConfigurationRequest, UpdateConfigurationRequest

from .conftest import Tenant

CHAT = {
    "name": "greeter",
    "provider": "openai",
    "type": "LLM",
    "parameters": {
        "call_type": "chat",
        "model": "gpt-4o",
        "hyperparameters": {"temperature": 0.7, "stop": ["\n\n", "END", "終"], "max_tokens": 12, "seed": None},
        "responseFormat": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}},
        "selectedFunctions": [{"id": "f1", "name": "lookup", "description": "d", "parameters": {"type": "object"}}],
        "functionCallParams": "force",
        "forceFunction": {"name": "lookup"},
        "template": [{"role": "system", "content": "Be kind 🙂"}, {"role": "user", "content": "{{question}}"}],
    },
    "env": ["dev", "prod"],
    "tags": ["greeting", "v1"],
    "user_properties": {"team": "blue"},
}
COMPLETION = {
    "name": "completer",
    "provider": "openai",
    "parameters": {"call_type": "completion", "model": "davinci", "template": "Say {{word}}."},
}


def create(tenant: Tenant, body: dict[str, Any] = CHAT, **changes: Any) -> str:
    answered = tenant.call("POST", "/v1/configurations", {**body, **changes})
    assert answered["acknowledged"] is True
    assert isinstance(answered["insertedId"], str)
    return answered["insertedId"]


def read(tenant: Tenant, configuration: str) -> dict[str, Any]:
    found = tenant.call("GET", f"/v1/configurations/{configuration}")
    assert isinstance(found, dict)
    return found


def names(tenant: Tenant, **parameters: Any) -> list[str]:
    return [one["name"] for one in tenant.call("GET", "/v1/configurations", params=parameters)["configurations"]]


def without(body: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != field}


def test_what_the_sdk_creates_reads_back_over_plain_http(tenant: Tenant) -> None:
    created = tenant.sdk.configurations.create(CreateConfigurationRequest.model_validate(COMPLETION))
    assert created.acknowledged is True
    found = read(tenant, created.insertedId)
    assert found["parameters"] == COMPLETION["parameters"]
    assert (found["type"], found["env"], found["tags"], found["user_properties"]) == ("LLM", [], [], None)


def test_what_plain_http_creates_reads_back_by_the_sdk(tenant: Tenant) -> None:
    configuration = create(tenant)
    assert {name: read(tenant, configuration)[name] for name in CHAT} == CHAT
    (found,) = tenant.sdk.configurations.list()
    dumped = found.model_dump(mode="json", exclude_unset=True)
    assert found.id == configuration
    assert {name: dumped[name] for name in CHAT} == CHAT


def test_the_sdk_s_get_is_the_list(tenant: Tenant) -> None:
    configuration = create(tenant)
    assert [one.id for one in tenant.sdk.configurations.get_configuration(configuration)] == [configuration]


def test_filters_are_exact_and_narrow_each_other(tenant: Tenant) -> None:
    create(tenant, name="a", env=["dev"], tags=["x"])
    create(tenant, name="b", env=["dev", "staging"], tags=["x", "y"])
    create(tenant, name="c", env=[], tags=[])
    create(tenant, name="a", env=["prod"], tags=["xx"])
    assert names(tenant) == ["a", "c", "b", "a"]
    assert names(tenant, name="a") == ["a", "a"]
    assert names(tenant, name="A") == []
    assert names(tenant, env="dev") == ["b", "a"]
    assert names(tenant, tags="x") == ["b", "a"]
    assert names(tenant, env="dev", tags="y") == ["b"]
    assert names(tenant, env="prod", tags="x") == []
    tenant.refused("GET", "/v1/configurations", status=400, naming="env", params={"env": "production"})


def test_pages_are_of_what_the_filter_leaves(tenant: Tenant) -> None:
    for number in range(6):
        create(tenant, name=str(number), tags=["even"] if number % 2 == 0 else ["odd"])
    assert names(tenant, limit=2) == ["5", "4"]
    assert names(tenant, limit=2, page=2) == ["3", "2"]
    assert names(tenant, limit=2, tags="even") == ["4", "2"]
    assert names(tenant, limit=2, page=2, tags="even") == ["0"]
    assert names(tenant, limit=100) == ["5", "4", "3", "2", "1", "0"]


CHANGES: dict[str, Any] = {
    "name": "renamed",
    "provider": "anthropic",
    "type": "pipeline",
    "parameters": {"call_type": "completion", "model": "other"},
    "env": ["staging"],
    "tags": [],
    "user_properties": {"team": "red"},
}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_an_update_changes_what_was_sent_and_keeps_the_rest(tenant: Tenant, field: str) -> None:
    configuration = create(tenant)
    before = read(tenant, configuration)
    body = {"name": CHAT["name"], field: CHANGES[field]}
    request = UpdateConfigurationRequest.model_validate(body)
    answered = tenant.sdk.configurations.update(configuration, request)
    assert answered.acknowledged is True
    assert (answered.matchedCount, answered.modifiedCount) == (1, 1)
    assert (answered.upsertedCount, answered.upsertedId) == (0, None)
    after = read(tenant, configuration)
    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == {**before, field: CHANGES[field]}


def test_an_update_without_a_difference_modifies_nothing(tenant: Tenant) -> None:
    configuration = create(tenant)
    assert tenant.call("PUT", f"/v1/configurations/{configuration}", {"name": CHAT["name"]})["modifiedCount"] == 0


def test_a_deleted_configuration_is_gone(tenant: Tenant) -> None:
    configuration = create(tenant)
    deleted = tenant.sdk.configurations.delete(configuration)
    assert (deleted.acknowledged, deleted.deletedCount) == (True, 1)
    assert tenant.sdk.configurations.list() == []
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        tenant.refused(method, f"/v1/configurations/{configuration}", body, status=404, naming=configuration)


BAD: list[tuple[dict[str, Any], str]] = [
    (without(CHAT, "name"), "name"),
    ({**CHAT, "name": " "}, "name"),
    ({**CHAT, "name": "x" * 201}, "name"),
    (without(CHAT, "provider"), "provider"),
    ({**CHAT, "provider": ""}, "provider"),
    (without(CHAT, "parameters"), "parameters"),
    ({**CHAT, "type": "llm"}, "type"),
    ({**CHAT, "env": ["production"]}, "env"),
    ({**CHAT, "env": "dev"}, "env"),
    ({**CHAT, "tags": ["x", 1]}, "tags.1"),
    ({**CHAT, "user_properties": []}, "user_properties"),
    ({**CHAT, "colour": 1}, "colour"),
    ({**CHAT, "parameters": {"call_type": "chat"}}, "parameters.model"),
    ({**CHAT, "parameters": {"model": "m"}}, "parameters.call_type"),
    ({**CHAT, "parameters": {"model": "m", "call_type": "talk"}}, "parameters.call_type"),
    ({**CHAT, "parameters": {"model": "m", "call_type": "chat", "temperature": 1}}, "parameters.temperature"),
    ({**CHAT, "parameters": {"model": "m", "call_type": "chat", "hyperparameters": 1}}, "parameters.hyperparameters"),
    ({**CHAT, "parameters": {"model": "m", "call_type": "chat", "template": [{"role": "user"}]}}, "template"),
    ({**CHAT, "parameters": {"model": "m", "call_type": "chat", "functionCallParams": "maybe"}}, "functionCallParams"),
]


@pytest.mark.parametrize(("body", "naming"), BAD)
def test_bad_input_is_refused_by_name_and_nothing_is_stored(tenant: Tenant, body: dict[str, Any], naming: str) -> None:
    tenant.refused("POST", "/v1/configurations", body, status=400, naming=naming)
    assert names(tenant) == []


@pytest.mark.parametrize(
    ("body", "naming"),
    [
        ({}, "name"),
        ({"tags": ["x"]}, "name"),
        *((bad, naming) for bad, naming in BAD if naming not in ("provider", "parameters") or naming in bad),
    ],
)
def test_a_bad_update_is_refused_by_name_and_changes_nothing(tenant: Tenant, body: dict[str, Any], naming: str) -> None:
    configuration = create(tenant, name="before")
    before = read(tenant, configuration)
    tenant.refused("PUT", f"/v1/configurations/{configuration}", body, status=400, naming=naming)
    assert read(tenant, configuration) == before


def test_the_longest_name_is_two_hundred_characters(tenant: Tenant) -> None:
    assert read(tenant, create(tenant, name="字" * 200))["name"] == "字" * 200


def test_another_project_sees_and_changes_nothing(tenant: Tenant, foreign: Tenant) -> None:
    configuration = create(tenant)
    before = read(tenant, configuration)
    assert names(foreign) == names(foreign, name="greeter") == []
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        foreign.refused(method, f"/v1/configurations/{configuration}", body, status=404)
    assert read(tenant, configuration) == before
