"""Reads the HTTP of one connection, both directions, from a copy of its bytes.

h11 is used passively: one server-role reader for the client's bytes, one client-role reader for the system's, each
renewed for every message. Nothing here ever touches the bytes that travel; what cannot be parsed is recorded as such.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import h11
from h11._state import MIGHT_SWITCH_PROTOCOL

from support.wire.bodies import GrowingBody
from support.wire.framing import ConversationRecorder
from support.wire.journal import Journal
from support.wire.records import Exchange, Headers
from support.wire.unpacking import Unpacking, UnpackingError, unpacking

_HEAD_LIMIT = 1024 * 1024
_OPENING_LIMIT = 256
"""Bytes kept of a message that turns out not to be HTTP."""


def _text(raw: bytes | bytearray) -> str:
    return bytes(raw).decode("latin-1")


def _headers(event: h11.Request | h11.Response | h11.InformationalResponse) -> Headers:
    return tuple((_text(name), _text(value)) for name, value in event.headers.raw_items())


def _joined(event: h11.Request | h11.Response | h11.InformationalResponse, header: bytes) -> bytes:
    return b", ".join(value for name, value in event.headers if name == header)


class Recording:
    """An exchange while it happens."""

    def __init__(self, journal: Journal, upstream: str, started: float) -> None:
        self.id = journal.next_id()
        self.method = ""
        self.path = ""
        self.request_headers: Headers = ()
        self.request = GrowingBody(journal.body_limit)
        self.status: int | None = None
        self.reason = ""
        self.response_headers: Headers = ()
        self.response = GrowingBody(journal.body_limit)
        self.first_byte: float | None = None
        self.fault: str | None = None
        self.ordered_fault: str | None = None
        self.ended = False
        self.unpacking: Unpacking | None = None
        self.interim: list[int] = []
        self.upgrade = b""
        self.started = started
        # The age first: a pause between the two clocks must not move the start before the request.
        age = time.perf_counter() - started
        self.started_at = time.time() - age
        self._journal = journal
        self._upstream = upstream

    def snapshot(self, now: float, *, client_hung_up: bool = False) -> Exchange:
        """The exchange as far as it got, `now` on the clock of `started`."""
        return Exchange(
            id=self.id,
            system=self._journal.system,
            address=self._journal.address,
            upstream=self._upstream,
            method=self.method,
            path=self.path,
            request_headers=self.request_headers,
            request_body=self.request.snapshot(),
            status=self.status,
            reason=self.reason,
            response_headers=self.response_headers,
            response_body=self.response.snapshot(),
            started_at=self.started_at,
            duration_s=now - self.started,
            first_byte_s=None if self.first_byte is None else self.first_byte - self.started,
            client_hung_up=client_hung_up,
            fault=self.fault,
            ordered_fault=self.ordered_fault,
            interim=tuple(self.interim),
        )


class Recorder:
    """Turns what passes on one connection into exchanges and, after an upgrade, frames.

    Times are seconds of `time.perf_counter`. Bytes are to be told in the order in which they passed. `begun` is told of
    every request as soon as its head was parsed (of what is no HTTP, without a method).
    """

    def __init__(
        self, journal: Journal, upstream: str, opened: float, begun: Callable[[Recording], None] | None = None
    ) -> None:
        self._begun = begun
        self._journal = journal
        self._upstream = upstream
        self._opened = opened
        self._awaiting: deque[Recording] = deque()
        self._requests = h11.Connection(h11.SERVER, _HEAD_LIMIT)
        self._receiving: Recording | None = None
        self._message_at: float | None = None
        self._opening = bytearray()
        self._responses: h11.Connection | None = None
        self._answer_opening = bytearray()
        self._conversation: ConversationRecorder | None = None
        self._requests_lost = False
        self._responses_lost = False
        self._client_left = False
        self._tunnelled = False

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: no answer awaited, no request begun, no upgrade."""
        return not self._awaiting and self._message_at is None and self._conversation is None

    @property
    def head_awaited(self) -> bool:
        """Whether a request has begun whose head is not whole."""
        return (
            self._message_at is not None
            and self._receiving is None
            and not self._requests_lost
            and self._requests.their_state is not MIGHT_SWITCH_PROTOCOL
        )

    @property
    def answering(self) -> Recording | None:
        """The exchange that the system's next byte belongs to."""
        return self._awaiting[0] if self._awaiting else None

    @property
    def upgraded(self) -> bool:
        """Whether the connection carries another protocol now."""
        return self._conversation is not None or self._tunnelled

    # What the client sends

    def client_sent(self, data: bytes, now: float) -> None:
        """Read bytes that went to the system."""
        if self._conversation is not None:
            self._conversation.feed("to_system", data, now)
        elif not self._requests_lost:
            self._requests.receive_data(data)
            self._begin_message(data, now)
            self._read_requests(now)
        elif self._receiving is not None:
            self._receiving.request.add(data)

    def client_ended(self) -> None:
        """The client sent its last byte: a half-close, or it left."""
        self._client_left = True

    def _begin_message(self, data: bytes, now: float) -> None:
        if self._receiving is not None:
            return
        if self._message_at is None:
            self._message_at = now
        if len(self._opening) < _OPENING_LIMIT:
            self._opening += data[: _OPENING_LIMIT - len(self._opening)]

    def _read_requests(self, now: float) -> None:
        while True:
            try:
                event = self._requests.next_event()
            except h11.RemoteProtocolError as error:
                self._give_up_requests(f"the request is not HTTP: {error}", now)
                return
            match event:
                case h11.Request():
                    self._begin_request(event, now)
                case h11.Data():
                    if (receiving := self._receiving) is not None:
                        receiving.request.add(event.data)
                        self._journal.asked(receiving.id, receiving.method, receiving.path, bytes(event.data))
                case h11.EndOfMessage():
                    if self._end_request(now):
                        continue
                    return
                case _:
                    # NEED_DATA, or PAUSED behind an upgrade that the system has not yet accepted.
                    self._bound_held_bytes(now)
                    return

    def _begin_request(self, event: h11.Request, now: float) -> None:
        recording = self._await(now if self._message_at is None else self._message_at)
        recording.method, recording.path = _text(event.method), _text(event.target)
        recording.request_headers = _headers(event)
        recording.upgrade = _joined(event, b"upgrade")
        self._receiving = recording
        self._opening.clear()
        self._tell_begun(recording)

    def _tell_begun(self, recording: Recording) -> None:
        if self._begun is not None:
            self._begun(recording)

    def _await(self, started: float) -> Recording:
        recording = Recording(self._journal, self._upstream, started)
        self._awaiting.append(recording)
        self._journal.began(recording)
        return recording

    def _end_request(self, now: float) -> bool:
        """Close the request; true when the next one can be read."""
        if self._receiving is not None:
            self._receiving.request.complete = True
        self._receiving, self._message_at = None, None
        if self._requests.their_state is MIGHT_SWITCH_PROTOCOL:
            return False
        self._renew_requests(now)
        return True

    def _renew_requests(self, now: float) -> None:
        rest, _ = self._requests.trailing_data
        self._requests = h11.Connection(h11.SERVER, _HEAD_LIMIT)
        if rest:
            self._requests.receive_data(rest)
            self._begin_message(rest, now)

    def _bound_held_bytes(self, now: float) -> None:
        if self._requests.their_state is MIGHT_SWITCH_PROTOCOL:
            held, _ = self._requests.trailing_data
            if len(held) > _HEAD_LIMIT:
                self._give_up_requests("too much was sent before the upgrade was answered", now)

    def _give_up_requests(self, why: str, now: float) -> None:
        self._requests_lost = True
        if self._receiving is None:
            self._receiving = self._await(now if self._message_at is None else self._message_at)
            self._receiving.request.add(self._opening)
            self._tell_begun(self._receiving)
        self._receiving.fault = why

    # What the system sends

    def system_sent(self, data: bytes, now: float) -> None:
        """Read bytes that went to the client."""
        if self._conversation is not None:
            self._conversation.feed("to_client", data, now)
            return
        rest = data
        while rest and not self._responses_lost and self._conversation is None:
            rest = self._read_response(rest, now)

    def _read_response(self, data: bytes, now: float) -> bytes:
        """Read at most one answer; the bytes that belong to the next one are given back."""
        if not self._awaiting:
            recording = self._await(now)
            recording.first_byte = now
            self._give_up_response(recording, "the system sent what answers no request", data, now)
            return b""
        recording = self._awaiting[0]
        if self._responses is None:
            self._responses = _answers_to(recording)
            self._answer_opening.clear()
            if recording.first_byte is None:
                recording.first_byte = now
        self._responses.receive_data(data)
        if recording.status is None:
            self._answer_opening += data[: _OPENING_LIMIT - len(self._answer_opening)]
        return self._read_events(self._responses, recording, now)

    def _read_events(self, responses: h11.Connection, recording: Recording, now: float) -> bytes:
        while True:
            try:
                event = responses.next_event()
            except h11.RemoteProtocolError as error:
                why = f"the answer is not HTTP: {error}"
                self._give_up_response(recording, why, self._answer_opening, now)
                return b""
            match event:
                case h11.InformationalResponse() if event.status_code == 101:
                    self._upgrade(responses, recording, event, now)
                    return b""
                case h11.InformationalResponse():
                    recording.interim.append(event.status_code)
                case h11.Response():
                    recording.status, recording.reason = event.status_code, _text(event.reason)
                    recording.response_headers = _headers(event)
                    if self._journal.observed:
                        recording.unpacking = unpacking(_joined(event, b"content-encoding"))
                case h11.Data():
                    recording.response.add(event.data)
                    self._show(recording, bytes(event.data))
                case h11.EndOfMessage():
                    return self._end_response(responses, recording, now)
                case _:
                    if responses.their_state is h11.SWITCHED_PROTOCOL:
                        self._tunnel(recording, now)
                    return b""

    def _show(self, recording: Recording, data: bytes) -> None:
        """Let the observers see this piece of a body, unpacked where it is packed."""
        if recording.unpacking is None:
            self._journal.passed(recording.id, recording.method, recording.path, data)
            return
        try:
            for piece in recording.unpacking.feed(data):
                self._journal.passed(recording.id, recording.method, recording.path, piece)
        except UnpackingError as error:
            self._journal.failures.append(error)
            recording.unpacking = None

    def _end_response(self, responses: h11.Connection, recording: Recording, now: float) -> bytes:
        recording.response.complete = True
        self._finish(recording, now)
        self._responses = None
        if recording.upgrade and self._requests.their_state is MIGHT_SWITCH_PROTOCOL:
            # The upgrade was refused: what the client sent behind it is HTTP again.
            self._renew_requests(now)
            self._read_requests(now)
        return responses.trailing_data[0]

    def _upgrade(
        self, responses: h11.Connection, recording: Recording, event: h11.InformationalResponse, now: float
    ) -> None:
        recording.status, recording.reason = event.status_code, _text(event.reason)
        recording.response_headers = _headers(event)
        recording.response.complete = True
        sent, received = self._requests.trailing_data[0], responses.trailing_data[0]
        if _joined(event, b"upgrade").lower() != b"websocket":
            self._tunnel(recording, now)
            return
        extensions = _text(_joined(event, b"sec-websocket-extensions"))
        self._conversation = ConversationRecorder(
            self._journal, recording.id, recording.path, recording.started_at + now - recording.started, now, extensions
        )
        self._journal.upgraded(self._conversation)
        self._finish(recording, now)
        if sent:
            self._conversation.feed("to_system", sent, now)
        if received:
            self._conversation.feed("to_client", received, now)

    def _tunnel(self, recording: Recording, now: float) -> None:
        """From here on the connection carries another protocol, which is not recorded."""
        recording.response.complete = True
        self._requests_lost = self._responses_lost = self._tunnelled = True
        self._receiving = None
        self._finish(recording, now)

    def _give_up_response(self, recording: Recording, why: str, first: bytes | bytearray, now: float) -> None:
        self._responses_lost = True
        self._responses = None
        if recording.status is None:
            recording.response.add(first[:_OPENING_LIMIT])
        recording.fault = why if recording.fault is None else f"{recording.fault}; {why}"
        self._finish(recording, now)

    # How it ends

    def refused(self, why: str, now: float, *, by_order: bool = False) -> None:
        """The system could not be reached, so the client was turned away; or that was ordered."""
        recording = self._awaiting[0] if self._awaiting else self._await(self._opened)
        if by_order:
            recording.ordered_fault = why
        else:
            recording.fault = why
        self._finish(recording, now)

    def system_ended(self, now: float) -> None:
        """The system sent its last byte: this ends an answer without length, and cuts one with a length."""
        if self._responses is not None and self._awaiting:
            responses, self._responses = self._responses, None
            responses.receive_data(b"")
            try:
                if isinstance(responses.next_event(), h11.EndOfMessage):
                    self._end_response(responses, self._awaiting[0], now)
            except h11.RemoteProtocolError:
                # Cut short: the exchange is closed below, with its fault.
                pass
        self.ended("the system closed the connection", now)

    def ended(self, how: str, now: float, *, client_left: bool = False, by_order: bool = False) -> None:
        """Nothing more will pass towards the client; `how` is the cause, unless the client had left before.

        By order: a fault made it so.
        """
        self._client_left = self._client_left or client_left
        if self._conversation is not None:
            self._conversation.end(now, "the client closed the connection" if self._client_left else how)
        if self._message_at is not None and not self._awaiting:
            # A request whose head was never whole.
            self._await(self._message_at).request.add(self._opening)
            self._message_at = None
        while self._awaiting:
            recording = self._awaiting[0]
            if by_order:
                recording.ordered_fault = how
            elif not self._client_left:
                where = "before it answered" if recording.status is None else "in the middle of the answer"
                cut = f"{how} {where}"
                recording.fault = cut if recording.fault is None else f"{recording.fault}; {cut}"
            self._finish(recording, now)

    def _finish(self, recording: Recording, now: float) -> None:
        self._awaiting.remove(recording)
        recording.ended = True
        if self._receiving is recording:
            # Answered before the whole request was read; its rest belongs to no open exchange.
            self._message_at = None
        cut = self._client_left and not recording.response.complete
        self._journal.ended(recording.snapshot(now, client_hung_up=cut))


def _answers_to(recording: Recording) -> h11.Connection:
    """A reader for the answer to this request, told the little of it that decides how an answer is framed."""
    responses = h11.Connection(h11.CLIENT, _HEAD_LIMIT)
    headers = [(b"Host", b"recorded")]
    if recording.upgrade:
        headers += [(b"Connection", b"upgrade"), (b"Upgrade", recording.upgrade)]
    responses.send(h11.Request(method=recording.method or "GET", target="/", headers=headers))
    return responses
