"""Proves that a word that a deed does not know is refused, and not passed over."""

from typing import cast

import pytest

from support.deeds import personas, real_ai
from support.world import World


def test_a_tool_that_there_is_not_is_refused() -> None:
    assert personas.names("[search clients]") == ["search_clients"]
    with pytest.raises(ValueError, match="no tool called serch clients"):
        personas.names("[search clients, serch clients]")


def test_a_run_is_told_nothing_that_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="cannot be told its budgt"):
        real_ai.prepare(cast("World", None), [("budgt", "0.05"), ("workers", "2")])
