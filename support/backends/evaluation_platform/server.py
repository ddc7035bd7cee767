"""Running the platform: one process, two sockets (API and control), a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from . import control, production
from .app import create_app
from .settings import Settings

Announce = Callable[[dict[str, str]], None]
_GRACE_SECONDS = 5
_FILE = "platform.sqlite"


def run(settings: Settings, announce: Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks.

    `announce` is called once, when both sockets take calls, with `address` and `control` (base URLs).
    Raises OSError when a port is taken or the storage cannot be made.
    """
    with (
        _database(settings) as url,
        _listening(settings.host, settings.port) as api_socket,
        _listening(settings.host, settings.control_port) as control_socket,
    ):
        asyncio.run(_serve(settings, url, api_socket, control_socket, announce))


async def _serve(
    settings: Settings, url: str, api_socket: socket.socket, control_socket: socket.socket, announce: Announce
) -> None:
    app = create_app(settings, url)
    try:
        traffic = control.Traffic()
        public = _Server(traffic.watched(app))
        traffic.connections = public.server_state.connections
        private = _Server(control.create_app(app.state.store, traffic))
        _stop_on_signal(public, private)
        with production.scoring(app.state.store, settings):
            async with asyncio.TaskGroup() as servers:
                servers.create_task(public.serve(sockets=[api_socket]))
                servers.create_task(private.serve(sockets=[control_socket]))
                await public.accepting.wait()
                await private.accepting.wait()
                announce({"address": _url(api_socket), "control": _url(control_socket)})
    finally:
        app.state.store.close()


class _Server(uvicorn.Server):
    """A server that says when it takes calls and leaves the process's signals to `run`."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                timeout_keep_alive=60,
            )
        )
        self.accepting = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _stop_on_signal(*servers: uvicorn.Server) -> None:
    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


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


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    # The protocol is named, since asyncio disables Nagle's algorithm (40 ms an answer) only on sockets that name it.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as fault:
            raise OSError(fault.errno, f"port {port}: {fault.strerror}; choose another, or 0 for any") from fault
        listener.listen(1024)
        yield listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"
