"""Proves what holds for every call of the embedded platform: keys, refusals, limits, and what survives a kill."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from .conftest import ADMIN_KEY, NotStartedError, PlatformProcess, Tenant


def test_every_kind_of_missing_key_is_unauthorised(platform: PlatformProcess) -> None:
    ingestion = f"hh_ingst_{'a' * 24}_{'b' * 64}"
    for header in (None, "", "Bearer", "secret", "Basic c2VjcmV0", "Bearer unknown", "Bearer ключ",
                   "Bearer hh_ingst_short", f"Bearer {ingestion}", f"Bearer {ingestion}x"):  # fmt: skip
        headers = {} if header is None else {"Authorization": header.encode()}
        answered = httpx.get(f"{platform.address}/v1/datasets", headers=headers)  # type: ignore[arg-type]
        assert answered.status_code == 401, header
        body = answered.json()
        assert (body["statusCode"], body["success"], body["errorCode"]) == (401, False, "UNAUTHORIZED")
        assert body["message"].startswith("Authorization: ")
        assert answered.headers["WWW-Authenticate"] == "Bearer"


def test_an_unknown_key_is_told_before_a_bad_body_is_looked_at(platform: PlatformProcess) -> None:
    answered = httpx.post(f"{platform.address}/v1/datasets", content=b"{", headers={"Authorization": "Bearer x"})
    assert answered.status_code == 401


@pytest.mark.parametrize(
    ("kind", "opened", "closed"),
    [
        ("ingestion", ["/session/start", "/events", "/events/batch"], ["/v1/datasets", "/v1/events", "/v1/projects"]),
        ("data_plane", ["/v1/projects/{project}/charts"], ["/v1/datasets", "/v1/tools", "/v1/projects/{project}"]),
    ],
)
def test_a_typed_key_opens_what_it_is_for_only(
    platform: PlatformProcess, admit: Callable[..., Tenant], kind: str, opened: list[str], closed: list[str]
) -> None:
    tenant = admit(platform, "project", kind)
    headers = {"Authorization": f"Bearer {tenant.keys[kind]}"}
    with httpx.Client(base_url=platform.address, headers=headers) as client:
        for path in opened:
            assert client.post(path.format(project=tenant.project), json={}).status_code not in (401, 403)
        for path in closed:
            answered = client.post(path.format(project=tenant.project), json={})
            if answered.status_code == 405:
                answered = client.get(path.format(project=tenant.project))
            assert (answered.status_code, answered.json()["errorCode"]) == (403, "FORBIDDEN"), path


def test_the_admin_key_opens_projects_only(admin: httpx.Client) -> None:
    assert admin.get("/v1/projects").status_code == 200
    assert admin.get("/v1/datasets").status_code == 403


@pytest.fixture(scope="module")
def special(start_platform: Callable[..., PlatformProcess]) -> PlatformProcess:
    """A platform with settings of its own."""
    return start_platform(
        PLATFORM_ADMIN_KEY="",
        PLATFORM_KEYS="red=red-key, blue=blue-key,red=second-red-key",
        PLATFORM_MAX_BODY_BYTES="100000",
    )


def test_without_an_admin_key_nobody_is_admin(special: PlatformProcess) -> None:
    for header in ("Bearer", f"Bearer {ADMIN_KEY}"):
        answered = httpx.get(f"{special.address}/v1/projects", headers={"Authorization": header})
        assert answered.status_code == 401


def test_keys_of_the_settings_work_and_are_not_told(special: PlatformProcess) -> None:
    seen = {}
    for key in ("red-key", "blue-key", "second-red-key"):
        headers = {"Authorization": f"Bearer {key}"}
        (project,) = httpx.get(f"{special.address}/v1/projects", headers=headers).json()["projects"]
        seen[key] = project["name"]
    assert seen == {"red-key": "red", "blue-key": "blue", "second-red-key": "red"}
    assert "red-key" not in special.log()
    assert not any(b"red-key" in file.read_bytes() for file in (special.folder / "storage").iterdir())


def test_unknown_paths_and_methods_are_refused_in_the_same_form(tenant: Tenant) -> None:
    tenant.refused("GET", "/v1/nothing", status=404, naming="/v1/nothing")
    tenant.refused("GET", "/", status=404)
    tenant.refused("GET", "/v1/datasets/", status=404)
    tenant.refused("PATCH", "/v1/datasets", {}, status=405, naming="PATCH")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"name": "x"',
        b'{"name": "x"} trailing',
        b"{'name': 'x'}",
        b'{"name": NaN}',
        b'{"name": "x", "metadata": {"a": Infinity}}',
        b'{"name": "x", "metadata": {"a": 1e999}}',
        b'{"name": "x", "metadata": {"a": "\\ud800"}}',
        b'{"name": "\xff"}',
        b"[" * 100_000,
        b'{"name": "x", "metadata": {"a": ' + b"9" * 5000 + b"}}",
    ],
)
def test_malformed_json_is_refused_and_nothing_is_stored(tenant: Tenant, body: bytes) -> None:
    answered = tenant.http.post("/v1/datasets", content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code == 400
    assert answered.json()["message"].startswith("body: ")
    assert tenant.sdk.datasets.list().datasets == []


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_other_media_types_are_refused(tenant: Tenant, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    answered = tenant.http.post("/v1/datasets", content=b'{"name": "x"}', headers=headers)
    assert (answered.status_code, answered.json()["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_json_with_a_charset_is_json(tenant: Tenant) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert tenant.http.post("/v1/datasets", content=b'{"name": "x"}', headers=headers).status_code == 200


def test_too_large_a_body_is_refused_however_it_is_sent(special: PlatformProcess, admit: Callable[..., Tenant]) -> None:
    tenant = admit(special)
    fitting = json.dumps({"name": "x", "description": ""}).encode()
    exact = json.dumps({"name": "x", "description": "d" * (100_000 - len(fitting))}).encode()
    headers = {"Content-Type": "application/json"}
    assert len(exact) == 100_000
    for content in (exact + b" ", iter([exact, b" "]), b"x" * 5_000_000):
        answered = tenant.http.post("/v1/datasets", content=content, headers=headers)
        assert (answered.status_code, answered.json()["errorCode"]) == (413, "PAYLOAD_TOO_LARGE")
        assert "100000" in answered.json()["message"]
    assert tenant.http.post("/v1/datasets", content=exact, headers=headers).status_code == 200


def test_many_faults_are_told_at_once(tenant: Tenant) -> None:
    body = {"name": 1, "metadata": 1, "colour": 1}
    message = tenant.refused("POST", "/v1/datasets", body, status=400)["message"]
    assert all(field in message for field in body)


def test_localhost_serves_too(tenant: Tenant) -> None:
    port = urlsplit(tenant.address).port
    headers = {"Authorization": f"Bearer {tenant.key}"}
    assert httpx.get(f"http://localhost:{port}/v1/datasets", headers=headers).status_code == 200


def test_it_describes_itself(platform: PlatformProcess) -> None:
    assert httpx.get(f"{platform.address}/health").json() == {"status": "ok"}
    paths = httpx.get(f"{platform.address}/openapi.json").json()["paths"]
    assert {"/v1/datasets", "/v1/datapoints/batch", "/v1/configurations/{configuration_id}", "/v1/tools"} <= set(paths)


def test_an_acknowledged_write_survives_a_kill(
    start_platform: Callable[..., PlatformProcess], admit: Callable[..., Tenant]
) -> None:
    """Eight clients write until the process is killed under them; what was answered 200 is there afterwards."""
    platform = start_platform()
    tenant = admit(platform)
    acknowledged: list[str] = []

    def write(client: int) -> None:
        for number in range(10_000):
            try:
                answered = tenant.http.post("/v1/datasets", json={"name": f"{client}-{number}"})
            except httpx.TransportError:
                return
            acknowledged.append(answered.json()["result"]["insertedId"])
            if len(acknowledged) == 100:
                platform.kill()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(acknowledged) >= 100
    platform.start()
    with httpx.Client(base_url=platform.address, headers={"Authorization": f"Bearer {tenant.key}"}) as client:
        found = {one["id"] for one in client.get("/v1/datasets").json()["datasets"]}
        assert set(acknowledged) <= found
        assert len(found) <= len(acknowledged) + 8  # at most the writes that were under way


def test_a_stop_is_graceful(start_platform: Callable[..., PlatformProcess], admit: Callable[..., Tenant]) -> None:
    platform = start_platform()
    tenant = admit(platform)
    tenant.call("POST", "/v1/datasets", {"name": "kept"})
    httpx.post(f"{platform.control}/faults", json={"path": "/v1/datasets", "delay_s": 0.5}).raise_for_status()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(tenant.http.get, "/v1/datasets")
        while not httpx.get(f"{platform.control}/requests", params={"method": "GET"}).json()["requests"]:
            pass
        assert platform.stop() == 0
        assert [one["name"] for one in running.result().json()["datasets"]] == ["kept"]
    with pytest.raises(ConnectionRefusedError), socket.create_connection(_place(platform.address)):
        pass


def test_bad_settings_are_told_at_once_and_without_secrets(tmp_path: Any) -> None:
    platform = PlatformProcess(
        tmp_path, {"PLATFORM_PORT": "eighty", "PLATFORM_HOST": "0.0.0.0", "PLATFORM_KEYS": "sesame"}
    )
    with pytest.raises(NotStartedError):
        platform.start()
    assert platform.process is not None
    assert platform.process.wait(timeout=10) == 2
    log = platform.log()
    assert "PLATFORM_PORT" in log
    assert "PLATFORM_HOST" in log
    assert "PLATFORM_KEYS" in log
    assert "sesame" not in log
    assert "Traceback" not in log


def test_a_taken_port_is_told(platform: PlatformProcess, tmp_path: Any) -> None:
    taken = urlsplit(platform.address).port
    second = PlatformProcess(tmp_path, {"PLATFORM_PORT": str(taken)})
    with pytest.raises(NotStartedError):
        second.start()
    assert second.process is not None
    assert second.process.wait(timeout=10) == 1
    assert str(taken) in second.log()
    assert "Traceback" not in second.log()


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
