"""What is sent over one connection: a bounded queue, one writer, and an end for a peer that does not read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from . import frames
from .protocol import CLOSE_NOW

SLOW = 1008

_log = logging.getLogger(__name__)


class ClosedError(Exception):
    """The connection is to end, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Outlet:
    """Frames leave in the order in which they were said; nobody waits for the peer longer than `patience_s`."""

    def __init__(self, websocket: WebSocket, session_id: str, most: int, patience_s: float) -> None:
        self.websocket, self.session_id, self.patience_s = websocket, session_id, patience_s
        self.queue: asyncio.Queue[str | ClosedError] = asyncio.Queue(most)
        self.gone = False
        """Whether nothing can be sent any more."""
        self.when_lost: Callable[[], None] = lambda: None
        """Called when the peer turns out not to read."""

    async def say(self, type_: str, /, **fields: Any) -> None:
        """Send a frame after those before it. Never raises: to a peer that is gone nothing is sent."""
        await self.put(frames.written(type_, self.session_id, fields))

    async def put(self, frame: str | ClosedError) -> None:
        """Queue what is to be sent; a peer that takes nothing for too long is closed."""
        if self.gone:
            return
        try:
            async with asyncio.timeout(self.patience_s):
                await self.queue.put(frame)
        except TimeoutError:
            self.give_up()

    async def write(self) -> None:
        """Send what is queued, until the end."""
        try:
            while await self.send(await self.queue.get()):
                pass
        except TimeoutError:
            self.give_up()
        except (WebSocketDisconnect, RuntimeError, OSError):
            pass  # the peer is gone; whoever reads learns it, too
        finally:
            self.gone = True
            self.drop()

    async def send(self, frame: str | ClosedError) -> bool:
        """Send one; False when it was the last. Raises TimeoutError when the peer takes nothing."""
        async with asyncio.timeout(self.patience_s):
            if isinstance(frame, ClosedError):
                await self.websocket.close(frame.code, frame.reason)
                return False
            await self.websocket.send_text(frame)
            return True

    def give_up(self) -> None:
        """Close although the peer does not read; the reason is behind what it has not read yet."""
        if not self.gone:
            self.gone = True
            _log.warning("session %s: a connection is closed, its peer does not read", self.session_id)
            self.websocket.scope["extensions"][CLOSE_NOW](SLOW, "you do not read what is sent to you")
            self.when_lost()

    def drop(self) -> None:
        """Empty the queue, so that nobody waits for room in it."""
        while not self.queue.empty():
            self.queue.get_nowait()
