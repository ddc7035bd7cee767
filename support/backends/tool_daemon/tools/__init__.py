"""The tools, by name, in the order in which they are listed."""

from __future__ import annotations

from typing import Any

from . import analysis, asking, exercises, reports
from .base import Context, Tool

ALL: tuple[Tool, ...] = (
    exercises.ECHO,
    asking.CHAT,
    analysis.ANALYZE,
    exercises.SLOW,
    exercises.FAIL,
    reports.VERSION,
    reports.HEALTH,
    asking.LIST_MODELS,
)


def find(name: str) -> Tool | None:
    """The tool of this name."""
    return next((tool for tool in ALL if tool.name == name), None)


def names() -> list[str]:
    """What there is."""
    return [tool.name for tool in ALL]


def listed() -> list[dict[str, Any]]:
    """All tools as clients see them."""
    return [tool.shown() for tool in ALL]


__all__ = ["ALL", "Context", "Tool", "find", "listed", "names"]
