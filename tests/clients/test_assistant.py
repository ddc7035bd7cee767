"""Proves that the suite's WebSocket side sees every frame with its time, waits without sleeping, and can be rude: slow,
silent, gone, half-open; and that REST refusals are values. The servers are not ours: the websockets library's, and raw.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from support.clients.assistant import Conversation, Dialling, Identity, NotConnectedError, Refusal, Service, connect
from tests.wire_servers import raw_server, read_until


@contextmanager
def server(handle: Callable[[ServerConnection], None], **options: object) -> Iterator[str]:
    """A WebSocket server of the library's; answers its address."""
    with serve(handle, "127.0.0.1", 0, compression=None, **options) as serving:  # type: ignore[arg-type]
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.socket.getsockname()[1]}"
        serving.shutdown()
        thread.join()


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


@pytest.fixture
def conversation() -> Iterator[Conversation]:
    with server(echo) as address:
        made = connect(address, "session-1", {"Authorization": "Bearer x"})
        yield made
        made.close()


def test_every_message_is_noted_when_it_comes_whoever_waits(conversation: Conversation) -> None:
    begun = time.monotonic()
    conversation.send({"type": "one", "text": "grüße"})
    conversation.send_in_pieces(['{"type": ', '"two"}'])
    conversation.send_bytes(b"\x00\xff")
    conversation.send_text("no object")
    last = conversation.wait_for(lambda heard: heard.raw == "no object", within=2)
    assert [heard.type for heard in conversation.heard] == ["one", "two", "", ""]
    assert [heard.raw for heard in conversation.heard][2:] == [b"\x00\xff", "no object"]
    assert conversation.heard[0].fields["text"] == "grüße"
    assert [heard.at for heard in conversation.heard] == sorted(heard.at for heard in conversation.heard)
    assert begun < conversation.heard[0].at <= last.at < time.monotonic()
    assert [sent.raw for sent in conversation.sent][3] == "no object"


def test_the_wait_for_the_first_piece_of_each_reply_is_told_by_its_question() -> None:
    def reply(connection: ServerConnection) -> None:
        for number, _ in enumerate(connection):
            if number == 1:
                continue  # not replied to
            threading.Event().wait(0.05)
            for kind in ("typing", "message_chunk", "message_chunk", "message_complete"):
                connection.send(json.dumps({"type": kind}))

    with server(reply) as address:
        made = connect(address, "session-1", {})
        assert made.first_chunks() == []
        for count in (1, 1, 2):
            made.send({"type": "chat_message"})
            made.wait_for(
                lambda _, count=count: sum(each.type == "message_complete" for each in made.heard) >= count,  # type: ignore[misc]
                within=2,
            )
        waited = made.first_chunks()
        made.close()
    assert len(waited) == 2
    assert all(0.05 <= seconds < 1 for seconds in waited)


def test_waiting_ends_in_time_and_tells_what_came(conversation: Conversation) -> None:
    conversation.send({"type": "one"})
    mark = conversation.mark
    with pytest.raises(AssertionError, match=r'a pigeon did not come within 0.05 s: what came last: .*"one"'):
        conversation.wait_for(lambda heard: heard.type == "two", within=0.05, since=min(mark, 1), what="a pigeon")
    conversation.close()
    with pytest.raises(AssertionError, match="the connection ended"):
        conversation.wait_for(lambda heard: heard.type == "two", within=5)
    with pytest.raises(ConnectionError, match="session-1 has ended"):
        conversation.send({"type": "late"})


def test_how_the_service_closes_is_known() -> None:
    with server(lambda connection: connection.close(4404, "no such session")) as address:
        made = connect(address, "session-1")
        closed = made.wait_closed(within=2)
    assert (closed.code, closed.reason) == (4404, "no such session")
    assert not made.stands


def test_a_refused_upgrade_tells_its_status() -> None:
    def refuse(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(401, "show a token")

    with server(echo, process_request=refuse) as address, pytest.raises(NotConnectedError) as refused:
        connect(address, "session-1")
    assert refused.value.status == 401
    assert refused.value.body == "show a token"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotConnectedError) as silence:
        connect(f"http://127.0.0.1:{port}", "session-1")
    assert silence.value.status is None


@pytest.mark.parametrize(("leave", "code"), [("vanish", 1006), ("hang_up", 1006), ("close", 1000)])
def test_it_leaves_as_it_is_told(leave: str, code: int) -> None:
    ended: list[int] = []
    left = threading.Event()

    def handle(connection: ServerConnection) -> None:
        with pytest.raises(ConnectionClosed):
            connection.recv()
        ended.append(1006 if connection.close_code is None else connection.close_code)
        left.set()

    with server(handle) as address:
        made = connect(address, "session-1")
        getattr(made, leave)()
        assert left.wait(2)
    assert ended == [code]


def test_a_slow_reader_holds_the_sender_up_and_can_read_on() -> None:
    stuck, done = threading.Event(), threading.Event()
    piece, count = "x" * 100_000, 100

    def handle(connection: ServerConnection) -> None:
        connection.recv()
        threading.Timer(0.3, stuck.set).start()
        for _ in range(count):
            connection.send(piece)
        done.set()

    with server(handle) as address:
        made = connect(address, "session-1", how=Dialling(small_buffer=True))
        made.stop_listening()
        made.send({"type": "go"})
        assert stuck.wait(2)
        assert not done.is_set()
        assert made.mark <= 1
        made.listen()
        made.wait_until(lambda heard: len(heard) == count, within=10)
        assert done.is_set()
        made.close()


def answering(status: int, body: object) -> Callable[[socket.socket], None]:
    text = body if isinstance(body, str) else json.dumps(body)

    def handle(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        connection.sendall((head + text).encode())

    return handle


@pytest.mark.parametrize(
    ("status", "body", "reason", "message", "fields"),
    [
        (404, {"detail": "No such session."}, "not found", "No such session.", ()),
        (
            422,
            {"detail": [{"loc": ["body", "template", "name"], "msg": "Field required"}]},
            "invalid",
            "template.name: Field required",
            ("template.name",),
        ),
        (502, "<h1>Bad gateway</h1>", "the model's failure", "<h1>Bad gateway</h1>", ()),
    ],
)
def test_a_refusal_is_a_value(status: int, body: object, reason: str, message: str, fields: tuple[str, ...]) -> None:
    with raw_server(answering(status, body)) as system:
        service = Service(system.address)
        refused = service.read_session(Identity(token="t", profile="p"), "session-1")
        service.close()
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.message, refused.fields) == (reason, message, fields)


def test_success_in_another_shape_is_told_as_broken() -> None:
    with raw_server(answering(200, {"session_id": "x"})) as system:
        service = Service(system.address)
        with pytest.raises(AssertionError, match="the answer is no SessionRead"):
            service.read_session(Identity(), "x")
        service.close()
