"""WebSocket as uvicorn speaks it, but the end is told: to a peer that does not read, and to one that sends too much."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

CLOSE_NOW = "assistant.close_now"
"""The extension of a connection's scope: `close_now(code, reason)`."""
_DRAIN_S, _QUIET_S = 2.0, 0.1
_NO_TEXT = 1007


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's own close waits until the peer has read what was sent before, so it never ends for one who does not.

    And after a frame that cannot be taken it closes with data unread, which resets the connection: the peer then never
    learns why.
    """

    draining_until: float | None = None

    def data_received(self, data: bytes) -> None:
        """Take what came; after a frame that could not be taken, throw it away until the peer has seen the end."""
        if self.draining_until is None:
            super().data_received(data)
        else:
            self._end_when_quiet()

    def send_receive_event_to_app(self) -> None:
        """Hand on a message. A text that is none is its sender's fault: uvicorn logs it as one of the server's."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(_NO_TEXT)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Say goodbye, and let go of the connection when the peer has done so, or soon."""
        assert self.conn.close_sent is not None
        ending = {"code": self.conn.close_sent.code, "reason": self.conn.close_sent.reason}
        self.queue.put_nowait({"type": "websocket.disconnect", **ending})  # type: ignore[arg-type]
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.draining_until = self.loop.time() + _DRAIN_S
        self.close_sent = True
        self._resume_reading()
        self._end_when_quiet()

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
        self._resume_reading()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    def _end_when_quiet(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        at = min(self.loop.time() + _QUIET_S, self.draining_until or 0.0)
        self.close_timer = self.loop.call_at(at, self.transport.close)

    def _resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
