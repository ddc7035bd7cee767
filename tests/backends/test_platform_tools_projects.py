"""Proves the operations that are ours: tools, and projects with their keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from .conftest import PlatformProcess, Tenant

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Paris", "東京"]}, "n": {"type": "integer", "minimum": 0}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"name": "weather", "description": "Tells it", "parameters": SCHEMA, "tool_type": "function"}


def create(tenant: Tenant, **changes: Any) -> str:
    inserted: str = tenant.call("POST", "/v1/tools", {**TOOL, **changes})["result"]["insertedId"]
    return inserted


def names(tenant: Tenant, **parameters: Any) -> list[str]:
    return [one["name"] for one in tenant.call("GET", "/v1/tools", params=parameters)["tools"]]


def test_a_tool_reads_back_as_it_was_written(tenant: Tenant) -> None:
    tool = create(tenant)
    found = tenant.call("GET", f"/v1/tools/{tool}")
    assert {name: found[name] for name in TOOL} == TOOL
    assert tenant.call("GET", "/v1/tools")["tools"] == [found]


def test_tools_are_listed_newest_first_filtered_and_paged(tenant: Tenant) -> None:
    for number in range(5):
        create(tenant, name=f"tool {number}", tool_type="function" if number % 2 else "tool")
    assert names(tenant) == [f"tool {number}" for number in (4, 3, 2, 1, 0)]
    assert names(tenant, name="tool 3") == ["tool 3"]
    assert names(tenant, type="function") == ["tool 3", "tool 1"]
    assert [names(tenant, limit=2, page=page) for page in (1, 2, 3)] == [
        ["tool 4", "tool 3"],
        ["tool 2", "tool 1"],
        ["tool 0"],
    ]


@pytest.mark.parametrize(
    "changes",
    [{"name": "x"}, {"description": None}, {"parameters": {"type": "object"}}, {"tool_type": "tool"}],
)
def test_an_update_changes_what_was_sent_and_keeps_the_rest(tenant: Tenant, changes: dict[str, Any]) -> None:
    tool = create(tenant)
    before = tenant.call("GET", f"/v1/tools/{tool}")
    answered = tenant.call("PUT", f"/v1/tools/{tool}", changes)
    assert answered["updated"] is True
    after = tenant.call("GET", f"/v1/tools/{tool}")
    assert answered["result"] == after == {**before, **changes, "updated_at": after["updated_at"]}


def test_a_deleted_tool_is_gone(tenant: Tenant) -> None:
    tool = create(tenant)
    assert tenant.call("DELETE", f"/v1/tools/{tool}") == {"deleted": True}
    assert names(tenant) == []
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        tenant.refused(method, f"/v1/tools/{tool}", body, status=404, naming=tool)


@pytest.mark.parametrize(
    ("changes", "naming"),
    [
        ({"name": ""}, "name"),
        ({"parameters": "text"}, "parameters"),
        ({"parameters": {"type": "objekt"}}, "parameters.type"),
        ({"parameters": {"required": "city"}}, "parameters.required"),
        ({"tool_type": "hammer"}, "tool_type"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_tools_are_refused_by_name(tenant: Tenant, changes: dict[str, Any], naming: str) -> None:
    tenant.refused("POST", "/v1/tools", {**TOOL, **changes}, status=400, naming=naming)
    assert names(tenant) == []
    tool = create(tenant)
    tenant.refused("PUT", f"/v1/tools/{tool}", changes, status=400, naming=naming)
    assert {name: tenant.call("GET", f"/v1/tools/{tool}")[name] for name in TOOL} == TOOL


@pytest.mark.parametrize("field", ["name", "parameters", "tool_type"])
def test_a_tool_needs_all_its_parts(tenant: Tenant, field: str) -> None:
    body = {name: value for name, value in TOOL.items() if name != field}
    tenant.refused("POST", "/v1/tools", body, status=400, naming=field)


def test_tools_of_one_project_stay_there(tenant: Tenant, foreign: Tenant) -> None:
    tool = create(tenant)
    tenant.refused("POST", "/v1/tools", TOOL, status=409, naming="name")
    assert names(foreign) == []
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        foreign.refused(method, f"/v1/tools/{tool}", body, status=404)
    create(foreign)
    assert names(tenant) == ["weather"]


def new_project(admin: httpx.Client, **changes: Any) -> dict[str, Any]:
    body = {"name": f"made-{secrets.token_hex(6)}", "description": "d", **changes}
    answered = admin.post("/v1/projects", json=body)
    assert answered.status_code == 200, answered.text
    made: dict[str, Any] = answered.json()
    return made


def test_a_new_project_has_a_key_that_is_shown_once_and_works(admin: httpx.Client, platform: PlatformProcess) -> None:
    made = new_project(admin)
    key = made.pop("key")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=platform.address, headers=headers) as client:
        assert client.get("/v1/projects").json() == {"projects": [made]}
        assert client.get(f"/v1/projects/{made['id']}").json() == made
        assert client.post("/v1/datasets", json={"name": "first"}).status_code == 200
    assert admin.get(f"/v1/projects/{made['id']}").json() == made
    assert key not in admin.get("/v1/projects").text
    assert key not in platform.log()


def test_the_admin_lists_all_and_a_project_only_itself(admin: httpx.Client, tenant: Tenant, foreign: Tenant) -> None:
    everyone = admin.get("/v1/projects").json()["projects"]
    assert [one["id"] for one in everyone][:2] == [foreign.project, tenant.project]
    assert [one["id"] for one in tenant.call("GET", "/v1/projects")["projects"]] == [tenant.project]
    assert tenant.call("GET", "/v1/projects", params={"name": foreign.name})["projects"] == []
    found = admin.get("/v1/projects", params={"name": foreign.name}).json()["projects"]
    assert [one["id"] for one in found] == [foreign.project]
    paged = [admin.get("/v1/projects", params={"limit": 1, "page": page}).json()["projects"][0] for page in (1, 2)]
    assert paged == everyone[:2]


def test_a_project_is_changed_by_its_own_key_and_by_no_other(tenant: Tenant, foreign: Tenant) -> None:
    before = foreign.call("GET", f"/v1/projects/{foreign.project}")
    tenant.refused("GET", f"/v1/projects/{foreign.project}", status=404)
    tenant.refused("PUT", f"/v1/projects/{foreign.project}", {"name": "mine"}, status=404)
    tenant.refused("PUT", f"/v1/projects/{tenant.project}", {"name": foreign.name}, status=409, naming="name")
    assert foreign.call("GET", f"/v1/projects/{foreign.project}") == before
    changed = tenant.call("PUT", f"/v1/projects/{tenant.project}", {"description": "new"})
    assert (changed["name"], changed["description"]) == (tenant.name, "new")
    assert tenant.call("GET", f"/v1/projects/{tenant.project}") == changed


def test_bad_projects_are_refused(admin: httpx.Client, tenant: Tenant) -> None:
    for body, status, naming in (
        ({}, 400, "name"),
        ({"name": " "}, 400, "name"),
        ({"name": "x", "key": "mine"}, 400, "key"),
        ({"name": tenant.name}, 409, "name"),
    ):
        answered = admin.post("/v1/projects", json=body)
        assert (answered.status_code, naming in answered.json()["message"]) == (status, True)
    tenant.refused("POST", "/v1/projects", {"name": "x"}, status=403)


def test_two_keys_of_a_project_see_the_same(platform: PlatformProcess, admit: Callable[..., Tenant]) -> None:
    one = admit(platform)
    two = admit(platform, name=one.name)
    assert one.key != two.key
    assert one.project == two.project
    create(one)
    assert names(two) == ["weather"]
