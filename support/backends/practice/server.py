"""Running the practice API: one process, two sockets (API and control), a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from support.backends import serving

from . import control, sample, storage
from .app import create_app
from .settings import Settings
from .traffic import Traffic

_FILE = "practice.sqlite"
_GRACE_SECONDS = 1
"""For answers that are nearly sent; those that are ordered to come late are broken off at once."""


def run(settings: Settings, announce: serving.Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks.

    `announce` is called once, when both sockets take calls, with `address` and `control` (base URLs, without /api/v1).
    Raises OSError when a port is taken or the storage cannot be made.
    """
    with (
        _database(settings) as path,
        serving.listening(settings.host, settings.port) as api_socket,
        serving.listening(settings.host, settings.control_port) as control_socket,
    ):
        asyncio.run(_serve(settings, path, api_socket, control_socket, announce))


async def _serve(
    settings: Settings, path: Path, api_socket: socket.socket, control_socket: socket.socket, announce: serving.Announce
) -> None:
    store = storage.Store.open(path)
    try:
        sample.settle(store, settings)
        traffic = Traffic(store, settings.max_body_bytes)
        public = serving.Server(traffic.watched(create_app(store)), grace_s=_GRACE_SECONDS, stopping=traffic.stopping)
        traffic.connections = public.connections
        private = serving.Server(control.create_app(store, traffic), grace_s=_GRACE_SECONDS)
        await serving.serve(public, api_socket, private, control_socket, announce)
    finally:
        store.close()


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[Path]:
    if settings.storage is not None:
        settings.storage.mkdir(parents=True, exist_ok=True)
        yield settings.storage / _FILE
        return
    with tempfile.TemporaryDirectory(prefix="practice-api-") as folder:
        yield Path(folder, _FILE)
