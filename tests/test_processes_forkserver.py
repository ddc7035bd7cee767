"""Proves that the fork server forks isolated children, reports how they end, and leaves no process behind."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.checks.waiting import eventually
from support.processes.forkserver import ForkServer, ProcessError
from tests.processes_helpers import assert_gone, descriptors, runs

TARGETS = "tests.throwaway.targets"


@pytest.fixture(scope="module")
def shared() -> Iterator[ForkServer]:
    with ForkServer([TARGETS]) as server:
        yield server


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "child.log"


def test_a_child_gets_its_arguments_and_is_the_servers_own_child(shared: ForkServer, log: Path) -> None:
    told = shared.fork(f"{TARGETS}:report", {"who": "Löwe 🦁", "n": [1, None]}, log=log).announced(5)
    assert told["arguments"] == {"who": "Löwe 🦁", "n": [1, None]}
    assert told["parent"] == shared.pid


def test_the_environment_is_the_one_that_was_told(
    shared: ForkServer, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HH_API_KEY", "the user's own")
    told = shared.fork(f"{TARGETS}:report", {}, environment={"ONLY": "this"}, log=log).announced(5)
    assert told["environment"] == {"ONLY": "this"}


def test_without_an_environment_told_nothing_of_the_users_settings_gets_in(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HH_API_KEY", "the user's own")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    with ForkServer([TARGETS]) as server:
        environment = server.fork(f"{TARGETS}:report", {}, log=log).announced(5)["environment"]
    assert "HH_API_KEY" not in environment
    assert "HTTPS_PROXY" not in environment
    assert environment["PATH"] == os.environ["PATH"]


def test_what_one_child_changes_the_next_does_not_see(shared: ForkServer, log: Path) -> None:
    assert shared.fork(f"{TARGETS}:touch", {}, log=log).wait(5) == 0
    told = shared.fork(f"{TARGETS}:report", {}, log=log).announced(5)
    assert told["touched"] is False
    assert "TOUCHED" not in told["environment"]


def test_a_child_inherits_nothing_of_the_other_children(shared: ForkServer, log: Path) -> None:
    before = shared.fork(f"{TARGETS}:report", {}, log=log).announced(5)["descriptors"]
    others = [shared.fork(f"{TARGETS}:pause", {}, log=log) for _ in range(3)]
    after = shared.fork(f"{TARGETS}:report", {}, log=log).announced(5)["descriptors"]
    for other in others:
        other.kill()
    assert len(after) == len(before)


def test_a_child_that_crashes_at_start_is_reported_with_its_log(shared: ForkServer, log: Path) -> None:
    child = shared.fork(f"{TARGETS}:crash", {}, log=log)
    with pytest.raises(ProcessError) as caught:
        child.announced(5)
    assert "targets:crash" in str(caught.value)
    assert "exit code 1" in str(caught.value)
    assert "opening the store" in str(caught.value)
    assert "RuntimeError: the store is locked" in str(caught.value)


def test_a_target_that_does_not_exist_is_reported_by_name(shared: ForkServer, log: Path) -> None:
    with pytest.raises(ProcessError, match="has no attribute 'nothing'"):
        shared.fork(f"{TARGETS}:nothing", {}, log=log).announced(5)


def test_a_silent_child_is_reported_after_the_deadline(shared: ForkServer, log: Path) -> None:
    child = shared.fork("signal:pause", {}, log=log)  # it crashes: pause takes no arguments
    with pytest.raises(ProcessError, match="ended before it was ready"):
        child.announced(5)
    silent = shared.fork("tests.throwaway.targets:hold_interpreter", {}, log=log)
    silent.announced(5)
    with pytest.raises(TimeoutError, match=r"still runs after 0\.05 s"):
        silent.wait(0.05)
    silent.kill()


def test_exit_codes_and_signals_are_reported(shared: ForkServer, log: Path) -> None:
    assert shared.fork(f"{TARGETS}:report", {}, log=log).wait(5) == 0
    assert shared.fork(f"{TARGETS}:crash", {}, log=log).wait(5) == 1
    paused = shared.fork(f"{TARGETS}:pause", {}, log=log)
    paused.announced(5)
    assert paused.alive()
    assert paused.terminate(5) == -signal.SIGTERM
    assert not paused.alive()


def test_a_child_that_ignores_sigterm_is_killed_after_the_deadline(shared: ForkServer, log: Path) -> None:
    stubborn = shared.fork(f"{TARGETS}:pause", {"stubborn": True}, log=log)
    stubborn.announced(5)
    assert stubborn.terminate(0.1) == -signal.SIGKILL


@pytest.mark.parametrize("target", ["pause", "leave_behind"])
def test_what_a_child_started_itself_ends_with_it(shared: ForkServer, log: Path, target: str) -> None:
    child = shared.fork(f"{TARGETS}:{target}", {}, log=log)
    spawned = child.announced(5)["spawned"]
    if target == "pause":
        assert runs(spawned)
        child.kill()
    assert_gone({"child": child.pid, "spawned": spawned})


def test_ended_children_leave_neither_zombies_nor_descriptors(shared: ForkServer, log: Path) -> None:
    gc.collect()  # what other tests left open and unreferenced must not be closed in between
    before = descriptors()
    children = [shared.fork(f"{TARGETS}:report", {}, log=log) for _ in range(5)]
    for child in children:
        child.wait(5)
    assert descriptors() == before
    assert not [child.pid for child in children if Path(f"/proc/{child.pid}").exists()]


def test_close_ends_every_child(log: Path) -> None:
    before = descriptors()
    server = ForkServer([TARGETS])
    server.start()
    child = server.fork(f"{TARGETS}:pause", {"stubborn": True}, log=log)
    pids = {"server": server.pid, "child": child.pid, "spawned": child.announced(5)["spawned"]}
    server.close()
    assert not runs(pids["child"]), "close returns when the children are gone"
    assert_gone(pids)
    assert child.exit_code == -signal.SIGKILL
    assert descriptors() == before
    with pytest.raises(ProcessError, match="closed"):
        server.fork(f"{TARGETS}:report", {}, log=log)


def test_children_end_with_a_server_that_is_killed(log: Path) -> None:
    with ForkServer([TARGETS]) as server:
        child = server.fork(f"{TARGETS}:pause", {"stubborn": True}, log=log)
        stuck = server.fork(f"{TARGETS}:hold_interpreter", {}, log=log)
        stuck.announced(5)
        pids = {"child": child.pid, "stuck": stuck.pid, "spawned": child.announced(5)["spawned"]}
        os.kill(server.pid, signal.SIGKILL)
        assert_gone({"child": child.pid, "stuck": stuck.pid})
        assert child.wait(1) == -signal.SIGKILL
        with pytest.raises(ProcessError, match="died, ended by SIGKILL"):
            server.fork(f"{TARGETS}:report", {}, log=log)
        os.kill(pids["spawned"], signal.SIGKILL) if runs(pids["spawned"]) else None


class BrokenOffError(Exception):
    pass


@pytest.fixture
def broken_off(shared: ForkServer) -> Iterator[None]:
    """In the test an order is broken off by a signal after 50 ms, while the server is held up."""

    def ring(*_: object) -> None:
        raise BrokenOffError

    before = signal.signal(signal.SIGALRM, ring)
    os.kill(shared.pid, signal.SIGSTOP)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("broken_off")
def test_an_order_that_is_broken_off_takes_no_others_reply(shared: ForkServer, log: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokenOffError):
        shared.fork(f"{TARGETS}:keep_quiet", {}, log=tmp_path / "nobody.log")
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(BrokenOffError):
        shared.signal(os.getpid(), signal.SIGCONT)
    before = children(shared.pid)
    os.kill(shared.pid, signal.SIGCONT)
    child = shared.fork(f"{TARGETS}:report", {"who": "Maya"}, log=log)
    assert child.announced(5)["arguments"] == {"who": "Maya"}
    assert child.wait(5) == 0

    def none_is_left() -> None:
        assert children(shared.pid) == before

    eventually(none_is_left, within=5, what="the end of the child that is nobody's")


def children(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def test_a_preloaded_module_that_starts_a_thread_is_refused_by_name(log: Path) -> None:
    with ForkServer(["tests.throwaway.threaded"]) as server, pytest.raises(ProcessError, match="restless") as caught:
        server.fork(f"{TARGETS}:report", {}, log=log)
    assert "tests.throwaway.threaded" in str(caught.value)


def test_a_preloaded_module_that_does_not_exist_is_reported_by_name(log: Path) -> None:
    with (
        ForkServer(["tests.throwaway.nowhere"]) as server,
        pytest.raises(ProcessError, match=r"No module named 'tests\.throwaway\.nowhere'"),
    ):
        server.fork(f"{TARGETS}:report", {}, log=log)


def test_a_guest_forks_its_own_children_and_takes_only_those_along(shared: ForkServer, tmp_path: Path) -> None:
    ours = shared.fork(f"{TARGETS}:pause", {}, log=tmp_path / "ours.log")
    guest = shared.admit()
    theirs = guest.fork(f"{TARGETS}:pause", {}, log=tmp_path / "theirs.log")
    assert guest.pid == shared.pid
    guest.close()
    assert theirs.wait(5) == -signal.SIGKILL
    assert ours.alive()
    with pytest.raises(ProcessError, match="this share of a fork server is closed"):
        guest.fork(f"{TARGETS}:report", {}, log=tmp_path / "late.log")
    ours.kill()


def test_the_children_of_a_guest_that_dies_die_with_it(shared: ForkServer, tmp_path: Path) -> None:
    guest, told = shared.admit(), tmp_path / "pid"
    if (holder := os.fork()) == 0:
        told.write_text(str(guest.fork(f"{TARGETS}:pause", {}, log=tmp_path / "child.log").pid))
        os.kill(os.getpid(), signal.SIGKILL)
    guest.leave()
    os.waitpid(holder, 0)
    assert_gone({"the guest's child": int(told.read_text())})
