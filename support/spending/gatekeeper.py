"""Runs the gate, and is its control: who may ask, for which scenario, within which budget; and what was spent.

It is forked from the run, and ends at the end of a pipe that the run alone holds, so that it never outlives it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import uvicorn

from support.spending.books import Books, Desk
from support.spending.gate import TIMEOUT, Answer, Gate, Receive, RefusedError, Send, whole_body
from support.spending.ledger import Ledger
from support.spending.orders import CONTROL, CONTROL_KEY, Orders
from support.spending.retrying import TransientError

FILES = 4096
"""Above the descriptors that a run has open when it forks the gate."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Control:
    """The whole server: what workers and the parent order, below /gate/, and before everything else the gate."""

    def __init__(self, orders: Orders, gate: Gate) -> None:
        self._orders = orders
        self._gate = gate
        self._books = gate.books
        self._acts: Mapping[str, Callable[[Any], Any]] = {
            "desks": self._open_desk,
            "limits": lambda told: self._books.ledger.limit_scenario(told["scenario"], told["limit"]),
            "personas": self._books.personas.update,
            "spent": lambda told: self._books.spent_by(told["scenario"]).model_dump(),
            "taken": lambda told: self._books.unasked.pop(told["scenario"], []),
            "statement": lambda _: self._books.statement().model_dump(),
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not scope["path"].startswith(CONTROL):
            await self._gate(scope, receive, send)
            return
        answer = Answer(send)
        shown = dict(scope["headers"]).get(CONTROL_KEY.encode(), b"").decode("latin-1")
        try:
            if not hmac.compare_digest(shown, self._orders.control_key):
                raise RefusedError(HTTPStatus.FORBIDDEN, "control_key", "this is for the run that started the gate")
            told = await self._act(scope["path"].removeprefix(CONTROL), json.loads(await whole_body(receive)))
        except RefusedError as refusal:
            await answer.refuse(refusal)
            return
        await answer.whole(HTTPStatus.OK, [("content-type", "application/json")], json.dumps(told).encode())

    async def _act(self, what: str, told: Any) -> Any:
        match what:
            case "scenarios":
                return await self._begin(told)
            case "end":
                return await self._end(told)
            case "stop":
                return await self._stop(told)
            case "check":
                return await self._check()
            case _ if what in self._acts:
                return self._acts[what](told)
            case _:
                raise RefusedError(HTTPStatus.NOT_FOUND, "unknown_order", f"there is no order {what}")

    def _open_desk(self, told: Any) -> None:
        """A worker introduces itself, in a rehearsal with its scripted model."""
        real, key = self._orders.upstream, self._orders.upstream_key
        desk = Desk(told["key"], real or told["upstream"], key or told["upstream_key"])
        self._books.desks[desk.key] = desk

    async def _begin(self, told: Any) -> Any:
        """A worker begins a `@real_ai` scenario; answers why it must not, or null."""
        if self._books.ledger.stopped is not None:
            return self._books.ledger.stopped
        self._books.desks[told["key"]].scenario = told["scenario"]
        self._books.scenarios[told["scenario"]] = told["title"]
        return None

    async def _end(self, told: Any) -> Any:
        """Its scenario is over: nothing of it goes on; answers what it has spent."""
        desk = self._books.desks[told["key"]]
        desk.scenario = None
        await self._gate.close_desk(desk)
        return self._books.spent_by(told["scenario"]).model_dump()

    async def _stop(self, told: Any) -> Any:
        """Nothing more is asked in this run, and what is under way ends."""
        self._books.ledger.stop(told["why"])
        for desk in self._books.desks.values():
            await self._gate.close_desk(desk)

    async def _check(self) -> Any:
        """Ask the provider whether it takes the key; answers {"status", "said"} of a refusal, or null."""
        assert self._orders.upstream is not None
        assert self._orders.upstream_key is not None
        try:
            await self._gate.check(self._orders.upstream, self._orders.upstream_key)
        except RefusedError as refusal:
            return {"status": int(refusal.status), "said": str(refusal)}
        except TransientError as failure:
            return {"status": failure.status, "said": str(failure)}
        return None


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the run that started the gate takes care of interrupts."""
        yield


async def serve(orders: Orders, lifeline: int, announce: Callable[[str], None]) -> None:
    """Serve until the end of the pipe `lifeline`; `announce` is told the address."""
    books = Books(Ledger(orders.limit, orders.calls))
    upstream = urlsplit(orders.upstream or "")
    away = bool(upstream.hostname) and upstream.hostname not in LOOPBACK
    # Reading all certificates takes time, and is of no use where nothing is encrypted. SSL_CERT_FILE names other ones.
    verify = httpx.create_ssl_context() if away or upstream.scheme == "https" else False
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=away, verify=verify) as client:
        app = Control(orders, Gate(books, client, orders.pause_s))
        options: dict[str, Any] = {"ws": "none", "lifespan": "off", "log_config": None, "access_log": False}
        server = _Server(uvicorn.Config(app, timeout_graceful_shutdown=1, server_header=False, **options))

        def ended() -> None:
            if not os.read(lifeline, 1024):
                server.should_exit = True

        asyncio.get_running_loop().add_reader(lifeline, ended)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(256)
            announce(f"http://127.0.0.1:{listener.getsockname()[1]}")
            await server.serve(sockets=[listener])


def run(orders: Orders, lifeline: int, told: int, log: int) -> NoReturn:
    """Be the gate, in a process that was just forked for that; `told` is the pipe for the address. Never returns."""
    code = 1
    try:
        # A session of its own: Ctrl-C on the terminal must not reach it before the calls under way were booked.
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(log, 1)
        os.dup2(log, 2)
        kept = sorted((lifeline, told))
        for first, last in ((3, kept[0]), (kept[0] + 1, kept[1]), (kept[1] + 1, FILES)):
            os.closerange(first, last)
        asyncio.run(serve(orders, lifeline, lambda address: _say(told, address)))
        code = 0
    except BaseException:  # noqa: BLE001 - a forked child must never return into the code of the run
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _say(pipe: int, address: str) -> None:
    os.write(pipe, address.encode() + b"\n")
    os.close(pipe)
