"""What one running service holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from . import documents, personas, sessions, ui_state
from .limiter import Limiters
from .model import ModelClient
from .practice import PracticeApi
from .settings import Settings
from .store import Store
from .turns import Turns

_log = logging.getLogger(__name__)


class State:
    """Everything is made here, once, at start; nothing of it exists at import."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stopping = asyncio.Event()
        """Set when the service is told to stop."""
        self.personas = personas.load(settings)
        self.store = Store(
            settings,
            {
                "session": sessions.merged,
                "ui_state": ui_state.merged,
            },
        )
        self.sessions = sessions.Sessions(self.store, settings)
        self.ui_states = ui_state.UiStates(self.store, settings)
        self.limiters = Limiters(settings.max_requests_per_user, settings.limiter_idle)
        self.model = ModelClient(settings, self.limiters)
        self.practice = PracticeApi(
            settings.practice_url, timeout_s=settings.practice_timeout, tries=settings.practice_tries
        )
        self.writer = documents.Writer(settings, self.model, self.practice)
        self.turns = Turns()
        self.connections = 0
        """WebSocket connections that are open."""
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Look for Redis once, then watch it, and clean up from time to time."""
        await self.store.start()
        self._loops = [
            asyncio.create_task(repeated(self.store.look, self.settings.redis_check)),
            asyncio.create_task(repeated(self.clean_up, self.settings.cleanup_interval)),
        ]

    async def clean_up(self) -> None:
        """Forget what has expired in memory, and limiters that nobody uses."""
        self.store.sweep()
        self.limiters.sweep()

    async def close(self) -> None:
        """Report what waits to be reported, and end the connections to Redis, the model and the practice API."""
        for loop in self._loops:
            loop.cancel()
        for close in (self.writer.close, self.store.close, self.model.close, self.practice.close):
            await quietly(close)


async def repeated(work: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Do it again and again; a failure is logged and does not end it."""
    while True:
        await asyncio.sleep(every_s)
        await quietly(work)


async def quietly(work: Callable[[], Awaitable[object]]) -> None:
    """Do it; a failure is logged."""
    try:
        await work()
    except Exception:  # noqa: BLE001 - it is tried again
        _log.exception("%s failed", getattr(work, "__qualname__", work))
