"""The one door to the model: every call of a run, whoever makes it, passes this process, or is not made.

It sets the worst case of a call aside before the call leaves and charges what it has cost afterwards; it asks again
what failed in passing; it lets nothing through outside a `@real_ai` scenario. It alone has the real key: its clients
show their worker's. `support.spending.gatekeeper` runs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from support.spending.books import Books, Desk
from support.spending.calls import Call
from support.spending.ledger import OverBudgetError, Reservation
from support.spending.meter import UNREADABLE, Meter, Used
from support.spending.prices import Prices, UnpricedError
from support.spending.requests import FLAVOURS, FREE, Asked, UnboundedError
from support.spending.retrying import TransientError, is_transient, trying

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

VERSION = "/v1"
REQUEST_ID = "x-client-request-id"
HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host"}
OURS = HOP | {"content-length", "accept-encoding", "authorization", "x-api-key"}
"""Headers of a request that are not passed on as they came."""
UNPACKED = HOP | {"content-length", "content-encoding"}
"""Headers of an answer that do not hold of it any more when it was read whole."""
FINAL = ("x-should-retry", "false")
"""Tells clients not to try again what the gate has refused, or has tried often enough."""
TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=60.0)
BODY_LIMIT = 16 * 1024 * 1024
REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
"""Statuses that say nothing about the system under test: the key, or the model's name, is not good."""


class RefusedError(Exception):
    """A request that the gate does not let through."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Gate:
    """The application, by ASGI. `client` speaks to the providers."""

    def __init__(self, books: Books, client: httpx.AsyncClient, pause_s: float) -> None:
        self.books = books
        self._client = client
        self._pause_s = pause_s
        self._work: dict[asyncio.Task[None], Desk] = {}
        self._settled = asyncio.Event()
        """Set, and replaced by another, whenever a call is settled."""

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request of a client."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        answer = Answer(send)
        try:
            body = await whole_body(receive)
            desk = self._desk(headers)
            path = scope["path"].removeprefix(VERSION)
            request = Request(desk, scope["method"], path, scope["query_string"].decode("latin-1"), headers, body)
            await self._until_gone(desk, receive, self._serve(request, answer))
        except RefusedError as refusal:
            await answer.refuse(refusal)

    async def close_desk(self, desk: Desk) -> None:
        """Break off what a worker's clients still ask."""
        tasks = [task for task, owner in self._work.items() if owner is desk]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def check(self, upstream: str, key: str) -> None:
        """Ask the provider whether it takes the key. Raises TransientError, or RefusedError with what it says."""
        async for attempt in trying(self._pause_s):
            with attempt:
                try:
                    response = await self._client.get(f"{upstream}/models", headers=credentials(key, {}))
                except httpx.TransportError as silence:
                    raise TransientError(_silence(silence)) from silence
                if is_transient(response.status_code):
                    raise _transient(response, response.content)
                if response.is_error:
                    status = HTTPStatus(response.status_code)
                    raise RefusedError(status, "refused", _said(response.content))

    def _desk(self, headers: Mapping[str, str]) -> Desk:
        shown = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        desk = self.books.desks.get(shown)
        if desk is None:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "unknown_key", "the key belongs to no worker of this run")
        return desk

    async def _until_gone(self, desk: Desk, receive: Receive, work: Any) -> None:
        """Do this, unless the client hangs up first, or the worker's scenario ends."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(_hung_up(receive))
        self._work[task] = desk
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            if not task.cancelled():
                task.result()
        finally:
            gone.cancel()
            task.cancel()
            del self._work[task]

    async def _serve(self, request: Request, answer: Answer) -> None:
        scenario = request.desk.scenario
        if scenario is None:
            self.books.violations.append(f"{request.method} {request.path} ({request.id or 'no id'})")
            raise RefusedError(
                HTTPStatus.FORBIDDEN, "outside_real_ai", "a real model is asked only by scenarios that bear @real_ai"
            )
        if (request.method, request.path.rstrip("/")) in FREE or request.lists_a_model:
            await self._pass_on(request, scenario, answer, None, 0)
            return
        try:
            if request.method != "POST" or request.path not in FLAVOURS:
                raise UnboundedError("nobody can say what it costs")
            asked = Asked.read(FLAVOURS[request.path], request.body)
            worst = Prices(request.desk.upstream).worst_case(asked)
        except UnpricedError as unknown:
            self.books.ledger.stop(str(unknown))
            raise self._unasked(scenario, HTTPStatus.PAYMENT_REQUIRED, "unpriced", str(unknown)) from unknown
        except UnboundedError as unknown:
            why = f"{request.method} {request.path} is not let through: {unknown}"
            raise self._unasked(scenario, HTTPStatus.PAYMENT_REQUIRED, "unbounded", why) from unknown
        await self._pass_on(request, scenario, answer, asked, worst)

    async def _pass_on(self, request: Request, scenario: str, answer: Answer, asked: Asked | None, worst: int) -> None:
        """Ask, and again when that fails in passing; then tell what came, or that nothing did."""
        number = 0
        try:
            async for attempt in trying(self._pause_s):
                number = attempt.retry_state.attempt_number
                with attempt:
                    async with self._attempt(request, scenario, asked, worst, number) as trial:
                        await self._ask(request, answer, trial)
        except OverBudgetError as spent:
            if spent.whole_run:
                self.books.ledger.stop(str(spent))
            raise self._unasked(scenario, HTTPStatus.PAYMENT_REQUIRED, "over_budget", str(spent)) from spent
        except TransientError as failure:
            why = f"the model could not be asked, tried {number} time{'s' if number > 1 else ''}: {failure}"
            self.books.unasked[scenario].append(why)
            if not failure.passes:
                self.books.ledger.stop(f"the provider's account is empty: {failure}")
            if failure.status is None:
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "could_not_be_asked", why) from failure
            await answer.whole(failure.status, [*failure.headers.items(), FINAL], failure.body)

    async def _reserve(self, scenario: str, worst: int) -> Reservation:
        """Set the worst case aside; wait for calls under way when they may leave room for it."""
        while True:
            try:
                return self.books.ledger.reserve(scenario, worst)
            except OverBudgetError as spent:
                if not spent.may_fit:
                    raise
            await self._settled.wait()

    @contextlib.asynccontextmanager
    async def _attempt(
        self, request: Request, scenario: str, asked: Asked | None, worst: int, number: int
    ) -> AsyncIterator[Trial]:
        """Set the worst case aside, and charge what one try has cost, whatever becomes of it."""
        if asked is None:
            yield Trial(None, 0, self.books, scenario)
            return
        reservation = await self._reserve(scenario, worst)
        trial = Trial(asked, worst, self.books, scenario)
        begun = time.perf_counter()
        call = Call(
            number=reservation.number,
            scenario=scenario,
            request_id=request.id,
            attempt=number,
            model=asked.model,
            worst=worst,
            started=time.time(),
        )
        try:
            yield trial
        finally:
            self._book(call, trial, reservation, Prices(request.desk.upstream), time.perf_counter() - begun)

    def _book(self, call: Call, trial: Trial, reservation: Reservation, prices: Prices, seconds: float) -> None:
        cost, used = trial.cost(prices)
        self.books.ledger.settle(reservation, cost)
        settled, self._settled = self._settled, asyncio.Event()
        settled.set()
        told: dict[str, Any] = {"cost": cost, "status": trial.status, "ended": trial.ended, "seconds": seconds}
        if used is not None:
            counts = ("tokens_in", "tokens_out", "cached", "reasoning")
            told |= {"metered": True, **{name: getattr(used, name) for name in counts}}
        self.books.calls.append(call.model_copy(update=told))

    async def _ask(self, request: Request, answer: Answer, trial: Trial) -> None:
        trial.left = True
        try:
            async with self._client.stream(
                request.method, request.url, headers=request.upstream_headers, content=request.body
            ) as response:
                trial.status = response.status_code
                if trial.streams and response.is_success:
                    await self._relay(response, answer, trial)
                    return
                body = await response.aread()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as silence:
            trial.left = False
            trial.ended = _silence(silence)
            raise TransientError(trial.ended) from silence
        except httpx.TransportError as silence:
            trial.ended = _silence(silence)
            if answer.begun:
                self.books.unasked[trial.scenario].append(f"the model broke off in the middle of an answer: {silence}")
                return
            raise TransientError(trial.ended) from silence
        trial.take(body)
        trial.ended = "answered" if response.is_success else f"refused: {_said(body)}"
        if is_transient(response.status_code):
            raise _transient(response, body)
        if response.status_code in REFUSED:
            host = urlsplit(request.desk.upstream).netloc
            self.books.unasked[trial.scenario].append(f"{host} refused with {response.status_code}: {_said(body)}")
        await answer.whole(response.status_code, _passed_back(response), body)

    @staticmethod
    async def _relay(response: httpx.Response, answer: Answer, trial: Trial) -> None:
        trial.ended = "broken off"
        async for piece in response.aiter_raw():
            if not answer.begun:
                await answer.begin(response.status_code, _passed_back(response))
            trial.take(piece)
            await answer.piece(piece)
        if not answer.begun:
            await answer.begin(response.status_code, _passed_back(response))
        trial.ended = "answered"
        await answer.end()

    def _unasked(self, scenario: str, status: HTTPStatus, code: str, why: str) -> RefusedError:
        self.books.unasked[scenario].append(why)
        return RefusedError(status, code, why)


class Request:
    """A client's request, and how it goes on."""

    def __init__(self, desk: Desk, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
        self.desk = desk
        self.method = method
        self.path = path
        self.body = body
        self.id = headers.get(REQUEST_ID, "")
        self.url = f"{desk.upstream}{path}{'?' if query else ''}{query}"
        kept = {name: value for name, value in headers.items() if name not in OURS}
        self.upstream_headers = {**kept, "accept-encoding": "identity", **credentials(desk.upstream_key, headers)}

    @property
    def lists_a_model(self) -> bool:
        """Whether it asks for the entry of one model; what else is done below its name may cost, or undo something."""
        return self.method == "GET" and self.path.startswith("/models/")


class Trial:
    """One try of a call, and what it has cost."""

    def __init__(self, asked: Asked | None, worst: int, books: Books, scenario: str) -> None:
        self.scenario = scenario
        self.left = False
        self.status: int | None = None
        self.ended = "broken off"
        self._asked = asked
        self._worst = worst
        self._books = books
        self._meter = Meter(asked.flavour, stream=asked.stream) if asked else None

    @property
    def streams(self) -> bool:
        """Whether the answer comes piece by piece."""
        return self._asked is not None and self._asked.stream

    def take(self, data: bytes) -> None:
        """A piece of the answer."""
        if self._meter is not None:
            self._meter.take(data)

    def cost(self, prices: Prices) -> tuple[int, Used | None]:
        """What it has cost, and by what account: nothing if it never left or was refused, else what it says, or all."""
        if self._asked is None or not self.left or (self.status is not None and 400 <= self.status < 500):
            return 0, None
        used = self._meter.read() if self._meter else None
        if used is None:
            return self._worst, None
        try:
            return max(
                prices.cost(name, used.usage, used.service_tier) for name in _priced(prices, used, self._asked)
            ), used
        except ValueError:  # an account that contradicts itself is none
            return self._worst, None


def _priced(prices: Prices, used: Used, asked: Asked) -> Iterator[str]:
    """The model that was asked for, and the one that says it has answered, if it has a price: the dearer counts."""
    yield asked.model
    with contextlib.suppress(UnpricedError):
        if used.model is not None:
            prices.find(used.model)
            yield used.model


class Answer:
    """What a client is told."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        """The head of an answer."""
        self.begun = True
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def piece(self, data: bytes) -> None:
        """A part of its body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """The rest of its body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def whole(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """A whole answer."""
        kept = [(name, value) for name, value in headers if name.lower() not in UNPACKED]
        await self.begin(status, [*kept, ("content-length", str(len(body)))])
        await self.end(body)

    async def refuse(self, refusal: RefusedError) -> None:
        """An error of the gate's own, in the form of the providers'."""
        told = {"error": {"message": str(refusal), "type": "acceptance_gate", "code": refusal.code, "param": None}}
        await self.whole(refusal.status, [("content-type", "application/json"), FINAL], json.dumps(told).encode())


def credentials(key: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The real key, shown in the way in which the client has shown its own."""
    return {"x-api-key": key} if "x-api-key" in headers else {"authorization": f"Bearer {key}"}


async def whole_body(receive: Receive) -> bytes:
    """The body of a request. Raises RefusedError when it breaks off, or is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(HTTPStatus.BAD_REQUEST, "broken_off", "the request broke off")
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"over {BODY_LIMIT:,} bytes")
        if not message.get("more_body"):
            return bytes(body)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _passed_back(response: httpx.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in response.headers.multi_items() if name not in HOP]


def _transient(response: httpx.Response, body: bytes) -> TransientError:
    kept = {name: value for name, value in _passed_back(response) if name != "content-length"}
    failure = TransientError(f"{response.status_code}: {_said(body)}", response.status_code, kept)
    failure.body = body
    return failure


def _silence(silence: httpx.TransportError) -> str:
    return f"no answer ({type(silence).__name__}: {silence})"


def _said(body: bytes) -> str:
    """What an error answer says, in a line."""
    try:
        return str(json.loads(body)["error"]["message"])[:300]
    except (*UNREADABLE, LookupError, TypeError):
        return " ".join(body.decode("utf-8", "replace").split())[:300]
