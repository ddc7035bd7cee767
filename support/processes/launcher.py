"""Starts the backends of one worker, embedded or installed, each in its own process; stops, kills, restarts them."""

import contextlib
import itertools
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.processes.forkserver import Child, ForkServer, ProcessError, describe_exit, tail

START_SECONDS = 20.0
STOP_SECONDS = 5.0

PRELOAD = (
    "fastapi",
    "fastapi.openapi.utils",
    "pydantic",
    "sqlalchemy",
    "sqlalchemy.dialects.sqlite",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "support.configuring",
    "support.processes.children",
)
"""What every backend needs; `preload("system", …)` adds the backends' own packages."""

WHEN_FIRST_USED: Mapping[str, Sequence[str]] = {
    "assistant": (
        "anyio._backends._asyncio",
        "httpcore",
        "openai.resources.chat.completions.completions",
        "redis.asyncio",
    ),
    "tool_daemon": ("anyio._backends._asyncio", "httpcore2", "openai.resources.chat.completions.completions"),
}
"""What a system's packages import only when they are first used, which the first scenario would wait for."""


def preload(*systems: str, package: str = "support.backends") -> list[str]:
    """The modules that a fork server should have imported to start these systems quickly."""
    own = [f"{package}.{system}.{module}" for system in systems for module in ("settings", "server")]
    return [*PRELOAD, *own, *(module for system in systems for module in WHEN_FIRST_USED.get(system, ()))]


@dataclass(frozen=True)
class Entry:
    """What a backend's process runs: `target` with `arguments` and its folder, until it serves at the latest in time.

    `what` is what it is called when it does not.
    """

    target: str
    arguments: Mapping[str, Any]
    what: str
    within_s: float


class Backend:
    """One backend. It keeps its settings, and with them its storage and keys, over a restart."""

    def __init__(self, server: ForkServer, system: str, entry: Entry, log: Path) -> None:
        self.system = system
        self.log = log
        self.start_seconds = 0.0
        self._server = server
        self._entry = entry
        self._child: Child | None = None
        self._announced: dict[str, str] = {}
        self._ended_by_us = ""

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of an embedded one."""
        settings: dict[str, Any] = self._entry.arguments["settings"]
        return settings

    @property
    def address(self) -> str:
        """Where it serves, as "http://127.0.0.1:PORT". Another port is possible after a restart."""
        return self._announced["address"]

    @property
    def control(self) -> str:
        """Where it takes the suite's orders (faults, counts); a LookupError for one that takes none."""
        if "control" not in self._announced:
            raise LookupError(f"{self.system} has no control address")
        return self._announced["control"]

    @property
    def announced(self) -> dict[str, str]:
        """All that it announced: address, control, and what else the system tells."""
        return dict(self._announced)

    @property
    def pid(self) -> int:
        """The process id of its last start."""
        return self._started().pid

    def start(self) -> None:
        """Start it and wait until it accepts calls; ProcessError with its log when it does not."""
        begun = time.monotonic()
        arguments = {**self._entry.arguments, "folder": str(self.log.parent.absolute())}
        child = self._server.fork(self._entry.target, arguments, log=self.log)
        self._child, self._ended_by_us = child, ""
        try:
            self._announced = child.announced(self._entry.within_s)
            for address in self._announced.values():
                probe(address)
        except (ProcessError, OSError) as fault:
            with contextlib.suppress(ProcessError):
                child.kill()
            raise ProcessError(f"{self._entry.what} {self.system} could not be started: {fault}") from None
        self.start_seconds = time.monotonic() - begun

    def alive(self) -> bool:
        """True while its process runs."""
        return self._child is not None and self._child.alive()

    def died(self) -> bool:
        """True when it ended and nobody here ended it."""
        return self._child is not None and not self._child.alive() and not self._ended_by_us

    def exit_reason(self) -> str | None:
        """Why it does not run, with the end of its log when it died by itself; None while it runs."""
        if self._child is None:
            return f"{self.system} was never started"
        if self._child.alive():
            return None
        if self._ended_by_us:
            return f"{self.system} {self._ended_by_us}"
        exit_text = describe_exit(self._child.exit_code)
        return f"{self.system} died, {exit_text}.\n{tail(self.log_text(), str(self.log))}"

    def log_text(self) -> str:
        """What it wrote to stdout and stderr, over all its starts."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Stop it in order (SIGTERM, and SIGKILL after STOP_SECONDS). One that does not run is left as it is."""
        self._end("was stopped", lambda child: child.terminate(STOP_SECONDS))

    def tell_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        if self.alive():
            self._ended_by_us = "was stopped"
            self._started().signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._end("was killed", Child.kill)

    def restart(self) -> None:
        """Stop it if it runs, and start it with the same storage and keys."""
        self.stop()
        self.start()

    def _end(self, how: str, end: Callable[[Child], int]) -> None:
        if self.alive():
            self._ended_by_us = how
            end(self._started())

    def _started(self) -> Child:
        if self._child is None:
            raise ProcessError(f"{self.system} was never started")
        return self._child


class Launcher:
    """The backends of one worker. Logs and storage lie in `folder`, one sub-folder a backend."""

    def __init__(self, server: ForkServer, folder: Path, *, package: str = "support.backends") -> None:
        self.backends: list[Backend] = []
        self._server = server
        self._folder = folder
        self._package = package
        self._numbers = itertools.count(1)

    def start(self, system: str, settings: dict[str, Any] | None = None, defects: Sequence[str] = ()) -> Backend:
        """Start an embedded backend and wait until it accepts calls.

        `settings` are fields of its `Settings` model, as JSON. Its storage lies in a folder of its own.
        """
        arguments = {
            "package": f"{self._package}.{system}",
            "system": system,
            "settings": dict(settings or {}),
            "defects": tuple(defects),
        }
        entry = Entry("support.processes.children:serve", arguments, "The embedded backend", START_SECONDS)
        return self.run(system, entry)

    def run(self, system: str, entry: Entry) -> Backend:
        """Start a backend, of whatever kind, and wait until it accepts calls."""
        folder = self._folder / f"{system}-{next(self._numbers)}"
        folder.mkdir(parents=True, exist_ok=True)
        backend = Backend(self._server, system, entry, folder / "backend.log")
        self.backends.append(backend)
        backend.start()
        return backend

    def stop(self) -> None:
        """Stop every backend in order; all are told before the first is waited for."""
        for backend in self.backends:
            backend.tell_to_stop()
        for backend in self.backends:
            backend.stop()

    def close(self) -> None:
        """End every backend (SIGKILL): nobody needs what they keep any more."""
        for backend in self.backends:
            backend.kill()
        self.backends.clear()


def probe(address: str) -> None:
    """Connect to an address once; OSError when nobody accepts there."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1):
        pass
