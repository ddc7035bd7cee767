"""How much may go on at once: over all, for one provider, for one session."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import refusals
from .settings import Settings


@dataclass
class Capacity:
    """The calls under way."""

    settings: Settings
    total: int = 0
    providers: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)

    def free(self) -> int:
        """Places left for calls of all clients together."""
        return self.settings.global_inflight - self.total

    def check(self, session: str, provider: str | None) -> None:
        """Raise Refused (OVER_CAPACITY) unless there is a place for another call."""
        limits = self.settings
        if self.total >= limits.global_inflight:
            raise refusals.over_capacity("the daemon", limits.global_inflight)
        if provider is not None and self.providers[provider] >= limits.provider_inflight:
            raise refusals.over_capacity(f"the provider {provider}", limits.provider_inflight)
        if self.sessions[session] >= limits.session_inflight:
            raise refusals.over_capacity("the session", limits.session_inflight)

    @contextlib.contextmanager
    def place(self, session: str, provider: str | None) -> Iterator[None]:
        """A place for a call, for the length of the block. Raises Refused (OVER_CAPACITY)."""
        self.check(session, provider)
        self._change(session, provider, 1)
        try:
            yield
        finally:
            self._change(session, provider, -1)

    def _change(self, session: str, provider: str | None, by: int) -> None:
        self.total += by
        self.sessions[session] += by
        if not self.sessions[session]:
            del self.sessions[session]
        if provider is not None:
            self.providers[provider] += by
