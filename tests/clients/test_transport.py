"""Proves what the client makes of answers that are late, broken or missing, and what a call through it costs."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest

from support.clients.evaluation_platform.adapters.honeyhive import HoneyHive
from support.clients.evaluation_platform.interface import ContractBroken, Created, Door, Refusal, Unreachable
from support.clients.evaluation_platform.platform import Platform
from support.clients.evaluation_platform.sdk import WRAPPED, same_json

from .conftest import Served

DOORS = ("main", "second")


@pytest.fixture
def faults(served: Served) -> Iterator[Any]:
    """Make the platform answer wrongly, from now on until the test ends."""

    def answer(**fault: Any) -> None:
        served.steer("POST", "/faults", fault)

    yield answer
    served.steer("DELETE", "/faults")


def door_of(platform: Platform, name: str) -> Door:
    return platform.main if name == "main" else platform.second


@pytest.mark.parametrize("name", DOORS)
def test_a_platform_that_is_not_there_is_named(name: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        platform = HoneyHive(f"http://{host}", "key")
        with pytest.raises(Unreachable, match=host) as failure:
            door_of(platform, name).datasets.list()
        assert failure.value.host == host
        assert "key" not in str(failure.value)
        platform.close()


@pytest.mark.parametrize("name", DOORS)
def test_a_reset_connection_is_no_answer_and_the_next_call_works(platform: Platform, faults: Any, name: str) -> None:
    faults(path="/v1/datasets*", reset=True, times=1)
    with pytest.raises(Unreachable):
        door_of(platform, name).datasets.create({"name": "lost"})
    assert isinstance(door_of(platform, name).datasets.create({"name": "kept"}), Created)


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(
    ("status", "reason"), [(403, "forbidden"), (413, "too large"), (429, "too many requests"), (503, "server error")]
)
def test_refusals_are_values_and_never_retried(
    platform: Platform, served: Served, faults: Any, name: str, status: int, reason: str
) -> None:
    served.steer("DELETE", "/requests")
    faults(path="/v1/*", status=status)
    door = door_of(platform, name)
    for answer in (door.datasets.list(), door.datasets.create({"name": "x"}), door.events.search()):
        assert isinstance(answer, Refusal), answer
        assert (answer.status, answer.reason) == (status, reason)
        assert answer.message
    received = served.steer("GET", "/requests")["requests"]
    assert len(received) == 3


@pytest.mark.parametrize("name", DOORS)
def test_a_broken_answer_is_a_broken_promise(platform: Platform, faults: Any, name: str) -> None:
    faults(path="/v1/*", malformed=True)
    for ask in (door_of(platform, name).datasets.list, door_of(platform, name).events.search):
        with pytest.raises(ContractBroken):
            ask()


def test_text_that_is_no_error_body_is_still_a_refusal(platform: Platform, faults: Any) -> None:
    faults(path="/v1/datasets*", status=502, body="<html>Bad gateway</html>")
    for door in (platform.main, platform.second):
        answer = door.datasets.list()
        assert isinstance(answer, Refusal)
        assert (answer.status, answer.reason) == (502, "server error")


def test_the_doors_say_what_carried_a_call(platform: Platform) -> None:
    door = platform.main
    door.datasets.list()
    assert door.carried_by == "honeyhive SDK"
    for ask, why in (
        (lambda: door.datasets.list(limit=1), "has no limit"),
        (door.tools.list, "the SDK has no tools.list"),
        (lambda: door.datasets.create({"name": 5}), "the SDK's model refuses the body"),
        (lambda: door.datasets.create({"name": "n", "description": None}), "the SDK would change the body"),
        (lambda: door.datapoints.get("../datasets"), "does not quote ids"),
        (platform.keyless.main.datasets.list, "nothing without a key"),
    ):
        ask()
        carrier = platform.keyless.main if "key" in why else door
        assert why in carrier.carried_by, carrier.carried_by
    assert platform.second.carried_by == "plain HTTP"


def test_most_operations_go_through_the_sdk() -> None:
    assert len(WRAPPED) >= 35


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, 1.0, True), (1, True, False), ("1", 1, False), ({"a": [1]}, {"a": [1.0]}, True), ({"a": None}, {}, False)],
)
def test_bodies_are_the_same_only_when_they_are_on_the_wire(one: Any, other: Any, same: bool) -> None:
    assert same_json(one, other) is same


def test_no_key_is_ever_shown(platform: Platform, served: Served) -> None:
    key = served.new_key()
    theirs = platform.as_holder_of(key)
    refusal = theirs.main.datasets.get("unknown")
    assert key not in f"{theirs!r} {theirs.main!r} {theirs.second!r} {refusal!r} {theirs.main.carried_by}"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_shell_gets_nothing(served: Served, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "elsewhere.example")
    ours = HoneyHive(served.address, served.new_key())
    for door in (ours.main, ours.second):
        assert isinstance(door.datasets.create({"name": f"by {door.name}"}), Created)
    ours.close()


def test_other_keys_of_the_shell_are_not_sent(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HH_INGESTION_API_KEY", f"hh_ingst_{'a' * 24}_{'b' * 64}")
    monkeypatch.setenv("HH_DATA_PLANE_API_KEY", "of no shape at all")
    ours = HoneyHive(served.address, served.new_key())
    assert isinstance(ours.main.sessions.create({"name": "mine"}), Created)
    assert ours.main.carried_by == "honeyhive SDK"
    ours.close()


@pytest.mark.parametrize(("name", "limit_ms"), [("main", 5.0), ("second", 3.0)])
def test_a_call_is_cheap(platform: Platform, name: str, limit_ms: float) -> None:
    """CPU time of this process, median of 30: the machine may be busy. The SDK with TLS contexts takes 23 ms."""
    things = door_of(platform, name).datasets
    things.list()
    costs = []
    for _ in range(30):
        begun = time.process_time()
        things.list()
        costs.append((time.process_time() - begun) * 1000)
    assert statistics.median(costs) < limit_ms
