"""A circuit breaker: after several failures in a row a provider is left alone for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import clock, logs

COMPONENT = "breaker"
State = Literal["closed", "open", "half-open"]


@dataclass
class Breaker:
    """The circuit of one provider. An operation is admitted, and then succeeds, fails, or says nothing of it.

    `threshold` failed operations in a row open it; `recovery` seconds later one operation may try (half-open): its
    success closes the circuit, its failure opens it again.
    """

    provider: str
    threshold: int
    recovery: float
    failures: int = 0
    opened_at: float | None = None
    trying: bool = False

    @property
    def state(self) -> State:
        """As an operator is told."""
        if self.opened_at is None:
            return "closed"
        return "half-open" if self.recovered() else "open"

    def recovered(self) -> bool:
        """Whether it has been open for long enough to try."""
        return self.opened_at is not None and clock.now() - self.opened_at >= self.recovery

    def admit(self) -> bool:
        """Whether an operation may go to the provider; while it is half-open, one at a time."""
        if self.opened_at is None:
            return True
        if not self.recovered() or self.trying:
            return False
        self.trying = True
        logs.info(COMPONENT, "circuit half-open: one operation tries", provider=self.provider)
        return True

    def heeds(self, *, trial: bool) -> bool:
        """Whether the end of an operation tells anything: one that began before the circuit opened comes too late."""
        return trial or self.opened_at is None

    def succeeded(self) -> None:
        """An operation that was admitted has ended well."""
        if self.opened_at is not None:
            logs.info(COMPONENT, "circuit closed", provider=self.provider)
        self.failures, self.opened_at, self.trying = 0, None, False

    def failed(self) -> None:
        """An operation that was admitted has failed, after all its retries."""
        self.failures += 1
        if self.trying or self.failures >= self.threshold:
            self.trip()

    def trip(self) -> None:
        """Leave the provider alone from now on."""
        self.opened_at, self.trying = clock.now(), False
        logs.warning(COMPONENT, "circuit opened", provider=self.provider, failures=self.failures)

    def said_nothing(self) -> None:
        """An operation that was admitted tells nothing of the provider: it was cancelled, or asked nonsense."""
        self.trying = False

    def retry_after(self) -> float:
        """Seconds until an operation may try again."""
        if self.opened_at is None:
            return 0.0
        return max(0.0, self.opened_at + self.recovery - clock.now())
