"""What the children of the fork server's tests do: `target(arguments, announce)`."""
# ruff: noqa: T201 - what they print is what the tests look for in their logs

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Announce = Callable[[dict[str, Any]], None]
state = {"touched": False}


def report(arguments: dict[str, Any], announce: Announce) -> None:
    """Announce what this process is like."""
    announce(
        {
            "arguments": arguments,
            "environment": dict(os.environ),
            "touched": state["touched"],
            "descriptors": sorted(int(entry.name) for entry in Path("/proc/self/fd").iterdir()),
            "parent": os.getppid(),
        }
    )


def touch(arguments: dict[str, Any], announce: Announce) -> None:
    """Change what a process has: module state, environment, folder."""
    state["touched"] = True
    os.environ["TOUCHED"] = "yes"
    os.chdir("/")
    announce({})


def pause(arguments: dict[str, Any], announce: Announce) -> None:
    """Announce a process of its own, and wait for a signal."""
    if arguments.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    announce({"spawned": spawn()})
    while True:
        signal.pause()


def keep_quiet(_arguments: dict[str, Any], _announce: Announce) -> None:
    """Announce nothing, and wait for a signal."""
    while True:
        signal.pause()


def leave_behind(arguments: dict[str, Any], announce: Announce) -> None:
    """End, and leave a process running."""
    announce({"spawned": spawn()})


def hold_interpreter(arguments: dict[str, Any], announce: Announce) -> None:
    """Keep the interpreter's lock for good, as a C extension that never returns would."""
    import ctypes

    announce({})
    ctypes.PyDLL(None).pause()


def crash(arguments: dict[str, Any], announce: Announce) -> None:
    """Fail before being ready."""
    print("opening the store")
    raise RuntimeError("the store is locked")


def spawn() -> int:
    """A process of one's own that does not end by itself."""
    return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]).pid


def double(arguments: dict[str, Any]) -> dict[str, Any]:
    """A program that works."""
    print("doubling")
    atexit.register(print, "flushed at exit")
    threading.Thread(target=print, args=("thread joined",)).start()
    return {"double": arguments["number"] * 2, "mode": os.environ.get("MODE")}


def large(arguments: dict[str, Any]) -> dict[str, Any]:
    """A program with more to say than a pipe holds."""
    return {"text": "x" * arguments["size"]}


def fail(arguments: dict[str, Any]) -> dict[str, Any]:
    """A program that raises."""
    raise ValueError("cannot go on")


def hang(arguments: dict[str, Any]) -> dict[str, Any]:
    """A program that never ends; it writes its process id where it is told."""
    Path(arguments["pid_file"]).write_text(str(os.getpid()))
    print("waiting for ever", flush=True)
    signal.pause()
    return {}
