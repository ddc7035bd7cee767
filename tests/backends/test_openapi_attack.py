"""Attacks the services over HTTP from their own descriptions: nothing may answer 5xx, or otherwise than it says.

`ATTACK_EXAMPLES` is the number of cases for each operation in the second phase: more of them by `make fuzz`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload

EXAMPLES = os.environ.get("ATTACK_EXAMPLES", "3")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "negative_data_rejection",
)
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "evaluation_platform": {"keys": "ours=key-of-ours,theirs=key-of-theirs", "admin_key": "key-of-all"},
    "practice": {"practitioner_token": "token-of-lee", "client_token": "token-of-maya"},
}
HEADERS: Mapping[str, Sequence[str]] = {
    "evaluation_platform": ["Authorization: Bearer key-of-ours"],
    "practice": ["Authorization: Bearer token-of-lee", "ProfileID: practitioner-local"],
    "faulty": ["Authorization: Bearer the-key"],
}


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with ForkServer(preload(*SETTINGS)) as server:
        launcher = Launcher(server, tmp_path_factory.mktemp("attacked"))
        yield launcher
        launcher.close()


def attack(backend: Backend, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis, the same each time; red when a check fails or nothing was tested."""
    headers = [part for header in HEADERS[backend.system] for part in ("-H", header)]
    told = ["--seed", "1", "--generation-deterministic", "--continue-on-failure", "--no-color", "-n", EXAMPLES]
    chosen = ["--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS), *told, *headers, *more]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{backend.address}/openapi.json", *chosen]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("system", SETTINGS)
def test_a_service_answers_as_it_says_whatever_it_is_sent(launcher: Launcher, system: str, tmp_path: Path) -> None:
    backend = launcher.start(system, dict(SETTINGS[system]))
    run = attack(backend, tmp_path)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    assert "generated" in run.stdout, "nothing was sent"
    assert "Traceback" not in backend.log_text()


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("", None),
        ("fails", "Server error"),
        ("lets everybody in", "accepts requests without authentication"),
        ("answers an odd status", "Received: 202"),
        ("answers text", "Undocumented Content-Type"),
        ("answers another shape", "Response violates schema"),
        ("takes anything", "Schema-violating request accepted"),
    ],
)
def test_the_attack_finds_what_is_wrong(fault: str, check: str | None, tmp_path: Path) -> None:
    with ForkServer(["tests.throwaway.faulty.server"]) as server:
        throwaway = Launcher(server, tmp_path, package="tests.throwaway")
        run = attack(throwaway.start("faulty", {"fault": fault}), tmp_path)
        throwaway.close()
    if check is None:
        assert run.returncode == 0, run.stdout
    else:
        assert run.returncode == 1, run.stdout
        assert check in run.stdout
