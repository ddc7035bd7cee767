"""Runs a foreign server program below a child of the fork server, which ends with its worker, and the program with it.

The program knows nothing of this suite: it is told a free port of the loopback, a folder, and what its target names.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from support.processes.environments import clean_environment

Announce = Callable[[dict[str, Any]], None]

HOST = "127.0.0.1"
LOOK_SECONDS = 0.05
STOP_SECONDS = 4.0
"""Less than what the launcher grants a backend: the program is killed before its keeper is."""
PR_SET_PDEATHSIG = 1


def serve(arguments: dict[str, Any], announce: Announce) -> None:
    """Run a program until it ends; `announce` is told its address once it answers.

    `arguments` has bin (of its interpreter environment), run (the command line), environment, files (texts by name),
    secrets (by name), ready (a path that is answered 200) and folder. Names in braces are filled in.
    """
    outlive_the_server()
    port = free_port()
    names = {**arguments["secrets"], "port": port, "folder": arguments["folder"], "bin": arguments["bin"]}
    for name, text in arguments["files"].items():
        Path(arguments["folder"], name).write_text(text.format_map(names), encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - the target file names the program
        [word.format_map(names) for word in arguments["run"]],
        cwd=arguments["folder"],
        env=told(arguments["environment"], names),
        stdin=subprocess.DEVNULL,
    )
    end_on_signal(process)
    if answers(process, port, arguments["ready"]):
        announce({"address": f"http://{HOST}:{port}"})
    if code := process.wait():
        raise SystemExit(f"{arguments['run'][0]} ended with {code}")


def told(environment: Mapping[str, str], names: Mapping[str, Any]) -> dict[str, str]:
    """The variables of a program: its own, none of this suite's, and its environment's programs before any others."""
    clean = clean_environment({name: text.format_map(names) for name, text in environment.items()})
    for ours in ("PYTHONPATH", "VIRTUAL_ENV"):
        clean.pop(ours, None)
    return {**clean, "PATH": f"{names['bin']}{os.pathsep}{clean.get('PATH', os.defpath)}", "HOME": names["folder"]}


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.socket() as finder:
        finder.bind((HOST, 0))
        found: int = finder.getsockname()[1]
        return found


def answers(process: subprocess.Popen[bytes], port: int, path: str) -> bool:
    """Wait until the program answers with 200, as long as whoever waits for us does; False when it has ended."""
    while not ready(port, path):
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return False
    return True


def ready(port: int, path: str) -> bool:
    """Whether the path is answered with 200 now."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end_on_signal(process: subprocess.Popen[bytes]) -> None:
    """Pass SIGTERM on; a program that goes on is killed. The handler only sends signals: the wait is elsewhere."""

    def end(*_: object) -> None:
        process.send_signal(signal.SIGTERM)
        signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)

    signal.signal(signal.SIGALRM, lambda *_: process.send_signal(signal.SIGKILL))
    signal.signal(signal.SIGTERM, end)


def outlive_the_server() -> None:
    """Take back that the kernel kills this process with the fork server.

    The thread that watches the lifelines then kills the whole group, the program and its own children included; alone,
    this process would be gone before that thread could.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 0)
