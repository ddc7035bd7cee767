"""Proves that the proxy carries a protocol that is no HTTP verbatim, both ways, without reading it: Redis' own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from support.wire import Refuse, Silent, Wire, WireError
from tests.wire_servers import LIMIT_S, raw_server

TALK = b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n" + bytes(range(256)) * 400


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as made:
        yield made


def echo(connection: socket.socket) -> None:
    while data := connection.recv(65536):
        connection.sendall(data)


def dial(address: str) -> socket.socket:
    host, _, port = address.removeprefix("redis://").partition(":")
    return socket.create_connection((host, int(port)), timeout=LIMIT_S)


def said_back(client: socket.socket, data: bytes) -> bytes:
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    heard = bytearray()
    while len(heard) < len(data) and (part := client.recv(65536)):
        heard += part
    sender.join()
    return bytes(heard)


def test_bytes_pass_verbatim_and_are_not_taken_for_broken_http(wire: Wire) -> None:
    with raw_server(echo) as server:
        proxy = wire.proxy("redis")
        address = proxy.start(server.address.replace("http", "redis", 1))
        assert address.startswith("redis://127.0.0.1:")
        with dial(address) as client:
            assert said_back(client, TALK) == TALK
        assert proxy.drain() == []
        assert proxy.open_exchanges() == []


def test_connections_are_refused_and_those_that_stand_are_closed(wire: Wire) -> None:
    with raw_server(echo) as server:
        proxy = wire.proxy("redis")
        address = proxy.start(server.address.replace("http", "redis", 1))
        with dial(address) as client:
            assert said_back(client, b"x") == b"x"
            proxy.inject(Refuse())
            assert client.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                dial(address)
        proxy.clear_faults()
        with dial(address) as client:
            assert said_back(client, b"y") == b"y"


def test_a_system_that_moved_is_found_at_its_new_place(wire: Wire) -> None:
    with raw_server(echo) as server, raw_server(lambda connection: connection.sendall(b"new")) as other:
        proxy = wire.proxy("redis")
        address = proxy.start(server.address.replace("http", "redis", 1))
        with dial(address) as stale:
            assert said_back(stale, b"x") == b"x"
            proxy.retarget(other.address.replace("http", "redis", 1))
            assert stale.recv(1) == b""
        with dial(address) as client:
            assert client.recv(3) == b"new"


def test_a_fault_of_exchanges_is_refused_where_none_are_read(wire: Wire) -> None:
    with raw_server(echo) as server:
        proxy = wire.proxy("redis")
        proxy.start(server.address.replace("http", "redis", 1))
        with pytest.raises(WireError, match="reads no exchanges"):
            proxy.inject(Silent())


def test_a_password_is_never_shown(wire: Wire) -> None:
    proxy = wire.proxy("redis")
    with pytest.raises(WireError) as refused:
        proxy.start("amqp://me:secret@127.0.0.1:1")
    assert "secret" not in str(refused.value)
