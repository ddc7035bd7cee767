"""One embedded platform for the tests of its client, in its own process; each test gets a project of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.honeyhive import HoneyHive
from support.clients.evaluation_platform.platform import Platform
from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher, preload

SYSTEM = "evaluation_platform"
ADMIN_KEY = "the-admin-of-the-client-tests"


@dataclass(frozen=True)
class Served:
    """Where the platform and its control port listen."""

    address: str
    control: str

    def new_key(self) -> str:
        """The key of a fresh project."""
        name = f"client-tests-{uuid.uuid4().hex}"
        return str(self.steer("POST", "/projects", {"name": name, "kinds": ["project"]})["keys"]["project"])

    def steer(self, method: str, path: str, body: Any = None) -> Any:
        """One call to the control port, which is plain HTTP on this machine."""
        url = f"{self.control}{path}"
        answer = httpx.request(method, url, json=body, timeout=10, trust_env=False, verify=False)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = ForkServer(preload(SYSTEM))
    server.start()
    launcher = Launcher(server, tmp_path_factory.mktemp("platform"))
    backend = launcher.start(SYSTEM, {"admin_key": ADMIN_KEY})
    yield Served(backend.address, backend.control)
    launcher.close()
    server.close()


@pytest.fixture
def platform(served: Served) -> Iterator[Platform]:
    ours = HoneyHive(served.address, served.new_key(), foreign_key=served.new_key(), admin_key=ADMIN_KEY)
    yield ours
    ours.close()
