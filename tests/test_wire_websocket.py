"""Proves that after an upgrade the proxy records the frames of both directions: text, binary, fragmented, compressed,
control frames and close codes; and that a refused upgrade, a lost connection and frames that are none are told as such.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_websocket
from websockets.sync.server import ServerConnection, serve

from support.checks.waiting import eventually
from support.wire import Conversation, Frame, Passage, Proxy, Wire
from tests.wire_servers import LIMIT_S, connect, one, raw_server, read_all, read_until

UPGRADE = b"GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
BODY_LIMIT = 64 * 1024


@pytest.fixture
def seen() -> list[Passage]:
    return []


@pytest.fixture
def proxy(seen: list[Passage]) -> Iterator[Proxy]:
    with Wire(body_limit=BODY_LIMIT) as wire:
        yield wire.proxy("assistant", observers=[seen.append])


def echo(connection: ServerConnection) -> None:
    """Echoes; "parts" is answered in three fragments, "close" by a close."""
    for message in connection:
        if message == "parts":
            connection.send(iter(["one ", "two ", "three"]))
        elif message == "close":
            connection.close(4001, "enough")
        else:
            connection.send(message)


@contextlib.contextmanager
def websocket_server(
    handler: Callable[[ServerConnection], None] = echo,
    *,
    process_request: Callable[[ServerConnection, Request], Response | None] | None = None,
) -> Iterator[str]:
    with serve(handler, "127.0.0.1", 0, process_request=process_request) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host, port = server.socket.getsockname()
        yield f"http://{host}:{port}"
        server.shutdown()
        thread.join(LIMIT_S)


def chat(address: str) -> ClientConnection:
    return open_websocket(address.replace("http", "ws", 1) + "/chat", open_timeout=LIMIT_S, close_timeout=LIMIT_S)


def ended(proxy: Proxy) -> Conversation:
    """The whole conversation, once it has ended."""
    parts: list[Conversation] = []

    def look() -> None:
        parts.extend(proxy.drain_conversations())
        assert parts, "no conversation"
        assert parts[-1].ended, "the conversation goes on"

    eventually(look, within=LIMIT_S, what="the conversation ends")
    assert len({part.id for part in parts}) == 1
    frames = tuple(frame for part in parts for frame in part.frames)
    last = parts[-1]
    return Conversation(
        last.id, last.system, last.address, last.path, last.opened_at, frames, last.ended, fault=last.fault
    )


def told(frames: tuple[Frame, ...]) -> list[tuple[str, str, bytes]]:
    return [(frame.direction, frame.kind, frame.payload.kept) for frame in frames]


def test_frames_of_both_directions_are_recorded_as_they_pass(proxy: Proxy, seen: list[Passage]) -> None:
    with websocket_server() as server, chat(proxy.start(server)) as client:
        upgrade = one(proxy.drain())
        assert (upgrade.method, upgrade.path, upgrade.status) == ("GET", "/chat", 101)
        client.send("grüße 👋")
        assert client.recv(LIMIT_S) == "grüße 👋"
        conversation = proxy.drain_conversations()[0]
        assert told(conversation.frames) == [
            ("to_system", "text", "grüße 👋".encode()),
            ("to_client", "text", "grüße 👋".encode()),
        ]
        assert (conversation.id, conversation.path, conversation.ended) == (upgrade.id, "/chat", False)
        assert 0 <= conversation.frames[0].at <= conversation.frames[1].at < LIMIT_S
        client.send(b"\x00\xff")
        assert client.recv(LIMIT_S) == b"\x00\xff"
        assert told(proxy.drain_conversations()[0].frames) == [
            ("to_system", "binary", b"\x00\xff"),
            ("to_client", "binary", b"\x00\xff"),
        ]
        assert proxy.drain_conversations() == []
    assert [passage.data for passage in seen if passage.id == upgrade.id][:2] == ["grüße 👋".encode(), b"\x00\xff"]


def test_a_fragmented_message_is_one_frame_that_counts_its_fragments(proxy: Proxy) -> None:
    with websocket_server() as server, chat(proxy.start(server)) as client:
        client.send(iter(["pa", "rts"]))
        assert client.recv(LIMIT_S) == "one two three"
        asked, answered = proxy.drain_conversations()[0].frames
    # websockets ends a fragmented message with an empty fragment.
    assert (asked.payload.kept, asked.fragments) == (b"parts", 3)
    assert (answered.payload.kept, answered.fragments) == (b"one two three", 4)
    assert answered.payload.complete


def test_a_large_message_is_counted_whole_and_kept_to_the_bound(proxy: Proxy, seen: list[Passage]) -> None:
    message = "0123456789" * 50_000
    with websocket_server() as server, chat(proxy.start(server)) as client:
        client.send(message)
        assert client.recv(LIMIT_S) == message
        for frame in proxy.drain_conversations()[0].frames:
            assert frame.payload.length == len(message)
            assert frame.payload.kept == message[:BODY_LIMIT].encode()
    assert message.encode() in [passage.data for passage in seen]


def test_pings_and_pongs_are_recorded(proxy: Proxy) -> None:
    with websocket_server() as server, chat(proxy.start(server)) as client:
        assert client.ping(b"alive?").wait(LIMIT_S)
        frames = proxy.drain_conversations()[0].frames
    assert told(frames) == [("to_system", "ping", b"alive?"), ("to_client", "pong", b"alive?")]


def test_close_codes_and_reasons_are_recorded(proxy: Proxy) -> None:
    with websocket_server() as server:
        with chat(proxy.start(server)) as client:
            client.send("close")
            with pytest.raises(ConnectionClosed, match="4001"):
                client.recv(LIMIT_S)
        conversation = ended(proxy)
    closes = [
        (frame.direction, frame.code, frame.payload.kept) for frame in conversation.frames if frame.kind == "close"
    ]
    assert closes == [("to_client", 4001, b"enough"), ("to_system", 4001, b"enough")]
    assert conversation.fault is None


def test_a_client_that_vanishes_ends_the_conversation_without_a_close(proxy: Proxy) -> None:
    with websocket_server() as server:
        with chat(proxy.start(server)) as client:
            client.send("hello")
            client.recv(LIMIT_S)
            client.socket.shutdown(socket.SHUT_RDWR)
        conversation = ended(proxy)
    assert conversation.fault == "the client closed the connection, without a close frame"


def test_a_refused_upgrade_is_an_ordinary_exchange_and_http_goes_on(proxy: Proxy) -> None:
    def refuse(connection: ServerConnection, _: Request) -> Response:
        return connection.respond(403, "not you\n")

    with (
        websocket_server(process_request=refuse) as server,
        pytest.raises(InvalidStatus, match="403"),
        chat(proxy.start(server)),
    ):
        pass
    exchange = one(proxy.drain())
    assert (exchange.status, exchange.response_body.kept) == (403, b"not you\n")
    assert proxy.drain_conversations() == []


def test_http_goes_on_after_a_refused_upgrade_even_when_pipelined(proxy: Proxy) -> None:
    def serve_two(connection: socket.socket) -> None:
        read_until(connection, b"/next HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.sendall(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext")

    with raw_server(serve_two) as server:
        client = connect(proxy.start(server.address))
        client.sendall(UPGRADE + b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        read_until(client, b"next")
        assert [(e.path, e.status) for e in proxy.drain()] == [("/chat", 426), ("/next", 200)]
        client.close()


def test_frames_sent_with_the_handshake_itself_are_recorded(proxy: Proxy) -> None:
    def greet(connection: socket.socket) -> bytes:
        request = read_until(connection, b"\r\n\r\n\x81\x82\x00\x00\x00\x00yo")
        connection.sendall(UPGRADED + b"\x81\x02hi")
        return request

    with raw_server(greet) as server:
        client = connect(proxy.start(server.address))
        client.sendall(UPGRADE + b"\x81\x82\x00\x00\x00\x00yo")
        read_until(client, b"hi")
        assert told(proxy.drain_conversations()[0].frames) == [
            ("to_system", "text", b"yo"),
            ("to_client", "text", b"hi"),
        ]
        client.close()


def test_what_is_no_frame_is_told_and_still_passes(proxy: Proxy) -> None:
    def babble(connection: socket.socket) -> bytes:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(UPGRADED + b"\x81\x02ok\xff\xff\xff\xff rubbish")
        return read_all(connection)

    with raw_server(babble) as server:
        client = connect(proxy.start(server.address))
        client.sendall(UPGRADE)
        assert read_until(client, b" rubbish").endswith(b"\xff\xff\xff\xff rubbish")
        client.sendall(b"also rubbish")
        client.close()
        assert server.result() == b"also rubbish"
        conversation = ended(proxy)
    assert told(conversation.frames)[0] == ("to_client", "text", b"ok")
    assert conversation.fault is not None
    assert conversation.fault.startswith("frames to the client cannot be read")


def test_a_message_cut_off_is_told_as_far_as_it_came(proxy: Proxy) -> None:
    def half(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(UPGRADED + b"\x01\x05half-")
        connection.shutdown(socket.SHUT_WR)

    with raw_server(half) as server:
        client = connect(proxy.start(server.address))
        client.sendall(UPGRADE)
        read_all(client)
        client.close()
        conversation = ended(proxy)
    (frame,) = conversation.frames
    assert (frame.payload.kept, frame.payload.complete) == (b"half-", False)
    assert conversation.fault == "the system closed the connection, without a close frame"


def test_another_protocol_after_an_upgrade_passes_unread(proxy: Proxy) -> None:
    def other(connection: socket.socket) -> bytes:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n\x00\x01")
        return read_all(connection)

    with raw_server(other) as server:
        client = connect(proxy.start(server.address))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n")
        read_until(client, b"\x00\x01")
        client.sendall(b"\x02")
        client.close()
        assert server.result() == b"\x02"
    assert one(proxy.drain()).status == 101
    assert proxy.drain_conversations() == []
