"""How the daemon is: for clients that ask, for operators, and in a file for those that only watch."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from . import clock, logs
from .state import State

COMPONENT = "health"
FILE = "health.json"


def brief(state: State) -> dict[str, Any]:
    """The answer to `health`: `global_capacity` is the number of calls that could be begun now."""
    return {"t": clock.wall(), "sessions": state.sessions.count(), "global_capacity": state.capacity.free()}


def snapshot(state: State) -> dict[str, Any]:
    """What stands in the health file."""
    return {
        "t": clock.wall(),
        "pid": os.getpid(),
        "host": state.host,
        "port": state.port,
        "started_at": state.started_at,
        "sessions": state.sessions.count(),
        "global_capacity": state.capacity.free(),
        "global_inflight": state.capacity.total,
    }


def report(state: State) -> dict[str, Any]:
    """All that the tool `health` tells."""
    settings = state.settings
    return {
        **snapshot(state),
        "timeouts": settings.timeouts,
        "intervals": {
            "hello": settings.hello_timeout,
            "heartbeat": settings.heartbeat_interval,
            "session": settings.session_timeout,
            "sweep": settings.sweep_interval,
            "ping": settings.ping_interval,
        },
        "limits": {
            "sessions": settings.session_limit,
            "global": settings.global_inflight,
            "provider": settings.provider_inflight,
            "session": settings.session_inflight,
        },
        "providers": state.providers.shown(),
        "metrics": state.metrics.shown(),
    }


def write(state: State) -> None:
    """Write the health file; whoever reads it sees the old one or the new one, never half of one."""
    draft = state.folder / f"{FILE}.new"
    draft.write_text(json.dumps(snapshot(state)), encoding="utf-8")
    draft.replace(state.folder / FILE)


async def keep_writing(state: State) -> None:
    """Write the health file now and at every interval; a full disk is logged, and tried again."""
    attempt(state)
    async for _ in clock.ticks(state.settings.health_interval):
        attempt(state)


def attempt(state: State) -> None:
    """Write the health file, or say why not."""
    try:
        write(state)
    except OSError as fault:
        logs.failure(COMPONENT, "health file not written", fault)


def remove(folder: Path) -> None:
    """A daemon that has ended has no health."""
    (folder / FILE).unlink(missing_ok=True)
