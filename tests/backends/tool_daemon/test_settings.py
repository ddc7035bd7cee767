"""Proves that the daemon and its shim start with settings that work, and with no others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from support.backends.tool_daemon import settings as rules
from support.backends.tool_daemon.settings import Settings
from support.configuring import ConfigurationError

SECONDS = st.floats(min_value=0.001, max_value=3600, allow_nan=False)


def test_the_defaults_are_those_of_the_contract() -> None:
    assert Settings().timeouts == {"tool": 120, "daemon": 180, "shim": 240, "client": 300}
    assert (Settings().hello_timeout, Settings().heartbeat_interval, Settings().breaker_recovery) == (15, 8, 300)


def test_a_margin_that_is_just_kept_is_taken_however_it_is_rounded() -> None:
    assert Settings(tool_timeout=0.2, daemon_timeout=0.3).timeouts["daemon"] == 0.3


@given(st.lists(SECONDS, min_size=4, max_size=4))
def test_only_a_hierarchy_with_its_margins_is_taken(times: list[float]) -> None:
    given_: dict[str, Any] = dict(zip(rules.LAYERS, times, strict=True))
    tool, daemon, shim, client = times
    nearly = 1 - 1e-9
    right = daemon >= 1.5 * tool * nearly and shim >= 1.25 * daemon * nearly and client >= 1.25 * shim * nearly
    if right:
        assert tool < daemon < shim < client
        Settings(**given_)
    else:
        with pytest.raises(ValidationError, match="must be at least"):
            Settings(**given_)


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.endswith(("timeout", "interval"))])
@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), 1e9, "soon"])
def test_no_time_is_without_bounds(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        Settings(**{name: value})


@pytest.mark.parametrize(
    ("given_", "missing"),
    [
        ({}, ["token"]),
        ({"fallback_base_url": "http://spare.example"}, ["token", "fallback_api_key"]),
        ({"token": "token-0123456789", "fallback_base_url": "http://spare.example"}, ["fallback_api_key"]),
    ],
)
def test_all_that_is_missing_is_named(given_: dict[str, Any], missing: list[str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        rules.require(Settings(**given_))
    assert [problem.field for problem in refused.value.problems] == missing
    assert all(problem.remedy for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("name", "value"),
    [("token", "short"), ("host", "0.0.0.0"), ("openai_base_url", "model.example"), ("log_level", "LOUD")],
)
def test_what_is_unsafe_or_senseless_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name if name == "log_level" else "."):
        Settings(**{name: value})
