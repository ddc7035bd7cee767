"""What the public port receives, and the faults it was ordered to answer with. See control.py for their meaning."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import Field, model_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from support.backends import serving, spoiling

from . import accounts, calls, errors, storage
from .fields import Body

_KEPT = 5_000
_DRAINED_BYTES = 64 * 1024 * 1024
_BROKEN_OFF = '{"truncated": [1, 2, {"name": "'
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})

_begun, _begun_at = time.monotonic(), time.time()


def now() -> float:
    """Unix seconds that never go back, so that who ran beside whom can be told from start and end."""
    return _begun_at + (time.monotonic() - _begun)


class NewFault(Body):
    """Body of POST /faults."""

    method: str = "*"
    path: str = "*"
    practice: str | None = None
    person: str | None = None
    times: Annotated[int, Field(gt=0)] | None = None
    delay_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    body: Any = None
    headers: spoiling.SentHeaders = Field(default_factory=dict)
    malformed: bool | str = False
    reset: bool = False
    processed: bool = False

    @model_validator(mode="after")
    def _one_fault(self) -> NewFault:
        kinds = sum((self.status is not None, self.malformed is not False, self.reset))
        if kinds > 1:
            raise ValueError("status, malformed, reset: at most one of them")
        if kinds == 0 and not self.delay_s:
            raise ValueError("one of status, malformed, reset, delay_s is needed")
        if self.status is None and self.model_fields_set & {"body", "headers"}:
            raise ValueError("body and headers go with a status only")
        return self

    @property
    def replaces(self) -> bool:
        """Whether the answer is another than the right one."""
        return self.status is not None or self.malformed is not False or self.reset

    def answer(self) -> tuple[int, bytes]:
        """Status and body of the wrong answer."""
        if self.malformed is not False:
            return 200, (_BROKEN_OFF if self.malformed is True else self.malformed).encode()
        status = self.status or 500
        given = "body" in self.model_fields_set
        return status, json.dumps(
            self.body if given else errors.body_of(status, "fault by the control port"), ensure_ascii=False
        ).encode()


class Fault:
    """A fault in force."""

    def __init__(self, asked: NewFault) -> None:
        self.id = storage.new_id("fault")
        self.asked = asked
        self.hits = 0

    @property
    def remaining(self) -> int | None:
        """Requests that it will still hit; None: until cleared."""
        return None if self.asked.times is None else self.asked.times - self.hits

    def matches(self, entry: Entry) -> bool:
        """Whether it hits this request."""
        asked = self.asked
        return (
            self.remaining != 0
            and asked.method.upper() in ("*", entry.method)
            and fnmatch.fnmatchcase(entry.path, asked.path)
            and asked.practice in (None, entry.practice)
            and asked.person in (None, entry.person)
        )

    def shown(self) -> dict[str, Any]:
        """As GET /faults shows it."""
        return {"id": self.id, "hits": self.hits, "remaining": self.remaining, **self.asked.model_dump()}


@dataclass
class Entry:
    """One request. Times are unix seconds; `ended` is None while it is being answered."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    token_digest: str | None
    profile: str | None
    started: float
    ended: float | None = None
    practice: str | None = None
    person: str | None = None
    body: Any = None
    status: int | None = None
    fault: str | None = None
    hung_up: bool = False

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass
class Traffic:
    """The last requests, oldest first, and the faults in force."""

    store: storage.Store
    max_body_bytes: int
    faults: list[Fault] = field(default_factory=list)
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=_KEPT))
    connections: Collection[Any] = ()
    """The open connections of the public server (uvicorn protocols)."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server is told to stop: delayed answers are given up."""
    received: int = 0
    """How many requests there have been, which is the number of the last one."""

    def watched(self, app: ASGIApp) -> ASGIApp:
        """The same app, seen and spoilt."""

        async def watching(scope: Scope, receive: Receive, send: Send) -> None:
            entry = self._enter(scope)

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    entry.status = message["status"]
                await send(message)

            try:
                body = await _read(receive, self.max_body_bytes)
                entry.body = _legible(body)
                await self._handle(_Exchange(app, entry, body, scope, receive, noting))
            except _TooLargeError:
                message = f"body: larger than {self.max_body_bytes} bytes"
                await spoiling.answer(noting, 413, storage.to_json(errors.body_of(413, message)).encode(), {})
            except _GoneError:
                entry.hung_up = True
            finally:
                entry.ended = now()

        return watching

    def forget(self, practice: str | None = None) -> int:
        """Forget the requests of a practice, or all; answers how many."""
        kept = [] if practice is None else [entry for entry in self.entries if entry.practice != practice]
        forgotten = len(self.entries) - len(kept)
        self.entries.clear()
        self.entries.extend(kept)
        return forgotten

    def clear(self, practice: str | None = None) -> int:
        """Clear the faults ordered for a practice, or all; answers how many."""
        kept = [] if practice is None else [fault for fault in self.faults if fault.asked.practice != practice]
        cleared = len(self.faults) - len(kept)
        self.faults[:] = kept
        return cleared

    def _enter(self, scope: Scope) -> Entry:
        sent = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        first = dict(reversed(sent))  # which the app goes by, too
        token = accounts.bearer(first.get("authorization"))
        self.received += 1
        entry = Entry(
            number=self.received,
            method=scope["method"],
            path=scope["path"],
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            headers=_legible_headers(sent),
            token_digest=accounts.digest(token) if token else None,
            profile=first.get("profileid"),
            started=now(),
        )
        if entry.token_digest is not None:
            with self.store.reading() as db:
                caller = accounts.known(db, entry.token_digest)
            if caller is not None:
                entry.practice, entry.person = caller.practice, caller.person
        self.entries.append(entry)
        return entry

    async def _handle(self, exchange: _Exchange) -> None:
        entry = exchange.entry
        fault = next((each for each in self.faults if each.matches(entry)), None)
        if fault is None:
            await exchange.carry_out(exchange.send)
            return
        fault.hits += 1
        entry.fault = fault.id
        await self._spoil(fault.asked, exchange)

    async def _spoil(self, fault: NewFault, exchange: _Exchange) -> None:
        held: list[Message] = []
        if fault.processed:
            await exchange.carry_out(_keeping(held))
        if (fault.delay_s and not await self._wait(fault.delay_s, exchange)) or fault.reset:
            await self._reset(exchange)
        elif fault.replaces:
            await spoiling.answer(exchange.send, *fault.answer(), fault.headers)
        elif fault.processed:
            for message in held:
                await exchange.send(message)
        else:
            await exchange.carry_out(exchange.send)

    async def _wait(self, seconds: float, exchange: _Exchange) -> bool:
        """Wait; False when the server stops meanwhile. Raises _GoneError when the client goes."""
        gone, stop = asyncio.create_task(exchange.gone()), asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({gone, stop}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise _GoneError
            return not stop.done()
        finally:
            gone.cancel()
            stop.cancel()

    async def _reset(self, exchange: _Exchange) -> None:
        serving.reset(self.connections, exchange.scope["client"])
        await exchange.gone()


@dataclass(frozen=True)
class _Exchange:
    """A request whose body was received, on its way to the app."""

    app: ASGIApp
    entry: Entry
    body: bytes
    scope: Scope
    receive: Receive
    send: Send

    async def carry_out(self, send: Send) -> None:
        """Have the app answer it."""
        messages = iter([{"type": "http.request", "body": self.body, "more_body": False}])

        async def replay() -> Message:
            return next(messages, None) or await self.receive()

        await self.app(self.scope, replay, send)

    async def gone(self) -> None:
        """Wait until the client's connection is closed."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


class _TooLargeError(Exception):
    """The body is larger than it may be."""


class _GoneError(Exception):
    """The client went away before it was answered."""


def _keeping(held: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        held.append(message)

    return keep


async def _read(receive: Receive, limit: int) -> bytes:
    """The whole body. What is too much is read and dropped first (to a bound), else the client sees no answer."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if size > limit + _DRAINED_BYTES or not message.get("more_body", False):
            break
    if size > limit:
        raise _TooLargeError
    return b"".join(parts)


def _legible_headers(sent: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Headers as the log shows them: values of one name together, secrets masked."""
    shown: dict[str, str] = {}
    for name, value in sent:
        legible = "****" if name in _SECRET_HEADERS else value
        shown[name] = f"{shown[name]}, {legible}" if name in shown else legible
    return shown


def _legible(body: bytes) -> Any:
    """A body as the log shows it: parsed if it is JSON, else as text; None when empty."""
    if not body:
        return None
    try:
        return calls.parse_json(body)
    except errors.Problem:
        return body.decode("utf-8", "replace")
