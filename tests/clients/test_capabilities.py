"""Proves that every capability is probed in both directions, and that probes leave and inventories miss nothing."""

from __future__ import annotations

from typing import Any

import pytest

from support.clients.evaluation_platform.adapters.honeyhive import HoneyHive
from support.clients.evaluation_platform.capabilities import PROBES
from support.clients.evaluation_platform.interface import Created, Unreachable
from support.clients.evaluation_platform.inventory import COUNTED, left_behind
from support.clients.evaluation_platform.nouns import NOUNS, noun
from support.clients.evaluation_platform.platform import Platform
from support.targets import capabilities

from .conftest import Served

NOT_ASKED_OVER_THE_WIRE = {"platform.control", "platform.restart"} | {
    # asked where they are missing, they would leave spans of no session, which nobody takes back
    "platform.collector.dialects",
    "platform.collector.metrics",
    "platform.collector.sessions",
    "platform.collector.tools",
    # a session stays where sessions cannot be deleted, a key and a project everywhere
    "platform.events",
    "platform.events.ids",
    "platform.events.search",
    "platform.keys",
    "platform.projects.rename",
    # asked by a program
    "platform.programs",
    "platform.sdk",
}
PATHS = {
    "platform.collector.json": ("POST", "/v1/traces"),
    "platform.configurations": ("GET", "/v1/configurations*"),
    "platform.configurations.completion": ("GET", "/v1/configurations/*"),
    "platform.configurations.environments": ("GET", "/v1/configurations/*"),
    "platform.configurations.functions": ("GET", "/v1/configurations/*"),
    "platform.configurations.get": ("GET", "/v1/configurations/*"),
    "platform.configurations.rename": ("GET", "/v1/configurations/*"),
    "platform.datapoints": ("GET", "/v1/datapoints/*"),
    "platform.datapoints.alone": ("GET", "/v1/datapoints/*"),
    "platform.datapoints.history": ("GET", "/v1/datapoints/*"),
    "platform.datapoints.rows": ("GET", "/v1/datapoints/*"),
    "platform.datapoints.inputs": ("GET", "/v1/datapoints/*"),
    "platform.datapoints.order": ("GET", "/v1/datasets*"),
    "platform.datasets.metadata": ("GET", "/v1/datasets*"),
    "platform.datasets.rename": ("GET", "/v1/datasets*"),
    "platform.experiments": ("GET", "/v1/runs/*"),
    "platform.experiments.alone": ("GET", "/v1/runs/*"),
    "platform.experiments.paging": ("GET", "/v1/runs*"),
    "platform.experiments.status": ("GET", "/v1/runs/*"),
    "platform.experiments.summary": ("GET", "/v1/runs/*"),
    "platform.metrics": ("GET", "/v1/metrics*"),
    "platform.paging": ("GET", "/v1/datasets*"),
    "platform.projects": ("GET", "/v1/projects*"),
    "platform.second-key": ("GET", "/v1/datasets*"),
    "platform.sessions.delete": ("DELETE", "/session/*"),
    "platform.tenants": ("GET", "/v1/datasets*"),
    "platform.tools": ("*", "/v1/tools*"),
}


def test_every_capability_is_probed() -> None:
    platforms = {name for name in capabilities() if name.startswith("platform.")}
    assert set(PROBES) == platforms - NOT_ASKED_OVER_THE_WIRE


@pytest.mark.parametrize("name", PROBES)
def test_the_embedded_platform_can_do_it_and_is_left_as_it_was(platform: Platform, name: str) -> None:
    before = platform.inventory()
    assert PROBES[name](platform)
    assert left_behind(before, platform.inventory()) == {}


@pytest.mark.parametrize("name", PROBES)
@pytest.mark.parametrize("fault", [{"status": 404}, {"malformed": True}])
def test_a_platform_that_cannot_is_found_out(
    platform: Platform, served: Served, name: str, fault: dict[str, Any]
) -> None:
    method, path = PATHS[name]
    before = platform.inventory()
    served.steer("POST", "/faults", {"method": method, "path": path, **fault})
    try:
        assert not PROBES[name](platform)
    finally:
        served.steer("DELETE", "/faults")
    if method == "GET":  # what cannot be read is taken back all the same
        assert left_behind(before, platform.inventory()) == {}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("platform.configurations.get", "/v1/configurations*"),
        ("platform.datapoints", "/v1/datapoints/*"),
        ("platform.datapoints.rows", "/v1/datapoints/*"),
        ("platform.experiments.alone", "/v1/runs/*"),
        ("platform.metrics", "/v1/metrics*"),
        ("platform.tools", "/v1/tools*"),
    ],
)
def test_a_thing_that_cannot_be_deleted_is_no_thing_of_the_platform_s(
    platform: Platform, served: Served, name: str, path: str
) -> None:
    served.steer("POST", "/faults", {"method": "DELETE", "path": path, "status": 404})
    try:
        assert not PROBES[name](platform)
    finally:
        served.steer("DELETE", "/faults")


@pytest.mark.parametrize("name", ["platform.tools", "platform.projects"])
def test_a_platform_that_opens_another_thing_is_found_out(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    things = platform.second.of(noun(name.removeprefix("platform.")).key)
    opened = things.get

    def another(thing_id: str) -> Any:
        return opened(thing_id).model_copy(update={"id": "another"})

    monkeypatch.setattr(things, "get", another)
    assert not PROBES[name](platform)


@pytest.mark.parametrize(
    ("operation", "wrong"),
    [("result", {"function": "average"}), ("compare", {"old_run": "another"}), ("compare", {"new_run": "another"})],
)
def test_a_platform_that_sums_up_something_else_is_found_out(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, operation: str, wrong: dict[str, str]
) -> None:
    runs = platform.second.runs
    asked = getattr(runs, operation)
    monkeypatch.setattr(runs, operation, lambda *said: asked(*said).model_copy(update=wrong))
    assert not PROBES["platform.experiments.summary"](platform)


def test_a_platform_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(Unreachable):
        PROBES["platform.tools"](HoneyHive("http://127.0.0.1:9", "key"))


def test_the_inventory_counts_one_of_everything_and_finds_what_is_left(platform: Platform) -> None:
    before = platform.inventory()
    assert not any(before.values())
    made = {}
    for kind in COUNTED:
        fields = {**noun(kind).smallest, **({"name": f"a {kind}"} if noun(kind).named else {})}
        outcome = platform.main.of(kind).create(fields)
        assert isinstance(outcome, Created), outcome
        made[kind] = frozenset({outcome.id})
    assert left_behind(before, platform.inventory()) == made
    for kind, ids in made.items():
        for one in ids:
            platform.second.of(kind).delete(one)
    assert left_behind(before, platform.inventory()) == {}


def test_the_inventory_turns_pages(platform: Platform) -> None:
    for number in range(101):
        platform.second.runs.create({"name": f"run {number}"})
    assert len(platform.inventory()["run"]) == 101


def test_nouns_are_found_by_their_words() -> None:
    assert noun("experiment runs") is noun("experiment") is NOUNS["run"]
    assert noun("Datasets") is NOUNS["dataset"]
    with pytest.raises(LookupError, match="nearest: dataset"):
        noun("datset")
