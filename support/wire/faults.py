"""Network faults that the proxy before a system can be ordered to make. No root is needed: its sockets do it.

    injection = proxy.inject(ResetAfter(100, path="/v1/datasets*", times=2))
    ...                     # clients meet the fault
    injection.hits          # how many connections or exchanges it has spoilt so far
    injection.clear()       # from here on no other one is spoilt; clearing twice is harmless
    proxy.clear_faults()    # ends all faults of this proxy; done after every scenario

| fault                 | what the client meets                                   | as httpx tells it               |
|-----------------------|---------------------------------------------------------|---------------------------------|
| `Refuse()`            | ECONNREFUSED: nobody listens on the port                | ConnectError                    |
| `Unanswered()`        | connect() never ends: neither accepted nor refused      | ConnectTimeout                  |
| `ResetAtConnect()`    | ECONNRESET as soon as the connection was accepted       | NetworkError (see below)        |
| `Silent()`            | accepted, then nothing, ever; the system sees nothing   | ReadTimeout                     |
| `Delay(seconds)`      | the answer's first byte comes `seconds` late            | the answer, or ReadTimeout      |
| `ResetAfter(n)`       | n bytes of the answer, then ECONNRESET                  | ReadError                       |
| `CutAfter(n)`         | n bytes of the answer, then an orderly end (FIN)        | RemoteProtocolError             |
| `Drip(size, every_s)` | the answer in pieces of `size` bytes, one every `every_s` | the answer (no read times out) |
| `HalfClose(n)`        | as CutAfter, and the connection still takes bytes       | RemoteProtocolError             |

A reset at connect may overtake the end of connect() itself: ConnectError, WriteError or ReadError, each of ECONNRESET.

Bytes of an answer are counted from its status line: n = 0 is no answer at all, though the system gave one: it has done
its work whenever an answer is spoilt. An answer shorter than n is not spoilt.
After a WebSocket upgrade all that the system sends belongs to the answer.

**Which.** Faults but `Refuse` and `ResetAtConnect` strike exchanges: those whose `method` ("*": any) and `path` (glob,
case-sensitive, compared without the query) match. That is decided once the request's head has been parsed; the bytes
before that are held, never altered, and none of a silenced request reaches the system. What is no HTTP matches only
"*" and "*". Exchanges whose head came before the injection are left alone. Of several faults the oldest that matches
strikes. Requests pipelined behind a spoilt one that is not yet answered pass unspoilt.

**How often.** `times` counts connections (`ResetAtConnect`) or exchanges chosen; None: until cleared. `Refuse` lasts
`seconds`, or until cleared: refused connections are invisible to whoever refuses them, so they cannot be counted, and
its `hits` stay 0. The port is kept meanwhile; no other program can take it. The same holds for `Unanswered`, whose
listening queue is full, so that Linux drops what would connect. `after` exchanges that match pass unspoilt first.

**Connections kept alive.** `Refuse` and `ResetAtConnect` close those that are idle, so that a client's next call meets
the fault; those under way finish their exchange first (`Refuse` closes them then).

**A client that ends its stream** while a fault holds its answer back counts as gone, although it could still listen.

**When it ends.** `clear` leaves exchanges that were struck to their fate: silence stays silent. `clear_faults` also
resets what a fault still holds, so that nothing reaches into the next scenario.

**What is recorded.** The exchange as the client experienced it, with `ordered_fault="… (ordered)"` when a fault really
struck; `fault` then tells only what was not ordered.
"""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass
from typing import Literal

Ending = Literal["reset", "cut", "half-close"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to one answer: held back, paced, and ended after `limit` bytes."""

    delay_s: float = 0.0
    piece: int | None = None
    every_s: float = 0.0
    limit: int | None = None
    ending: Ending | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nobody listens on the port, for so many seconds or until cleared."""

    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None:
            _positive("seconds", self.seconds)

    def __str__(self) -> str:
        return "connections refused"


class Unanswered(Refuse):
    """Connections are neither accepted nor refused, for so many seconds or until cleared."""

    __slots__ = ()

    def __str__(self) -> str:
        return "connections left unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetAtConnect:
    """The next `times` connections are reset as soon as they are accepted."""

    times: int | None = None

    def __post_init__(self) -> None:
        _countable(self.times)

    def __str__(self) -> str:
        return "reset at connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfExchanges:
    """A fault of the next `times` exchanges whose request matches."""

    method: str = "*"
    path: str = "*"
    times: int | None = None
    after: int = 0

    def __post_init__(self) -> None:
        _countable(self.times)
        _whole("after", self.after, least=0)
        for name, value in (("method", self.method), ("path", self.path)):
            if not value:
                raise ValueError(f"{name}: give a {name}, or * for any")

    def matches(self, method: str, target: str) -> bool:
        """Whether it is meant for this request; `target` is the path with its query."""
        path = target.partition("?")[0]
        return self.method.upper() in {"*", method.upper()} and fnmatch.fnmatchcase(path, self.path)

    @property
    def plan(self) -> Plan:
        """What it does to an answer."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Silent(OfExchanges):
    """Accepted, then nothing, ever."""

    @property
    def plan(self) -> Plan:
        """Nothing passes."""
        return Plan(silent=True)

    def __str__(self) -> str:
        return "silence"


@dataclass(frozen=True, slots=True)
class Delay(OfExchanges):
    """The answer is held back for so many seconds, from when the system began it."""

    seconds: float

    def __post_init__(self) -> None:
        OfExchanges.__post_init__(self)
        _positive("seconds", self.seconds)

    @property
    def plan(self) -> Plan:
        """A delay, then everything."""
        return Plan(delay_s=self.seconds)

    def __str__(self) -> str:
        return f"a delay of {self.seconds:g} s before the answer"


@dataclass(frozen=True, slots=True)
class Drip(OfExchanges):
    """The answer comes in pieces of `size` bytes, the first at once, then one every `every_s` seconds."""

    size: int
    every_s: float

    def __post_init__(self) -> None:
        OfExchanges.__post_init__(self)
        _whole("size", self.size, least=1)
        _positive("every_s", self.every_s)

    @property
    def plan(self) -> Plan:
        """Paced."""
        return Plan(piece=self.size, every_s=self.every_s)

    def __str__(self) -> str:
        return f"{_bytes(self.size)} of the answer every {self.every_s:g} s"


@dataclass(frozen=True, slots=True)
class _EndsAfter(OfExchanges):
    """The answer ends after n bytes."""

    n: int

    def __post_init__(self) -> None:
        OfExchanges.__post_init__(self)
        _whole("n", self.n, least=0)


@dataclass(frozen=True, slots=True)
class ResetAfter(_EndsAfter):
    """The connection is reset (RST) after n bytes of the answer."""

    @property
    def plan(self) -> Plan:
        """So many bytes, then a RST."""
        return Plan(limit=self.n, ending="reset")

    def __str__(self) -> str:
        return f"reset after {_bytes(self.n)} of the answer"


@dataclass(frozen=True, slots=True)
class CutAfter(_EndsAfter):
    """The connection is closed in an orderly way (FIN) after n bytes of the answer."""

    @property
    def plan(self) -> Plan:
        """So many bytes, then a FIN."""
        return Plan(limit=self.n, ending="cut")

    def __str__(self) -> str:
        return f"cut after {_bytes(self.n)} of the answer"


@dataclass(frozen=True, slots=True)
class HalfClose(_EndsAfter):
    """The system's side ends its stream after n bytes of the answer, and goes on reading what the client sends."""

    @property
    def plan(self) -> Plan:
        """So many bytes, then a FIN of one direction."""
        return Plan(limit=self.n, ending="half-close")

    def __str__(self) -> str:
        return f"half-closed after {_bytes(self.n)} of the answer"


Fault = Refuse | ResetAtConnect | Silent | Delay | Drip | ResetAfter | CutAfter | HalfClose


def ordered(fault: Fault | OfExchanges) -> str:
    """How a spoilt exchange tells it: "reset after 10 bytes of the answer (ordered)"."""
    return f"{fault} (ordered)"


def _countable(times: int | None) -> None:
    if times is not None:
        _whole("times", times, least=1)


def _whole(name: str, value: int, *, least: int) -> None:
    if not isinstance(value, int) or value < least:
        raise ValueError(f"{name}: a whole number from {least} on is needed, not {value!r}")


def _positive(name: str, value: float) -> None:
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name}: a number of seconds above 0 is needed, not {value!r}")


def _bytes(count: int) -> str:
    return f"{count:,} byte{'' if count == 1 else 's'}"
