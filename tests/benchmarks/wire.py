"""Measures what the recording proxy adds to an exchange: `python tests/benchmarks/wire.py [exchanges]`.

The server is another process, the client is httpx, everything is on loopback. Direct and proxied exchanges alternate
one by one, so that the machine's moods meet both alike.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from support.wire import Proxy, Wire

SMALL, LARGE = b"x" * 200, b"x" * 1_000_000


class Answering(asyncio.Protocol):
    """Answers every whole request with a small body, on connections kept alive."""

    def __init__(self) -> None:
        self._awaited = 0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._awaited == 0:
            head, _, body = data.partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._awaited = int(length or 0) - len(body)
        else:
            self._awaited -= len(data)
        if self._awaited == 0:
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(SMALL) + SMALL)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


@dataclass
class Case:
    name: str
    ask: Callable[[str], object]
    direct: list[float] = field(default_factory=list)
    proxied: list[float] = field(default_factory=list)

    def measure(self, direct: str, proxied: str, rounds: int) -> None:
        for _ in range(rounds):
            self.direct.append(timed(self.ask, direct))
            self.proxied.append(timed(self.ask, proxied))

    def report(self) -> str:
        added = statistics.median(self.proxied) - statistics.median(self.direct)
        return f"{self.name:<28}{figures(self.direct)}{figures(self.proxied)}{added:>10.3f}"


def timed(act: Callable[[str], object], address: str) -> float:
    started = time.perf_counter()
    act(address)
    return (time.perf_counter() - started) * 1000


def figures(times: list[float]) -> str:
    return f"{statistics.median(times):>10.3f}{statistics.quantiles(times, n=20)[-1]:>10.3f}"


def measure(proxy: Proxy, direct: str, proxied: str, exchanges: int) -> None:
    transport = httpx.HTTPTransport()
    with httpx.Client() as kept, httpx.Client(transport=transport, headers={"Connection": "close"}) as fresh:
        cases = [
            Case("kept alive, POST 200 B", lambda address: kept.post(address, content=SMALL)),
            Case("new connection, POST 200 B", lambda address: fresh.post(address, content=SMALL)),
            Case("kept alive, POST 1 MB", lambda address: kept.post(address, content=LARGE)),
            Case("kept alive, POST and drain", lambda address: (kept.post(address, content=SMALL), proxy.drain())),
        ]
        print(f"{'ms':<28}{'direct':>10}{'p95':>10}{'proxied':>10}{'p95':>10}{'added':>10}")  # noqa: T201
        for case in cases:
            case.measure(direct, proxied, max(20, exchanges // (10 if "MB" in case.name else 1)))
            print(case.report())  # noqa: T201
            proxy.drain()


def main() -> None:
    exchanges = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with (
        subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True) as server,
        Wire() as wire,
    ):
        try:
            assert server.stdout is not None
            direct = f"http://127.0.0.1:{int(server.stdout.readline())}"
            proxy = wire.proxy("benchmark")
            measure(proxy, direct, proxy.start(direct), exchanges)
        finally:
            server.terminate()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
