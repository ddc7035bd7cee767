"""The tool daemon as a worker holds it."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from support.clients.tool_daemon import Agent
from support.processes.forkserver import ProcessError
from support.processes.launcher import Backend, probe
from support.reporting.redaction import register_secret
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.running.systems.model import ModelUnderTest
from support.targets import connection


class DaemonUnderTest(SystemUnderTest):
    """Agents reach it through the proxy. An embedded one is begun anew for every scenario, with settings of its own.

    Its provider is the scripted model, by the proxy before that. `folder` holds its log, metrics and health file.
    """

    name = "tool_daemon"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._scratch = Path(tempfile.mkdtemp(prefix="daemon-"))
        self._count = 0
        model = around.others.get(ModelUnderTest.name)
        self._provider = model.environment() if model is not None else {}
        if self.target.embedded:
            self.token = f"token-{secrets.token_hex(12)}"
            self.start_embedded(self._settings({}))
        else:
            remote = connection(around.target, self.name, around.settings)
            self.token = remote.key.get_secret_value()
            self.proxy.start(remote.address)
        register_secret(self.token)

    @property
    def address(self) -> str:
        """Where agents find it: the proxy."""
        return self.proxy.address.replace("http", "ws", 1)

    @property
    def defects(self) -> Sequence[str]:
        """The defects that are seeded in it, and in its shim."""
        return self._around.defects

    @property
    def folder(self) -> Path:
        """Where the running instance writes its files; a LookupError for a remote one."""
        return Path(self.embedded.settings["log_directory"])

    def _settings(self, own: Mapping[str, Any]) -> dict[str, Any]:
        self._count += 1
        folder = self._scratch / str(self._count)
        provider = {
            "openai_base_url": self._provider.get("OPENAI_BASE_URL", ""),
            "openai_api_key": self._provider.get("OPENAI_API_KEY", ""),
        }
        return {"token": self.token, "log_directory": str(folder), **provider, **own}

    def fallback(self) -> dict[str, str]:
        """Settings of a fallback provider that there is: the scripted model again, asked by another model's name."""
        return {
            "fallback_base_url": self._provider["OPENAI_BASE_URL"],
            "fallback_api_key": self._provider["OPENAI_API_KEY"],
            "fallback_model": "gpt-4.1-mini",
        }

    def begin(self, settings: Mapping[str, Any]) -> Callable[[], None]:
        """Have a fresh instance in the place of the standing one; answers what puts that back."""
        standing = self.embedded
        launched = self._around.launcher.start(self.name, self._settings(settings), self._around.defects)
        self.backend = launched
        self.proxy.retarget(launched.address)

        def turn_back() -> None:
            self.backend = standing
            self.proxy.retarget(standing.address)
            self._end(launched)

        return turn_back

    def _end(self, launched: Backend) -> None:
        died = launched.exit_reason() if launched.died() else None
        self.retire(launched)
        if died:
            raise ProcessError(died)

    def logs_of(self, instance: Backend) -> list[Path]:
        """What it writes to stderr, and the log of its own."""
        return [*super().logs_of(instance), Path(instance.settings["log_directory"]) / "daemon.log"]

    def report(self) -> dict[str, Any]:
        """The health file of the running instance. Raises AssertionError while there is none."""
        file = self.folder / "health.json"
        assert file.is_file(), f"there is no {file.name}"
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return told

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The lines of a log, over all its rotated parts, oldest first."""
        parts = sorted(self.folder.glob(f"{name}*"), key=_age, reverse=True)
        return [json.loads(line) for part in parts for line in part.read_bytes().splitlines()]

    def parts(self, name: str) -> dict[str, int]:
        """The sizes in bytes of a log's parts, by file."""
        return {part.name: part.stat().st_size for part in sorted(self.folder.glob(f"{name}*"), key=_age)}

    def counts(self) -> Counts:
        """It keeps nothing but its logs; whether it accepts calls is asked."""
        if self.backend is not None:
            try:
                probe(self.backend.address)
            except OSError as silence:
                raise httpx.ConnectError(f"tool daemon: {silence}") from silence
        return {}

    def knocks(self) -> Mapping[str, Callable[[], bool]]:
        """See `SystemUnderTest.knocks`: hello is said."""
        variable = self.target.settings.key
        return {} if self.target.embedded or variable is None else {variable: self._lets_in}

    def _lets_in(self) -> bool:
        with Agent(self.address, "who knocks") as agent:
            answer = agent.hello(self.token)
        if answer.get("ok") is True:
            return True
        said = ", ".join(f"{name} {answer[name]!r}" for name in ("ok", "error") if name in answer)
        assert answer.get("error") == "unauthorized", f"to hello it says {said or 'nothing of ok or error'}"
        return False

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it."""
        host, _, port = self.proxy.address.rpartition("/")[2].partition(":")
        return {"DAEMON_HOST": host, "DAEMON_PORT": port, "DAEMON_TOKEN": self.token}

    def secrets(self) -> list[str]:
        """The token."""
        return [self.token]

    def sweep(self) -> None:
        """Each scenario has its own instance: nothing is left."""

    def close(self) -> None:
        """Remove the files."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        super().close()


def _age(part: Path) -> int:
    """0 for the file that is written, more for older parts."""
    suffix = part.name.rpartition(".")[2]
    return int(suffix) if suffix.isdigit() else 0
