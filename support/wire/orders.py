"""The faults in force at one proxy, and what each has done. Changed on the wire's own thread only."""

from __future__ import annotations

from collections.abc import Callable

from support.wire.faults import Fault, OfExchanges, Refuse, ResetAtConnect, Unanswered


class Injection:
    """One fault, ordered; made by `Proxy.inject`."""

    def __init__(self, fault: Fault, clear: Callable[[Injection], None]) -> None:
        self.fault = fault
        self._clear = clear
        self._hits = 0
        self._chosen = 0
        self._spared = 0

    @property
    def hits(self) -> int:
        """Connections or exchanges that it has really spoilt; counted before the client can notice."""
        return self._hits

    def clear(self) -> None:
        """Spoil no other connection or exchange; when this returns, a new connection is accepted again."""
        self._clear(self)

    @property
    def open(self) -> bool:
        """Whether it may still choose."""
        return isinstance(self.fault, Refuse) or self.fault.times is None or self._chosen < self.fault.times

    def spares(self) -> bool:
        """Whether this exchange, which matches, passes unspoilt because it comes before its time."""
        assert not isinstance(self.fault, Refuse | ResetAtConnect)
        self._spared += 1
        return self._spared <= self.fault.after

    def choose(self) -> Injection:
        """Use up one of its times."""
        self._chosen += 1
        return self

    def struck(self) -> None:
        """Count one that it has spoilt."""
        self._hits += 1


class Orders:
    """Faults in force, oldest first."""

    def __init__(self) -> None:
        self._injections: list[Injection] = []
        self.armed = False
        """Whether an exchange may be spoilt: then requests are held until their head was parsed."""
        self.refusing = False
        """Whether nobody is to listen."""
        self.deaf = False
        """Whether those who connect are not even to be refused."""

    def add(self, injection: Injection) -> None:
        """Put a fault in force."""
        self._injections.append(injection)
        self._settle()

    def remove(self, injection: Injection) -> bool:
        """Take it out of force; false when it was not in force any more."""
        if injection not in self._injections:
            return False
        self._injections.remove(injection)
        self._settle()
        return True

    def clear(self) -> list[Injection]:
        """Take all out of force; answers them."""
        cleared, self._injections = self._injections, []
        self._settle()
        return cleared

    def holds(self, injection: Injection) -> bool:
        """Whether it is in force."""
        return injection in self._injections

    def for_connection(self) -> Injection | None:
        """The fault that this new connection meets at once, if any; uses up one of its times."""
        if not self._injections:
            return None
        for injection in self._injections:
            if isinstance(injection.fault, ResetAtConnect) and injection.open:
                return injection.choose()
        return None

    def for_request(self, method: str, target: str) -> tuple[Injection, OfExchanges] | None:
        """The fault that this exchange meets, if any; uses up one of its times."""
        if not self.armed:
            return None
        for injection in self._injections:
            fault = injection.fault
            if isinstance(fault, OfExchanges) and injection.open and fault.matches(method, target):
                if injection.spares():
                    continue
                injection.choose()
                self._settle()
                return injection, fault
        return None

    def _settle(self) -> None:
        self.refusing = any(isinstance(one.fault, Refuse) for one in self._injections)
        self.deaf = any(isinstance(one.fault, Unanswered) for one in self._injections)
        self.armed = any(isinstance(one.fault, OfExchanges) and one.open for one in self._injections)
