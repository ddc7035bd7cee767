"""Proves that what the wire recorded is rendered as readable, redacted, bounded plain text."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from support.reporting.exchanges import BODY_LIMIT, FRAMES_LIMIT, render, render_conversation, title
from support.reporting.redaction import register_secret
from support.wire import Body, Conversation, Exchange, Frame, FrameKind, Wire
from tests.wire_servers import connect, eventually_one, raw_server, read_all

KEY = "hh_key_0123456789abcdef3f2a"
POST = (
    b"POST /v1/datasets?name=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + KEY.encode() + b"\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"
)


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Wire(body_limit=100_000) as made:
        yield made


@pytest.fixture
def recorded(wire: Wire) -> Callable[..., Exchange]:
    """One exchange of these bytes with a real server, as the proxy recorded it."""

    def record(request: bytes, answer: bytes) -> Exchange:
        def serve(connection: socket.socket) -> None:
            connection.recv(65536)
            connection.sendall(answer)

        proxy = wire.proxy("evaluation_platform")
        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            client.sendall(request)
            read_all(client)
            client.close()
        exchange = eventually_one(proxy)
        proxy.close()
        return exchange

    return record


def post(body: bytes) -> bytes:
    return POST % (len(body), body)


def answer(body: bytes, *headers: bytes, length: int | None = None) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % (len(body) if length is None else length), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


JSON = b"Content-Type: application/json"


def test_the_first_line_says_what_was_asked_and_how_it_ended(recorded: Callable[..., Exchange]) -> None:
    exchange = recorded(post(b'{"name": "caf\xc3\xa9"}'), answer(b'{"inserted":true}', JSON))
    lines = render(replace(exchange, duration_s=0.0034)).splitlines()
    assert lines[0] == f"POST {exchange.address}/v1/datasets?name=a → 200 in 3 ms"
    assert lines[2].startswith(f"evaluation_platform at {exchange.upstream}, 20")
    assert title(exchange) == "POST /v1/datasets?name=a → 200"


def test_headers_are_shown_and_json_is_laid_out(recorded: Callable[..., Exchange]) -> None:
    text = render(recorded(post(b'{"name":"caf\xc3\xa9","tags":["a"]}'), answer(b'{"inserted":true}', JSON)))
    assert "Content-Type: application/json" in text
    assert '{\n  "name": "café",\n  "tags": [\n    "a"\n  ]\n}' in text
    assert '{\n  "inserted": true\n}' in text


def test_no_secret_is_shown(recorded: Callable[..., Exchange]) -> None:
    body = json.dumps({"api_key": KEY, "note": f"use Bearer {KEY}"}).encode()
    exchange = recorded(post(body), answer(body, JSON, b"Set-Cookie: session=" + KEY.encode()))
    text = render(replace(exchange, path=f"/a?token={KEY}", fault=f"refused Bearer {KEY}")) + title(exchange)
    assert KEY not in text
    assert text.count("****3f2a") == 8


def test_what_a_payload_holds_stays_text(recorded: Callable[..., Exchange]) -> None:
    script = "<script>alert(1)</script>\x1b[31m\x00"
    text = render(recorded(post(json.dumps({"name": script}).encode()), answer(script.encode(), b"X-Note: <b>")))
    assert "<script>alert(1)</script>" in text
    assert "\x1b" not in text
    assert "\x00" not in text


def test_a_packed_body_is_shown_unpacked(recorded: Callable[..., Exchange]) -> None:
    packed = gzip.compress(b'{"a":1}')
    text = render(recorded(post(b""), answer(packed, JSON, b"Content-Encoding: gzip")))
    assert '{\n  "a": 1\n}' in text
    assert f"({len(packed)} bytes as gzip on the wire)" in text


def test_a_coding_that_cannot_be_undone_is_named(recorded: Callable[..., Exchange]) -> None:
    text = render(recorded(post(b""), answer(b"\x01\x02", JSON, b"Content-Encoding: br")))
    assert "(2 bytes in the coding br, which cannot be shown)" in text


def test_a_packed_bomb_is_bounded(recorded: Callable[..., Exchange]) -> None:
    bomb = gzip.compress(b"a" * 50_000_000)
    assert len(render(recorded(post(b""), answer(bomb, b"Content-Encoding: gzip")))) < BODY_LIMIT + 2000


@pytest.mark.parametrize("kind", [b"Content-Type: text/plain", JSON])
def test_a_long_body_is_cut_and_says_so(recorded: Callable[..., Exchange], kind: bytes) -> None:
    body = json.dumps(["word"] * 9_000).encode()
    text = render(recorded(post(b""), answer(body, kind)))
    assert len(text) < BODY_LIMIT + 2000
    assert f"cut here: this shows the beginning of {len(body):,} bytes" in text


def test_a_body_beyond_the_recording_bound_says_so(recorded: Callable[..., Exchange]) -> None:
    text = render(recorded(post(b""), answer(b"x" * 120_000)))
    assert "truncated: 100,000 of 120,000 bytes were kept" in text


def test_an_answer_cut_short_says_so(recorded: Callable[..., Exchange]) -> None:
    text = render(recorded(post(b""), answer(b'{"half":', JSON, length=99)))
    assert '{"half":\n… (incomplete: the end never came)' in text
    assert "the system closed the connection in the middle of the answer" in text


def test_binary_is_shown_by_its_printable_characters(recorded: Callable[..., Exchange]) -> None:
    text = render(recorded(post(b""), answer(b"\x0a\x04name\xff\x00", b"Content-Type: application/x-protobuf")))
    assert "(binary) ··name··" in text


def test_no_answer_and_no_request_are_told(recorded: Callable[..., Exchange]) -> None:
    exchange = recorded(b"\x16\x03garbage\r\n\r\n", b"")
    assert render(exchange).startswith(f"(unreadable request) {exchange.address} → no answer in ")
    assert title(exchange) == "(unreadable request) → no answer"
    assert "the request is not HTTP" in render(exchange)
    assert "garbage" in render(exchange)


def conversation(*frames: Frame, fault: str | None = None) -> Conversation:
    return Conversation(
        1, "assistant", "http://127.0.0.1:1", "/chat?token=" + KEY, 0.0, frames, ended=True, fault=fault
    )


def frame(data: bytes, **given: object) -> Frame:
    return replace(Frame("to_system", 0.25, "text", Body(data, len(data))), **given)  # type: ignore[arg-type]


def test_frames_are_told_one_a_line_with_direction_and_time() -> None:
    text = render_conversation(
        conversation(
            frame(b'{"type": "chat",\n "token": "0123456789abcdef3f2a"}'),
            frame("grüße\n".encode(), direction="to_client", at=1.5, fragments=3),
            frame(b"\x00a", kind="binary"),
            frame(b"enough", kind="close", code=4001, direction="to_client"),
        )
    )
    lines = text.splitlines()
    assert lines[0].startswith(
        "WebSocket ws://127.0.0.1:1/chat?token=****3f2a of assistant, opened 1970-01-01 00:00:00"
    )
    assert lines[2] == '     0.250 s → text   {"type": "chat", "token": "****3f2a"}'
    assert lines[3] == "     1.500 s ← text   grüße\\n … (3 fragments)"
    assert lines[4] == "     0.250 s → binary (binary) ·a"
    assert lines[5] == "     0.250 s ← close  4001 enough"
    assert lines[7] == "closed"


@pytest.mark.parametrize("kind", ["text", "binary"])
def test_of_a_secret_cut_in_two_by_the_end_of_a_frame_nothing_is_shown(kind: FrameKind) -> None:
    register_secret(secret := "Wq7vN5tR7wY2uPk3bQ8x")
    begun = b'{"note": "' + secret[:15].encode()
    text = render_conversation(conversation(frame(b"", kind=kind, payload=Body(begun, len(begun), complete=False))))
    assert secret[:5] not in text
    assert '{"note": "****' in text


def test_of_a_secret_cut_in_two_by_the_end_of_a_binary_body_nothing_is_shown(
    recorded: Callable[..., Exchange],
) -> None:
    register_secret(secret := "Lq7vN5tR7wY2uPk3bQ8x")
    begun = b"\x00\x01" + secret[:15].encode()
    text = render(recorded(post(b"{}"), answer(begun, b"Content-Type: application/octet-stream", length=100)))
    assert secret[:5] not in text
    assert "(binary) ··****" in text


@pytest.mark.parametrize("depth", [900, 5000, 30_000])
def test_json_nested_too_deeply_to_be_laid_out_is_shown_as_text(recorded: Callable[..., Exchange], depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    exchange = recorded(post(b"{}"), answer(nested, b"Content-Type: application/json"))
    assert "[" * min(depth, BODY_LIMIT) in render(exchange)
    assert "[" * min(depth, 2000) in render_conversation(conversation(frame(nested)))


def test_many_and_long_frames_are_bounded() -> None:
    text = render_conversation(conversation(*[frame(b"x" * 5000)] * (FRAMES_LIMIT + 7), fault="cut off"))
    assert "… (cut: 5,000 bytes)" in text
    assert "… 7 more frames are not shown" in text
    assert text.endswith("\ncut off\n")
    assert len(text) < FRAMES_LIMIT * 2100


def test_many_tools_offered_to_a_model_are_told_by_their_names(recorded: Callable[..., Exchange]) -> None:
    tools = [{"type": "function", "function": {"name": f"tool_{n}", "parameters": {"much": "more"}}} for n in range(9)]
    text = render(recorded(post(json.dumps({"model": "m", "tools": tools}).encode()), answer(b"{}", JSON)))
    assert "(9 tools, their schemas left out here) tool_0, tool_1" in text
    assert "much" not in text
    few = render(recorded(post(json.dumps({"tools": tools[:2]}).encode()), answer(b"{}", JSON)))
    assert few.count('"much": "more"') == 2
