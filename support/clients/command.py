"""Our own commands as black boxes: started with a configuration from every place that has one, watched from outside."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from support.processes import commands
from support.processes.environments import clean_environment
from support.processes.forkserver import Child, ForkServer

GIVE_UP_S = 2.5
"""A command that is to be refused and still runs then is taken for one that was not."""
START_S = 20.0
STOP_S = 5.0
ADDRESSES = ("HH_API_URL", "TOOL_DAEMON_URL")
"""The lines in which commands say where they serve."""
CHANGES = {*commands.STARTED.values(), "writes"}


@dataclass(frozen=True)
class Subject:
    """A command that is configured: what it is called with to start, and to show its settings; its file's stem."""

    name: str
    program: str
    stem: str
    start: tuple[str, ...]
    show: tuple[str, ...]
    secrets: Mapping[str, str]
    """Its settings that are secret, with their variables."""


PLATFORM_SECRETS = {
    "keys": "PLATFORM_KEYS",
    "admin_key": "PLATFORM_ADMIN_KEY",
    "database_url": "PLATFORM_DATABASE_URL",
    "openai_api_key": "OPENAI_API_KEY",
}
PRACTICE_SECRETS = {
    "practitioner_token": "PRACTICE_PRACTITIONER_TOKEN",
    "client_token": "PRACTICE_CLIENT_TOKEN",
    "foreign_token": "PRACTICE_FOREIGN_TOKEN",
}
DAEMON_SECRETS = {
    "token": "DAEMON_TOKEN",
    "openai_api_key": "OPENAI_API_KEY",
    "fallback_api_key": "DAEMON_FALLBACK_API_KEY",
}
SUITE_SECRETS = {
    name: name.upper()
    for name in (
        *("hh_api_key", "hh_foreign_key", "openai_api_key", "redis_url"),
        *("assistant_token", "assistant_client_token", "assistant_foreign_token"),
        "tool_daemon_token",
    )
}
ASSISTANT_SECRETS = {"openai_api_key": "OPENAI_API_KEY", "redis_url": "REDIS_URL"}
SUBJECTS: Mapping[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject(
            "suite",
            commands.ACCEPTANCE,
            "acceptance",
            ("settings", "--check"),
            ("settings",),
            SUITE_SECRETS,
        ),
        Subject(
            "evaluation platform", "evaluation_platform", "evaluation_platform", (), ("--settings",), PLATFORM_SECRETS
        ),
        Subject("scripted model", "model", "model", (), ("--settings",), {"keys": "MODEL_KEYS"}),
        Subject("practice API", "practice", "practice", (), ("--settings",), PRACTICE_SECRETS),
        Subject("assistant", "assistant", "assistant", (), ("--settings",), ASSISTANT_SECRETS),
        Subject("Redis server", "redis", "redis", (), ("--settings",), {}),
        Subject("tool daemon", "tool_daemon", "tool_daemon", (), ("--settings",), DAEMON_SECRETS),
        Subject(
            "emulator",
            commands.ACCEPTANCE,
            "evaluation_platform",
            ("backends", "--only", "evaluation_platform"),
            (),
            PLATFORM_SECRETS,
        ),
    )
}
"""By the names that the features give them. The emulator is `acceptance backends`, of one system for speed."""


@dataclass
class Told:
    """What a command is told, place by place. `files` are written as they are, beside `.env` and the JSON file."""

    argument: dict[str, Any] = field(default_factory=dict)
    command_line: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    dotenv: dict[str, str] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """One setting as a command shows it."""

    value: str
    origin: str
    meaning: str


@dataclass(frozen=True)
class Ended:
    """A command that ended; `exit_code` is None when it had to be ended. `deeds` are what it did, in order.

    `seconds` are those that it took, without those in which it waited for a processor.
    """

    exit_code: int | None
    output: str
    seconds: float
    deeds: tuple[tuple[str, str], ...]

    @property
    def started(self) -> list[str]:
        """What it changed or started outside its own memory."""
        return [f"{deed} {detail}" for deed, detail in self.deeds if deed in CHANGES]

    @property
    def settings(self) -> dict[str, Shown]:
        """The settings that it showed, by name; empty when it showed none."""
        rows = [line.split("\t") for line in self.output.splitlines()]
        return {row[0]: Shown(row[2], row[3], row[4]) for row in rows if len(row) == 5}


class Box:
    """One command with a folder of its own, in which it is started as often as one likes."""

    def __init__(self, subject: Subject, readers: ForkServer, servers: ForkServer, seeded: Sequence[str]) -> None:
        self.subject = subject
        self.told = Told()
        self._readers = readers
        self._servers = servers
        self._seeded = tuple(seeded)
        self._scratch = Path(tempfile.mkdtemp(prefix="command-"))
        self.folder = self._scratch / "folder"
        self.folder.mkdir()
        self._runs = 0

    @property
    def secrets(self) -> list[str]:
        """Every secret that it is told anywhere: by its name, or as a word of the features for one (`hush-…`)."""
        names = {*self.subject.secrets, *self.subject.secrets.values()}
        places = (self.told.argument, self.told.command_line, self.told.environment, self.told.dotenv, self.told.file)
        told = [(name, str(value)) for place in places for name, value in place.items() if value]
        return [text for name, text in told if name in names or "hush-" in text]

    def write(self) -> None:
        """Write its files: `.env`, the JSON file when it says anything, and what was given as it is."""
        if self.told.dotenv:
            lines = "".join(f"{name}='{value}'\n" for name, value in self.told.dotenv.items())
            self.put(".env", lines)
        if self.told.file:
            self.put(f"{self.subject.stem}.json", json.dumps(self.told.file, indent=2))
        for name, text in self.told.files.items():
            self.put(name, text)

    def put(self, name: str, text: str) -> None:
        """Write one file of its folder."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def show(self, *more: str) -> Ended:
        """Ask it for its settings."""
        return self.run([*self.subject.show, *more])

    def run(self, argv: Sequence[str], program: str | None = None) -> Ended:
        """Run it to its end; one that does not end in GIVE_UP_S is ended."""
        begun = time.monotonic()
        running = self._fork(self._servers if program else self._readers, argv, program)
        try:
            code: int | None = running.child.wait(GIVE_UP_S)
        except TimeoutError:
            running.stop()
            code = None
        return Ended(code, running.output, running.took or time.monotonic() - begun, running.deeds)

    def start(self) -> Running:
        """Start it and leave it running; where it serves it says after a while."""
        return self._fork(self._servers, self.subject.start, None)

    def run_cold(self) -> Ended:
        """Start it from a cold interpreter, as from a shell.

        `seconds` is processor time: how busy the machine is with other things says nothing about the command.
        """
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(  # noqa: S603 - our own command
            [*commands.cold(self.subject.program, self._seeded), *self.subject.start, *self._options()],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_S,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Ended(done.returncode, done.stdout, seconds, ())

    def close(self) -> None:
        """Remove its folder."""
        shutil.rmtree(self._scratch)

    def _fork(self, server: ForkServer, argv: Sequence[str], program: str | None) -> Running:
        self.write()
        self._runs += 1
        log, deeds = (self._scratch / f"{self._runs}.{kind}" for kind in ("log", "deeds"))
        deeds.touch()
        child = commands.start(
            server,
            program or self.subject.program,
            [*argv, *(self._options() if program is None else ())],
            folder=self.folder,
            log=log,
            deeds=deeds,
            environment=self._environment(),
            arguments=self.told.argument,
            seeded=self._seeded,
        )
        return Running(child, deeds)

    def _options(self) -> list[str]:
        return [f"-D{name}={value}" for name, value in self.told.command_line.items()]

    def _environment(self) -> dict[str, str]:
        return clean_environment({"TMPDIR": str(self._scratch), "COLUMNS": "200", **self.told.environment})


@dataclass(frozen=True)
class Running:
    """A command that runs."""

    child: Child
    _deeds: Path

    @property
    def output(self) -> str:
        """All that it has said."""
        return self.child.log_text()

    @property
    def deeds(self) -> tuple[tuple[str, str], ...]:
        """All that it has done outside its memory."""
        return tuple((deed, detail) for deed, detail in self._notes() if deed != commands.TOOK)

    @property
    def took(self) -> float | None:
        """Seconds that it took, when it ended by itself; None before."""
        return next((float(detail) for deed, detail in self._notes() if deed == commands.TOOK), None)

    def _notes(self) -> list[tuple[str, str]]:
        return [tuple(json.loads(line)) for line in self._deeds.read_text(encoding="utf-8").splitlines()]

    @property
    def address(self) -> str | None:
        """Where it says that it serves; None before it says so."""
        lines = dict(line.split("=", 1) for line in self.output.splitlines() if "=" in line)
        return next((lines[name] for name in ADDRESSES if name in lines), None)

    def takes(self, size: int, key: str) -> bool:
        """Whether it takes a request of so many bytes.

        Raises:
            AssertionError: it neither takes it nor says that it is too large.

        """
        body = json.dumps({"name": f"{size} bytes", "description": ""})
        body = body.replace('""}', f'"{"x" * (size - len(body))}"}}')
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        answer = httpx.post(f"{self.address}/v1/datasets", content=body, headers=headers, timeout=5)
        assert answer.status_code in (200, 413), f"{self.address} answered {answer.status_code}: {answer.text[:300]}"
        return answer.status_code == 200

    def stop(self) -> None:
        """Stop it in order."""
        self.child.terminate(STOP_S)


class Commands:
    """The commands that one worker runs, forked from processes that have imported what they need."""

    def __init__(self, seeded: Sequence[str]) -> None:
        backends = {subject.program for subject in SUBJECTS.values()} - {commands.ACCEPTANCE}
        self._readers = ForkServer(commands.light(sorted(backends)))
        self._servers = ForkServer(commands.heavy(sorted(backends)))
        self._seeded = tuple(seeded)

    def box(self, name: str) -> Box:
        """A command by its name in the features. Both servers import what they need while the first scenarios run."""
        self._readers.start()
        self._servers.start()
        return Box(SUBJECTS[name], self._readers, self._servers, self._seeded)

    def close(self) -> None:
        """End what still runs."""
        self._readers.close()
        self._servers.close()
