"""Proves that what the proxy records of HTTP is what was exchanged: over keep-alive, pipelining, every way to frame a
body, streams, interim answers, early answers and answers cut short; that an answer received is an exchange recorded;
and that what is not HTTP is recorded as such.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from support.checks.waiting import eventually
from support.wire import Exchange, Passage, Proxy, Wire
from support.wire.journal import Journal
from support.wire.recorder import Recorder
from tests.wire_servers import LIMIT_S, connect, eventually_one, one, raw_server, read_all, read_until, uvicorn_server

BODY_LIMIT = 64 * 1024
go_on = threading.Event()


def application() -> FastAPI:
    app = FastAPI()

    @app.api_route("/echo", methods=["GET", "POST", "PUT", "HEAD"])
    async def echo(request: Request) -> Response:
        return Response(await request.body(), media_type=request.headers.get("content-type"))

    @app.get("/nothing")
    async def nothing() -> Response:
        return Response(status_code=204)

    @app.get("/packed")
    async def packed() -> Response:
        return Response(gzip.compress(b'{"a": 1}'), headers={"content-encoding": "gzip"}, media_type="application/json")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def events() -> AsyncIterator[bytes]:
            yield b"data: first\n\n"
            # The second event waits until the client has the first.
            await asyncio.to_thread(go_on.wait, LIMIT_S)
            yield b"data: second\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with uvicorn_server(application(), http="h11") as address:
        yield address


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Wire(body_limit=BODY_LIMIT) as made:
        yield made


@pytest.fixture
def proxy(wire: Wire) -> Iterator[Proxy]:
    made = wire.proxy("system")
    yield made
    made.close()


@pytest.fixture
def client(proxy: Proxy, server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.start(server), timeout=LIMIT_S) as made:
        yield made


def header(exchange: Exchange, name: str) -> str:
    return {key.lower(): value for key, value in exchange.response_headers}[name]


class TestExchanges:
    def test_an_exchange_tells_what_was_said(self, client: httpx.Client, proxy: Proxy) -> None:
        before = time.time()
        client.post("/echo?a=1", json={"name": "Zoë"}, headers={"X-Mine": "yes"})
        exchange = one(proxy.drain())
        assert (exchange.system, exchange.method, exchange.path) == ("system", "POST", "/echo?a=1")
        assert exchange.address == proxy.address
        assert json.loads(exchange.request_body.kept) == {"name": "Zoë"}
        assert ("X-Mine", "yes") in exchange.request_headers
        assert (exchange.status, exchange.reason) == (200, "OK")
        assert exchange.response_body == exchange.request_body
        assert header(exchange, "content-type") == "application/json"
        assert exchange.fault is None
        assert not exchange.client_hung_up
        assert before <= exchange.started_at <= time.time()
        assert exchange.first_byte_s is not None
        assert 0 < exchange.first_byte_s <= exchange.duration_s < 5

    def test_keep_alive_gives_one_exchange_per_request(self, client: httpx.Client, proxy: Proxy) -> None:
        for number in range(3):
            client.post("/echo", content=str(number))
        assert [exchange.response_body.kept for exchange in proxy.drain()] == [b"0", b"1", b"2"]
        assert proxy.drain() == []

    def test_an_answer_received_is_always_in_the_next_drain(self, client: httpx.Client, proxy: Proxy) -> None:
        for number in range(300):
            client.post("/echo", content=str(number))
            assert one(proxy.drain()).request_body.kept == str(number).encode()

    def test_many_connections_at_once_lose_and_mix_nothing(self, proxy: Proxy, server: str) -> None:
        address = proxy.start(server)

        def ask(worker: int) -> None:
            with httpx.Client(base_url=address, timeout=LIMIT_S) as own:
                for number in range(10):
                    assert own.post("/echo", content=f"{worker}.{number}").text == f"{worker}.{number}"

        with ThreadPoolExecutor(20) as pool:
            list(pool.map(ask, range(20)))
        exchanges = proxy.drain()
        assert len(exchanges) == 200
        assert all(exchange.request_body == exchange.response_body for exchange in exchanges)
        assert len({exchange.request_body.kept for exchange in exchanges}) == 200

    def test_a_large_body_is_counted_whole_and_kept_to_the_bound(self, client: httpx.Client, proxy: Proxy) -> None:
        body = bytes(range(256)) * 4096
        assert client.post("/echo", content=body).content == body
        exchange = one(proxy.drain())
        for recorded in (exchange.request_body, exchange.response_body):
            assert recorded.length == len(body)
            assert recorded.kept == body[:BODY_LIMIT]
            assert recorded.truncated

    def test_a_chunked_request_and_a_packed_answer(self, client: httpx.Client, proxy: Proxy) -> None:
        client.post("/echo", content=iter([b"one", b"two"]))
        assert one(proxy.drain()).request_body.kept == b"onetwo"
        assert client.get("/packed").json() == {"a": 1}
        exchange = one(proxy.drain())
        assert header(exchange, "content-encoding") == "gzip"
        assert gzip.decompress(exchange.response_body.kept) == b'{"a": 1}'

    def test_answers_without_a_body(self, client: httpx.Client, proxy: Proxy) -> None:
        client.head("/echo")
        client.get("/nothing")
        client.get("/echo")
        assert [(e.method, e.status, e.response_body.length, e.fault) for e in proxy.drain()] == [
            ("HEAD", 200, 0, None),
            ("GET", 204, 0, None),
            ("GET", 200, 0, None),
        ]

    def test_the_first_event_of_a_stream_passes_before_the_second_is_sent(
        self, client: httpx.Client, proxy: Proxy
    ) -> None:
        go_on.clear()
        with client.stream("GET", "/stream") as answer:
            pieces = answer.iter_bytes()
            assert next(pieces) == b"data: first\n\n"
            under_way = one(proxy.open_exchanges())
            assert (under_way.status, under_way.response_body.kept) == (200, b"data: first\n\n")
            assert proxy.drain() == []
            go_on.set()
            assert b"".join(pieces) == b"data: second\n\n"
        exchange = one(proxy.drain())
        assert exchange.response_body.kept == b"data: first\n\ndata: second\n\n"
        assert exchange.first_byte_s is not None
        assert exchange.first_byte_s < exchange.duration_s

    def test_an_observer_sees_every_byte_of_an_answer(self, wire: Wire, server: str) -> None:
        seen: list[Passage] = []
        proxy = wire.proxy("watched", observers=[seen.append])
        body = bytes(range(256)) * 1024
        httpx.post(proxy.start(server) + "/echo", content=body)
        exchange = one(proxy.drain())
        assert b"".join(passage.data for passage in seen) == body
        assert {(p.id, p.system, p.method, p.path) for p in seen} == {(exchange.id, "watched", "POST", "/echo")}


def scripted(*steps: bytes | Callable[[socket.socket], object]) -> Callable[[socket.socket], bytes]:
    """Waits for a request's head, then plays the steps, and reads what else comes."""

    def serve(connection: socket.socket) -> bytes:
        read_until(connection, b"\r\n\r\n")
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                step(connection)
        rest = read_all(connection)
        connection.close()
        return rest

    return serve


def end(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)


class TestProtocol:
    def test_a_client_that_waits_for_100_continue_gets_it(self, proxy: Proxy, server: str) -> None:
        client = connect(proxy.start(server))
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        client.sendall(b"body")
        read_until(client, b"body")
        exchange = one(proxy.drain())
        assert (exchange.interim, exchange.status, exchange.request_body.kept) == ((100,), 200, b"body")
        client.close()

    def test_pipelined_requests_get_their_own_answers(self, proxy: Proxy, server: str) -> None:
        client = connect(proxy.start(server))
        request = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
        client.sendall(request + b"1" + request + b"2" + b"HEAD /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        read_all(client)
        client.close()
        exchanges = proxy.drain()
        assert [(e.method, e.request_body.kept, e.response_body.kept) for e in exchanges] == [
            ("POST", b"1", b"1"),
            ("POST", b"2", b"2"),
            ("HEAD", b"", b""),
        ]

    def test_a_body_without_length_ends_with_the_connection(self, proxy: Proxy) -> None:
        with raw_server(scripted(b"HTTP/1.1 200 OK\r\n\r\nall", b" of it", end)) as system:
            assert httpx.get(proxy.start(system.address)).text == "all of it"
        exchange = one(proxy.drain())
        assert (exchange.response_body.kept, exchange.response_body.complete) == (b"all of it", True)
        assert exchange.fault is None

    def test_304_has_no_body_whatever_its_length_says(self, proxy: Proxy) -> None:
        with raw_server(scripted(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", end)) as system:
            assert httpx.get(proxy.start(system.address)).status_code == 304
        assert one(proxy.drain()).response_body.complete

    def test_an_answer_before_the_request_is_whole(self, proxy: Proxy) -> None:
        with raw_server(scripted(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")) as system:
            client = connect(proxy.start(system.address))
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n")
            read_until(client, b"\r\n\r\n")
            exchange = one(proxy.drain())
            client.sendall(b"half")
            client.close()
            assert system.result() == b"half"
        assert (exchange.status, exchange.request_body.complete) == (413, False)
        assert proxy.drain() == []
        assert proxy.open_exchanges() == []

    def test_a_system_that_closes_without_an_answer(self, proxy: Proxy) -> None:
        with raw_server(scripted(end)) as system:
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(proxy.start(system.address) + "/asked")
            exchange = one(proxy.drain())
        assert (exchange.path, exchange.status) == ("/asked", None)
        assert exchange.fault == "the system closed the connection before it answered"

    def test_headers_in_small_pieces(self, proxy: Proxy) -> None:
        with raw_server(scripted(b"HTTP/1.1 200", b" OK\r\nContent-", b"Length: 1\r\n\r", b"\n", b"x")) as system:
            client = connect(proxy.start(system.address))
            for byte in b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n":
                client.sendall(bytes([byte]))
            read_until(client, b"x")
            assert one(proxy.drain()).path == "/slow"
            client.close()


class TestGarbage:
    def test_a_request_that_is_not_http_is_recorded_with_its_first_bytes_and_its_answer(
        self, proxy: Proxy, server: str
    ) -> None:
        client = connect(proxy.start(server))
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert b"400" in read_all(client)
        exchange = one(proxy.drain())
        assert (exchange.method, exchange.status) == ("", 400)
        assert exchange.request_body.kept == b"\x16\x03\x01 hello\r\n\r\n"
        assert exchange.fault is not None
        assert exchange.fault.startswith("the request is not HTTP")

    def test_an_answer_that_is_not_http_is_recorded_at_once(self, proxy: Proxy) -> None:
        with raw_server(scripted(b"SSH-2.0-OpenSSH\r\n\r\n")) as system:
            client = connect(proxy.start(system.address))
            client.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
            read_until(client, b"\r\n\r\n")
            exchange = one(proxy.drain())
            client.close()
        assert (exchange.path, exchange.status) == ("/a", None)
        assert exchange.response_body.kept == b"SSH-2.0-OpenSSH\r\n\r\n"
        assert exchange.fault is not None
        assert exchange.fault.startswith("the answer is not HTTP")

    def test_a_body_that_breaks_its_framing_keeps_what_was_good(self, proxy: Proxy) -> None:
        answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\nnonsense\r\n"
        with raw_server(scripted(answer, end)) as system:
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(proxy.start(system.address))
            exchange = one(proxy.drain())
        assert (exchange.status, exchange.response_body.kept) == (200, b"good")
        assert not exchange.response_body.complete
        assert exchange.fault is not None
        assert exchange.fault.startswith("the answer is not HTTP")

    def test_a_system_that_speaks_unasked(self, proxy: Proxy) -> None:
        def greet(connection: socket.socket) -> bytes:
            connection.sendall(b"220 ready\r\n")
            return read_all(connection)

        with raw_server(greet) as system:
            client = connect(proxy.start(system.address))
            read_until(client, b"220 ready\r\n")
            exchange = one(proxy.drain())
            client.close()
        assert (exchange.method, exchange.response_body.kept) == ("", b"220 ready\r\n")
        assert exchange.fault == "the system sent what answers no request"

    def test_half_a_request_is_not_forgotten(self, proxy: Proxy) -> None:
        with raw_server(read_all) as system:
            client = connect(proxy.start(system.address))
            client.sendall(b"GET /half HT")
            client.close()
            assert system.result() == b"GET /half HT"
        exchange = eventually_one(proxy)
        assert (exchange.method, exchange.request_body.kept) == ("", b"GET /half HT")
        assert exchange.client_hung_up

    def test_a_tunnel_passes_unread(self, proxy: Proxy) -> None:
        with raw_server(scripted(b"HTTP/1.1 200 OK\r\n\r\n", b"\x00 not http")) as system:
            client = connect(proxy.start(system.address))
            client.sendall(b"CONNECT far:1 HTTP/1.1\r\nHost: far:1\r\n\r\n")
            read_until(client, b"not http")
            client.sendall(b"\x00 nor this")
            client.close()
            assert system.result() == b"\x00 nor this"
        exchange = one(proxy.drain())
        assert (exchange.method, exchange.status, exchange.fault) == ("CONNECT", 200, None)


REQUESTS = (
    b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    b"HEAD /2 HTTP/1.1\r\nHost: x\r\n\r\n"
    b"PUT /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
)
ANSWERS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n\r\nto the end"
)


@settings(max_examples=100, deadline=None)
@given(
    cuts=st.lists(st.integers(1, len(REQUESTS) - 1), max_size=20),
    answer_cuts=st.lists(st.integers(1, len(ANSWERS) - 1), max_size=20),
)
def test_how_bytes_are_cut_into_packets_changes_no_record(cuts: list[int], answer_cuts: list[int]) -> None:
    journal = Journal("system", 1000, (), iter(range(1000)).__next__)
    recorder = Recorder(journal, "http://upstream", 0.0)
    for piece in cut(REQUESTS, cuts):
        recorder.client_sent(piece, 1.0)
    for piece in cut(ANSWERS, answer_cuts):
        recorder.system_sent(piece, 2.0)
    recorder.system_ended(3.0)
    recorded = [
        (e.method, e.path, e.request_body.kept, e.status, e.response_body.kept, e.fault) for e in journal.drain()
    ]
    assert recorded == [
        ("POST", "/1", b"hello", 200, b"hi", None),
        ("HEAD", "/2", b"", 200, b"", None),
        ("PUT", "/3", b"abc", 201, b"to the end", None),
    ]
    assert journal.open_exchanges(4.0) == []
    assert recorder.idle


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(set(places)), len(data)]
    return [data[start:stop] for start, stop in itertools.pairwise(edges)]


def test_a_client_that_leaves_a_stream_is_seen_leaving(client: httpx.Client, proxy: Proxy) -> None:
    go_on.clear()
    with client.stream("GET", "/stream") as answer:
        next(answer.iter_bytes())
    exchange = eventually_one(proxy)
    go_on.set()
    assert exchange.client_hung_up
    assert exchange.response_body.kept.startswith(b"data: first\n\n")

    def nothing_left() -> None:
        assert proxy.open_exchanges() == []

    eventually(nothing_left, within=LIMIT_S, what="the exchange is closed")
