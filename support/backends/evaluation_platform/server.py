"""Running the platform: one process, two sockets (API and control), a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from support.backends import serving

from . import control, production
from .app import create_app
from .settings import Settings

_FILE = "platform.sqlite"


def run(settings: Settings, announce: serving.Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks.

    `announce` is called once, when both sockets take calls, with `address` and `control` (base URLs).
    Raises OSError when a port is taken or the storage cannot be made.
    """
    with (
        _database(settings) as url,
        serving.listening(settings.host, settings.port) as api_socket,
        serving.listening(settings.host, settings.control_port) as control_socket,
    ):
        asyncio.run(_serve(settings, url, api_socket, control_socket, announce))


async def _serve(
    settings: Settings, url: str, api_socket: socket.socket, control_socket: socket.socket, announce: serving.Announce
) -> None:
    app = create_app(settings, url)
    try:
        traffic = control.Traffic()
        public = serving.Server(traffic.watched(app))
        traffic.connections = public.connections
        private = serving.Server(control.create_app(app.state.store, traffic))
        with production.scoring(app.state.store, settings):
            await serving.serve(public, api_socket, private, control_socket, announce)
    finally:
        app.state.store.close()


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str]:
    url = settings.database_url.get_secret_value()
    if url:
        yield url
        return
    if settings.storage is not None:
        settings.storage.mkdir(parents=True, exist_ok=True)
        yield str(settings.storage / _FILE)
        return
    with tempfile.TemporaryDirectory(prefix="evaluation-platform-") as folder:
        yield str(Path(folder, _FILE))
