"""Sending an answer in the time and to the length that its turn says, and seeing whether the client stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from support.backends import serving

from . import ledger
from .exchanges import Frame
from .ledger import Entry
from .scripts import Turn

JSON, EVENTS = "application/json", "text/event-stream; charset=utf-8"


class Delivery(Response):
    """An answer on its way: `content` is the whole body, or the frames of a stream."""

    def __init__(
        self,
        content: bytes | Iterator[Frame],
        turn: Turn,
        entry: Entry,
        connections: Collection[Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str = JSON,
    ) -> None:
        super().__init__(None, status, dict(headers or {}), media_type)
        if "content-length" in self.headers:
            del self.headers["content-length"]
        self.content = content
        self.turn = turn
        self.entry = entry
        self.connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; `entry` is told how that went."""
        gone = asyncio.create_task(_gone(receive))
        try:
            if not await _stays(gone, self.turn.delay_s):
                self.entry.hung_up = True
            elif isinstance(self.content, bytes):
                await self._send_whole(self.content, scope, send, gone)
            else:
                await self._send_frames(self.content, scope, send, gone)
        finally:
            gone.cancel()

    async def _send_whole(self, body: bytes, scope: Scope, send: Send, gone: asyncio.Task[None]) -> None:
        self.headers["content-length"] = str(len(body))
        await self._begin(send)
        if self.turn.cut_after is None:
            await send({"type": "http.response.body", "body": body})
            return
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await self._cut(scope, gone)

    async def _send_frames(self, frames: Iterator[Frame], scope: Scope, send: Send, gone: asyncio.Task[None]) -> None:
        self.headers["cache-control"] = "no-cache"
        await self._begin(send)
        for frame, is_chunk in frames:
            if is_chunk and self.entry.chunks == self.turn.cut_after:
                break
            if not await _stays(gone, self.turn.chunk_delay_s if is_chunk and self.entry.chunks else 0):
                self.entry.hung_up = True
                return
            await send({"type": "http.response.body", "body": frame, "more_body": True})
            if is_chunk:
                self.entry.first_chunk_at = self.entry.first_chunk_at or ledger.now()
                self.entry.chunks += 1
        if self.turn.cut_after is not None:
            await self._cut(scope, gone)
            return
        await send({"type": "http.response.body", "body": b""})

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _cut(self, scope: Scope, gone: asyncio.Task[None]) -> None:
        self.entry.cut = True
        serving.hang_up(self.connections, scope["client"])
        await gone


def whole(body: Any) -> bytes:
    """A body as JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stays(gone: asyncio.Task[None], seconds: float) -> bool:
    """Wait; False as soon as the client is gone."""
    await asyncio.wait({gone}, timeout=seconds)
    return not gone.done()
