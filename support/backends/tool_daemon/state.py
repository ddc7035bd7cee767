"""What one running daemon knows."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import clock
from .caching import Cache
from .capacity import Capacity
from .expert import Expert
from .metrics import Metrics
from .outcome import Outcome
from .providers import Providers
from .sessions import Sessions
from .settings import Settings
from .tokens import Tokens


@dataclass
class State:
    """Everything, made at start. `in_flight` are the calls under way, by what they do: the request id of each."""

    settings: Settings
    folder: Path
    host: str
    port: int
    tokens: Tokens
    metrics: Metrics
    sessions: Sessions
    capacity: Capacity
    providers: Providers
    expert: Expert
    cache: Cache[Outcome]
    in_flight: dict[str, str] = field(default_factory=dict)
    started_at: float = field(default_factory=clock.wall)

    @staticmethod
    def of(settings: Settings, folder: Path, host: str, port: int) -> State:
        """The state of a daemon that begins."""
        metrics = Metrics()
        limits = settings.cache_ttl, settings.cache_entries, settings.cache_max_bytes
        return State(
            settings,
            folder,
            host,
            port,
            Tokens(settings.token.get_secret_value()),
            metrics,
            Sessions(settings, metrics),
            Capacity(settings),
            Providers.of(settings),
            Expert(settings, Cache(*limits, sys.getsizeof)),
            Cache(*limits, lambda outcome: sys.getsizeof(outcome.text)),
        )
