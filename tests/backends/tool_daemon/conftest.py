"""Tool daemons with settings of their own, each in a process of its own, and the scripted model that they ask."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from support.clients.model import ScriptedModel
from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload

MODEL_KEY, TOKEN = "sk-0123456789abcdef", "token-0123456789"
Frame = dict[str, Any]


class Client:
    """A client that reads when it is asked to."""

    def __init__(self, address: str) -> None:
        self.open = contextlib.ExitStack()
        self.socket: ClientConnection = self.open.enter_context(connect(address, compression=None, close_timeout=0.2))
        self.ack: Frame = {}

    def say(self, message: Any) -> None:
        self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def hear(self, within: float = 5.0) -> Frame:
        frame: Frame = json.loads(self.socket.recv(timeout=within))
        return frame

    def ask(self, message: Any) -> Frame:
        self.say(message)
        return self.hear()

    def begin(self, name: str, request_id: str = "1", **arguments: Any) -> None:
        self.say({"op": "call_tool", "request_id": request_id, "name": name, "arguments": arguments})

    def result(self, request_id: str = "1") -> Frame:
        """The result of a call; what else comes before it is dropped."""
        while (frame := self.hear())["op"] != "call_tool_res" or frame["request_id"] != request_id:
            pass
        return frame

    def call(self, name: str, request_id: str = "1", **arguments: Any) -> Frame:
        self.begin(name, request_id, **arguments)
        return self.result(request_id)


@dataclass
class Daemon:
    """A running daemon."""

    backend: Backend
    folder: Path
    clients: list[Client]

    def client(self, token: str = TOKEN) -> Client:
        """One that has said hello."""
        made = self.stranger()
        made.ack = made.ask({"op": "hello", "token": token})
        return made

    def stranger(self) -> Client:
        """One that has said nothing yet."""
        made = Client(self.backend.address)
        self.clients.append(made)
        return made

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with ForkServer(preload("model", "tool_daemon")) as server:
        launcher = Launcher(server, tmp_path_factory.mktemp("backends"))
        yield launcher
        launcher.close()


@pytest.fixture(scope="session")
def _model(launcher: Launcher) -> Iterator[tuple[str, ScriptedModel]]:
    backend = launcher.start("model", {"keys": MODEL_KEY})
    with ScriptedModel(backend.control) as scripted:
        yield backend.address, scripted


@pytest.fixture
def scripted(_model: tuple[str, ScriptedModel]) -> ScriptedModel:
    """The model, which remembers nothing of the tests before."""
    _model[1].reset()
    return _model[1]


@pytest.fixture
def start(launcher: Launcher, _model: tuple[str, ScriptedModel], tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Start a daemon with settings of its own; it must not have broken down when the test is over."""
    daemons: list[Daemon] = []

    def start(**settings: Any) -> Daemon:
        folder = tmp_path / str(len(daemons))
        told = {
            "token": TOKEN,
            "log_directory": str(folder),
            "openai_base_url": f"{_model[0]}/v1",
            "openai_api_key": MODEL_KEY,
            "retry_base": 0.001,
            **settings,
        }
        daemons.append(Daemon(launcher.start("tool_daemon", told), folder, []))
        return daemons[-1]

    yield start
    for daemon in daemons:
        for client in daemon.clients:
            client.open.close()
        died, said = daemon.backend.died(), daemon.backend.log_text()
        daemon.backend.kill()
        launcher.backends.remove(daemon.backend)
        assert not died, said
        assert "Traceback" not in said, said


@pytest.fixture
def daemon(start: Callable[..., Daemon]) -> Daemon:
    """A daemon with the default settings."""
    return start()


def soon(seen: Callable[[], Any], within: float = 3.0) -> Any:
    """What is seen as soon as it is something."""
    limit = time.monotonic() + within
    while not (found := seen()):
        assert time.monotonic() < limit, f"not within {within} s"
        time.sleep(0.005)
    return found
