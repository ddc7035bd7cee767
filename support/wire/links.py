"""One client's connection and its counterpart to the system: what passes between them, and how it ends."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import ssl
import struct
import termios
import time
from collections.abc import Callable

from support.wire.faults import Ending, OfExchanges, ordered
from support.wire.journal import Journal
from support.wire.orders import Injection, Orders
from support.wire.recorder import Recorder, Recording
from support.wire.upstream import Upstream
from support.wire.valve import Outlets, Valve

BUFFER_LIMIT = 256 * 1024
"""Bytes waiting for a slow receiver, in one direction, above which its sender is no longer read.

The kernel's own buffers are held to it, too: left to themselves they grow to tens of megabytes, and whoever sends to
somebody who does not read would learn of it late or, on a busy machine, never.
"""
_CONNECT_LIMIT_S = 30.0
_LAST_BYTES_S = 0.002
"""How often it is looked whether the last bytes before an ordered reset have arrived: a RST overtakes none of them."""


class End(asyncio.Protocol):
    """One of the two sockets of a link; tells the link what happens on it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.transport: asyncio.Transport | None = None
        self.open = False
        self.finished = False
        """Whether this end sent its last byte."""
        self._early = bytearray()
        self._early_end = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass on what came before it was up."""
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=BUFFER_LIMIT)
        sock = transport.get_extra_info("socket")
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, buffer, BUFFER_LIMIT)
        self.transport = transport
        self.open = True
        self._link.connected(self)
        if self._early:
            self.write(bytes(self._early))
            self._early.clear()
            self._link.other(self).read(on=True)
        if self._early_end:
            self.end()

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._link.carry(self, data)

    def eof_received(self) -> bool:
        """Its last byte came; answers whether it stays half open."""
        self.finished = True
        self._link.carry_end(self)
        # A TLS connection cannot stay half open; asyncio closes it.
        return self.transport is None or self.transport.get_extra_info("ssl_object") is None

    def pause_writing(self) -> None:
        """It takes bytes too slowly."""
        self._link.other(self).read(on=False)

    def resume_writing(self) -> None:
        """It takes bytes again."""
        self._link.other(self).read(on=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.open = False
        self._link.lost(self, exc)

    def read(self, *, on: bool) -> None:
        """Take or leave what this end sends: back-pressure."""
        if self.transport is not None and self.open and not self.finished:
            (self.transport.resume_reading if on else self.transport.pause_reading)()

    def write(self, data: bytes) -> None:
        """Pass bytes on to this end; what comes before it is connected waits, within bounds."""
        if self.transport is None:
            self._early += data
            if len(self._early) >= BUFFER_LIMIT:
                self._link.other(self).read(on=False)
        elif self.open:
            self.transport.write(data)

    @property
    def sending(self) -> bool:
        """Whether bytes written to this end have not reached its peer yet."""
        if self.transport is None or not self.open:
            return False
        if self.transport.get_write_buffer_size():
            return True
        unsent = fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        return any(unsent)

    def end(self) -> None:
        """Tell this end that no more bytes will come; it may still send."""
        if self.transport is None:
            self._early_end = True
        elif self.open and self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.close()

    def close(self) -> None:
        """Close in an orderly way, after what is buffered was sent."""
        # asyncio lets go of TLS at a second close, and the connection could not be reset any more.
        if self.transport is not None and self.open and not self.transport.is_closing():
            self.transport.close()

    def reset(self) -> None:
        """Close with a RST, so that the peer sees a reset connection and no end of file."""
        if self.transport is None or not self.open:
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class Link:
    """One client's connection and its counterpart to the system.

    Without faults ordered, bytes are passed on, then read. With one that may strike (`orders.armed`) a request is read
    first and held until its head was parsed; the answer of a spoilt exchange passes through a `Valve`.
    """

    def __init__(self, links: set[Link], orders: Orders, upstream: Upstream, journal: Journal) -> None:
        self._links = links
        self._orders = orders
        self._upstream = upstream
        self._journal = journal
        self._recorder: Recorder | None = None
        if not upstream.opaque:
            self._recorder = Recorder(journal, upstream.address, time.perf_counter(), begun=self._request_begun)
        self._client = End(self)
        self._system = End(self)
        self._connecting: asyncio.Task[None] | None = None
        self._held = bytearray()
        """Bytes of a request whose head is not whole yet."""
        self._spoilt: Recording | None = None
        """The exchange that a fault was ordered for."""
        self._valve: Valve | None = None
        """What its answer passes through."""
        self._choked = False
        """Whether the system is not read because the valve holds too much."""
        self._silenced = False
        self._over = False
        """Whether an ordered end has come: nothing passes any more."""
        self._severed = False
        """Whether the system was let go while the client stays."""
        self._resetting: asyncio.TimerHandle | None = None

    @property
    def client(self) -> End:
        """The protocol for the accepted socket."""
        return self._client

    @property
    def idle(self) -> bool:
        """Whether nothing is under way on it."""
        return self._recorder is None or self._recorder.idle

    @property
    def caught(self) -> bool:
        """Whether a fault still holds it."""
        return self._silenced or self._over or (self._valve is not None and (self._valve.shut or self._valve.holds > 0))

    def other(self, end: End) -> End:
        """The opposite end."""
        return self._system if end is self._client else self._client

    def connected(self, end: End) -> None:
        """One end is up; the client's comes first."""
        if end is self._client:
            self._links.add(self)
            if injection := self._orders.for_connection():
                self._turn_away(injection)
            else:
                self._connecting = asyncio.get_running_loop().create_task(self._connect())
        elif self._severed:
            end.close()
        elif not self._client.open:
            end.reset()

    def _turn_away(self, injection: Injection) -> None:
        injection.struck()
        self._over = True
        self._record(lambda recorder, now: recorder.refused(ordered(injection.fault), now, by_order=True))
        self._client.reset()

    async def _connect(self) -> None:
        upstream = self._upstream
        context = ssl.create_default_context() if upstream.tls else None
        try:
            async with asyncio.timeout(_CONNECT_LIMIT_S):
                await asyncio.get_running_loop().create_connection(
                    lambda: self._system, upstream.host, upstream.port, ssl=context
                )
        except (OSError, UnicodeError) as error:
            if self._severed:
                return
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
            why = f"no connection to {upstream.address}: {reason}"
            self._record(lambda recorder, now: recorder.refused(why, now))
            self._client.reset()

    # Bytes

    def carry(self, sender: End, data: bytes) -> None:
        """Pass bytes on, then read a copy of them; or, where a fault is ordered, what is left of that."""
        if sender is self._client:
            if self._orders.armed or self._held or self._silenced or self._over:
                self._hold(data)
            else:
                self._system.write(data)
                self._record(lambda recorder, now: recorder.client_sent(data, now))
        elif self._valve is None or not self._answers_spoilt():
            self._deliver(data)
        else:
            self._valve.take(data)
            if self._valve is not None and self._valve.holds >= BUFFER_LIMIT:
                self._choked = True
                self._system.read(on=False)
            self._part_if_left()

    def _hold(self, data: bytes) -> None:
        if self._over or self._silenced:
            return
        self._held += data
        self._record(lambda recorder, now: recorder.client_sent(data, now))
        recorder = self._recorder
        if recorder is None or not recorder.head_awaited or not self._orders.armed:
            self.release()

    def release(self) -> None:
        """Pass on what was held of a request."""
        if self._held:
            self._system.write(bytes(self._held))
            self._held.clear()

    def _deliver(self, data: bytes) -> None:
        if self._over:
            return
        self._client.write(data)
        self._record(lambda recorder, now: recorder.system_sent(data, now))
        if self._orders.refusing and self.idle:
            self.close("connections are refused")

    # Faults

    def _request_begun(self, recording: Recording) -> None:
        """A request's head was parsed: now it is decided whether its exchange is spoilt."""
        if self._spoilt is not None and not self._spoilt.ended:
            return
        chosen = self._orders.for_request(recording.method, recording.path)
        if chosen is None:
            return
        injection, fault = chosen
        self._spoilt = recording
        if fault.plan.silent:
            _strike(injection, fault, recording)
            self._fall_silent()
            return
        self._valve = Valve(
            fault.plan,
            Outlets(
                strike=lambda: _strike(injection, fault, recording),
                deliver=self._deliver,
                end=lambda ending: self._end_by_order(ending, ordered(fault)),
                emptied=self._valve_emptied,
            ),
        )

    def _answers_spoilt(self) -> bool:
        """Whether the system's next byte belongs to the spoilt exchange: not to one before it."""
        recorder, spoilt = self._recorder, self._spoilt
        return recorder is None or spoilt is None or spoilt.ended or recorder.answering is spoilt

    def _valve_emptied(self) -> None:
        spoilt, recorder = self._spoilt, self._recorder
        if spoilt is not None and spoilt.ended and recorder is not None and not recorder.upgraded:
            self._drop_valve()
        if self._choked:
            self._choked = False
            self._system.read(on=True)

    def _drop_valve(self) -> None:
        if self._valve is not None:
            self._valve.stop()
            self._valve = None
        self._spoilt = None

    def _fall_silent(self) -> None:
        self._silenced = True
        self._held.clear()
        self._sever()

    def _end_by_order(self, ending: Ending, how: str) -> None:
        self._record(lambda recorder, now: recorder.ended(how, now, by_order=True))
        if ending == "half-close":
            # The valve swallows the rest of the answer; what the client sends goes on to the system.
            self._client.end()
            self._system.read(on=True)
            return
        self._over = True
        whole = self._spoilt is None or self._spoilt.request.complete
        self._sever(reset=ending == "reset")
        if ending == "reset":
            self._reset_when_sent()
        elif whole:
            self._client.close()
        else:
            # Closing with a request unread would reset: its rest is read and dropped until the client closes.
            self._client.end()

    def _reset_when_sent(self) -> None:
        if self._client.sending:
            self._resetting = asyncio.get_running_loop().call_later(_LAST_BYTES_S, self._reset_when_sent)
        else:
            self._client.reset()

    def _sever(self, *, reset: bool = False) -> None:
        """Let the system go; the client learns nothing of it."""
        self._severed = True
        if self._system.transport is None and self._connecting is not None:
            self._connecting.cancel()
        if reset:
            self._system.reset()
        else:
            self._system.close()

    # Ends

    def carry_end(self, sender: End) -> None:
        """Pass an end of stream on. Both directions ended: the link is over."""
        if sender is self._system:
            if self._severed:
                return
            if self._valve is not None:
                self._valve.afterwards(lambda: self._carry_end(sender))
                return
        else:
            self.release()
        self._carry_end(sender)
        self._part_if_left()

    def _part_if_left(self) -> None:
        """A client that ended its stream while a fault holds its answer back has left: it would not be seen leaving."""
        if self._client.finished and (self._silenced or self._over or (self._valve is not None and self._valve.holds)):
            self._client.close()

    def _carry_end(self, sender: End) -> None:
        receiver = self.other(sender)
        receiver.end()
        if sender is self._client:
            self._record(lambda recorder, _: recorder.client_ended())
        else:
            self._record(lambda recorder, now: recorder.system_ended(now))
        if receiver.finished:
            sender.close()
            receiver.close()

    def lost(self, end: End, error: Exception | None) -> None:
        """A socket is gone; its counterpart learns it the same way: by a reset or by an end."""
        if end is self._client:
            self._stop_faults()
            self._lost(end, error)
        elif self._severed:
            self._forget()
        elif self._valve is not None:
            self._valve.afterwards(lambda: self._lost(end, error))
        else:
            self._lost(end, error)

    def _lost(self, end: End, error: Exception | None) -> None:
        counterpart = self.other(end)
        by_client = end is self._client
        who = "the client" if by_client else "the system"
        how = f"{who} {'closed' if error is None else 'reset'} the connection"
        self._record(lambda recorder, now: recorder.ended(how, now, client_left=by_client))
        if error is None:
            counterpart.close()
        else:
            counterpart.reset()
        if self._connecting is not None and by_client:
            self._connecting.cancel()
        self._forget()

    def _forget(self) -> None:
        if not self._client.open and not self._system.open:
            self._links.discard(self)

    def _stop_faults(self) -> None:
        self._drop_valve()
        if self._resetting is not None:
            self._resetting.cancel()
            self._resetting = None

    def close(self, why: str) -> None:
        """End both connections: the client sees the end at once."""
        self._stop_faults()
        self._record(lambda recorder, now: recorder.ended(why, now))
        for end in (self._client, self._system):
            end.end()
            end.close()

    def abort(self, why: str) -> None:
        """Reset both connections."""
        self._stop_faults()
        if self._connecting is not None:
            self._connecting.cancel()
        self._record(lambda recorder, now: recorder.ended(why, now))
        self._client.reset()
        self._system.reset()

    def _record(self, tell: Callable[[Recorder, float], None]) -> None:
        if self._recorder is None:
            return
        try:
            tell(self._recorder, time.perf_counter())
        except Exception as error:  # noqa: BLE001 - a fault of ours must not stop the traffic; drain() raises it
            self._journal.failures.append(error)
            self._recorder = None


def _strike(injection: Injection, fault: OfExchanges, recording: Recording) -> None:
    injection.struck()
    recording.ordered_fault = ordered(fault)
