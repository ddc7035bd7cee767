"""A forward proxy for one server, on bare sockets, so that no HTTP library is used that could be logged."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT_S = 20


@contextmanager
def forwarding(address: str) -> Iterator[str]:
    """The proxy's address: whoever asks it for `address` gets the answer of `address`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, address), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, address: str) -> None:
    """One request on one connection, which is all that the program makes."""
    caller, _ = server.accept()
    host, _, port = address.removeprefix("http://").partition(":")
    with caller, socket.create_connection((host, int(port)), LIMIT_S) as upstream:
        request = b""
        while b"\r\n\r\n" not in request:
            request += caller.recv(65536)
        upstream.sendall(request.replace(f" {address}/".encode(), b" /", 1))
        back = threading.Thread(target=_relay, args=(upstream, caller), daemon=True)
        back.start()
        _relay(caller, upstream)
        back.join(LIMIT_S)


def _relay(source: socket.socket, sink: socket.socket) -> None:
    while data := source.recv(65536):
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)
