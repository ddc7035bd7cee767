"""What every backend's process does alike: two sockets, one announcement, a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import struct
from collections.abc import Callable, Collection, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

Announce = Callable[[dict[str, str]], None]
_GRACE_SECONDS = 5


class Server(uvicorn.Server):
    """A server that says when it takes calls and leaves the process's signals to `serve`.

    What still runs `grace_s` seconds after the order to stop is broken off; `stopping` is set at the order.
    `options` are those of uvicorn.Config, such as `ws` for a server that speaks WebSocket.
    """

    def __init__(
        self, app: ASGIApp, *, grace_s: int = _GRACE_SECONDS, stopping: asyncio.Event | None = None, **options: Any
    ) -> None:
        usual: dict[str, Any] = {
            "loop": "none",
            "http": "h11",
            "ws": "none",
            "lifespan": "off",
            "log_config": None,
            "access_log": False,
            "proxy_headers": False,
            "server_header": False,
            "timeout_graceful_shutdown": grace_s,
            "timeout_keep_alive": 60,
        }
        super().__init__(uvicorn.Config(app, **(usual | options)))
        self.accepting = asyncio.Event()
        self.stopping = stopping or asyncio.Event()

    @property
    def connections(self) -> Collection[Any]:
        """Its open connections (uvicorn protocols), as they come and go."""
        return self.server_state.connections

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.accepting.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so, and stop."""
        self.stopping.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def serve(
    public: Server, public_socket: socket.socket, private: Server, private_socket: socket.socket, announce: Announce
) -> None:
    """Serve both until SIGTERM or SIGINT; `announce` is told both addresses once both take calls."""
    _stop_on_signal(public, private)
    async with asyncio.TaskGroup() as servers:
        servers.create_task(public.serve(sockets=[public_socket]))
        servers.create_task(private.serve(sockets=[private_socket]))
        await public.accepting.wait()
        await private.accepting.wait()
        announce({"address": url(public_socket), "control": url(private_socket)})


async def serve_one(server: Server, listener: socket.socket, announce: Announce) -> None:
    """Serve until SIGTERM or SIGINT, a service without a control address; `announce` is told its address."""
    _stop_on_signal(server)
    async with asyncio.TaskGroup() as servers:
        servers.create_task(server.serve(sockets=[listener]))
        await server.accepting.wait()
        announce({"address": url(listener)})


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there, for the length of the block; OSError that names the port when it is taken."""
    # The protocol is named, since asyncio disables Nagle's algorithm (40 ms an answer) only on sockets that name it.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as fault:
            raise OSError(fault.errno, f"port {port}: {fault.strerror}; choose another, or 0 for any") from fault
        listener.listen(1024)
        yield listener


def url(listener: socket.socket) -> str:
    """The base URL of a listening socket."""
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


def reset(connections: Collection[Any], client: tuple[str, int]) -> None:
    """Break a client's connection at once (RST); what was not yet sent is lost."""
    for connection in _of(connections, client):
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        raw = connection.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.transport.abort()


def hang_up(connections: Collection[Any], client: tuple[str, int]) -> None:
    """End a client's connection in mid-answer (FIN), after what was already written."""
    for connection in _of(connections, client):
        connection.transport.close()


def _of(connections: Collection[Any], client: tuple[str, int]) -> list[Any]:
    return [connection for connection in list(connections) if connection.client == client]


def _stop_on_signal(*servers: uvicorn.Server) -> None:
    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
