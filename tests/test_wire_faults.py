"""Proves that each network fault gives a client exactly the error it promises, strikes what it is meant for and nothing
else, is over when it is over, is recorded as ordered, and leaves no task, thread, timer or link behind.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from queue import Queue

import httpx
import openai
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import HealthCheck, given, settings
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect as open_websocket
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_websockets

from support.checks.waiting import eventually
from support.wire import (
    CutAfter,
    Delay,
    Drip,
    Fault,
    HalfClose,
    Proxy,
    Refuse,
    ResetAfter,
    ResetAtConnect,
    Silent,
    Unanswered,
    Wire,
    WireError,
    links,
)
from tests.test_wire_proxy import PIECES, send_pieces
from tests.wire_servers import LIMIT_S, connect, eventually_one, one, raw_server, read_all, read_until, uvicorn_server

BODY = b"0123456789" * 30
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
GET = b"GET /some HTTP/1.1\r\nHost: x\r\n\r\n"
COMPLETION = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}],
}
received: Counter[str] = Counter()
"""Requests that reached the system, by path."""


def application() -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def complete() -> object:
        received["/v1/chat/completions"] += 1
        return COMPLETION

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def anything(path: str, request: Request) -> Response:
        await request.body()
        received[f"/{path}"] += 1
        return Response(BODY)

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with uvicorn_server(application(), http="h11") as address:
        yield address


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as made:
        yield made
        leftovers_soon(made)


@pytest.fixture
def proxy(wire: Wire, server: str) -> Iterator[Proxy]:
    made = wire.proxy("system")
    made.start(server)
    received.clear()
    yield made
    made.clear_faults()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.address, timeout=LIMIT_S) as made:
        yield made


def leftovers(wire: Wire) -> None:
    def look() -> tuple[int, int, int]:
        loop = asyncio.get_running_loop()
        scheduled = [handle for handle in loop._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
        links = sum(len(proxy._links) for proxy in wire._proxies)
        return links, len(asyncio.all_tasks()) - 1, len(scheduled)

    assert wire.call(look) == (0, 0, 0)


def leftovers_soon(wire: Wire) -> None:
    eventually(lambda: leftovers(wire), within=LIMIT_S, what="no link, task or timer is left")


def asked(client: httpx.Client, path: str = "/some") -> bytes:
    return client.get(path).content


# A RST may overtake the last look of connect().
RESETS = (httpx.ConnectError, httpx.ReadError, httpx.WriteError)
BROKEN: list[tuple[Fault, type[Exception] | tuple[type[Exception], ...], str]] = [
    (ResetAtConnect(), RESETS, "reset at connect (ordered)"),
    (ResetAfter(0), httpx.ReadError, "reset after 0 bytes of the answer (ordered)"),
    (ResetAfter(20), httpx.ReadError, "reset after 20 bytes of the answer (ordered)"),
    (ResetAfter(200), httpx.ReadError, "reset after 200 bytes of the answer (ordered)"),
    (CutAfter(0), httpx.RemoteProtocolError, "cut after 0 bytes of the answer (ordered)"),
    (CutAfter(20), httpx.RemoteProtocolError, "cut after 20 bytes of the answer (ordered)"),
    (CutAfter(200), httpx.RemoteProtocolError, "cut after 200 bytes of the answer (ordered)"),
    (HalfClose(200), httpx.RemoteProtocolError, "half-closed after 200 bytes of the answer (ordered)"),
]


class TestErrors:
    @pytest.mark.parametrize(("fault", "error", "says"), BROKEN, ids=str)
    @pytest.mark.parametrize("pooled", [False, True], ids=["new connection", "kept alive"])
    def test_a_broken_connection_is_told_as_promised_and_recorded_as_ordered(
        self,
        proxy: Proxy,
        client: httpx.Client,
        fault: Fault,
        error: type[Exception] | tuple[type[Exception], ...],
        says: str,
        *,
        pooled: bool,
    ) -> None:
        if pooled:
            assert asked(client) == BODY
            proxy.drain()
        injection = proxy.inject(fault)
        with pytest.raises(error) as caught:
            asked(client)
        if isinstance(caught.value, httpx.NetworkError):
            assert "reset by peer" in str(caught.value)
        assert injection.hits == 1
        exchange = one(proxy.drain())
        assert (exchange.ordered_fault, exchange.fault, exchange.client_hung_up) == (says, None, False)
        injection.clear()
        assert asked(client) == BODY
        assert one(proxy.drain()).ordered_fault is None
        assert injection.hits == 1

    def test_refused_is_refused_by_the_kernel_and_the_port_comes_back(self, proxy: Proxy, client: httpx.Client) -> None:
        assert asked(client) == BODY
        address = proxy.address
        injection = proxy.inject(Refuse())
        with pytest.raises(ConnectionRefusedError):
            connect(proxy.address)
        with pytest.raises(httpx.ConnectError, match="refused"):
            asked(client)
        injection.clear()
        assert asked(client) == BODY
        assert proxy.address == address
        assert injection.hits == 0

    def test_a_refused_port_is_kept_from_others(self, proxy: Proxy) -> None:
        proxy.inject(Refuse())
        port = int(proxy.address.rpartition(":")[2])
        with socket.socket() as thief, pytest.raises(OSError, match="in use"):
            thief.bind(("127.0.0.1", port))

    def test_refused_for_a_while_ends_by_itself(self, proxy: Proxy, client: httpx.Client) -> None:
        started = time.perf_counter()
        proxy.inject(Refuse(0.1))
        with pytest.raises(httpx.ConnectError):
            asked(client)
        eventually(lambda: accepted(proxy.address), within=LIMIT_S, what="the port is back")
        assert time.perf_counter() - started >= 0.1
        assert asked(client) == BODY

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops who connects to a full queue")
    def test_an_unanswered_connection_is_a_connect_timeout_until_it_ends(
        self, proxy: Proxy, client: httpx.Client
    ) -> None:
        address = proxy.address
        injection = proxy.inject(Unanswered())
        for _ in range(2):
            with pytest.raises(httpx.ConnectTimeout):
                client.get("/some", timeout=0.2)
        injection.clear()
        assert asked(client) == BODY
        assert proxy.address == address
        assert [exchange.path for exchange in proxy.drain()] == ["/some"]

    def test_refused_twice_over_needs_both_to_end(self, proxy: Proxy, client: httpx.Client) -> None:
        first, second = proxy.inject(Refuse()), proxy.inject(Refuse())
        first.clear()
        first.clear()
        with pytest.raises(httpx.ConnectError):
            asked(client)
        second.clear()
        assert asked(client) == BODY

    def test_an_exchange_under_way_outlives_the_refusal_and_its_connection_does_not(self, wire: Wire) -> None:
        go = threading.Event()

        def serve(connection: socket.socket) -> bytes:
            read_until(connection, b"\r\n\r\n")
            assert go.wait(LIMIT_S)
            connection.sendall(OK)
            return connection.recv(1)

        proxy = wire.proxy("system")
        with raw_server(serve) as system:
            client = connect(proxy.start(system.address))
            client.sendall(GET)
            eventually(lambda: one(proxy.open_exchanges()), within=LIMIT_S, what="the request passes")
            proxy.inject(Refuse())
            go.set()
            assert read_all(client) == OK
            assert system.result() == b""

    def test_silence_is_a_read_timeout_and_nothing_reaches_the_system(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(Silent(times=1))
        with pytest.raises(httpx.ReadTimeout):
            client.post("/some", content=b"x" * 300_000, timeout=0.1)
        assert not received
        assert injection.hits == 1
        exchange = eventually_one(proxy)
        assert (exchange.status, exchange.client_hung_up, exchange.ordered_fault) == (None, True, "silence (ordered)")
        assert asked(client) == BODY

    def test_silence_outlives_the_patience_of_the_system(self, wire: Wire) -> None:
        proxy = wire.proxy("system")
        with raw_server(lambda connection: connection.recv(1)) as system:
            client = connect(proxy.start(system.address))
            proxy.inject(Silent())
            client.sendall(GET)
            # The system was let go, and has closed.
            assert system.result() == b""
            client.settimeout(0.1)
            with pytest.raises(TimeoutError):
                client.recv(1)
            client.close()

    def test_a_system_that_is_reached_after_it_was_let_go_sees_an_orderly_end(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def let_go_first(end: links.End, transport: asyncio.BaseTransport) -> None:
            if end is not end._link.client:
                end._link._fall_silent()
            reached(end, transport)

        reached = links.End.connection_made
        monkeypatch.setattr(links.End, "connection_made", let_go_first)
        with raw_server(lambda connection: connection.recv(1)) as system:
            client = connect(wire.proxy("system").start(system.address))
            told = system.result()
            client.close()
        assert told == b""

    def test_a_delayed_answer_is_late_and_whole(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(Delay(0.15, times=1))
        started = time.perf_counter()
        assert asked(client) == BODY
        assert 0.15 <= time.perf_counter() - started < 1.5
        exchange = one(proxy.drain())
        assert exchange.ordered_fault == "a delay of 0.15 s before the answer (ordered)"
        assert exchange.first_byte_s is not None
        assert exchange.first_byte_s >= 0.15
        assert (exchange.status, exchange.fault, injection.hits) == (200, None, 1)
        assert asked(client) == BODY
        assert one(proxy.drain()).ordered_fault is None

    def test_a_delay_beyond_the_patience_is_a_read_timeout(self, proxy: Proxy, client: httpx.Client) -> None:
        proxy.inject(Delay(60, times=1))
        with pytest.raises(httpx.ReadTimeout):
            client.get("/some", timeout=0.1)
        exchange = eventually_one(proxy)
        assert exchange.client_hung_up
        assert received == {"/some": 1}
        assert asked(client) == BODY

    def test_a_dripping_answer_comes_whole_in_many_pieces(self, proxy: Proxy, client: httpx.Client) -> None:
        proxy.inject(Drip(50, 0.01, times=1))
        pieces: list[bytes] = []
        started = time.perf_counter()
        with client.stream("GET", "/some") as answer:
            pieces.extend(answer.iter_raw())
        assert b"".join(pieces) == BODY
        assert len(pieces) >= 4
        assert time.perf_counter() - started >= 0.06
        assert one(proxy.drain()).ordered_fault == "50 bytes of the answer every 0.01 s (ordered)"
        assert asked(client) == BODY

    @pytest.mark.parametrize("fault", [Delay(0.05), Drip(7, 0.005)], ids=str)
    def test_what_is_held_back_comes_before_the_end_of_the_connection(self, wire: Wire, fault: Fault) -> None:
        def serve(connection: socket.socket) -> None:
            read_until(connection, b"\r\n\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nto the end")

        proxy = wire.proxy("system")
        with raw_server(serve) as system:
            address = proxy.start(system.address)
            proxy.inject(fault)
            assert httpx.get(address).text == "to the end"
        exchange = one(proxy.drain())
        assert (exchange.response_body.complete, exchange.fault) == (True, None)

    def test_the_openai_client_meets_each_fault_as_its_own_errors(self, proxy: Proxy) -> None:
        patience = openai.Timeout(LIMIT_S, read=0.3)

        def complete() -> str | None:
            with openai.OpenAI(api_key="k", base_url=f"{proxy.address}/v1", max_retries=0, timeout=patience) as model:
                answer = model.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
                return answer.choices[0].message.content

        faults: list[tuple[Fault, type[Exception]]] = [
            (Refuse(), openai.APIConnectionError),
            (ResetAtConnect(), openai.APIConnectionError),
            (ResetAfter(0), openai.APIConnectionError),
            (CutAfter(10), openai.APIConnectionError),
            (Silent(), openai.APITimeoutError),
            (Delay(60), openai.APITimeoutError),
        ]
        for fault, error in faults:
            injection = proxy.inject(fault)
            with pytest.raises(error):
                complete()
            injection.clear()
            assert complete() == "hello", f"after {fault}"

    def test_retries_meet_as_many_faults_as_were_ordered(self, proxy: Proxy) -> None:
        injection = proxy.inject(ResetAfter(0, times=2, method="POST"))
        with openai.OpenAI(api_key="k", base_url=f"{proxy.address}/v1", max_retries=3, timeout=LIMIT_S) as model:
            model.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
        assert injection.hits == 2
        assert received == {"/v1/chat/completions": 3}


class TestBytes:
    @pytest.mark.parametrize("n", [0, 1, 17, 38, 47, 48])
    @pytest.mark.parametrize("kind", [ResetAfter, CutAfter, HalfClose], ids=lambda kind: kind.__name__)
    def test_exactly_n_bytes_come_then_the_end(
        self, wire: Wire, kind: Callable[[int], ResetAfter | CutAfter | HalfClose], n: int
    ) -> None:
        with raw_server(answering) as system:
            proxy = wire.proxy("system")
            client = connect(proxy.start(system.address))
            injection = proxy.inject(kind(n))
            client.sendall(GET)
            assert told(client) == (OK[:n], "reset" if kind is ResetAfter else "end")
            assert injection.hits == 1
            client.close()
            assert eventually_one(proxy).ordered_fault is not None

    def test_a_reset_overtakes_no_byte_before_it(self, wire: Wire) -> None:
        def serve(connection: socket.socket) -> None:
            read_until(connection, b"\r\n\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + bytes(9_000_000))

        proxy = wire.proxy("system")
        with raw_server(serve) as system:
            client = connect(proxy.start(system.address))
            proxy.inject(ResetAfter(8_000_000))
            client.sendall(GET)
            data, how = told(client)
            assert (len(data), how) == (8_000_000, "reset")

    def test_an_answer_shorter_than_the_limit_is_untouched(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(ResetAfter(100_000))
        assert [asked(client), asked(client)] == [BODY, BODY]
        assert injection.hits == 0
        assert [exchange.ordered_fault for exchange in proxy.drain()] == [None, None]

    def test_the_bytes_after_a_half_close_still_reach_the_system(self, wire: Wire) -> None:
        def serve(connection: socket.socket) -> bytes:
            read_until(connection, b"\r\n\r\n")
            connection.sendall(OK)
            return read_all(connection)

        proxy = wire.proxy("system")
        with raw_server(serve) as system:
            client = connect(proxy.start(system.address))
            proxy.inject(HalfClose(5))
            client.sendall(GET)
            assert read_all(client) == OK[:5]
            client.sendall(b"still heard")
            client.close()
            assert system.result() == b"still heard"

    def test_a_head_in_single_bytes_is_held_and_passes_unaltered(self, wire: Wire) -> None:
        with raw_server(recording) as system:
            proxy = wire.proxy("system")
            client = connect(proxy.start(system.address))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            injection = proxy.inject(Delay(0.01, path="/elsewhere"))
            for byte in GET:
                client.sendall(bytes([byte]))
            assert read_until(client, b"789") == OK
            assert system.result() == GET
            assert injection.hits == 0

    def test_what_was_held_is_released_when_the_fault_ends(self, wire: Wire) -> None:
        half = GET[:10]
        with raw_server(lambda connection: connection.recv(65536)) as system:
            proxy = wire.proxy("system")
            client = connect(proxy.start(system.address))
            injection = proxy.inject(Silent())
            client.sendall(half)
            eventually(lambda: held(proxy, half), within=LIMIT_S, what="the half head is held")
            injection.clear()
            assert system.result() == half

    def test_what_is_no_http_meets_only_faults_for_everything(self, wire: Wire) -> None:
        with raw_server(lambda connection: connection.sendall(connection.recv(65536))) as system:
            proxy = wire.proxy("system")
            address = proxy.start(system.address)
            proxy.inject(ResetAfter(1, path="/x"))
            client = connect(address)
            client.sendall(b"\x00\x01\x02\r\n\r\n")
            assert client.recv(65536) == b"\x00\x01\x02\r\n\r\n"
            proxy.inject(CutAfter(2))
            other = connect(address)
            other.sendall(b"\x00\x01\x02\r\n\r\n")
            assert told(other) == (b"\x00\x01", "end")

    def test_a_request_answered_before_it_was_whole_is_cut_without_a_reset(self, wire: Wire) -> None:
        def serve(connection: socket.socket) -> None:
            read_until(connection, b"\r\n\r\n")
            connection.sendall(OK)
            read_all(connection)

        proxy = wire.proxy("system")
        with raw_server(serve) as system:
            client = connect(proxy.start(system.address))
            proxy.inject(CutAfter(20))
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
            first = client.recv(20)
            client.sendall(bytes(500_000))
            assert first + read_all(client) == OK[:20]

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(sent=PIECES, answered=PIECES)
    def test_a_fault_for_others_alters_no_byte(self, sent: list[bytes], answered: list[bytes]) -> None:
        arrived: Queue[bytes] = Queue()

        def serve(connection: socket.socket) -> None:
            writer = threading.Thread(target=send_pieces, args=(connection, answered))
            writer.start()
            arrived.put(read_all(connection))
            writer.join(LIMIT_S)

        with Wire() as wire, raw_server(serve) as system:
            proxy = wire.proxy("system")
            client = connect(proxy.start(system.address))
            proxy.inject(Silent(path="/never"))
            writer = threading.Thread(target=send_pieces, args=(client, sent))
            writer.start()
            assert read_all(client) == b"".join(answered)
            writer.join(LIMIT_S)
            client.close()
            assert arrived.get(timeout=LIMIT_S) == b"".join(sent)
            proxy.drain()
            leftovers_soon(wire)


class TestChoice:
    def test_only_the_requests_meant_are_spoilt(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(CutAfter(0, method="post", path="/v1/data*"))
        assert asked(client, "/v1/datasets") == BODY
        assert client.post("/other/v1/datasets").content == BODY
        assert client.post("/V1/datasets").content == BODY
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/v1/datasets?limit=3")
        assert injection.hits == 1

    def test_the_next_n_are_spoilt_and_no_more(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(CutAfter(0, times=2))
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                asked(client)
        assert asked(client) == BODY
        assert injection.hits == 2

    def test_the_first_n_are_spared(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(CutAfter(0, path="/some", after=2, times=1))
        assert [asked(client), asked(client)] == [BODY, BODY]
        with pytest.raises(httpx.RemoteProtocolError):
            asked(client)
        assert asked(client) == BODY
        assert injection.hits == 1

    def test_the_next_n_connections_are_reset_and_no_more(self, proxy: Proxy, client: httpx.Client) -> None:
        injection = proxy.inject(ResetAtConnect(times=2))
        for _ in range(2):
            with pytest.raises(RESETS):
                asked(client)
        assert asked(client) == BODY
        assert injection.hits == 2

    def test_the_oldest_fault_that_matches_strikes_first(self, proxy: Proxy, client: httpx.Client) -> None:
        proxy.inject(CutAfter(0, path="/some", times=1))
        proxy.inject(ResetAfter(0, times=1))
        with pytest.raises(httpx.RemoteProtocolError):
            asked(client)
        with pytest.raises(httpx.ReadError):
            asked(client)
        assert asked(client) == BODY

    def test_calls_at_the_same_time_use_up_exactly_the_times_ordered(self, proxy: Proxy) -> None:
        injection = proxy.inject(CutAfter(0, times=5))
        outcomes: list[str] = []

        def ask() -> None:
            try:
                outcomes.append(str(httpx.get(f"{proxy.address}/some", timeout=LIMIT_S).status_code))
            except httpx.RemoteProtocolError:
                outcomes.append("cut")

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT_S)
        assert Counter(outcomes) == {"cut": 5, "200": 7}
        assert injection.hits == 5

    @pytest.mark.parametrize("fault", [Refuse(), ResetAtConnect(), Silent(), Delay(60), CutAfter(0)], ids=str)
    def test_other_systems_and_exchanges_under_way_are_untouched(self, wire: Wire, server: str, fault: Fault) -> None:
        go = threading.Event()

        def serve(connection: socket.socket) -> None:
            read_until(connection, b"\r\n\r\n")
            assert go.wait(LIMIT_S)
            connection.sendall(OK)

        struck, other = wire.proxy("struck"), wire.proxy("other")
        with raw_server(serve) as system:
            under_way = connect(struck.start(system.address))
            under_way.sendall(GET)
            eventually(lambda: one(struck.open_exchanges()), within=LIMIT_S, what="the request passes")
            struck.inject(fault)
            assert httpx.get(other.start(server)).content == BODY
            go.set()
            assert read_all(under_way) == OK
        assert one(other.drain()).ordered_fault is None
        assert one(struck.drain()).ordered_fault is None

    def test_a_websocket_is_reset_in_the_middle_of_the_conversation(self, wire: Wire) -> None:
        proxy = wire.proxy("assistant")
        with serve_websockets(echo, "127.0.0.1", 0) as system:
            thread = threading.Thread(target=system.serve_forever, daemon=True)
            thread.start()
            address = proxy.start(f"http://127.0.0.1:{system.socket.getsockname()[1]}")
            proxy.inject(ResetAfter(1000, path="/chat", times=1))
            with open_websocket(address.replace("http", "ws", 1) + "/chat", compression=None) as chat:
                chat.send("hello")
                assert chat.recv(LIMIT_S) == "hello"
                chat.send("x" * 1000)
                with pytest.raises(ConnectionClosedError):
                    chat.recv(LIMIT_S)
            system.shutdown()
            thread.join(LIMIT_S)
        conversation = proxy.drain_conversations()[-1]
        assert conversation.fault == "reset after 1,000 bytes of the answer (ordered), without a close frame"


class TestEnd:
    def test_clearing_all_ends_every_fault_and_answers_them(self, proxy: Proxy, client: httpx.Client) -> None:
        faults: list[Fault] = [Refuse(), Refuse(60), ResetAtConnect(), Silent(), Delay(60), CutAfter(0)]
        injections = [proxy.inject(fault) for fault in faults]
        assert proxy.clear_faults() == injections
        assert proxy.clear_faults() == []
        assert asked(client) == BODY

    @pytest.mark.parametrize("fault", [Silent(), Delay(60), Drip(1, 60), HalfClose(3)], ids=str)
    def test_clearing_all_resets_what_a_fault_still_holds(self, proxy: Proxy, fault: Fault) -> None:
        injection = proxy.inject(fault)
        client = connect(proxy.address)
        client.sendall(GET)
        eventually(lambda: struck(injection.hits), within=LIMIT_S, what="the fault strikes")
        proxy.clear_faults()
        assert_reset(client)

    def test_clearing_one_leaves_what_it_struck_to_its_fate(self, proxy: Proxy) -> None:
        injection = proxy.inject(Silent())
        client = connect(proxy.address)
        client.sendall(GET)
        eventually(lambda: struck(injection.hits), within=LIMIT_S, what="the fault strikes")
        injection.clear()
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.close()

    @pytest.mark.parametrize(
        "fault", [Refuse(), Refuse(60), Silent(), Delay(60), Drip(1, 60), HalfClose(3), CutAfter(9)], ids=str
    )
    def test_the_wire_closes_in_the_middle_of_any_fault(self, server: str, fault: Fault) -> None:
        before = threading.active_count()
        wire = Wire()
        proxy = wire.proxy("system")
        client = connect(proxy.start(server))
        injection = proxy.inject(fault)
        if not isinstance(fault, Refuse):
            client.sendall(GET)
            eventually(lambda: struck(injection.hits), within=LIMIT_S, what="the fault strikes")
        wire.close()
        with pytest.raises(ConnectionRefusedError):
            connect(proxy.address)
        assert threading.active_count() == before
        with pytest.raises(WireError, match="closed"):
            proxy.inject(fault)
        client.close()

    def test_a_proxy_not_started_has_nothing_to_spoil(self, wire: Wire) -> None:
        proxy = wire.proxy("system")
        assert proxy.clear_faults() == []
        with pytest.raises(WireError, match="not started"):
            proxy.inject(Silent())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ResetAfter(-1), "n: "),
        (lambda: CutAfter(1.5), "n: "),  # type: ignore[arg-type]
        (lambda: Silent(times=0), "times: "),
        (lambda: ResetAtConnect(times=-1), "times: "),
        (lambda: Delay(0), "seconds: "),
        (lambda: Delay(float("inf")), "seconds: "),
        (lambda: Refuse(-1), "seconds: "),
        (lambda: Drip(0, 1), "size: "),
        (lambda: Drip(1, 0), "every_s: "),
        (lambda: Silent(path=""), "path: "),
        (lambda: Silent(after=-1), "after: "),
    ],
)
def test_a_fault_that_makes_no_sense_names_the_field(make: Callable[[], Fault], says: str) -> None:
    with pytest.raises(ValueError, match=f"^{says}"):
        make()


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


def answering(connection: socket.socket) -> None:
    """Answers one request, and stays until the client leaves."""
    read_until(connection, b"\r\n\r\n")
    connection.sendall(OK)
    read_all(connection)


def recording(connection: socket.socket) -> bytes:
    request = read_until(connection, b"\r\n\r\n")
    connection.sendall(OK)
    return request


def told(client: socket.socket) -> tuple[bytes, str]:
    """What came, and how it ended: "end" or "reset"."""
    data = bytearray()
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        return bytes(data), "reset"
    return bytes(data), "end"


def assert_reset(client: socket.socket) -> None:
    try:
        while client.recv(65536):
            pass
        # An end was seen before: only sending tells whether the rest is reset too (EPIPE, since it was half closed).
        client.sendall(GET)
    except (ConnectionResetError, BrokenPipeError):
        return
    raise AssertionError("the connection is not reset")


def held(proxy: Proxy, data: bytes) -> None:
    links = proxy._wire.call(lambda: [bytes(link._held) for link in proxy._links])
    assert links == [data]


def accepted(address: str) -> None:
    try:
        connect(address).close()
    except ConnectionRefusedError as error:
        raise AssertionError("refused") from error


def struck(hits: int) -> None:
    assert hits == 1
