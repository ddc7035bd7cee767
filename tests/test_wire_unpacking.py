"""Proves that observers see what packed answers say, however packed and torn, while the bytes pass verbatim."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.running.canary import Canary
from support.wire import Passage, Wire, WireError
from support.wire import unpacking as module
from support.wire.unpacking import UnpackingError, unpacking
from tests.wire_servers import LIMIT_S, connect, one, raw_server, read_all, read_until

GET = b"GET /packed HTTP/1.1\r\nHost: x\r\n\r\n"


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    half = len(data) // 2
    return gzip.compress(data[:half]) + gzip.compress(data[half:])


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "two members": ("gzip", members),
    "deflate": ("deflate", zlib.compress),
    "deflate without header": ("deflate", raw_deflate),
}


@pytest.mark.parametrize("name", PACKERS)
@given(data=st.binary(max_size=5000), size=st.integers(1, 200))
def test_what_is_packed_is_seen_unpacked_in_any_pieces(name: str, data: bytes, size: int) -> None:
    coding, pack = PACKERS[name]
    packed = pack(data)
    reader = unpacking(coding.encode())
    assert reader is not None
    seen = b"".join(
        piece for start in range(0, len(packed), size) for piece in reader.feed(packed[start : start + size])
    )
    assert seen == data


@pytest.mark.parametrize("coding", [b"gzip", b"deflate"])
@given(data=st.binary(min_size=1, max_size=300), size=st.integers(1, 50))
def test_what_is_not_packed_after_all_is_seen_as_it_is(coding: bytes, data: bytes, size: int) -> None:
    plain = b"{" + data
    reader = unpacking(coding)
    assert reader is not None
    seen = b"".join(piece for start in range(0, len(plain), size) for piece in reader.feed(plain[start : start + size]))
    # A "{" opens neither gzip nor zlib, but may open raw deflate: then something was unpacked before it broke.
    assert seen == plain or coding == b"deflate"


@pytest.mark.parametrize("coding", [b"", b"identity", b"br", b"gzip, gzip"])
def test_other_codings_are_left_as_they_are(coding: bytes) -> None:
    assert unpacking(coding) is None


def test_much_is_unpacked_in_small_pieces() -> None:
    reader = unpacking(b"gzip")
    assert reader is not None
    sizes = [len(piece) for piece in reader.feed(gzip.compress(bytes(5_000_000)))]
    assert sum(sizes) == 5_000_000
    assert max(sizes) <= 64 * 1024


def test_a_bomb_is_given_up_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOTAL_LIMIT", 100_000)
    packed = gzip.compress(bytes(200_000))
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    with Wire() as wire, raw_server(answering(answer)) as system:
        proxy = wire.proxy("system", observers=[lambda passage: None])
        client = connect(proxy.start(system.address))
        client.sendall(GET)
        assert read_all(client) == answer
        with pytest.raises(WireError, match="was not searched") as told:
            proxy.drain()
        assert isinstance(told.value.__cause__, UnpackingError)


@pytest.mark.parametrize("name", PACKERS)
def test_a_canary_in_a_packed_answer_is_seen_and_no_byte_is_touched(name: str) -> None:
    coding, pack = PACKERS[name]
    canary = Canary()
    packed = pack(b"x" * 10_000 + canary.value.encode() + b"y" * 10_000)
    assert canary.value.encode() not in packed
    answer = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    seen: list[Passage] = []
    with Wire() as wire, raw_server(answering(answer)) as system:
        proxy = wire.proxy("system", observers=[canary.watch, seen.append])
        client = connect(proxy.start(system.address))
        client.settimeout(LIMIT_S)
        client.sendall(GET)
        assert read_all(client) == answer
        assert one(proxy.drain()).response_body.kept == packed
    assert canary.sightings() == ["GET /packed of system"]
    assert {passage.path for passage in seen} == {"/packed"}


def test_a_canary_in_a_request_is_seen_where_it_is_passed_on() -> None:
    canary, answer = Canary(), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    body = b"x" * 100_000 + canary.value.encode()

    def serve(connection: socket.socket) -> None:
        read_until(connection, body[-20:])
        connection.sendall(answer)

    with Wire() as wire, raw_server(serve) as system:
        proxy = wire.proxy("model", observers=[canary.watch], listeners=[canary.watch_requests])
        client = connect(proxy.start(system.address))
        client.settimeout(LIMIT_S)
        client.sendall(b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        assert read_all(client) == answer
        proxy.drain()
    assert canary.sightings() == []
    assert canary.passed_on() == ["POST /chat of model"]


def answering(answer: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(answer)

    return serve
