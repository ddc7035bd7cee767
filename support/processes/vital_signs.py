"""A process as it looks from the outside, again and again: its memory, and the connections that are open to it."""

from __future__ import annotations

import importlib
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sign:
    """One look: when (unix seconds), resident memory in bytes, and established connections to the port."""

    at: float
    memory: int
    connections: int


@dataclass
class VitalSigns:
    """Of the process `pid`, which serves at `port`."""

    pid: int
    port: int
    seen: list[Sign] = field(default_factory=list)

    def look(self) -> Sign | None:
        """One look more; None, and nothing is noted, where the process is gone."""
        psutil: Any = importlib.import_module("psutil")  # which Locust brings along
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            sockets = [each for each in process.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]
            connections = sum(each.laddr.port == self.port for each in sockets)
            self.seen.append(Sign(time.time(), process.memory_info().rss, connections))
            return self.seen[-1]
        return None
