"""Attacks the services over HTTP from their own descriptions: nothing may answer 5xx, or otherwise than it says.

`ATTACK_EXAMPLES` is the number of cases for each operation in the second phase: more of them by `make fuzz`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.clients.model import ScriptedModel, Turn
from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload
from tests.throwaway.faulty.server import path_of

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
    "assistant": {"openai_api_key": "key-of-the-model", "openai_max_retries": 0, "practice_url": "http://127.0.0.1:9"},
}
HEADERS: Mapping[str, Sequence[str]] = {
    "evaluation_platform": ["Authorization: Bearer key-of-ours"],
    "practice": ["Authorization: Bearer token-of-lee", "ProfileID: practitioner-local"],
    "assistant": ["Authorization: Bearer token-of-lee", "ProfileID: practitioner-local"],
    "faulty": ["Authorization: Bearer the-key"],
}
EXCEPT: Mapping[str, Sequence[str]] = {
    "assistant": ["ignored_auth"],  # any token will do: it makes a user. A test of its own shows none
}
HARMLESS = '{"is_violation": false, "violation_type": "", "reason": "", "confidence": 0.1}'
"""What the model says: about every template, and as every document."""


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with ForkServer(preload(*SETTINGS, "model")) as server:
        launcher = Launcher(server, tmp_path_factory.mktemp("attacked"))
        yield launcher
        launcher.close()


def attack(backend: Backend, folder: Path) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis, the same each time; red when a check fails or nothing was tested."""
    headers = [part for header in HEADERS[backend.system] for part in ("-H", header)]
    told = ["--seed", "1", "--generation-deterministic", "--continue-on-failure", "--no-color", "-n", EXAMPLES]
    checks = [check for check in CHECKS if check not in EXCEPT.get(backend.system, ())]
    chosen = ["--phases", "coverage,fuzzing", "--checks", ",".join(checks), *told, *headers]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{backend.address}/openapi.json", *chosen]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def needed(system: str, launcher: Launcher) -> dict[str, Any]:
    """Settings that name what a service needs, which is started: a model that says the same, whatever it is asked."""
    if system != "assistant":
        return {}
    backend = launcher.start("model", {"keys": SETTINGS[system]["openai_api_key"]})
    with ScriptedModel(backend.control) as model:
        model.script(Turn.saying(HARMLESS), repeat=True)
    return {"openai_base_url": f"{backend.address}/v1"}


@pytest.mark.parametrize("system", SETTINGS)
def test_a_service_answers_as_it_says_whatever_it_is_sent(launcher: Launcher, system: str, tmp_path: Path) -> None:
    backend = launcher.start(system, {**SETTINGS[system], **needed(system, launcher)})
    run = attack(backend, tmp_path)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    assert "generated" in run.stdout, "nothing was sent"
    assert "Traceback" not in backend.log_text()


def test_the_assistant_lets_nobody_in_without_a_token(launcher: Launcher) -> None:
    backend = launcher.start("assistant", dict(SETTINGS["assistant"]))
    with httpx.Client(base_url=backend.address, trust_env=False) as client:
        paths = client.get("/openapi.json").json()["paths"]
        asked = [(method, path) for path, methods in paths.items() for method in methods if path != "/health"]
        for authorization in (None, "", "Bearer", "Basic bGVlOmxlZQ==", "token-of-lee"):
            headers = {} if authorization is None else {"Authorization": authorization}
            answers = [client.request(way, path.format(session_id="some"), headers=headers) for way, path in asked]
            told = [(answer.status_code, answer.headers.get("www-authenticate")) for answer in answers]
            assert told == [(401, "Bearer")] * 8, authorization


FOUND: Mapping[str, str] = {
    "fails": "Server error",
    "lets everybody in": "accepts requests without authentication",
    "answers an odd status": "Received: 202",
    "answers text": "Undocumented Content-Type",
    "answers another shape": "Response violates schema",
    "takes anything": "Schema-violating request accepted",
}


def test_the_attack_finds_what_is_wrong_and_nothing_else(tmp_path: Path) -> None:
    with ForkServer(["tests.throwaway.faulty.server"]) as server:
        throwaway = Launcher(server, tmp_path, package="tests.throwaway")
        run = attack(throwaway.start("faulty", {}), tmp_path)
        throwaway.close()
    assert run.returncode == 1, run.stdout
    _, *told = re.split(r"^_+ POST (/[\w-]+) _+$", run.stdout, flags=re.MULTILINE)
    found = dict(zip(told[::2], told[1::2], strict=True))
    assert set(found) == {path_of(fault) for fault in FOUND}, run.stdout
    assert [fault for fault, check in FOUND.items() if check not in found[path_of(fault)]] == [], run.stdout
