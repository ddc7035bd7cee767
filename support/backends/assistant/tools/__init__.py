"""The tools: a module for each domain, their practice calls in calls.toml, and how they are run in base.py."""

from __future__ import annotations

import importlib
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .base import Tool

DOMAINS = (
    "clients",
    "clinic",
    "conversations",
    "sessions",
    "templates",
    "documents",
    "appointments",
    "invoices",
    "notes",
    "reminders",
    "page",
    "therapy",
)


@cache
def catalogue() -> Mapping[str, Tool]:
    """Every tool by name, domain by domain."""
    found: dict[str, Tool] = {}
    for domain in DOMAINS:
        module = importlib.import_module(f"{__name__}.{domain}")
        found |= {tool.name: tool for tool in module.TOOLS}
    return MappingProxyType(found)
