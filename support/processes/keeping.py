"""Keeps embedded backends running by themselves, as emulators to develop against (`acceptance backends`)."""

import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from support.processes.forkserver import ForkServer, ProcessError
from support.processes.launcher import Backend, Launcher, preload

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Emulator:
    """How one system is offered by itself.

    `settings` seed its keys. `lines` are the variables by which clients find it: a value is taken from what the
    backend announces where it stands in braces. The keys guard nothing but the embedded store, which listens on
    this machine's loopback only and ends with the command: they are fixed, and printed on purpose.
    """

    settings: Mapping[str, Any]
    lines: Mapping[str, str]


EMULATORS = {
    "evaluation_platform": Emulator(
        settings={"keys": "local=local-key", "admin_key": "local-admin-key"},
        lines={
            "HH_API_URL": "{address}",
            "HH_API_KEY": "local-key",
            "HH_PROJECT": "local",
        },
    ),
}


@contextmanager
def running(
    systems: Sequence[str], defects: Mapping[str, Sequence[str]], port: int | None, *, package: str = "support.backends"
) -> Iterator[list[Backend]]:
    """Run these systems for the length of the block.

    `defects` are ids by system. `port` is that of the first system's address; its control address and the next
    systems take the ports after it; None lets the kernel choose. Raises ProcessError when one does not start.
    """
    if port is not None:
        for number in range(port, port + 2 * len(systems)):
            _require_free(number)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="acceptance-backends-"))
        server = stack.enter_context(ForkServer(preload(*systems, package=package)))
        launcher = Launcher(server, Path(folder), package=package)
        stack.callback(launcher.close)
        backends = []
        for index, system in enumerate(systems):
            settings = dict(EMULATORS[system].settings)
            if port is not None:
                settings |= {"port": port + 2 * index, "control_port": port + 2 * index + 1}
            backends.append(launcher.start(system, settings, defects.get(system, ())))
        yield backends


def _require_free(port: int) -> None:
    """Say so early, in one line, when a port is taken."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as fault:
            message = f"port {port} of 127.0.0.1 cannot be used ({fault.strerror}); choose another --port"
            raise ProcessError(message) from None


def env_lines(backend: Backend) -> list[str]:
    """The backend's `.env` lines."""
    return [f"{name}={value.format(**backend.announced)}" for name, value in EMULATORS[backend.system].lines.items()]


def first_death(backends: Sequence[Backend]) -> str:
    """Wait until a backend dies, and say how. Only the caller's signals end the wait otherwise."""
    clock = threading.Event()
    while True:
        for backend in backends:
            if not backend.alive():
                return backend.exit_reason() or ""
        clock.wait(LOOK_SECONDS)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP interrupt like Ctrl-C; each interrupts once, so that taking down is not interrupted."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before: dict[signal.Signals, Callable[..., Any] | int | None] = {}
    for number in numbers:
        before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
