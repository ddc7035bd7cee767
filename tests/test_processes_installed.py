"""Proves that a foreign program is told what its target says, keeps what it has, and ends with the run."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.processes.forkserver import ForkServer, ProcessError
from support.processes.launcher import Backend, Entry, Launcher
from tests.processes_helpers import assert_gone, runs

ROOT = Path(__file__).parent.parent
FOREIGN = str(ROOT / "tests/throwaway/foreign.py")


def plan(**changes: Any) -> Entry:
    arguments = {
        "bin": str(Path(sys.executable).parent),
        "run": ["{bin}/python", FOREIGN, "{port}", "{folder}"],
        "environment": {"SECRET_OF_SESSIONS": "{sessions}"},
        "files": {"server.ini": "password = {admin}\nplace = {folder}\n"},
        "secrets": {"admin": "made-for-admin", "sessions": "made-for-sessions"},
        "ready": "/ready",
    }
    return Entry("support.processes.installed:serve", {**arguments, **changes}, "The installed", 15)


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(["support.processes.installed"]) as server:
        yield server


@pytest.fixture
def launcher(server: ForkServer, tmp_path: Path) -> Iterator[Launcher]:
    launcher = Launcher(server, tmp_path)
    yield launcher
    launcher.close()


def told(backend: Backend) -> Any:
    return httpx.get(f"{backend.address}/told").json()


def test_a_program_is_told_what_its_target_names_and_nothing_of_the_users(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the user's own")
    backend = launcher.run("foreign", plan())
    heard = told(backend)
    folder = backend.log.parent
    assert heard["files"] == {"server.ini": f"password = made-for-admin\nplace = {folder}\n"}
    assert heard["environment"]["SECRET_OF_SESSIONS"] == "made-for-sessions"
    assert heard["environment"]["HOME"] == str(folder)
    assert heard["environment"]["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert not {"OPENAI_API_KEY", "PYTHONPATH", "VIRTUAL_ENV"} & set(heard["environment"])
    assert backend.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_program_that_ended_is_started_again_on_what_it_keeps(launcher: Launcher, end: str) -> None:
    backend = launcher.run("foreign", plan())
    pids = told(backend)["pids"]
    assert httpx.get(f"{backend.address}/count").json() == 2, "it was asked once whether it is ready"
    getattr(backend, end)()
    assert_gone(pids)
    backend.start()
    assert httpx.get(f"{backend.address}/count").json() == 4


def test_a_program_that_ignores_sigterm_is_killed_with_its_children(launcher: Launcher) -> None:
    backend = launcher.run("foreign", plan(environment={"STUBBORN": "yes"}))
    pids = told(backend)["pids"]
    backend.stop()
    assert_gone(pids)


def test_a_program_that_cannot_start_says_why(launcher: Launcher) -> None:
    with pytest.raises(ProcessError, match="The installed foreign could not be started") as fault:
        launcher.run("foreign", plan(environment={"FAILS": "yes"}))
    assert "there is no such database" in str(fault.value)
    assert "made-for-admin" not in str(fault.value)


OWNER = """
import json, signal, sys, httpx
from pathlib import Path
from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher
from tests.test_processes_installed import plan, told
server = ForkServer(["support.processes.installed"])
server.start()
backend = Launcher(server, Path(sys.argv[1])).run("foreign", plan())
print(json.dumps({"server": server.pid, "keeper": backend.pid, **told(backend)["pids"]}), flush=True)
signal.pause()
"""


@pytest.mark.parametrize("victim", ["owner", "server", "keeper"])
def test_a_program_and_its_children_end_with_the_run_whoever_of_it_is_killed(tmp_path: Path, victim: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with owner:
        assert owner.stdout is not None
        pids = json.loads(owner.stdout.readline())
        assert [name for name, pid in pids.items() if not runs(pid)] == []
        os.kill({"owner": owner.pid, **pids}[victim], signal.SIGKILL)
        assert_gone({name: pids[name] for name in ("keeper", "itself", "child")})
        owner.kill()
    assert_gone(pids)
