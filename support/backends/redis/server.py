"""Running the Redis server: a process of its own below this one, started, watched and ended with it."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import program
from .settings import Settings

Announce = Callable[[dict[str, str]], None]

START_SECONDS = 10.0
STOP_SECONDS = 3.0
_LOOK_SECONDS = 0.002
_ATTEMPTS = 5
"""The server cannot have the kernel choose its port: another program may take the one that was found free."""


def run(settings: Settings, announce: Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks. `announce` is told `address` ("redis://host:port") once it answers.

    Raises OSError when there is no program, or the port is taken.
    """
    binary = program.find(settings.program)
    with _storage(settings) as storage:
        server, port = _started(binary, settings, storage)
        _end_on_signal(server)
        announce({"address": f"redis://{settings.host}:{port}"})
        code = server.wait()
    if code:
        raise SystemExit(f"redis-server ended with {code}")


@contextlib.contextmanager
def _storage(settings: Settings) -> Iterator[Path]:
    if settings.storage is not None:
        settings.storage.mkdir(parents=True, exist_ok=True)
        yield settings.storage
        return
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        yield Path(folder)


def _started(binary: Path, settings: Settings, storage: Path) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(1 if settings.port else _ATTEMPTS):
        port = settings.port or _free_port(settings.host)
        server = subprocess.Popen(  # noqa: S603 - the program was found by us, and every argument is ours
            arguments(binary, settings.host, port, storage), stdin=subprocess.DEVNULL, stdout=sys.stderr
        )
        if _answers(server, settings.host, port):
            return server, port
    raise OSError(f"redis-server cannot serve at {settings.host}:{settings.port or '(any port)'}; its output says why")


def arguments(binary: Path, host: str, port: int, storage: Path) -> list[str]:
    """Every write is in its log before it is answered, so that a kill of the process loses none."""
    options = {
        "bind": host,
        "port": str(port),
        "dir": str(storage),
        "appendonly": "yes",
        "appendfsync": "no",
        "save": "",
        "daemonize": "no",
        "logfile": "",
    }
    return [str(binary), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _free_port(host: str) -> int:
    with socket.socket() as finder:
        finder.bind((host, 0))
        found: int = finder.getsockname()[1]
        return found


def _answers(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until it answers PING; False when it has ended instead."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None:
        if _ping(host, port):
            return True
        if time.monotonic() > deadline:
            server.kill()
            raise OSError(f"redis-server did not answer within {START_SECONDS:g} s")
        time.sleep(_LOOK_SECONDS)
    return False


def _ping(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _end_on_signal(server: subprocess.Popen[bytes]) -> None:
    # A handler only sends signals: it interrupts whoever waits for the end, and two cannot wait for it at once.

    def end(*_: object) -> None:
        server.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGCONT)  # a scenario may have stopped it for a while
        signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)

    def end_at_last(*_: object) -> None:
        server.send_signal(signal.SIGKILL)

    signal.signal(signal.SIGALRM, end_at_last)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
