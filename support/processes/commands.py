"""Runs our own commands as a user would, in forked children: `acceptance`, `behave`, and each backend by itself.

What a child does to the world outside its memory is noted as it does it, by the interpreter's audit events: which file
of its folder it reads or writes, where it connects or listens, which process it starts.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from support import defects
from support.processes.forkserver import Child, ForkServer
from support.processes.launcher import preload

ACCEPTANCE = "acceptance"
BEHAVE = "behave"
TOOK = "took"
STARTED = {
    "socket.bind": "listens",
    "socket.connect": "connects",
    "sqlite3.connect": "opens a database",
    "subprocess.Popen": "starts a process",
    "os.fork": "starts a process",
    "os.posix_spawn": "starts a process",
}
"""Audit events that tell that something was started, in words."""


def light(systems: Sequence[str]) -> list[str]:
    """What a fork server should have imported for commands that only read their configuration: little to copy."""
    return ["support.cli", "support.targets", __name__, *(f"support.backends.{system}.__main__" for system in systems)]


def heavy(systems: Sequence[str]) -> list[str]:
    """What a fork server should have imported for backends that serve, and for runs of behave."""
    run = ["behave.__main__", "support.running.runner", "support.reporting.allure"]
    return [*light(systems), *run, *preload(*systems)]


def start(
    server: ForkServer,
    subject: str,
    argv: Sequence[str],
    *,
    folder: Path,
    log: Path,
    deeds: Path,
    environment: Mapping[str, str],
    arguments: Mapping[str, Any] | None = None,
    seeded: Sequence[str] = (),
) -> Child:
    """Start `acceptance`, `behave` or the backend of that name, with the command line `argv`, in `folder`.

    `environment` is the whole of its environment. `arguments` are settings that the program which calls the command
    decides. Output goes to `log`; `deeds` gets a line of JSON for everything it does, [deed, detail], and at
    its end [TOOK, seconds]. `seeded` are
    defects of the configuration.
    """
    order = {
        "subject": subject,
        "argv": list(argv),
        "arguments": dict(arguments or {}),
        "folder": str(folder),
        "deeds": str(deeds),
        "defects": list(seeded),
    }
    return server.fork("support.processes.commands:command", order, environment=dict(environment), log=log)


def command(order: dict[str, Any], _announce: Callable[[dict[str, Any]], None]) -> None:
    """What the child does; see `start`."""
    if order["defects"]:
        defects.apply(defects.CONFIGURING, order["defects"])
    act = entry(order["subject"])
    os.chdir(order["folder"])
    sys.argv = [order["subject"], *order["argv"]]
    note(Path(order["deeds"]), order["folder"])
    atexit.register(tell_time, Path(order["deeds"]), time.monotonic() - queued())
    sys.exit(act(order["argv"], order["arguments"]))


def entry(subject: str) -> Callable[[Sequence[str], Mapping[str, Any]], int]:
    """What stands behind a command: called with its command line and the settings that its caller decides."""
    if subject == ACCEPTANCE:
        app = importlib.import_module("support.cli").app

        def acceptance(argv: Sequence[str], arguments: Mapping[str, Any]) -> int:
            return int(app(list(argv), prog_name=ACCEPTANCE, obj=arguments) or 0)

        return acceptance
    if subject == BEHAVE:
        return lambda argv, _: int(importlib.import_module("behave.__main__").main(list(argv)) or 0)
    main: Callable[[Sequence[str], Mapping[str, Any]], int] = importlib.import_module(
        f"support.backends.{subject}.__main__"
    ).main
    return main


def cold(subject: str, configuring: Sequence[str] = ()) -> list[str]:
    """The command line that starts it from nothing, as from a shell; with defects of the configuration, if any."""
    if configuring:
        begin = f"from support import defects; defects.apply({defects.CONFIGURING!r}, {list(configuring)!r})"
        run = f"import runpy; runpy.run_module('support.backends.{subject}', run_name='__main__')"
        if subject == ACCEPTANCE:
            run = "from support.cli import app; app()"
        return [sys.executable, "-c", f"{begin}; {run}"]
    if subject == ACCEPTANCE:
        return [str(Path(sys.executable).with_name(ACCEPTANCE))]
    return [sys.executable, "-m", f"support.backends.{subject}"]


def seeded(subject: str, system: str, defects: Sequence[str]) -> list[str]:
    """The command line that starts a part of a backend from nothing, with these defects of its system."""
    if not defects:
        return cold(subject)
    begin = f"from support import defects; defects.apply({system!r}, {list(defects)!r})"
    return [sys.executable, "-c", f"{begin}; from support.backends.{subject} import main; raise SystemExit(main([]))"]


def queued() -> float:
    """Seconds that this process has waited for a processor on a busy machine; 0 where nobody counts them."""
    counted = Path("/proc/self/schedstat")
    return int(counted.read_text(encoding="ascii").split()[1]) / 1e9 if counted.is_file() else 0.0


def tell_time(deeds: Path, begun: float) -> None:
    """Note how long the command took: how busy the machine was with other things says nothing about it."""
    with deeds.open("a", encoding="utf-8") as output:
        output.write(json.dumps([TOOK, str(time.monotonic() - queued() - begun)]) + "\n")


def note(deeds: Path, folder: str) -> None:
    """From here on, note this process's deeds in a file."""
    output = os.open(deeds, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            path, changes = Path(folder, arguments[0]), arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if path.is_relative_to(folder) and (changes or path.is_file()):
                tell("writes" if changes else "reads", str(path.relative_to(folder)))
        elif event in STARTED:
            tell(STARTED[event], repr(arguments[1:2]))

    def tell(deed: str, detail: str) -> None:
        os.write(output, json.dumps([deed, detail]).encode() + b"\n")

    sys.addaudithook(heard)
