"""Proves what must hold after every scenario: a leak, a dead server or another tenant's canary redden a green one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from support.reporting import evidence
from support.running.lifecycle import attach_traffic
from support.wire import Wire
from tests.conftest import BehaveProject
from tests.test_wire_websocket import chat, websocket_server

Make = Callable[..., BehaveProject]

ENVIRONMENT = Path(__file__).resolve().parent.parent / "environment.py"

STEPS = """
import os, signal, time
import httpx
from support.wire import CutAfter, Delay, HalfClose, Refuse, ResetAfter, ResetAtConnect, Silent
from behave import step
from support.clients.evaluation_platform.platform import Platform

FAULTS = {
    "refusal": Refuse(), "reset at connect": ResetAtConnect(), "silence": Silent(), "delay": Delay(60),
    "reset": ResetAfter(0), "cut": CutAfter(0), "half-close": HalfClose(0),
}

@step("nothing is done")
def _(context): assert context.world.platform.second.datasets.list().items == ()

@step("a dataset is made and {fate}")
def _(context, fate):
    datasets = context.world.platform.second.datasets
    made = datasets.create({"name": context.world.unique("X")})
    if fate == "undone": context.world.undo("X", lambda: datasets.delete(made.id))
    if fate == "its undo fails": context.world.undo("X", lambda: 1 / 0)

@step("the server dies")
def _(context): os.kill(context.world.worker.evaluation_platform.backend.pid, signal.SIGKILL)

@step("the server logs a failure that it did not expect")
def _(context):
    with context.world.worker.evaluation_platform.backend.log.open("a") as log:
        log.write("Traceback (most recent call last):\\n  File \\"x.py\\", line 1\\nKeyError: 'planted'\\n")

@step("the quiet neighbour's datasets are listed")
def _(context):
    system = context.world.worker.evaluation_platform
    keys = dict(pair.split("=") for pair in system.backend.settings["keys"].split(","))
    context.world.platform.as_holder_of(keys["quiet-neighbour"]).second.datasets.list()

@step("after a dataset was made, {fault} is ordered for ever, and met")
def _(context, fault):
    system = context.world.worker.evaluation_platform
    datasets = context.world.platform.second.datasets
    made = datasets.create({"name": context.world.unique("X")})
    context.world.undo("X", lambda: datasets.delete(made.id))
    if fault == "a status": system.control("POST", "/faults", {"status": 503})
    elif fault == "a bad status": system.control("POST", "/faults", {"status": 429})
    else: system.proxy.inject(FAULTS[fault])
    # A call that is no client of ours: it neither retries nor complains.
    try: httpx.get(f"{system.address}/v1/datasets", timeout=0.3)
    except httpx.TransportError: pass

@step("the server fails by itself")
def _(context):
    # Nobody listens where it should be.
    context.world.worker.evaluation_platform.proxy.retarget("http://127.0.0.1:9")
    try: httpx.get(context.world.platform.address)
    except httpx.TransportError: pass
    context.world.worker.evaluation_platform.restart()

@step("the last worker is killed")
def _(context): os.kill(os.getpid(), signal.SIGKILL)

@step("it takes a while")
def _(context):
    open("pids", "w").write(f"{os.getpid()} {context.world.worker.evaluation_platform.backend.pid}")
    time.sleep(30)
"""


def _project(behave_project: Make, *steps: str) -> BehaveProject:
    scenarios = "".join(f"  Scenario: S{i}\n    Given {step}\n" for i, step in enumerate(steps))
    project = behave_project("Feature: unused\n", STEPS, ENVIRONMENT.read_text(encoding="utf-8"))
    (project.folder / "features/one.feature").unlink()
    project.write("features/evaluation_platform/one.feature", f"Feature: F\n{scenarios}")
    return project


def test_what_is_undone_is_green(behave_project: Make) -> None:
    run = _project(behave_project, "nothing is done", "a dataset is made and undone", "nothing is done").run()
    assert run.verdicts() == {"S0": "passed", "S1": "passed", "S2": "passed"}, run.output


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("a dataset is made and left", "left behind: +1 datasets in harbour-support"),
        ("a dataset is made and its undo fails", "not undone: X: ZeroDivisionError"),
        ("the server dies", "a server process died"),
        (
            "the server logs a failure that it did not expect",
            "evaluation_platform logged a failure that it did not expect: KeyError: 'planted'",
        ),
        ("the quiet neighbour's datasets are listed", "another tenant's canary was in the answer to GET /v1/datasets"),
    ],
)
def test_what_must_hold_reddens_a_green_scenario_and_no_other(behave_project: Make, step: str, says: str) -> None:
    run = _project(behave_project, "nothing is done", step, "nothing is done").run()
    assert run.verdicts() == {"S0": "passed", "S1": "broken", "S2": "passed"}, run.output
    assert says in run.outcomes["S1"]["message"]


NETWORK = ("refusal", "reset at connect", "silence", "delay", "reset", "cut", "half-close")
ORDERED = (*NETWORK, "a status", "a bad status")


def test_ordered_faults_end_before_undoing_and_are_no_failures_of_the_system(behave_project: Make) -> None:
    steps = [f"after a dataset was made, {fault} is ordered for ever, and met" for fault in ORDERED]
    run = _project(behave_project, *steps, "the server fails by itself", "nothing is done").run()
    assert set(run.verdicts().values()) == {"passed"}, run.output
    failures = [outcome["server_errors"] for outcome in run.outcomes.values()]
    assert failures == [0] * len(ORDERED) + [1, 0], run.output


def test_what_is_said_over_a_websocket_is_attached_once(monkeypatch: pytest.MonkeyPatch) -> None:
    attached: list[tuple[str, str]] = []
    monkeypatch.setattr(evidence, "attach", lambda name, body, _kind: attached.append((name, str(body))))
    monkeypatch.setattr(evidence, "wanted", lambda: True)
    with Wire() as wire, websocket_server() as address:
        proxy = wire.proxy("assistant")
        worker: Any = SimpleNamespace(drain=lambda: wire.drain([proxy]))
        with chat(proxy.start(address)) as client:
            client.send("hello")
            client.recv()
            attach_traffic(worker)
            assert [name for name, _ in attached] == ["GET /chat → 101", "WebSocket /chat: 2 frames"]
            assert attached[1][1].count("hello") == 2
            attach_traffic(worker)
            assert len(attached) == 2


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_process_and_no_folder(
    behave_project: Make, number: signal.Signals, jobs: str
) -> None:
    project = _project(behave_project, "it takes a while", "it takes a while")
    process = project.start("--jobs", jobs)
    pids = project.folder / "pids"
    _until(lambda: pids.exists() and len(pids.read_text().split()) == 2, "the scenario has begun")
    process.send_signal(number)
    process.communicate(timeout=20)
    worker, backend = map(int, pids.read_text().split())
    _until(lambda: not _alive(worker) and not _alive(backend), "worker and backend are gone")
    _until(lambda: not re.search(rf"\b{project.folder}\b", _processes()), "no process is left")
    assert not list(Path("/tmp").glob(f"acceptance-{worker}-*"))


def test_a_worker_that_nobody_follows_leaves_no_folder(
    behave_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    run = _project(behave_project, "nothing is done", "the last worker is killed").run()
    assert run.verdicts() == {"S0": "passed", "S1": "broken"}, run.output
    assert list(temporary.iterdir()) == []


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline, f"not so: {what}"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _processes() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
