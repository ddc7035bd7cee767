"""What one running model knows."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from .ledger import Ledger
from .moderating import Flag
from .scripts import Scripts
from .settings import Settings

_SHELVED = 1_000


@dataclass
class State:
    """Scripts, what was received, moderation rules, and the conversations that are stored (at most 1,000)."""

    settings: Settings
    scripts: Scripts = field(default_factory=Scripts)
    ledger: Ledger = field(default_factory=Ledger)
    flags: list[Flag] = field(default_factory=list)
    shelf: dict[str, Any] = field(default_factory=dict)
    connections: Collection[Any] = ()
    """The open connections of the public server (uvicorn protocols)."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server is told to stop: answers in the making are broken off."""

    def keep(self, id_: str, items: Any) -> None:
        """Store an answer that a later request may refer to."""
        self.shelf[id_] = items
        while len(self.shelf) > _SHELVED:
            del self.shelf[next(iter(self.shelf))]
