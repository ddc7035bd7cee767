"""Real servers on loopback for the tests of the wire: raw sockets with typed bytes, and uvicorn."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from support.checks.waiting import eventually
from support.wire import Exchange, Proxy

LIMIT_S = 10.0


class RawServer:
    """Runs `serve(socket)` in a thread for every connection, then closes it; its answer goes to `results`."""

    def __init__(self, serve: Callable[[socket.socket], Any]) -> None:
        self.results: Queue[Any] = Queue()
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(LIMIT_S)
            self._connections.append(connection)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        result: Any
        try:
            result = self._serve(connection)
        except Exception as error:  # noqa: BLE001 - the test that reads the results must see it
            result = error
        connection.close()
        self.results.put(result)

    def result(self) -> Any:
        return self.results.get(timeout=LIMIT_S)

    def close(self) -> None:
        # Wakes the blocked accept, which close alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()


@contextlib.contextmanager
def raw_server(serve: Callable[[socket.socket], Any]) -> Iterator[RawServer]:
    server = RawServer(serve)
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def uvicorn_server(app: Any, **settings: Any) -> Iterator[str]:
    """The address of an ASGI application served by uvicorn."""
    # asyncio disables Nagle's algorithm only on sockets that name their protocol; without it every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # whoever connects before the server is up waits
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", **settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(LIMIT_S)
        listener.close()


def connect(address: str) -> socket.socket:
    """A raw connection to "http://host:port"."""
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=LIMIT_S)


def hang_up_within(url: str, **headers: str) -> None:
    """POST the beginning of a body, and be gone."""
    place = urlsplit(url)
    told = {"Host": place.netloc, "Content-Type": "application/json", "Content-Length": "100", **headers}
    with connect(f"{place.scheme}://{place.netloc}") as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        connection.sendall(f"POST {place.path} HTTP/1.1\r\n{head}\r\n{{".encode())


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """What arrives up to and including `end`; the connection's own end, if earlier, fails."""
    data = b""
    while not data.endswith(end):
        piece = connection.recv(65536)
        assert piece, f"the connection ended after {data[-200:]!r}, before {end!r}"
        data += piece
    return data


def read_all(connection: socket.socket) -> bytes:
    """Everything up to the end of the stream."""
    data = bytearray()
    while piece := connection.recv(1 << 20):
        data += piece
    return bytes(data)


def one(exchanges: list[Exchange]) -> Exchange:
    assert len(exchanges) == 1, exchanges
    return exchanges[0]


def eventually_one(proxy: Proxy) -> Exchange:
    """The one exchange that ends soon: for endings that the client does not see happen."""
    found: list[Exchange] = []

    def look() -> None:
        found.extend(proxy.drain())
        assert found, "no exchange has ended"

    eventually(look, within=LIMIT_S, what="an exchange ends")
    return one(found)
