"""A recording TCP proxy before every system of a worker.

Bytes travel verbatim between a client and a system; a copy of them is read beside that path. All proxies of a worker
share one thread and one event loop (`Wire`). Records of what a client has received are complete for the next `drain`:
bytes are forwarded and read in one turn of the loop, and draining is a later turn.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import TimeoutError as WaitTimeoutError
from types import TracebackType
from typing import Any, Self, TypeVar

from support.wire.door import Door
from support.wire.faults import Fault, OfExchanges, Refuse, ResetAtConnect, ordered
from support.wire.journal import Journal, Observer
from support.wire.links import Link
from support.wire.orders import Injection, Orders
from support.wire.records import Conversation, Exchange
from support.wire.upstream import Upstream, WireError

BODY_LIMIT = 256 * 1024
"""Bytes of each body that are kept, unless told otherwise."""
_TURN_LIMIT_S = 10.0
"""Within this time the wire's thread answers, or it is stuck."""

_T = TypeVar("_T")


class Proxy:
    """The proxy before one system. Made by `Wire.proxy`; its methods are for the worker's thread."""

    def __init__(self, wire: Wire, journal: Journal) -> None:
        self._wire = wire
        self._journal = journal
        self._links: set[Link] = set()
        self._orders = Orders()
        self._upstream: Upstream | None = None
        self._door = Door(self._accept)
        self._at_the_door = asyncio.Lock()
        self._refusals: dict[Injection, asyncio.TimerHandle] = {}
        self._opening: asyncio.Task[None] | None = None

    @property
    def system(self) -> str:
        """The name of the system it stands before."""
        return self._journal.system

    @property
    def address(self) -> str:
        """Where clients reach the system, "http://127.0.0.1:PORT" (or redis://); it stays over every retarget."""
        if not self._journal.address:
            raise WireError(f"the proxy before {self.system} was not started")
        return self._journal.address

    @property
    def upstream(self) -> str:
        """The host and port of the system that it stands before."""
        if self._upstream is None:
            raise WireError(f"the proxy before {self.system} was not started")
        return f"{self._upstream.host}:{self._upstream.port}"

    def start(self, upstream: str) -> str:
        """Stand before the system at this address ("http://host:port"); answers the proxy's own address.

        An https upstream is spoken to in TLS. The path of the address, if any, is carried over to the answer. What goes
        to a redis:// address is carried and not read: nothing of it is recorded.
        """
        if self._journal.address:
            raise WireError(f"the proxy before {self.system} is started; use retarget")
        target = Upstream.parse(upstream)
        self._wire.wait(self._listen(target))
        return self.address

    async def _listen(self, upstream: Upstream) -> None:
        self._upstream = upstream
        port = await self._door.open()
        self._journal.address = f"{upstream.scheme}://127.0.0.1:{port}{upstream.path}"

    def _accept(self) -> asyncio.Protocol:
        assert self._upstream is not None
        return Link(self._links, self._orders, self._upstream, self._journal).client

    def retarget(self, upstream: str) -> None:
        """Send new connections to another address, as after a restart.

        Connections on which nothing is under way are closed before this returns, so that no client takes a stale one
        out of its pool; those in the middle of an exchange are left to end by themselves.
        """
        target = Upstream.parse(upstream)
        self._wire.call(lambda: self._retarget(target))

    def _retarget(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._close_idle("the system moved")

    def _close_idle(self, why: str) -> None:
        for link in [link for link in self._links if link.idle]:
            link.close(why)

    def inject(self, fault: Fault) -> Injection:
        """Order a network fault (see `support.wire.faults`); it is in force when this returns."""
        if not self._journal.address:
            raise WireError(f"the proxy before {self.system} was not started: it has no connections to spoil")
        if self._upstream is not None and self._upstream.opaque and isinstance(fault, OfExchanges):
            raise WireError(f"the proxy before {self.system} reads no exchanges: {fault} cannot be ordered there")
        injection = Injection(fault, self._clear)
        self._wire.wait(self._inject(injection))
        return injection

    async def _inject(self, injection: Injection) -> None:
        self._orders.add(injection)
        fault = injection.fault
        if isinstance(fault, Refuse) and fault.seconds is not None:
            loop = asyncio.get_running_loop()
            self._refusals[injection] = loop.call_later(fault.seconds, self._refused_enough, injection)
        await self._settle()
        if isinstance(fault, Refuse | ResetAtConnect):
            self._close_idle(ordered(fault))

    def clear_faults(self) -> list[Injection]:
        """End every fault, and reset what one still holds; answers those that were still in force."""
        return self._wire.wait(self._clear_all()) if self._journal.address else []

    async def _clear_all(self) -> list[Injection]:
        cleared = self._orders.clear()
        for link in list(self._links):
            if link.caught:
                link.abort("the fault was cleared")
        await self._settle()
        return cleared

    def _clear(self, injection: Injection) -> None:
        async def clear() -> None:
            if self._orders.remove(injection):
                await self._settle()

        self._wire.wait(clear())

    def _refused_enough(self, injection: Injection) -> None:
        self._orders.remove(injection)
        self._opening = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        """Listen, and hold nothing back, unless a fault in force demands it."""
        for injection in [one for one in self._refusals if not self._orders.holds(one)]:
            self._refusals.pop(injection).cancel()
        if not self._orders.armed:
            for link in list(self._links):
                link.release()
        async with self._at_the_door:
            if self._orders.refusing:
                self._door.shut(deaf=self._orders.deaf)
            else:
                await self._door.open()

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
        for timer in self._refusals.values():
            timer.cancel()
        self._refusals.clear()
        self._orders.clear()
        self._door.close()
        for link in list(self._links):
            link.abort("the proxy was closed")

    def take(self) -> tuple[list[Exchange], list[Conversation], list[Exception]]:
        """Drain all at once, on the wire's own thread; with it whatever recording failed by."""
        return self._journal.drain(), self._journal.drain_conversations(), self._journal.drain_failures()

    def _drained(self, drain: Callable[[], list[_T]]) -> list[_T]:
        drained, failures = self._wire.call(lambda: (drain(), self._journal.drain_failures()))
        self._wire.complain(self.system, failures)
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

    def proxy(self, system: str, *, observers: Iterable[Observer] = (), listeners: Iterable[Observer] = ()) -> Proxy:
        """A proxy for this system, not yet started.

        Observers see every piece of every answer, listeners every piece of every request's body (see `Observer`).
        """
        proxy = Proxy(self, Journal(system, self._body_limit, observers, lambda: next(self._ids), listeners))
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
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        turn.get_loop().call_soon(turn.set_result, None)
        await turn

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

    def drain(self, proxies: Sequence[Proxy]) -> tuple[list[Exchange], list[Conversation]]:
        """Drain all these proxies in a single turn of the thread: see `drain` and `drain_conversations` of one."""
        taken = self.call(lambda: [(proxy.system, *proxy.take()) for proxy in proxies]) if proxies else []
        for system, _, _, failures in taken:
            self.complain(system, failures)
        return [one for _, ended, _, _ in taken for one in ended], [one for _, _, said, _ in taken for one in said]

    def complain(self, system: str, failures: list[Exception]) -> None:
        """Raise a WireError if these failures are any, or anything went wrong on the thread outside of recording."""
        own, self._failures = self._failures, []
        if failed := failures + own:
            raise WireError(f"recording before {system} failed: {failed[0]!r}") from failed[0]

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
