"""Proves the control port: faults hit what they name and nothing else, and counts are of what was really there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from .conftest import PlatformProcess, Tenant


@pytest.fixture(scope="module")
def own(start_platform: Callable[..., PlatformProcess]) -> PlatformProcess:
    """A platform of this file's own: its faults would hit other tests."""
    return start_platform()


@pytest.fixture
def control(own: PlatformProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=own.control, timeout=10, trust_env=False) as client:
        yield client
        client.delete("/faults")
        client.delete("/requests")


@pytest.fixture
def tenant(own: PlatformProcess, admit: Callable[..., Tenant]) -> Tenant:
    return admit(own)


def fault(control: httpx.Client, **asked: Any) -> str:
    answered = control.post("/faults", json=asked)
    assert answered.status_code == 200, answered.text
    made: str = answered.json()["id"]
    return made


def test_a_status_is_answered_as_often_as_asked(control: httpx.Client, tenant: Tenant) -> None:
    asked = {"status": 503, "body": {"x": "y"}, "headers": {"Retry-After": "7"}}
    fault(control, method="POST", path="/v1/data*", times=2, **asked)
    statuses = [tenant.http.post("/v1/datasets", json={"name": str(number)}) for number in range(3)]
    assert [answered.status_code for answered in statuses] == [503, 503, 200]
    assert statuses[0].json() == {"x": "y"}
    assert statuses[0].headers["Retry-After"] == "7"
    assert [one.name for one in tenant.sdk.datasets.list().datasets] == ["2"]


def test_a_fault_hits_the_method_and_path_it_names_until_cleared(control: httpx.Client, tenant: Tenant) -> None:
    made = fault(control, method="GET", path="/v1/datasets", status=500)
    assert tenant.http.get("/v1/datapoints").status_code == 200
    assert tenant.http.post("/v1/datasets", json={"name": "x"}).status_code == 200
    for _ in range(3):
        tenant.refused("GET", "/v1/datasets", status=500)
    (shown,) = control.get("/faults").json()["faults"]
    assert (shown["id"], shown["hits"], shown["remaining"]) == (made, 3, None)
    assert control.delete(f"/faults/{made}").json() == {"cleared": 1}
    assert tenant.http.get("/v1/datasets").status_code == 200
    assert control.delete(f"/faults/{made}").status_code == 404


def test_malformed_is_success_with_broken_json(control: httpx.Client, tenant: Tenant) -> None:
    fault(control, malformed=True, times=1)
    answered = tenant.http.get("/v1/datasets")
    assert answered.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answered.json()


def test_reset_is_a_reset(control: httpx.Client, tenant: Tenant) -> None:
    fault(control, reset=True, times=1)
    with pytest.raises(httpx.ReadError, match="reset"):
        tenant.http.get("/v1/datasets")
    assert tenant.http.get("/v1/datasets").status_code == 200


def test_a_delay_comes_before_the_right_answer(control: httpx.Client, tenant: Tenant) -> None:
    fault(control, delay_s=0.3, times=1)
    started = time.monotonic()
    assert tenant.call("GET", "/v1/datasets") == {"datasets": []}
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(("processed", "stored"), [(True, ["x"]), (False, [])])
def test_a_spoilt_answer_may_hide_that_the_work_was_done(
    control: httpx.Client, tenant: Tenant, processed: bool, stored: list[str]
) -> None:
    fault(control, status=502, times=1, processed=processed)
    assert tenant.http.post("/v1/datasets", json={"name": "x"}).status_code == 502
    assert [one.name for one in tenant.sdk.datasets.list().datasets] == stored


@pytest.mark.parametrize(
    ("asked", "naming"),
    [
        ({}, "delay_s"),
        ({"status": 99}, "status"),
        ({"status": 500, "reset": True}, "at most one"),
        ({"status": 500, "times": 0}, "times"),
        ({"stauts": 500}, "stauts"),
    ],
)
def test_a_wrong_fault_is_refused(control: httpx.Client, asked: dict[str, Any], naming: str) -> None:
    answered = control.post("/faults", json=asked)
    assert answered.status_code == 400
    assert naming in answered.json()["message"]
    assert control.get("/faults").json() == {"faults": []}


def test_requests_are_logged_and_counted_without_keys(control: httpx.Client, tenant: Tenant) -> None:
    control.delete("/requests")
    tenant.http.get("/v1/datasets", params={"name": "a b"})
    tenant.http.get("/v1/datasets")
    tenant.http.post("/v1/datasets", json={})
    tenant.http.get("/v1/nothing")
    answered = control.get("/requests")
    seen = [(one["method"], one["path"], one["status"]) for one in answered.json()["requests"]]
    assert seen == [
        ("GET", "/v1/datasets", 200),
        ("GET", "/v1/datasets", 200),
        ("POST", "/v1/datasets", 400),
        ("GET", "/v1/nothing", 404),
    ]
    assert answered.json()["requests"][0]["query"] == "name=a+b"
    assert all(0 < one["duration_ms"] < 5000 for one in answered.json()["requests"])
    assert tenant.key not in answered.text
    assert control.get("/requests", params={"method": "post"}).json()["requests"][0]["status"] == 400
    counts = control.get("/requests/counts").json()
    assert counts["total"] == 4
    assert {"method": "GET", "path": "/v1/datasets", "status": 200, "count": 2} in counts["counts"]


def test_rows_are_counted_per_project_and_table(control: httpx.Client, tenant: Tenant) -> None:
    def rows() -> dict[str, int]:
        found: dict[str, int] = control.get("/rows", params={"project": tenant.name}).json()["projects"][tenant.name]
        return found

    assert rows() == {"api_keys": 1}
    made = tenant.call("POST", "/v1/datapoints/batch", {"datapoints": [{"inputs": {}}] * 3})["insertedIds"]
    dataset = tenant.call("POST", "/v1/datasets", {"name": "x", "datapoints": made})["result"]["insertedId"]
    assert rows() == {"api_keys": 1, "datapoints": 3, "datasets": 1, "dataset_members": 3}
    tenant.call("DELETE", f"/v1/datasets/{dataset}")
    for one in made:
        tenant.call("DELETE", f"/v1/datapoints/{one}")
    assert rows() == {"api_keys": 1}


def test_a_project_can_be_erased(control: httpx.Client, tenant: Tenant) -> None:
    tenant.call("POST", "/v1/datasets", {"name": "x"})
    assert control.delete(f"/projects/{tenant.project}").json() == {"deleted": True}
    assert tenant.http.get("/v1/datasets").status_code == 401
    assert tenant.name not in control.get("/rows").json()["projects"]
    assert control.delete(f"/projects/{tenant.project}").status_code == 404


def test_seeding_gives_the_kinds_of_key_that_were_asked_for(control: httpx.Client) -> None:
    seeded = control.post("/projects", json={"name": "typed", "kinds": ["ingestion", "data_plane"]}).json()
    assert seeded["keys"]["ingestion"].startswith("hh_ingst_")
    assert seeded["keys"]["data_plane"].startswith("hh_fgdp_")
    assert control.post("/projects", json={"name": "typed", "kinds": ["admin"]}).status_code == 400
