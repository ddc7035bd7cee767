"""A recording TCP proxy before every system of a worker.

Bytes travel verbatim between a client and a system; a copy of them is read beside that path. All proxies of a worker
share one thread and one event loop (`Wire`). Records of what a client has received are complete for the next `drain`:
bytes are forwarded and read in one turn of the loop, and draining is a later turn.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import TimeoutError as WaitTimeoutError
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from support.wire.journal import Journal, Observer
from support.wire.recorder import Recorder
from support.wire.records import Conversation, Exchange

BODY_LIMIT = 256 * 1024
"""Bytes of each body that are kept, unless told otherwise."""
_BUFFER_LIMIT = 256 * 1024
"""Bytes waiting for a slow receiver, in one direction, above which its sender is no longer read."""
_TURN_LIMIT_S = 10.0
"""Within this time the wire's thread answers, or it is stuck."""
_CONNECT_LIMIT_S = 30.0

_T = TypeVar("_T")


class WireError(RuntimeError):
    """The wire itself failed, or was used wrongly: never the traffic's fault."""


@dataclass(frozen=True, slots=True)
class _Upstream:
    """Where a system listens."""

    address: str
    host: str
    port: int
    tls: bool
    path: str

    @staticmethod
    def parse(address: str) -> _Upstream:
        """Read "http://host:port"; anything else is a WireError that names it."""
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise WireError(f"{address!r} is not an address: {error}") from error
        if parts.scheme not in {"http", "https", "ws", "wss"} or not parts.hostname:
            raise WireError(f"{address!r} is not an address; give one such as http://127.0.0.1:8000")
        tls = parts.scheme in {"https", "wss"}
        return _Upstream(address, parts.hostname, port or (443 if tls else 80), tls, parts.path.rstrip("/"))


class _End(asyncio.Protocol):
    """One of the two sockets of a link; tells the link what happens on it."""

    def __init__(self, link: _Link) -> None:
        self._link = link
        self.transport: asyncio.Transport | None = None
        self.open = False
        self.finished = False
        """Whether this end sent its last byte."""
        self._early = bytearray()
        self._early_end = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=_BUFFER_LIMIT)
        self.transport = transport
        self.open = True
        self._link.connected(self)
        if self._early:
            self.write(bytes(self._early))
            self._early.clear()
            self._link.other(self).read(on=True)
        if self._early_end:
            self.end()

    def data_received(self, data: bytes) -> None:
        self._link.carry(self, data)

    def eof_received(self) -> bool:
        self.finished = True
        self._link.carry_end(self)
        # A TLS connection cannot stay half open; asyncio closes it.
        return self.transport is None or self.transport.get_extra_info("ssl_object") is None

    def pause_writing(self) -> None:
        self._link.other(self).read(on=False)

    def resume_writing(self) -> None:
        self._link.other(self).read(on=True)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self._link.lost(self, exc)

    def read(self, *, on: bool) -> None:
        """Take or leave what this end sends: back-pressure."""
        if self.transport is not None and self.open and not self.finished:
            (self.transport.resume_reading if on else self.transport.pause_reading)()

    def write(self, data: bytes) -> None:
        """Pass bytes on to this end; what comes before it is connected waits, within bounds."""
        if self.transport is None:
            self._early += data
            if len(self._early) >= _BUFFER_LIMIT:
                self._link.other(self).read(on=False)
        elif self.open:
            self.transport.write(data)

    def end(self) -> None:
        """Tell this end that no more bytes will come; it may still send."""
        if self.transport is None:
            self._early_end = True
        elif self.open and self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.close()

    def close(self) -> None:
        """Close in an orderly way, after what is buffered was sent."""
        if self.transport is not None and self.open:
            self.transport.close()

    def reset(self) -> None:
        """Close with a RST, so that the peer sees a reset connection and no end of file."""
        if self.transport is None or not self.open:
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class _Link:
    """One client's connection and its counterpart to the system.

    The seam for network faults: whatever a client experiences passes through `_connect` (refuse, black hole),
    `carry` (silence, delay, drip, reset after n bytes) and `carry_end` (half-close).
    """

    def __init__(self, proxy: Proxy, upstream: _Upstream, journal: Journal) -> None:
        self._proxy = proxy
        self._upstream = upstream
        self._journal = journal
        self._recorder: Recorder | None = Recorder(journal, upstream.address, time.perf_counter())
        self._client = _End(self)
        self._system = _End(self)
        self._connecting: asyncio.Task[None] | None = None

    @property
    def client(self) -> _End:
        """The protocol for the accepted socket."""
        return self._client

    @property
    def idle(self) -> bool:
        """Whether nothing is under way on it."""
        return self._recorder is None or self._recorder.idle

    def other(self, end: _End) -> _End:
        """The opposite end."""
        return self._system if end is self._client else self._client

    def connected(self, end: _End) -> None:
        """One end is up; the client's comes first."""
        if end is self._client:
            self._proxy.links.add(self)
            self._connecting = asyncio.get_running_loop().create_task(self._connect())
        elif not self._client.open:
            end.reset()

    async def _connect(self) -> None:
        upstream = self._upstream
        context = ssl.create_default_context() if upstream.tls else None
        try:
            async with asyncio.timeout(_CONNECT_LIMIT_S):
                await asyncio.get_running_loop().create_connection(
                    lambda: self._system, upstream.host, upstream.port, ssl=context
                )
        except (OSError, UnicodeError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
            why = f"no connection to {upstream.address}: {reason}"
            self._record(lambda recorder, now: recorder.refused(why, now))
            self._client.reset()

    def carry(self, sender: _End, data: bytes) -> None:
        """Pass bytes on, then read a copy of them."""
        self.other(sender).write(data)
        if sender is self._client:
            self._record(lambda recorder, now: recorder.client_sent(data, now))
        else:
            self._record(lambda recorder, now: recorder.system_sent(data, now))

    def carry_end(self, sender: _End) -> None:
        """Pass an end of stream on. Both directions ended: the link is over."""
        receiver = self.other(sender)
        receiver.end()
        if sender is self._client:
            self._record(lambda recorder, _: recorder.client_ended())
        else:
            self._record(lambda recorder, now: recorder.system_ended(now))
        if receiver.finished:
            sender.close()
            receiver.close()

    def lost(self, end: _End, error: Exception | None) -> None:
        """A socket is gone; its counterpart learns it the same way: by a reset or by an end."""
        counterpart = self.other(end)
        by_client = end is self._client
        who = "the client" if by_client else "the system"
        how = f"{who} {'closed' if error is None else 'reset'} the connection"
        self._record(lambda recorder, now: recorder.ended(how, now, client_left=by_client))
        if error is None:
            counterpart.close()
        else:
            counterpart.reset()
        if self._connecting is not None and by_client:
            self._connecting.cancel()
        if not counterpart.open:
            self._proxy.links.discard(self)

    def close(self, why: str) -> None:
        """End both connections: the client sees the end at once."""
        self._record(lambda recorder, now: recorder.ended(why, now))
        for end in (self._client, self._system):
            end.end()
            end.close()

    def abort(self, why: str) -> None:
        """Reset both connections."""
        if self._connecting is not None:
            self._connecting.cancel()
        self._record(lambda recorder, now: recorder.ended(why, now))
        self._client.reset()
        self._system.reset()

    def _record(self, tell: Callable[[Recorder, float], None]) -> None:
        if self._recorder is None:
            return
        try:
            tell(self._recorder, time.perf_counter())
        except Exception as error:  # noqa: BLE001 - a fault of ours must not stop the traffic; drain() raises it
            self._journal.failures.append(error)
            self._recorder = None


class Proxy:
    """The proxy before one system. Made by `Wire.proxy`; its methods are for the worker's thread."""

    def __init__(self, wire: Wire, journal: Journal) -> None:
        self.links: set[_Link] = set()
        self._wire = wire
        self._journal = journal
        self._upstream: _Upstream | None = None
        self._server: asyncio.Server | None = None

    @property
    def system(self) -> str:
        """The name of the system it stands before."""
        return self._journal.system

    @property
    def address(self) -> str:
        """Where clients reach the system, "http://127.0.0.1:PORT"; it stays the same over every retarget."""
        if not self._journal.address:
            raise WireError(f"the proxy before {self.system} was not started")
        return self._journal.address

    def start(self, upstream: str) -> str:
        """Stand before the system at this address ("http://host:port"); answers the proxy's own address.

        An https upstream is spoken to in TLS. The path of the address, if any, is carried over to the answer.
        """
        if self._journal.address:
            raise WireError(f"the proxy before {self.system} is started; use retarget")
        target = _Upstream.parse(upstream)
        self._wire.wait(self._listen(target))
        return self.address

    async def _listen(self, upstream: _Upstream) -> None:
        self._upstream = upstream
        self._server = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0, backlog=1024)
        port = self._server.sockets[0].getsockname()[1]
        self._journal.address = f"http://127.0.0.1:{port}{upstream.path}"

    def _accept(self) -> asyncio.Protocol:
        assert self._upstream is not None
        return _Link(self, self._upstream, self._journal).client

    def retarget(self, upstream: str) -> None:
        """Send new connections to another address, as after a restart.

        Connections on which nothing is under way are closed before this returns, so that no client takes a stale one
        out of its pool; those in the middle of an exchange are left to end by themselves.
        """
        target = _Upstream.parse(upstream)
        self._wire.call(lambda: self._retarget(target))

    def _retarget(self, upstream: _Upstream) -> None:
        self._upstream = upstream
        for link in [link for link in self.links if link.idle]:
            link.close("the system moved")

    def drain(self) -> list[Exchange]:
        """The exchanges that ended since the last drain, in the order in which they ended.

        Whatever answer a client has received whole is among them. Raises WireError when recording failed.
        """
        return self._drained(self._journal.drain)

    def drain_conversations(self) -> list[Conversation]:
        """The WebSocket frames since the last call, by connection; an ended connection is told for the last time."""
        return self._drained(self._journal.drain_conversations)

    def open_exchanges(self) -> list[Exchange]:
        """The exchanges under way, as far as they got; `duration_s` is their age."""
        return self._wire.call(lambda: self._journal.open_exchanges(time.perf_counter()))

    def close(self) -> None:
        """Stop listening and reset what is still connected; what was recorded can still be drained."""
        self._wire.call(self.shut)

    def shut(self) -> None:
        """Close, on the wire's own thread."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in list(self.links):
            link.abort("the proxy was closed")

    def _drained(self, drain: Callable[[], list[_T]]) -> list[_T]:
        drained, failures = self._wire.call(lambda: (drain(), self._journal.drain_failures()))
        failures += self._wire.drain_failures()
        if failures:
            raise WireError(f"recording before {self.system} failed: {failures[0]!r}") from failures[0]
        return drained


class Wire:
    """All proxies of one worker: one thread, one loop. Make it after the fork; close it, or use it in a `with`."""

    def __init__(self, *, body_limit: int = BODY_LIMIT) -> None:
        if body_limit < 0:
            raise WireError(f"body_limit is a number of bytes, not {body_limit}")
        self._body_limit = body_limit
        self._ids = itertools.count(1)
        self._proxies: list[Proxy] = []
        self._owner = os.getpid()
        self._failures: list[Exception] = []
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def proxy(self, system: str, *, observers: Iterable[Observer] = ()) -> Proxy:
        """A proxy for this system, not yet started. Observers see every piece of every answer (see `Observer`)."""
        proxy = Proxy(self, Journal(system, self._body_limit, observers, lambda: next(self._ids)))
        self._proxies.append(proxy)
        return proxy

    def close(self) -> None:
        """Close every proxy, then the thread. Records can still be drained afterwards. Closing twice is harmless."""
        if self._closed:
            return
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None:
            self.wait(self._shut())
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_TURN_LIMIT_S)
            if thread.is_alive():
                raise WireError("the wire's thread does not end")
            loop.close()
        self._closed = True

    async def _shut(self) -> None:
        for proxy in self._proxies:
            proxy.shut()
        # Sockets are closed a turn after they were aborted.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        await asyncio.sleep(0)

    def call(self, act: Callable[[], _T]) -> _T:
        """Run this on the wire's thread, after everything that has already happened there; answers its result."""
        if self._closed:
            return act()

        async def turn() -> _T:
            return act()

        return self.wait(turn())

    def wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Await this on the wire's thread; starts the thread at the first need."""
        if self._closed or os.getpid() != self._owner:
            work.close()
            raise WireError(
                "the wire is closed" if self._closed else "the wire belongs to another process; make one after the fork"
            )
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result(_TURN_LIMIT_S)
        except WaitTimeoutError:
            future.cancel()
            raise WireError(f"the wire did not answer within {_TURN_LIMIT_S:.0f} s") from None

    def drain_failures(self) -> list[Exception]:
        """What went wrong on the wire's thread outside of any recording."""
        failures, self._failures = self._failures, []
        return failures

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), Exception):
            self._failures.append(error)
        else:
            loop.default_exception_handler(context)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._loop.set_exception_handler(self._failed)
            self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
            self._thread.start()
        return self._loop
