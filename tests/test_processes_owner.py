"""Proves that nothing outlives a worker, whatever it dies of, and that workers side by side do not touch each other."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import pytest

from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher
from tests.processes_helpers import assert_gone, runs

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_every_process_ends_with_its_worker(tmp_path: Path, number: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-m", "tests.throwaway.owner", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with owner:
        assert owner.stdout is not None
        pids = json.loads(owner.stdout.readline())
        assert [name for name, pid in pids.items() if not runs(pid)] == []
        owner.send_signal(number)
    assert_gone(pids)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_a_server_takes_nothing_from_under_its_worker(tmp_path: Path, number: signal.Signals) -> None:
    with ForkServer(["tests.throwaway.echo.server"]) as server:
        backend = Launcher(server, tmp_path, package="tests.throwaway").start("echo")
        os.kill(server.pid, number)
        assert httpx.get(f"{backend.address}/count").json() == 1
        backend.restart()
        assert backend.alive(), "it still forks"
        pids = {"server": server.pid, "backend": backend.pid}
    assert_gone(pids)


def test_a_server_ends_with_a_worker_that_is_killed_while_it_still_imports(tmp_path: Path) -> None:
    program = (
        "import os, signal; from support.processes.forkserver import ForkServer\n"
        "server = ForkServer(['fastapi', 'sqlalchemy', 'openai']); server.start(); print(server.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    owner = subprocess.run([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    assert owner.returncode == -signal.SIGKILL
    assert_gone({"server": int(owner.stdout)}, within=10)


def work(folder: Path, channel: Connection) -> None:
    """A forked worker with a server and a backend of its own."""
    with ForkServer(["tests.throwaway.echo.server"]) as server:
        backend = Launcher(server, folder, package="tests.throwaway").start("echo")
        channel.send((server.pid, backend.pid, backend.address))
        channel.recv()


def test_forked_workers_have_servers_of_their_own(tmp_path: Path) -> None:
    forking = multiprocessing.get_context("fork")
    workers, channels = [], []
    for number in range(2):
        ours, theirs = forking.Pipe()
        worker = forking.Process(target=work, args=(tmp_path / str(number), theirs))
        worker.start()
        workers.append(worker)
        channels.append(ours)
    (server, backend, address), (other_server, other_backend, other_address) = [channel.recv() for channel in channels]
    assert len({server, backend, other_server, other_backend}) == 4
    assert [httpx.get(f"{address}/count").json() for _ in range(2)] == [1, 2]
    assert httpx.get(f"{other_address}/count").json() == 1, "each has its own storage"

    assert workers[0].pid is not None
    os.kill(workers[0].pid, signal.SIGKILL)
    assert_gone({"server": server, "backend": backend})
    assert httpx.get(f"{other_address}/count").json() == 2, "the other worker's backend goes on"

    channels[1].send("done")
    workers[1].join(5)
    assert workers[1].exitcode == 0
    assert_gone({"server": other_server, "backend": other_backend})
