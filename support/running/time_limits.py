"""How long a scenario that asks a real model may take: `@within.15s`, `@within.30s` or `@within.60s`."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

from behave.model import Scenario

from support.running.interruption import in_step

LIMITS_S = (15, 30, 60)
REAL_AI_S = 60
"""For a scenario of real AI that names none."""
AGAIN_S = 1.0
"""A step that has swallowed the interruption is interrupted again."""


class TooLateError(Exception):
    """Raised in the middle of a step whose scenario has used up its time."""


class Clock:
    """Runs while a scenario does. In the main thread only."""

    def __init__(self, limit_s: float, patience: float = 1.0, at_the_end: Callable[[], object] = lambda: None) -> None:
        """`at_the_end` is called once, when the time is used up, before the step is interrupted."""
        self.limit_s = limit_s * patience
        self._told = f"the {limit_s:g} s that it may take{f' (times {patience:g})' if patience != 1 else ''}"
        self._at_the_end: Callable[[], object] | None = at_the_end
        self._began = time.monotonic()
        self._before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self.limit_s, AGAIN_S)

    def stop(self) -> str | None:
        """Stop it; answers what to say when the time was used up, else None."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)
        took = time.monotonic() - self._began
        return None if took <= self.limit_s else f"it took longer than {self._told}"

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        act, self._at_the_end = self._at_the_end, None
        if act is not None:
            act()  # threads of the step that wait for a model end with their calls
        # Only a step may be interrupted: an exception between two steps would end the worker.
        if in_step(frame):
            raise TooLateError(f"{self._told} are over")


def limit_of(scenario: Scenario) -> int | None:
    """The seconds that a scenario may take, the tightest of its tags; None without a limit."""
    tags = scenario.effective_tags
    named = [seconds for seconds in LIMITS_S if f"within.{seconds}s" in tags]
    return min(named) if named else REAL_AI_S if "real_ai" in tags else None
