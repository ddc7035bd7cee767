"""Proves that a system at an address that cannot be asked is told once: which setting, which host, and the remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from support.processes.keeping import configured, env_lines, running
from support.running import greeting
from support.running.canary import Canary
from support.running.systems import (
    AssistantUnderTest,
    DaemonUnderTest,
    PlatformUnderTest,
    Surroundings,
    SystemUnderTest,
)
from support.settings import read
from support.targets import find
from support.wire import Wire
from tests.tls import certificate, door
from tests.wire_servers import uvicorn_server

STARTED = ("evaluation_platform", "model", "practice", "redis", "assistant", "tool_daemon")
FILE = """
name = "ours"
description = "Somebody else's."
[systems.evaluation_platform]
settings = { address = "HH_API_URL", key = "HH_API_KEY", foreign_key = "HH_FOREIGN_KEY" }
[systems.assistant]
settings = { address = "ASSISTANT_URL", key = "ASSISTANT_TOKEN" }
[systems.tool_daemon]
settings = { address = "TOOL_DAEMON_URL", key = "TOOL_DAEMON_TOKEN" }
"""
KINDS: tuple[type[SystemUnderTest], ...] = (PlatformUnderTest, AssistantUnderTest, DaemonUnderTest)
ADDRESSES = {PlatformUnderTest: "HH_API_URL", AssistantUnderTest: "ASSISTANT_URL", DaemonUnderTest: "TOOL_DAEMON_URL"}
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def given() -> Iterator[dict[str, str]]:
    """The variables that name systems which somebody else started."""
    with running(configured(STARTED, None, {}), {}) as backends:
        yield dict(line.split("=", 1) for backend in backends for line in env_lines(backend))


def told(kind: type[SystemUnderTest], folder: Path, environment: dict[str, str]) -> str:
    """What is wrong with a system that these variables name, as the run tells it; "" for nothing."""
    file = folder / "ours.toml"
    file.write_text(FILE, encoding="utf-8")
    settings = read(environment=environment, folder=folder).value
    launcher: Any = None  # what stands at an address is not started
    with Wire() as wire:
        system = kind(Surroundings(find(str(file)), settings, wire, launcher, Canary()))
        try:
            problem = greeting.trouble(system, "ours")
        finally:
            system.close()
    assert not any(key in str(problem) for key in environment.values() if "key" in key or "token" in key)
    return "" if problem is None else str(problem)


@pytest.mark.parametrize("kind", KINDS)
def test_a_system_that_lets_us_in_is_no_trouble(
    kind: type[SystemUnderTest], tmp_path: Path, given: dict[str, str]
) -> None:
    assert told(kind, tmp_path, given) == ""


@pytest.mark.parametrize(
    ("kind", "variable", "how"),
    [
        (PlatformUnderTest, "HH_API_KEY", " with status 401"),
        (PlatformUnderTest, "HH_FOREIGN_KEY", " with status 401"),
        (DaemonUnderTest, "TOOL_DAEMON_TOKEN", ""),
    ],
)
def test_a_wrong_key_is_told_by_its_variable(
    kind: type[SystemUnderTest], variable: str, how: str, tmp_path: Path, given: dict[str, str]
) -> None:
    host = given[ADDRESSES[kind]].partition("//")[2]
    assert told(kind, tmp_path, {**given, variable: "another-key"}) == (
        f"{variable} (target ours, {kind.name}): the key is refused by {host}{how}; "
        "give a valid one in the environment or .env"
    )


def test_a_service_that_knows_its_users_says_whose_token_is_wrong(tmp_path: Path, given: dict[str, str]) -> None:
    async def guard(scope: Any, _receive: Any, send: Any) -> None:
        status = 404 if (b"authorization", b"Bearer local-client-token") in scope["headers"] else 403
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": b'{"detail": "no"}'})

    with uvicorn_server(guard) as address:
        users = {"ASSISTANT_TOKEN": "local-client-token", "ASSISTANT_FOREIGN_TOKEN": "another-token"}
        found = told(AssistantUnderTest, tmp_path, {**given, **users, "ASSISTANT_URL": address})
    assert found.startswith("ASSISTANT_FOREIGN_TOKEN (target ours, assistant): the key is refused by ")
    assert found.endswith(" with status 403; give a valid one in the environment or .env")


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_where_nobody_is(kind: type[SystemUnderTest], tmp_path: Path, given: dict[str, str]) -> None:
    variable = ADDRESSES[kind]
    found = told(kind, tmp_path, {**given, variable: NOBODY})
    assert found.startswith(f"{variable} (target ours, {kind.name}): no connection to {NOBODY}: ")
    assert found.endswith("; start it, or correct the address")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (200, {"content-type": "text/html; charset=utf-8"}, "status 200 and text/html"),
        (302, {"location": "https://login.example/"}, "status 302 and no media type, to https://login.example/"),
        (
            302,
            {"location": "https://ada:hush@login.example/in?token=hush#hush"},
            "status 302 and no media type, to https://login.example/in",
        ),
        (404, {"content-type": "text/html"}, "status 404 and text/html"),
    ],
)
def test_an_address_where_something_else_is(
    kind: type[SystemUnderTest],
    status: int,
    headers: dict[str, str],
    said: str,
    tmp_path: Path,
    given: dict[str, str],
) -> None:
    async def page(_scope: Any, _receive: Any, send: Any) -> None:
        head = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": b"<!doctype html><title>Welcome</title>"})

    with uvicorn_server(page, ws="none") as address:
        found = told(kind, tmp_path, {**given, ADDRESSES[kind]: address})
    assert found.startswith(f"{ADDRESSES[kind]} (target ours, {kind.name}): {address[7:]} answers GET /")
    assert found.endswith(f"with {said}: another program than {kind.name}; correct the address")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_system_that_is_out_of_order_is_no_other_program(
    kind: type[SystemUnderTest], status: int, tmp_path: Path, given: dict[str, str]
) -> None:
    async def broken(_scope: Any, _receive: Any, send: Any) -> None:
        head = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": b"<title>Out of order</title>"})

    with uvicorn_server(broken, ws="none") as address:
        found = told(kind, tmp_path, {**given, ADDRESSES[kind]: address})
    assert found == (
        f"{ADDRESSES[kind]} (target ours, {kind.name}): {address[7:]} answers with status {status}; "
        "try again later, or look at its log"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"ok": False, "error": "too many sessions"}, "ok False, error 'too many sessions'"),
        ({"ok": False, "error": "invalid_hello"}, "ok False, error 'invalid_hello'"),
        ({"error": "odd"}, "error 'odd'"),
        ({}, "nothing of ok or error"),
    ],
)
def test_a_daemon_that_refuses_more_than_the_key_is_told_with_its_word(
    answer: dict[str, Any], said: str, tmp_path: Path, given: dict[str, str]
) -> None:
    def refuse(socket: ServerConnection) -> None:
        socket.recv()
        socket.send(json.dumps({"op": "hello_ack", **answer}))

    with serve(refuse, "127.0.0.1", 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.socket.getsockname()[1]}"
        found = told(DaemonUnderTest, tmp_path, {**given, "TOOL_DAEMON_URL": f"http://{host}"})
        server.shutdown()
    assert found == (
        f"TOOL_DAEMON_URL (target ours, tool_daemon): {host} answers otherwise than promised: "
        f"to hello it says {said}; correct the address, or look at its log"
    )


def test_a_system_of_another_kind_is_another_program(tmp_path: Path, given: dict[str, str]) -> None:
    found = told(PlatformUnderTest, tmp_path, {**given, "HH_API_URL": given["ASSISTANT_URL"]})
    assert "answers GET /v1/datasets with status 404 and application/json: another program than eval" in found


def test_tls_that_nobody_vouches_for_and_tls_that_is_none(
    tmp_path: Path, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    with door(given["HH_API_URL"], pem) as address:
        found = told(PlatformUnderTest, tmp_path, {**given, "HH_API_URL": address})
        assert found.startswith(f"HH_API_URL (target ours, evaluation_platform): no connection to {address}: ")
        assert found.endswith("; name the file of the authority that vouches for it: SSL_CERT_FILE")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert told(PlatformUnderTest, tmp_path, {**given, "HH_API_URL": address}) == ""
    plain = given["HH_API_URL"].replace("http", "https")
    assert "there is no TLS at that port: http:// instead of https://, or another port" in told(
        PlatformUnderTest, tmp_path, {**given, "HH_API_URL": plain}
    )
