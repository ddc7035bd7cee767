"""One WebSocket connection to an assistant service, frame by frame, with times; polite, rude, slow or gone.

    conversation = connect(address, session, headers)     # NotConnectedError: the upgrade was answered otherwise
    conversation.send({"type": "heartbeat"})
    heard = conversation.wait_for(lambda frame: frame.type == "heartbeat_ack", within=2)
    conversation.vanish()

Every frame is noted when it arrives, by a thread of the connection, whether anybody waits for it or not.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as dial
from websockets.typing import Origin

CONNECT_S = 10.0
"""Until then a connection must stand."""
RECEIVE_BUFFER = 65_536
"""Bytes that the kernel may take for somebody who has stopped reading."""
CLOSE_S = 5.0
SMALL_BUFFER = 4096
"""Bytes that the system keeps for a reader who does not read; it makes the sender notice soon."""


class NotConnectedError(ConnectionError):
    """No connection came about. `status` is that of the answer to the upgrade, None without one."""

    def __init__(self, message: str, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Heard:
    """One message: when it came (`time.monotonic` seconds), as it came, and read as JSON where it is an object."""

    at: float
    raw: str | bytes
    fields: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Its type; empty where it has none."""
        return str(self.fields.get("type", ""))

    def __str__(self) -> str:
        text = self.raw if isinstance(self.raw, str) else repr(self.raw)
        return text if len(text) <= 300 else f"{text[:300]}…"


@dataclass(frozen=True)
class Closed:
    """How a connection ended: code 1006 when nothing was said, 1005 when no code was."""

    code: int
    reason: str
    at: float


@dataclass(frozen=True)
class Dialling:
    """How to connect. `query` and `origin` are sent as they are; `small_buffer`: for one who will read slowly."""

    origin: str | None = None
    small_buffer: bool = False
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class _Connection(ClientConnection):
    """Notes every message when it arrives; reads nothing while `deaf`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.heard: list[Heard] = []
        self.changed = threading.Condition()
        self.hearing = threading.Event()
        self.hearing.set()
        self.ended_at: float | None = None
        self.goodbye_at: float | None = None
        """When the service closed it; the end of the stream may come much later."""
        self._parts: list[bytes] = []
        self._text = True
        super().__init__(*arguments, **options)

    def process_event(self, event: Event) -> None:
        """Note it; whoever waits looks again."""
        self.hearing.wait()
        if isinstance(event, Frame) and event.opcode in _DATA:
            self._note(event)
        else:
            super().process_event(event)
            if isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                with self.changed:
                    self.goodbye_at = time.monotonic()
                    self.changed.notify_all()

    def _note(self, frame: Frame) -> None:
        now = time.monotonic()
        if frame.opcode is not Opcode.CONT:
            self._parts, self._text = [], frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if frame.fin:
            data = b"".join(self._parts)
            raw = data.decode("utf-8") if self._text else data
            with self.changed:
                self.heard.append(Heard(now, raw, _fields(raw)))
                self.changed.notify_all()

    def recv_events(self) -> None:
        """Read until the end; then whoever waits learns of it."""
        try:
            super().recv_events()
        finally:
            with self.changed:
                self.ended_at = time.monotonic()
                self.changed.notify_all()


def connect(
    address: str,
    session: str,
    headers: Mapping[str, str] | None = None,
    how: Dialling = Dialling(),
) -> Conversation:
    """Connect to a session. `address` is the service's, "http://…".

    Raises:
        NotConnectedError: the upgrade was refused, or nobody answered.

    """
    uri = f"{address.replace('http', 'ws', 1).rstrip('/')}/ws/{session}{how.query}"
    try:
        connection = dial(
            uri,
            additional_headers={**(headers or {}), **how.headers},
            origin=cast("Origin | None", how.origin),
            proxy=None,
            sock=_small(address) if how.small_buffer else None,
            compression=None,
            open_timeout=CONNECT_S,
            close_timeout=CLOSE_S,
            ping_interval=None,
            max_size=None,
            max_queue=None,
            create_connection=_Connection,
            legacy=True,
        )
    except InvalidStatus as refused:
        body = (refused.response.body or b"").decode("utf-8", "replace")
        status = refused.response.status_code
        raise NotConnectedError(f"{uri} answered {status}: {body[:500]}", status, body) from None
    except (OSError, InvalidHandshake, InvalidMessage, EOFError) as fault:
        raise NotConnectedError(f"{uri}: {fault!r}") from fault
    assert isinstance(connection, _Connection)
    return Conversation(connection, session)


def _small(address: str) -> socket.socket:
    """A socket whose receiver's window is small from the handshake on."""
    host, _, port = address.partition("://")[2].partition("/")[0].partition(":")
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    made.settimeout(CONNECT_S)
    made.connect((host, int(port or 80)))
    made.settimeout(None)
    return made


class Conversation:
    """A connection that stands. Its methods are for one thread."""

    def __init__(self, connection: _Connection, session: str) -> None:
        self.session = session
        self.opened_at = time.monotonic()
        self.sent: list[Heard] = []
        """What was sent, in order."""
        self._connection = connection
        self._read = 0

    # Sending

    def send(self, message: Mapping[str, Any]) -> float:
        """Send an object as JSON; answers when."""
        return self.send_text(json.dumps(message, ensure_ascii=False))

    def send_text(self, text: str) -> float:
        """Send a text as it is, well-formed or not; answers when. ConnectionError when the connection has ended."""
        return self._send(text)

    def send_bytes(self, data: bytes) -> float:
        """Send a binary message."""
        return self._send(data)

    def send_in_pieces(self, pieces: Iterable[str]) -> float:
        """Send one message in several frames."""
        return self._send(list(pieces))

    def send_raw(self, data: bytes) -> float:
        """Send bytes past the protocol, as they are."""
        at = time.monotonic()  # before: an answer may come sooner than this thread goes on
        self._connection.socket.sendall(data)
        self.sent.append(Heard(at, data, {}))
        return self.sent[-1].at

    def _send(self, what: str | bytes | list[str]) -> float:
        at = time.monotonic()
        try:
            self._connection.send(what)
        except ConnectionClosed as closed:
            raise ConnectionError(f"the connection to session {self.session} has ended: {closed}") from None
        raw = "".join(what) if isinstance(what, list) else what
        self.sent.append(Heard(at, raw, _fields(raw)))
        return self.sent[-1].at

    # Hearing

    @property
    def heard(self) -> list[Heard]:
        """Everything that has come so far."""
        with self._connection.changed:
            return list(self._connection.heard)

    @property
    def mark(self) -> int:
        """How many messages have come: where `since` may begin."""
        return len(self._connection.heard)

    def since(self, mark: int) -> list[Heard]:
        """What has come since then."""
        return self.heard[mark:]

    def first_chunks(self) -> list[float]:
        """Seconds from each message in a chat to the first piece of its reply; none for one that was not replied to."""
        asked = [sent.at for sent in self.sent if sent.type == "chat_message"]
        pieces = [heard.at for heard in self.heard if heard.type == "message_chunk"]
        spans = zip(asked, [*asked[1:], float("inf")], strict=False)
        firsts = [(begun, next((at for at in pieces if begun <= at < ended), None)) for begun, ended in spans]
        return [at - begun for begun, at in firsts if at is not None]

    def wait_for(self, wanted: Callable[[Heard], bool], *, within: float, since: int = 0, what: str = "") -> Heard:
        """The first message since then that is wanted, waited for at most so many seconds.

        Raises:
            AssertionError: none came in time, or the connection ended without; it tells what came.

        """
        found: Heard = self.wait_until(
            lambda heard: next((each for each in heard[since:] if wanted(each)), None), within=within, what=what
        )
        return found

    def wait_until(self, found: Callable[[list[Heard]], Any], *, within: float, what: str = "") -> Any:
        """What `found` sees in all that has come, as soon as that is something (not None, not False).

        Raises:
            AssertionError: it saw nothing in time, or nothing before the connection ended.

        """
        deadline = time.monotonic() + within
        connection = self._connection
        with connection.changed:
            while True:
                seen = found(connection.heard)
                if seen is not None and seen is not False:
                    return seen
                if connection.ended_at is not None:
                    raise AssertionError(f"{what or 'the message'} did not come, the connection ended: {self._told()}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what or 'the message'} did not come within {within:g} s: {self._told()}")
                connection.changed.wait(left)

    def _told(self) -> str:
        last = [str(each) for each in self._connection.heard[-10:]]
        code = self._connection.close_code
        ended = f"; closed with {code} {self._connection.close_reason!r}" if code is not None else ""
        return f"what came last: {' | '.join(last) or 'nothing'}{ended}"

    # Ends

    def ended(self, *, within: float) -> bool:
        """Whether it is closed or ends within so many seconds; answers as soon as it does."""
        connection = self._connection
        with connection.changed:
            return connection.changed.wait_for(
                lambda: connection.ended_at is not None or connection.goodbye_at is not None, within
            )

    def wait_closed(self, *, within: float) -> Closed:
        """How the connection was ended, waited for at most so many seconds; AssertionError when it stands then."""
        if not self.ended(within=within):
            raise AssertionError(f"the connection still stands after {within:g} s; {self._told()}")
        return self._closed()

    @property
    def closed(self) -> Closed | None:
        """How it ended; None while it stands."""
        return self._closed() if self._connection.ended_at is not None else None

    def _closed(self) -> Closed:
        connection, goodbye = self._connection, self._connection.protocol.close_rcvd
        at = connection.ended_at if goodbye is None else connection.goodbye_at or connection.ended_at
        assert at is not None
        return Closed(1006, "", at) if goodbye is None else Closed(goodbye.code, goodbye.reason, at)

    @property
    def stands(self) -> bool:
        """Whether it is open in both directions."""
        return self._connection.ended_at is None and self._connection.state is State.OPEN

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close politely, and wait for the service's goodbye. Closing twice is harmless."""
        self.listen()
        if self._connection.goodbye_at is not None:
            self.vanish()
            return
        with suppress(ConnectionClosed):
            self._connection.close(code, reason)
        if self._connection.wait_closed(CLOSE_S):
            return
        self.vanish()

    def stop_listening(self) -> None:
        """Read nothing any more: what comes fills the buffers on the way. Not even a ping is answered."""
        # A buffer that the kernel lets grow may take megabytes, and a long reply whole.
        self._connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._connection.hearing.clear()

    def listen(self) -> None:
        """Read again."""
        self._connection.hearing.set()

    def vanish(self) -> None:
        """Break the connection (RST) without a word."""
        self._break(reset=True)

    def hang_up(self) -> None:
        """End the connection (FIN) without a close frame."""
        self._break(reset=False)

    def half_close(self) -> None:
        """Say nothing any more (FIN), and go on reading."""
        self._connection.socket.shutdown(socket.SHUT_WR)

    def _break(self, *, reset: bool) -> None:
        self.listen()
        if reset:
            with suppress(OSError):
                linger = struct.pack("ii", 1, 0)
                self._connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._connection.close_socket()
        self._connection.recv_events_thread.join(CLOSE_S)


_DATA = (Opcode.CONT, Opcode.TEXT, Opcode.BINARY)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _fields(raw: str | bytes) -> Mapping[str, Any]:
    """The fields of an object; none for anything else, NaN included, which no browser reads."""
    if isinstance(raw, bytes):
        return {}
    try:
        read = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
