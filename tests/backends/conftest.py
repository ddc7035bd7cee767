"""The embedded evaluation platform as a process of its own, and ways to speak to it."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from honeyhive import HoneyHive

from tests.backends.model_process import (  # noqa: F401 - fixtures
    claude_client,
    model_http,
    model_process,
    openai_client,
    scripted,
    start_model,
)

ADMIN_KEY = "the-admin-key"


class NotStartedError(Exception):
    """It ended instead of saying its addresses; the text is its log."""


@dataclass
class PlatformProcess:
    """A platform of its own with its storage in a folder. Start it again after `kill` or `stop`: same storage."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    address: str = ""
    control: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> PlatformProcess:
        """Start it and wait until it says its addresses."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PLATFORM_")}
        given = {"PLATFORM_STORAGE": str(self.folder / "storage"), "PLATFORM_ADMIN_KEY": ADMIN_KEY, **self.settings}
        with (self.folder / "platform.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "support.backends.evaluation_platform"],
                env=environment | given,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(2)]
        if not all(lines):
            raise NotStartedError(self.log())
        said = dict(line.strip().split("=", 1) for line in lines)
        self.address, self.control = said["HH_API_URL"], said["EVALUATION_PLATFORM_CONTROL"]
        return self

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL; its exit code."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.send_signal(number)
        self.process.stdout.close()
        return self.process.wait(timeout=10)

    def log(self) -> str:
        """What it wrote to stderr, over all its starts."""
        return (self.folder / "platform.log").read_text()

    def close(self) -> None:
        """Make sure that it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.stop()


@dataclass
class Tenant:
    """A project with a key: plain HTTP by `http`, the reference client by `sdk`."""

    address: str
    project: str
    name: str
    keys: dict[str, str]
    http: httpx.Client
    sdk: HoneyHive

    @property
    def key(self) -> str:
        return self.keys["project"]

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200, **more: Any) -> Any:
        """Send JSON, insist on the status, answer the parsed body."""
        given = {"json": body} if body is not None else {}
        response = self.http.request(method, path, **given, **more)
        assert response.status_code == expect, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()

    def refused(self, method: str, path: str, body: Any = None, *, status: int, naming: str = "", **more: Any) -> Any:
        """Send JSON, insist on a refusal in the contract's form whose message has `naming` in it."""
        answer = self.call(method, path, body, expect=status, **more)
        assert answer["statusCode"] == status
        assert answer["success"] is False
        assert isinstance(answer["errorCode"], str)
        assert naming in answer["message"]
        return answer


@pytest.fixture(scope="session")
def start_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., PlatformProcess]]:
    """Start platforms with settings of their own (`PLATFORM_…` variables); all are ended with the session."""
    started: list[PlatformProcess] = []

    def start(**settings: str) -> PlatformProcess:
        platform = PlatformProcess(tmp_path_factory.mktemp("platform"), settings)
        started.append(platform)
        return platform.start()

    yield start
    for platform in started:
        platform.close()


@pytest.fixture(scope="session")
def platform(start_platform: Callable[..., PlatformProcess]) -> Iterator[PlatformProcess]:
    """The platform that most tests share; it must not have failed at anything."""
    shared = start_platform()
    yield shared
    assert "Traceback" not in shared.log(), shared.log()[-5000:]


@pytest.fixture(scope="session")
def admit() -> Iterator[Callable[..., Tenant]]:
    """Make a fresh project with keys on a platform."""
    clients: list[httpx.Client] = []

    def make(platform: PlatformProcess, *kinds: str, name: str = "") -> Tenant:
        body = {"name": name or f"project-{secrets.token_hex(6)}", "kinds": list(kinds) or ["project"]}
        # Without verification no TLS context is made, which takes 24 ms of processor time; there is no TLS here.
        answer = httpx.post(f"{platform.control}/projects", json=body, verify=False)
        seeded = answer.raise_for_status().json()
        headers = {"Authorization": f"Bearer {seeded['keys'].get('project', '')}"}
        http = httpx.Client(base_url=platform.address, headers=headers, timeout=20, trust_env=False, verify=False)
        clients.append(http)
        sdk = HoneyHive(api_key=seeded["keys"].get("project", "none"), base_url=platform.address)
        return Tenant(platform.address, seeded["id"], seeded["name"], seeded["keys"], http, sdk)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def tenant(platform: PlatformProcess, admit: Callable[..., Tenant]) -> Tenant:
    """A fresh, empty project."""
    return admit(platform)


@pytest.fixture
def foreign(platform: PlatformProcess, admit: Callable[..., Tenant]) -> Tenant:
    """Another project on the same platform."""
    return admit(platform)


@pytest.fixture
def admin(platform: PlatformProcess) -> Iterator[httpx.Client]:
    """The holder of the admin key."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=platform.address, headers=headers, trust_env=False, verify=False) as client:
        yield client
