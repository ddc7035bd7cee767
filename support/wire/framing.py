"""Reads the frames of one WebSocket connection, both directions, from a copy of its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wsproto.extensions import Extension, PerMessageDeflate
from wsproto.frame_protocol import Frame as WireFrame
from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

from support.wire.bodies import GrowingBody
from support.wire.journal import Journal
from support.wire.records import Body, Conversation, Direction, Frame, FrameKind

_CONTROL: dict[Opcode, FrameKind] = {Opcode.PING: "ping", Opcode.PONG: "pong"}


def negotiated(extensions_header: str) -> list[Extension]:
    """The extensions needed to read a connection whose handshake answered this `Sec-WebSocket-Extensions`.

    Window sizes are left at their maximum, which inflates any smaller one too. An unknown extension raises ValueError.
    """
    offers = [offer.strip() for offer in extensions_header.split(",") if offer.strip()]
    names = {offer.partition(";")[0].strip() for offer in offers}
    if unknown := names - {PerMessageDeflate.name}:
        raise ValueError(f"frames use an extension that cannot be read: {', '.join(sorted(unknown))}")
    if not offers:
        return []
    deflate = PerMessageDeflate(
        client_no_context_takeover="client_no_context_takeover" in offers[0],
        server_no_context_takeover="server_no_context_takeover" in offers[0],
    )
    deflate.finalize(PerMessageDeflate.name)
    return [deflate]


@dataclass(slots=True)
class _Message:
    """A message whose last fragment has not come yet."""

    kind: FrameKind
    body: GrowingBody
    whole: bytearray = field(default_factory=bytearray)
    fragments: int = 0


class _Reader:
    """One direction: bytes in, messages out."""

    def __init__(self, direction: Direction, extensions_header: str, limit: int, *, whole: bool) -> None:
        # The reader of what goes to the system plays the server's part, since it unmasks.
        self._frames = FrameProtocol(direction == "to_client", negotiated(extensions_header))
        self._direction = direction
        self._limit = limit
        self._whole = whole
        self._message: _Message | None = None
        self.closing = False

    def read(self, data: bytes, at: float) -> Iterator[tuple[Frame, bytes]]:
        """The frames that these bytes complete, each with its whole payload (if asked for); raises ParseFailed."""
        if self.closing:
            return
        self._frames.receive_bytes(data)
        for frame in self._frames.received_frames():
            if (taken := self._take(frame, at)) is not None:
                yield taken

    def unfinished(self, at: float) -> Frame | None:
        """What came of a message that was cut off."""
        if self._message is None:
            return None
        message = self._message
        return Frame(self._direction, at, message.kind, message.body.snapshot(), message.fragments)

    def _take(self, frame: WireFrame, at: float) -> tuple[Frame, bytes] | None:
        if isinstance(frame.payload, tuple):
            self.closing = True
            code, reason = frame.payload
            text = (reason or "").encode()
            return Frame(self._direction, at, "close", Body(text, len(text)), code=int(code)), text
        payload = frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)
        if frame.opcode in _CONTROL:
            return Frame(self._direction, at, _CONTROL[frame.opcode], Body(payload, len(payload))), payload
        return self._extend(frame, payload, at)

    def _extend(self, frame: WireFrame, payload: bytes, at: float) -> tuple[Frame, bytes] | None:
        if self._message is None:
            kind: FrameKind = "text" if frame.opcode is Opcode.TEXT else "binary"
            self._message = _Message(kind, GrowingBody(self._limit))
        message = self._message
        message.body.add(payload)
        if self._whole:
            message.whole += payload
        message.fragments += int(frame.frame_finished)
        if not frame.message_finished:
            return None
        self._message = None
        message.body.complete = True
        return (
            Frame(self._direction, at, message.kind, message.body.snapshot(), message.fragments),
            bytes(message.whole),
        )


class ConversationRecorder:
    """Gathers the frames of one upgraded connection."""

    def __init__(
        self, journal: Journal, exchange_id: int, path: str, opened_at: float, opened: float, extensions: str
    ) -> None:
        self.id = exchange_id
        self._journal = journal
        self._path = path
        self._opened_at = opened_at
        self._opened = opened
        self._frames: list[Frame] = []
        self._fault: str | None = None
        self._ended = False
        self._readers: dict[Direction, _Reader] = {}
        try:
            for direction in ("to_system", "to_client"):
                self._readers[direction] = _Reader(direction, extensions, journal.body_limit, whole=journal.observed)
        except ValueError as error:
            self._fault = str(error)

    def feed(self, direction: Direction, data: bytes, now: float) -> None:
        """Record the frames that these bytes complete; what cannot be parsed ends the recording of this connection."""
        if self._fault is not None:
            return
        at = now - self._opened
        try:
            for frame, whole in self._readers[direction].read(data, at):
                self._frames.append(frame)
                if direction == "to_client":
                    self._journal.passed(self.id, "", self._path, whole)
        except ParseFailed as error:
            where = "to the system" if direction == "to_system" else "to the client"
            self._fault = f"frames {where} cannot be read: {error}; first bytes {data[:64]!r}"

    def end(self, now: float, how: str) -> None:
        """The connection is gone; without a close frame `how` becomes the fault."""
        if self._ended:
            return
        self._ended = True
        at = now - self._opened
        cut = [frame for reader in self._readers.values() if (frame := reader.unfinished(at)) is not None]
        self._frames.extend(cut)
        if self._fault is None and not any(reader.closing for reader in self._readers.values()):
            self._fault = f"{how}, without a close frame"

    def drain(self) -> Conversation:
        """The frames since the last drain."""
        frames, self._frames = tuple(self._frames), []
        return Conversation(
            self.id,
            self._journal.system,
            self._journal.address,
            self._path,
            self._opened_at,
            frames,
            self._ended,
            self._fault,
        )
