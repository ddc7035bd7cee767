"""How far a call has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import clock


@dataclass
class Progress:
    """Steps of a call; a tool that has none is one step long. `step` is the one under way, from 1."""

    step: int = 1
    total: int = 1
    begun: float = field(default_factory=clock.now)
    step_begun: float = field(default_factory=clock.now)

    def at(self, step: int, total: int) -> None:
        """Begin a step."""
        self.step, self.total, self.step_begun = step, total, clock.now()

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return clock.now() - self.begun

    def remaining(self) -> float | None:
        """The seconds that it may still take, if each step takes as long as those before; None in the first step."""
        done = self.step - 1
        if not done:
            return None
        each = (self.step_begun - self.begun) / done
        return max(0.0, each * (self.total - done) - (clock.now() - self.step_begun))

    def shown(self) -> dict[str, Any]:
        """As the heartbeats show it."""
        remaining = self.remaining()
        return {
            "step": self.step,
            "total_steps": self.total,
            "elapsed": round(self.elapsed(), 3),
            "estimated_remaining": None if remaining is None else round(remaining, 3),
        }
