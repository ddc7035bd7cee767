"""Tools that say how the daemon is."""

from __future__ import annotations

import json

from .. import VERSION as DAEMON_VERSION
from .. import health
from ..outcome import Outcome
from .base import Arguments, Context, Tool


class Nothing(Arguments):
    """No arguments."""


async def version(_context: Context, _arguments: Nothing) -> Outcome:
    """Which daemon this is."""
    return Outcome(json.dumps({"name": "tool-daemon", "version": DAEMON_VERSION}))


async def report(context: Context, _arguments: Nothing) -> Outcome:
    """All that an operator may want to know."""
    return Outcome(json.dumps(health.report(context.state)))


VERSION = Tool("version", "Says which daemon this is.", Nothing, __name__, "version", repeatable=True)
HEALTH = Tool(
    "health",
    "Reports timeouts, sessions, capacity, circuits, calls, errors and durations.",
    Nothing,
    __name__,
    "report",
    repeatable=True,
)
