"""Sending an answer in the time and to the length that its turn says, and seeing whether the client stays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from support.backends import serving

from . import ledger
from .exchanges import Frame
from .ledger import Entry
from .scripts import Cue
from .state import State

JSON, EVENTS = "application/json", "text/event-stream; charset=utf-8"


class _Watch(NamedTuple):
    """Tasks that end when the client is gone, and when the server is told to stop."""

    gone: asyncio.Task[None]
    stop: asyncio.Task[bool]


class Delivery(Response):
    """An answer on its way: `content` is the whole body, or the frames of a stream."""

    def __init__(
        self,
        content: bytes | Iterator[Frame],
        cue: Cue,
        entry: Entry,
        state: State,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str = JSON,
    ) -> None:
        super().__init__(None, status, dict(headers or {}), media_type)
        if "content-length" in self.headers:
            del self.headers["content-length"]
        self.content = content
        self.turn = cue.turn
        self.gate = cue.gate
        self.entry = entry
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; `entry` is told how that went."""
        watch = _Watch(asyncio.create_task(_gone(receive)), asyncio.create_task(self.state.stopping.wait()))
        try:
            if not (await self._pass(watch) and await self._wait(watch, self.turn.delay_s)):
                await self._break_off(scope, watch)
            elif isinstance(self.content, bytes):
                await self._send_whole(self.content, scope, send, watch)
            else:
                await self._send_frames(self.content, scope, send, watch)
        finally:
            watch.gone.cancel()
            watch.stop.cancel()

    async def _send_whole(self, body: bytes, scope: Scope, send: Send, watch: _Watch) -> None:
        self.headers["content-length"] = str(len(body))
        await self._begin(send)
        if self.turn.cut_after is None:
            await send({"type": "http.response.body", "body": body})
            return
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await self._cut(scope, watch)

    async def _send_frames(self, frames: Iterator[Frame], scope: Scope, send: Send, watch: _Watch) -> None:
        self.headers["cache-control"] = "no-cache"
        await self._begin(send)
        for frame, is_chunk in frames:
            if is_chunk and self.entry.chunks == self.turn.cut_after:
                break
            if not await self._wait(watch, self.turn.chunk_delay_s if is_chunk and self.entry.chunks else 0):
                await self._break_off(scope, watch)
                return
            await send({"type": "http.response.body", "body": frame, "more_body": True})
            if is_chunk:
                self.entry.first_chunk_at = self.entry.first_chunk_at or ledger.now()
                self.entry.chunks += 1
        if self.turn.cut_after is not None:
            await self._cut(scope, watch)
            return
        await send({"type": "http.response.body", "body": b""})

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _pass(self, watch: _Watch) -> bool:
        """Wait until the gate is open; False as soon as the client is gone, or the server stops."""
        if self.gate is None or self.gate.opened.is_set():
            return True
        opened = asyncio.create_task(self.gate.opened.wait())
        self.gate.enter()
        try:
            await asyncio.wait({*watch, opened}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.gate.leave()
            opened.cancel()
        return not (watch.gone.done() or watch.stop.done())

    async def _wait(self, watch: _Watch, seconds: float) -> bool:
        """Wait; False as soon as the client is gone, or the server stops."""
        done, _ = await asyncio.wait({watch.gone, watch.stop}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return not done

    async def _break_off(self, scope: Scope, watch: _Watch) -> None:
        if watch.gone.done():
            self.entry.hung_up = True
        else:
            await self._cut(scope, watch)

    async def _cut(self, scope: Scope, watch: _Watch) -> None:
        self.entry.cut = True
        serving.hang_up(self.state.connections, scope["client"])
        await watch.gone


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
