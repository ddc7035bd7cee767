"""Proves that the proxy carries bytes verbatim, in order and at once, in both directions, and hands every ending on:
half-close, close, reset, refusal. Slow receivers hold senders back; a retarget moves a system, not its address.
"""

from __future__ import annotations

import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.checks.waiting import eventually
from support.wire import Passage, Proxy, Wire, WireError
from tests.tls import certificate
from tests.wire_servers import LIMIT_S, connect, eventually_one, one, raw_server, read_all, read_until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as made:
        yield made


@pytest.fixture
def proxy(wire: Wire) -> Proxy:
    return wire.proxy("system")


def answering(answer: bytes) -> Callable[[socket.socket], int]:
    """Answers every request without a body."""

    def serve(connection: socket.socket) -> int:
        served = 0
        while data := connection.recv(65536):
            for _ in range(data.count(b"\r\n\r\n")):
                connection.sendall(answer)
                served += 1
        connection.close()
        return served

    return serve


PIECES = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=2000),
        st.sampled_from(
            [
                GET,
                OK,
                b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"3\r\nabc\r\n0\r\n\r\n",
                b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: w\xc3\x93bsocket\r\n\r\n",
                b"\x81\x05hello",
                b"\x81\x85\x01\x02\x03\x04abcde",
                b"HTTP/1.0 200 OK\r\n\r\n",
                b"HTTP/1.1 204 No Content\r\n\r\n",
                b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                b"\r\n",
            ]
        ),
    ),
    max_size=8,
)


class TestBytes:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(sent=PIECES, answered=PIECES)
    def test_arbitrary_bytes_come_out_identical_and_in_order_both_ways(
        self, sent: list[bytes], answered: list[bytes]
    ) -> None:
        scripts.put(answered)
        client = connect(shared.address)
        writer = threading.Thread(target=send_pieces, args=(client, sent))
        writer.start()
        received = read_all(client)
        writer.join(LIMIT_S)
        client.close()
        assert received == b"".join(answered)
        assert arrived.get(timeout=LIMIT_S) == b"".join(sent)
        # Whatever it was, reading it must not have failed.
        shared.drain()
        shared.drain_conversations()

    def test_many_megabytes_pass_both_ways_at_once(self, proxy: Proxy) -> None:
        up, down = os.urandom(6_000_000), os.urandom(5_000_000)

        def serve(connection: socket.socket) -> bytes:
            writer = threading.Thread(target=send_pieces, args=(connection, [down]))
            writer.start()
            data = read_all(connection)
            writer.join(LIMIT_S)
            return data

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            writer = threading.Thread(target=send_pieces, args=(client, [up]))
            writer.start()
            assert read_all(client) == down
            writer.join(LIMIT_S)
            assert server.result() == up

    def test_a_half_closed_client_still_gets_its_answer(self, proxy: Proxy) -> None:
        def serve(connection: socket.socket) -> bytes:
            request = read_all(connection)
            connection.sendall(OK)
            connection.close()
            return request

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            client.sendall(GET)
            client.shutdown(socket.SHUT_WR)
            assert read_all(client) == OK
            assert server.result() == GET
        exchange = one(proxy.drain())
        assert (exchange.status, exchange.client_hung_up, exchange.fault) == (200, False, None)

    def test_a_system_that_ends_its_stream_may_still_be_written_to(self, proxy: Proxy) -> None:
        def serve(connection: socket.socket) -> bytes:
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            assert client.recv(1) == b""
            client.sendall(b"still here")
            client.close()
            assert server.result() == b"still here"

    def test_a_reset_by_the_system_reaches_the_client_as_a_reset(self, proxy: Proxy) -> None:
        def serve(connection: socket.socket) -> None:
            read_until(connection, b"\r\n\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            reset(connection)

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            client.sendall(GET)
            with pytest.raises(ConnectionResetError):
                read_all(client)
        exchange = one(proxy.drain())
        assert exchange.status == 200
        assert exchange.fault == "the system reset the connection in the middle of the answer"

    def test_a_reset_by_the_client_reaches_the_system_as_a_reset(self, proxy: Proxy) -> None:
        def serve(connection: socket.socket) -> type[Exception] | None:
            read_until(connection, b"\r\n\r\n")
            try:
                read_all(connection)
            except ConnectionResetError as error:
                return type(error)
            return None

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            client.sendall(GET)
            eventually(lambda: one(proxy.open_exchanges()), within=LIMIT_S, what="the request passes")
            reset(client)
            assert server.result() is ConnectionResetError
        exchange = eventually_one(proxy)
        assert (exchange.method, exchange.status, exchange.client_hung_up) == ("GET", None, True)

    def test_a_reader_that_stops_holds_the_system_back_soon_however_quick_it_was_before(self, proxy: Proxy) -> None:
        offered, read_before = 64_000_000, 16_000_000
        stalled = threading.Event()

        def serve(connection: socket.socket) -> int:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
            connection.settimeout(0.5)
            sent, block = 0, bytes(65536)
            try:
                while sent < offered:
                    sent += connection.send(block)
            except TimeoutError:
                stalled.set()
            connection.close()
            return sent

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            read = 0
            while read < read_before:
                read += len(client.recv(65536))
            assert stalled.wait(LIMIT_S), "the proxy swallowed everything for a client that reads nothing"
            swallowed = server.result() - read
            assert swallowed < 3_000_000, "the kernel's buffers on the way have grown without a limit"
            assert len(read_all(client)) == swallowed


class TestEndings:
    def test_a_refused_connection_is_a_reset_and_is_recorded_with_its_cause(self, proxy: Proxy) -> None:
        address = proxy.start(f"http://127.0.0.1:{unused_port()}")
        with pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
            httpx.get(address)
        exchange = one(proxy.drain())
        assert exchange.status is None
        assert exchange.fault is not None
        assert exchange.fault.startswith("no connection to http://127.0.0.1:")
        assert "refused" in exchange.fault.lower() or "connect call failed" in exchange.fault.lower()

    def test_a_system_killed_in_the_middle_of_an_answer(self, proxy: Proxy) -> None:
        program = (
            "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
            "c, _ = s.accept(); c.recv(65536); c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf')\n"
            "c.recv(1)"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as system:
            assert system.stdout is not None
            client = connect(proxy.start(f"http://127.0.0.1:{int(system.stdout.readline())}"))
            client.sendall(GET)
            read_until(client, b"half")
            assert one(proxy.open_exchanges()).status == 200
            system.kill()
            assert client.recv(1) == b""
        exchange = one(proxy.drain())
        assert exchange.response_body.kept == b"half"
        assert not exchange.response_body.complete
        assert exchange.fault == "the system closed the connection in the middle of the answer"
        assert not exchange.client_hung_up
        assert proxy.open_exchanges() == []

    def test_a_client_that_hangs_up_ends_the_work_of_the_system(self, proxy: Proxy) -> None:
        def serve(connection: socket.socket) -> bytes:
            read_until(connection, b"\r\n\r\n")
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            rest = read_all(connection)
            connection.close()
            return rest

        with raw_server(serve) as server:
            client = connect(proxy.start(server.address))
            client.sendall(GET)
            read_until(client, b"first\r\n")
            client.close()
            assert server.result() == b""
        exchange = eventually_one(proxy)
        assert exchange.client_hung_up
        assert exchange.response_body.kept == b"first"
        assert exchange.fault is None

    def test_closing_the_proxy_resets_its_clients_and_keeps_the_records(self) -> None:
        wire = Wire()
        proxy = wire.proxy("system")
        with raw_server(read_all) as server:
            client = connect(proxy.start(server.address))
            client.sendall(GET)
            eventually(lambda: one(proxy.open_exchanges()), within=LIMIT_S, what="the request passes")
            wire.close()
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        assert one(proxy.drain()).fault == "the proxy was closed before it answered"
        with pytest.raises(ConnectionRefusedError):
            connect(proxy.address)
        wire.close()
        assert not [thread for thread in threading.enumerate() if thread.name == "wire" and thread is wire._thread]


class TestRetarget:
    def test_the_address_stays_and_no_stale_connection_is_left_in_a_pool(self, proxy: Proxy) -> None:
        first = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold"
        second = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"
        with raw_server(answering(first)) as old, raw_server(answering(second)) as new, httpx.Client() as client:
            address = proxy.start(old.address)
            assert client.get(address).text == "old"
            proxy.retarget(new.address)
            assert proxy.address == address
            assert client.get(address).text == "new"
            assert old.result() == 1
        assert [exchange.upstream for exchange in proxy.drain()] == [old.address, new.address]

    def test_an_exchange_under_way_is_left_to_end(self, proxy: Proxy) -> None:
        go = threading.Event()

        def serve(connection: socket.socket) -> None:
            read_until(connection, b"\r\n\r\n")
            assert go.wait(LIMIT_S)
            connection.sendall(OK)

        with raw_server(serve) as old:
            client = connect(proxy.start(old.address))
            client.sendall(GET)
            eventually(lambda: one(proxy.open_exchanges()), within=LIMIT_S, what="the request passes")
            proxy.retarget("http://127.0.0.1:9")
            go.set()
            assert read_until(client, b"ok") == OK


class TestUse:
    @pytest.mark.parametrize("address", ["127.0.0.1:80", "ftp://x", "http://", "http://x:99999", ""])
    def test_a_wrong_address_is_named(self, proxy: Proxy, address: str) -> None:
        with pytest.raises(WireError, match="is not an address"):
            proxy.start(address)

    def test_starting_twice_names_the_remedy(self, proxy: Proxy) -> None:
        proxy.start("http://127.0.0.1:9")
        with pytest.raises(WireError, match="retarget"):
            proxy.start("http://127.0.0.1:9")

    def test_a_path_in_the_address_is_carried_over(self, proxy: Proxy) -> None:
        assert proxy.start("http://127.0.0.1:9/base/").endswith("/base")

    def test_a_forked_child_is_told_to_make_its_own(self, wire: Wire) -> None:
        proxy = wire.proxy("system")
        proxy.start("http://127.0.0.1:9")
        wire._owner = os.getpid() + 1
        with pytest.raises(WireError, match="after the fork"):
            proxy.drain()
        wire._owner = os.getpid()

    def test_import_starts_nothing(self) -> None:
        program = "import threading, support.wire; print(threading.active_count())"
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == "1"

    def test_proxies_of_a_worker_share_one_thread(self, wire: Wire) -> None:
        before = threading.active_count()
        for name in ("a", "b", "c"):
            wire.proxy(name).start("http://127.0.0.1:9")
        assert threading.active_count() == before + 1

    def test_an_observer_that_fails_is_told_and_does_not_stop_the_traffic(self, wire: Wire) -> None:
        def fail(passage: Passage) -> None:
            raise KeyError(passage.system)

        proxy = wire.proxy("system", observers=[fail])
        with raw_server(answering(OK)) as server:
            assert httpx.get(proxy.start(server.address)).text == "ok"
            with pytest.raises(WireError, match=r"KeyError\('system'\)"):
                proxy.drain()

    def test_several_are_drained_at_once_and_no_others(self, wire: Wire) -> None:
        one_proxy, two, three = (wire.proxy(name) for name in ("a", "b", "c"))
        with raw_server(answering(OK)) as server:
            for number, proxy in enumerate((one_proxy, two, three)):
                httpx.get(f"{proxy.start(server.address)}/{number}")
        ended, said = wire.drain([one_proxy, two])
        assert [(exchange.system, exchange.path) for exchange in ended] == [("a", "/0"), ("b", "/1")]
        assert said == []
        assert wire.drain([one_proxy, two]) == ([], [])
        assert [exchange.path for exchange in three.drain()] == ["/2"]

    def test_draining_none_starts_nothing(self, wire: Wire) -> None:
        before = threading.active_count()
        assert wire.drain([]) == ([], [])
        assert threading.active_count() == before

    def test_what_failed_in_one_of_several_is_told_with_its_name(self, wire: Wire) -> None:
        def fail(passage: Passage) -> None:
            raise KeyError(passage.system)

        sound, broken = wire.proxy("sound"), wire.proxy("broken", observers=[fail])
        with raw_server(answering(OK)) as server:
            httpx.get(sound.start(server.address))
            httpx.get(broken.start(server.address))
        with pytest.raises(WireError, match=r"recording before broken failed: KeyError"):
            wire.drain([sound, broken])


def test_a_system_in_tls_that_ignores_a_farewell_is_reset_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        talk = context.wrap_socket(connection, server_side=True)
        read_until(talk, GET)
        talk.sendall(OK)
        over.wait(LIMIT_S)
        assert socket.socket.recv(talk, 65536), "no farewell"
        socket.socket.recv(talk, 65536)

    with raw_server(serve) as system:
        with Wire() as wire:
            proxy = wire.proxy("system")
            client = connect(proxy.start(system.address.replace("http", "https")).replace("https", "http"))
            client.sendall(GET)
            assert read_until(client, OK) == OK
            proxy.retarget("http://127.0.0.1:9")
            assert client.recv(1) == b""
        over.set()
        assert isinstance(system.result(), ConnectionResetError)


# One proxy and server for the property test, which hypothesis runs many times within one test function.
scripts: Queue[list[bytes]] = Queue()
arrived: Queue[bytes] = Queue()
shared: Proxy


def serve_script(connection: socket.socket) -> None:
    writer = threading.Thread(target=send_pieces, args=(connection, scripts.get(timeout=LIMIT_S)))
    writer.start()
    arrived.put(read_all(connection))
    writer.join(LIMIT_S)
    connection.close()


@pytest.fixture(scope="module", autouse=True)
def shared_proxy() -> Iterator[None]:
    global shared  # noqa: PLW0603
    with Wire(body_limit=100) as wire, raw_server(serve_script) as server:
        shared = wire.proxy("system")
        shared.start(server.address)
        yield


def send_pieces(connection: socket.socket, pieces: list[bytes]) -> None:
    for piece in pieces:
        connection.sendall(piece)
    connection.shutdown(socket.SHUT_WR)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
