"""Proves that a scenario can put other instances of the assistant in its place, end them and have Redis fail, and that
the next scenario finds the usual one, with its Redis; and that the canary's chat is there, and seen where it leaks.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.clients.assistant import Health
from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher, preload
from support.running.canary import Canary
from support.running.systems import (
    AssistantUnderTest,
    ModelUnderTest,
    PracticeUnderTest,
    RedisUnderTest,
    Surroundings,
    SystemUnderTest,
)
from support.settings import Settings
from support.targets import find
from support.wire import Wire


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SystemUnderTest]]:
    made: dict[str, SystemUnderTest] = {}
    with ForkServer(preload("model", "practice", "redis", "assistant")) as server, Wire() as wire:
        launcher = Launcher(server, tmp_path_factory.mktemp("assistant"))
        around = Surroundings(find("embedded"), Settings(), wire, launcher, Canary(), (), made)
        for kind in (ModelUnderTest, PracticeUnderTest, RedisUnderTest, AssistantUnderTest):
            made[kind.name] = kind(around)
        yield made
        for system in reversed(made.values()):
            system.close()
        launcher.close()


@pytest.fixture
def assistant(systems: dict[str, SystemUnderTest]) -> Iterator[AssistantUnderTest]:
    it, redis = systems["assistant"], systems["redis"]
    assert isinstance(it, AssistantUnderTest)
    yield it
    redis.calm()
    it.calm()


def health(assistant: AssistantUnderTest) -> Health:
    found = assistant.service.health()
    assert isinstance(found, Health)
    return found


def test_an_instance_with_other_settings_takes_the_place_until_the_end(assistant: AssistantUnderTest) -> None:
    assert (health(assistant).openai, health(assistant).redis_connected) == ("enabled", True)
    assistant.configured(openai_api_key=None, redis_url=None)
    assert (health(assistant).openai, health(assistant).redis_connected) == ("disabled", False)
    assistant.restart()
    assert health(assistant).openai == "disabled"
    assistant.calm()
    assert (health(assistant).openai, health(assistant).redis_connected) == ("enabled", True)


def test_one_that_was_ended_is_there_again(assistant: AssistantUnderTest) -> None:
    assistant.end(kill=False)
    assistant.calm()
    assert health(assistant).redis_connected


def test_it_has_found_its_redis_again_when_the_scenario_is_over(
    assistant: AssistantUnderTest, systems: dict[str, SystemUnderTest]
) -> None:
    redis = systems["redis"]
    assert isinstance(redis, RedisUnderTest)
    redis.trouble("killed")
    redis.calm()
    assistant.calm()
    assert health(assistant).redis_connected


def test_the_canary_has_chatted_and_counts_for_nothing(systems: dict[str, SystemUnderTest]) -> None:
    redis = systems["redis"]
    assert isinstance(redis, RedisUnderTest)
    there = redis.keys()
    kept = {key.partition(":")[0]: redis.read(key) or "" for key in there}
    assert {"session", "ui_state"} <= kept.keys()
    assert kept["session"].count("canary-") >= 3
    assert "canary-" in kept["ui_state"]
    assert redis.counts() == {"redis": {}}
