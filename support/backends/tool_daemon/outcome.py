"""What comes of a tool's work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What a tool answers. `lasting`: the same call would have the same answer later; `provider` gave it, if any."""

    text: str
    lasting: bool = True
    provider: str | None = None
    degraded: bool = False
