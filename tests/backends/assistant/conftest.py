"""The service with what it needs, each in a process of its own: scripted model, Redis, practice API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clients.model import ScriptedModel
from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher, preload
from tests.backends.assistant.services import RedisProcess, Service

MODEL_KEY = "sk-0123456789abcdef"


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with ForkServer(preload("model", "assistant")) as server:
        launcher = Launcher(server, tmp_path_factory.mktemp("backends"))
        yield launcher
        launcher.close()


@pytest.fixture(scope="session")
def _model(launcher: Launcher) -> Iterator[tuple[str, ScriptedModel]]:
    backend = launcher.start("model", {"keys": MODEL_KEY})
    scripted = ScriptedModel(backend.control)
    yield backend.address, scripted
    scripted.close()


@pytest.fixture
def scripted(_model: tuple[str, ScriptedModel]) -> ScriptedModel:
    """The model, which remembers nothing of the tests before."""
    _model[1].reset()
    return _model[1]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisProcess]:
    """A Redis server of the test's own."""
    process = RedisProcess(tmp_path)
    process.start()
    yield process
    process.close()


def usual(model_address: str) -> dict[str, Any]:
    return {
        "openai_api_key": MODEL_KEY,
        "openai_base_url": f"{model_address}/v1",
        "openai_max_retries": 0,
        "openai_timeout": 5.0,
        "redis_check": 0.05,
        "redis_timeout": 0.3,
        "practice_url": "http://127.0.0.1:9",
    }


@pytest.fixture
def start(
    launcher: Launcher, _model: tuple[str, ScriptedModel], scripted: ScriptedModel
) -> Iterator[Callable[..., Service]]:
    """Start a service with these settings over the usual ones."""
    assert scripted
    started: list[Service] = []

    def begin(**settings: Any) -> Service:
        started.append(Service(launcher.start("assistant", usual(_model[0]) | settings)))
        return started[-1]

    yield begin
    for service in started:
        service.close()


@pytest.fixture(scope="session")
def service(launcher: Launcher, _model: tuple[str, ScriptedModel]) -> Iterator[Service]:
    """A service without Redis, shared by all tests."""
    service = Service(launcher.start("assistant", usual(_model[0])))
    yield service
    service.close()
