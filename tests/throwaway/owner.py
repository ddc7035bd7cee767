"""A worker to be killed: it starts a fork server, a backend and a paused child, prints their pids, and waits."""
# ruff: noqa: T201 - its standard output is what the test reads

import json
import signal
import sys
from pathlib import Path

import httpx

from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is started with it ignored
folder = Path(sys.argv[1])
server = ForkServer(["tests.throwaway.echo.server"])
server.start()
backend = Launcher(server, folder, package="tests.throwaway").start("echo")
child = server.fork("tests.throwaway.targets:pause", {"stubborn": True}, log=folder / "child.log")
stuck = server.fork("tests.throwaway.targets:hold_interpreter", {}, log=folder / "stuck.log")
stuck.announced(5)
pids = {
    "server": server.pid,
    "backend": backend.pid,
    "of the backend": httpx.get(f"{backend.address}/spawn").json(),
    "child": child.pid,
    "of the child": child.announced(5)["spawned"],
    "stuck": stuck.pid,
}
print(json.dumps(pids), flush=True)
signal.pause()
