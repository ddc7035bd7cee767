"""What the gate and those who order it have agreed on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

CONTROL = "/gate/"
"""Paths below this are orders; everything else is for the model."""
CONTROL_KEY = "x-gate-key"


class Orders(BaseModel):
    """What the gate is told at its start. Money in micro-dollars."""

    model_config = ConfigDict(extra="forbid")

    limit: int
    calls: int
    pause_s: float
    control_key: str
    upstream: str | None
    """The real model; None in a rehearsal, where each worker brings its own scripted one."""
    upstream_key: str | None
