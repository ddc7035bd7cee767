"""WebSocket as uvicorn speaks it, and one thing more: a connection whose peer does not read can be closed, too."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

CLOSE_NOW = "assistant.close_now"
"""The extension of a connection's scope: `close_now(code, reason)`."""


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's own close waits until the peer has read what was sent before, so it never ends for one who does not."""

    def handle_connect(self, event: Request) -> None:
        """Offer `close_now` to the application."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][CLOSE_NOW] = self.close_now

    def close_now(self, code: int, reason: str) -> None:
        """Say goodbye behind what was already written, and let go of the connection soon, read or not."""
        if self.close_sent or self.transport.is_closing():
            return
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            return
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
