"""Proves that what the daemon keeps is bounded in time, in number and in bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.backends.tool_daemon.caching import Cache
from support.clients.model import ScriptedModel, Turn
from tests.backends.tool_daemon.conftest import Daemon


def kept(cache: Cache[str]) -> str:
    """The keys whose values are still there."""
    return "".join(key for key in "abcdef" if cache.get(key) is not None)


def filled(*values: str, most: int = 100, most_bytes: int = 1000) -> Cache[str]:
    """A cache that was given these values, as a, b, c…"""
    cache = Cache[str](60, most, most_bytes, len)
    for key, value in zip("abcdef", values, strict=False):
        cache.put(key, value)
    return cache


@pytest.mark.parametrize(
    ("sizes", "limits", "left", "held"),
    [
        ((5, 5), {"most_bytes": 10}, "ab", 10),
        ((5, 5, 1), {"most_bytes": 10}, "bc", 6),
        ((5, 5, 10), {"most_bytes": 10}, "c", 10),
        ((5, 5, 11), {"most_bytes": 10}, "ab", 10),
        ((1, 1, 1), {"most": 2}, "bc", 2),
        ((1,), {"most": 1}, "a", 1),
    ],
)
def test_the_oldest_make_room(sizes: tuple[int, ...], limits: dict[str, int], left: str, held: int) -> None:
    cache = filled(*("x" * size for size in sizes), **limits)
    assert (kept(cache), cache.held) == (left, held)


def test_a_value_that_is_put_again_counts_once_and_is_the_newest() -> None:
    cache = filled("x" * 4, "x" * 4, most_bytes=10)
    cache.put("a", "x" * 5)
    assert cache.held == 9
    cache.put("c", "x")
    assert (kept(cache), cache.held) == ("abc", 10)
    cache.put("d", "x")
    assert kept(cache) == "acd"


def test_a_value_that_has_become_too_large_is_not_the_old_one() -> None:
    cache = filled("x", most_bytes=10)
    cache.put("a", "x" * 11)
    assert (kept(cache), cache.held) == ("", 0)


def test_what_is_too_old_weighs_nothing() -> None:
    cache = filled("x" * 4, "x" * 4)
    cache.ttl = -1
    assert (kept(cache), cache.held) == ("", 0)


@pytest.mark.parametrize(("limit", "asked"), [({"cache_max_bytes": 900}, 3), ({"cache_entries": 1}, 3), ({}, 2)])
def test_a_daemon_keeps_what_it_is_told_to(
    start: Callable[..., Daemon], scripted: ScriptedModel, limit: dict[str, int], asked: int
) -> None:
    scripted.script(Turn.saying("x" * 600), repeat=True)
    client = start(**limit).client()
    for prompt in ("one", "two", "one"):
        client.call("chat", prompt=prompt)
    assert len(scripted.received()) == asked


@pytest.mark.parametrize(("limit", "asked"), [({"cache_max_bytes": 900}, 3), ({}, 2)])
def test_experts_opinions_are_bounded_alike(
    start: Callable[..., Daemon], scripted: ScriptedModel, limit: dict[str, int], asked: int
) -> None:
    scripted.script(Turn.saying("x" * 600), repeat=True)
    client = start(**limit).client()
    for number, question in enumerate(("one", "two", "one"), start=1):
        client.call("analyze", question=question, steps=number)
    assert len(scripted.received()) == asked
