"""Proves that a check on what a program says of its trouble is not content with what only looks like it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from support.checks import resilience


def met(text: str) -> Any:
    """A world in which a program met an error of this text."""
    fate = {"error": {"type": "honeyhive.HTTPException", "text": text}}
    return SimpleNamespace(named=lambda _kind: {"fate": fate})


def test_a_port_is_no_status() -> None:
    world = met("127.0.0.1:40412: createDataset failed")
    with pytest.raises(AssertionError, match='expected "404"'):
        resilience.met(world, "honeyhive.HTTPException", ("saying", "404"))


def test_a_status_is_found_beside_a_port() -> None:
    resilience.met(met("127.0.0.1:50321: failed with status code: 404"), "honeyhive.HTTPException", ("saying", "404"))
