"""What the wire remembers of traffic: exchanges, WebSocket conversations, and their bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Headers = tuple[tuple[str, str], ...]
Direction = Literal["to_system", "to_client"]
FrameKind = Literal["text", "binary", "ping", "pong", "close"]


@dataclass(frozen=True, slots=True)
class Body:
    """The first bytes of a body, as sent (transfer coding removed, content coding kept).

    `length` counts every byte that passed, in bytes; `complete` is false when the end was never seen.
    """

    kept: bytes = b""
    length: int = 0
    complete: bool = True

    @property
    def truncated(self) -> bool:
        """Whether more bytes passed than were kept."""
        return self.length > len(self.kept)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, seen between a client and a system.

    `method` is empty when the request could not be parsed; `fault` then says why and `request_body` holds its first
    bytes. `status` is None when no answer came. `started_at` is Unix time in seconds; `duration_s` runs from the
    request's first byte to the answer's last, `first_byte_s` to the answer's first (None without one). `interim` lists
    1xx statuses. `fault` tells what went wrong by itself, `ordered_fault` which injected fault spoilt it.
    `address` is the proxy's address, as the client knew it; `upstream` the system's own.
    """

    id: int
    system: str
    address: str
    upstream: str
    method: str
    path: str
    request_headers: Headers
    request_body: Body
    status: int | None
    reason: str
    response_headers: Headers
    response_body: Body
    started_at: float
    duration_s: float
    first_byte_s: float | None
    client_hung_up: bool = False
    fault: str | None = None
    interim: tuple[int, ...] = ()
    ordered_fault: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One WebSocket message (its fragments joined) or control frame.

    `at` is in seconds since the upgrade. `payload` holds the first bytes after decompression, UTF-8 for text; for a
    close frame it is the reason, and `code` the close code (1005 when the frame bore none). `fragments` counts the
    frames the message came in.
    """

    direction: Direction
    at: float
    kind: FrameKind
    payload: Body
    fragments: int = 1
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The frames of one WebSocket connection since the last drain; `id` is that of the exchange that upgraded it.

    `opened_at` is Unix time in seconds. `ended` tells that the connection is closed; `fault` why it could not be
    parsed or how it ended without a closing handshake.
    """

    id: int
    system: str
    address: str
    path: str
    opened_at: float
    frames: tuple[Frame, ...]
    ended: bool = False
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of an answer on its way to a client, whole and unbounded: response body bytes, or a WebSocket message.

    To listeners, one piece of a request's body on its way to a system.

    A body packed by gzip or deflate is shown unpacked, as far as that can be done; else as sent.
    Pieces of one exchange come in order and bear its `id`; a text may be split between two pieces of a body, never
    between messages.
    """

    id: int
    system: str
    method: str
    path: str
    data: bytes
