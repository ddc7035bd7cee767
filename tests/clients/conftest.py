"""One embedded platform for the tests of its client, in its own process; each test gets a project of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from support.clients.evaluation_platform import Platform

ADMIN_KEY = "the-admin-of-the-client-tests"


@dataclass(frozen=True)
class Served:
    """Where the platform and its control port listen."""

    address: str
    control: str

    def new_key(self) -> str:
        """The key of a fresh project."""
        name = f"client-tests-{uuid.uuid4().hex}"
        made = httpx.post(
            f"{self.control}/projects", json={"name": name, "kinds": ["project"]}, timeout=10, trust_env=False
        )
        made.raise_for_status()
        return str(made.json()["keys"]["project"])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("platform")
    environment = {**os.environ, "PLATFORM_ADMIN_KEY": ADMIN_KEY, "PLATFORM_STORAGE": str(folder)}
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "support.backends.evaluation_platform"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(2)]
    assert all(told), (folder / "log").read_text()
    lines = dict(line.split("=", 1) for line in told)
    yield Served(lines["HH_API_URL"], lines["EVALUATION_PLATFORM_CONTROL"])
    process.terminate()
    assert process.wait(timeout=10) is not None
    process.stdout.close()
    log.close()


@pytest.fixture
def platform(served: Served) -> Iterator[Platform]:
    ours = Platform(served.address, served.new_key(), foreign_key=served.new_key(), admin_key=ADMIN_KEY)
    yield ours
    ours.close()
