"""Proves that a project can be filled with the content of another: the same things, under the same ids, and its own."""

from __future__ import annotations

from typing import Any

import httpx

from .conftest import PlatformProcess, Tenant

SESSION = "5e550000-0000-4000-8000-0000000000c0"


def content_of(platform: PlatformProcess, project: str) -> Any:
    return httpx.get(f"{platform.control}/projects/{project}/content").raise_for_status().json()["content"]


def seed(platform: PlatformProcess, **asked: Any) -> httpx.Response:
    return httpx.post(f"{platform.control}/projects", json=asked)


def test_a_project_begins_with_the_content_of_another(platform: PlatformProcess, tenant: Tenant) -> None:
    dataset = tenant.call("POST", "/v1/datasets", {"name": "Kept", "metadata": {"é": [1, None, 0.5]}})
    tenant.call("POST", "/v1/sessions", {"session_id": SESSION, "session_name": "kept"})
    content = content_of(platform, tenant.project)
    made = seed(platform, name=f"copy of {tenant.name}", content=content).raise_for_status().json()
    with httpx.Client(base_url=platform.address, headers={"Authorization": f"Bearer {made['keys']['project']}"}) as its:
        assert its.get("/v1/datasets").json() == tenant.call("GET", "/v1/datasets")
        assert its.get(f"/v1/events/{SESSION}").json()["event"]["project_id"] == made["id"]
        its.delete("/v1/datasets", params={"dataset_id": dataset["result"]["insertedId"]}).raise_for_status()
        assert its.get("/v1/datasets").json()["datasets"] == []
    assert content_of(platform, tenant.project) == content
    httpx.delete(f"{platform.control}/projects/{made['id']}").raise_for_status()


def test_content_holds_no_key(platform: PlatformProcess, tenant: Tenant) -> None:
    tenant.call("POST", "/v1/datasets", {"name": "Kept"})
    assert content_of(platform, tenant.project)["tables"].keys() == {"datasets"}


def test_content_is_for_a_new_project(platform: PlatformProcess, tenant: Tenant) -> None:
    refused = seed(platform, name=tenant.name, content=content_of(platform, tenant.project))
    assert (refused.status_code, refused.json()["message"].partition(":")[0]) == (409, "name")


def test_what_is_no_content_is_refused(platform: PlatformProcess) -> None:
    for wrong in (
        {},
        {"project": "x", "tables": {"no such table": []}},
        {"project": "x", "tables": {"datasets": [{}]}},
    ):
        refused = seed(platform, name="never made", content=wrong)
        assert (refused.status_code, refused.json()["message"].partition(":")[0]) == (400, "content"), wrong
