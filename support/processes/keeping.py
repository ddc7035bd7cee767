"""Keeps embedded backends running by themselves, as emulators to develop against (`acceptance backends`)."""

import importlib
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from support.configuring import ConfigurationError, Problem, nearest, plain, read
from support.configuring.sources import from_dotenv
from support.processes.forkserver import ForkServer, ProcessError
from support.processes.launcher import Backend, Launcher, preload

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Emulator:
    """How one system is offered by itself.

    `settings` seed its keys. `lines` are the variables by which clients find it: a value is taken from what the
    backend announces where it stands in braces. The keys guard nothing but the embedded store, which listens on
    this machine's loopback only and ends with the command: they are fixed, and printed on purpose.
    """

    settings: Mapping[str, Any]
    lines: Mapping[str, str]
    wired: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Settings that are taken from what another system announces, where that is started before it and the user gave the
    setting no value: which system, and the text with what it announces in braces."""
    tell: Mapping[str, str] = field(default_factory=dict)
    """Lines that tell the value of a setting, by its name: left out where the user gave the setting a value."""


EMULATORS = {
    "evaluation_platform": Emulator(
        settings={"keys": "local=local-key,foreign=local-foreign-key", "admin_key": "local-admin-key"},
        lines={
            "HH_API_URL": "{address}",
            "HH_API_KEY": "local-key",
            "HH_PROJECT": "local",
            "HH_FOREIGN_KEY": "local-foreign-key",
        },
        tell={"HH_API_KEY": "keys", "HH_PROJECT": "keys", "HH_FOREIGN_KEY": "keys"},
    ),
    "model": Emulator(
        settings={"keys": "local-key"},
        lines={
            "OPENAI_BASE_URL": "{address}/v1",
            "OPENAI_API_KEY": "local-key",
            "SCRIPTED_MODEL_CONTROL": "{control}",
        },
        tell={"OPENAI_API_KEY": "keys"},
    ),
    "practice": Emulator(
        settings={
            "practitioner_token": "local-practitioner-token",
            "client_token": "local-client-token",
            "foreign_token": "local-foreign-token",
        },
        lines={
            "NESTJS_API_URL": "{address}",
            "PRACTICE_API_CONTROL": "{control}",
            "ASSISTANT_TOKEN": "local-practitioner-token",
            "ASSISTANT_PROFILE": "practitioner-local",
            "ASSISTANT_CLIENT_TOKEN": "local-client-token",
            "ASSISTANT_CLIENT_PROFILE": "client-local",
            "ASSISTANT_FOREIGN_TOKEN": "local-foreign-token",
            "ASSISTANT_FOREIGN_PROFILE": "practitioner-foreign",
        },
        tell={
            "ASSISTANT_TOKEN": "practitioner_token",
            "ASSISTANT_CLIENT_TOKEN": "client_token",
            "ASSISTANT_FOREIGN_TOKEN": "foreign_token",
        },
    ),
    "redis": Emulator(settings={}, lines={"REDIS_URL": "{address}"}),
    "assistant": Emulator(
        settings={"openai_api_key": "local-key"},
        wired={
            "openai_base_url": ("model", "{address}/v1"),
            "practice_url": ("practice", "{address}"),
            "redis_url": ("redis", "{address}"),
        },
        lines={"ASSISTANT_URL": "{address}"},
    ),
    "tool_daemon": Emulator(
        settings={"token": "local-token"},
        lines={"TOOL_DAEMON_URL": "{address}", "TOOL_DAEMON_TOKEN": "local-token"},
        tell={"TOOL_DAEMON_TOKEN": "token"},
    ),
}


def configured(
    systems: Sequence[str],
    port: int | None,
    given: Mapping[str, str],
    arguments: Mapping[str, Any] | None = None,
    *,
    package: str = "support.backends",
) -> dict[str, dict[str, Any]]:
    """The settings of each system, read once from all layers: what they say, over what its emulator is seeded with.

    `given` are settings of the command line and `arguments` those of a calling program, as "system.name". `port` is
    that of the first system's address; its control address and the next systems take the ports after it; None lets
    the kernel choose. Raises ConfigurationError with the problems of all systems.
    """
    problems = [
        Problem(name, "command line", "names no system that is started", nearest(name, systems))
        for name in (*given, *(arguments or {}))
        if name.partition(".")[0] not in systems
    ]
    dotenv = from_dotenv(Path(".env"))
    found: dict[str, dict[str, Any]] = {}
    for index, system in enumerate(systems):
        model = importlib.import_module(f"{package}.{system}.settings").Settings
        ports = {} if port is None else {"port": port + 2 * index, "control_port": port + 2 * index + 1}
        ports = {name: number for name, number in ports.items() if name in model.model_fields}
        try:
            loaded = read(
                model,
                system,
                arguments={**ports, **_of(system, arguments or {})},
                command_line=_of(system, given),
                dotenv=dotenv,
            )
        except ConfigurationError as fault:
            problems += fault.problems
            continue
        said = {name for name, origin in loaded.origins.items() if origin != "default"}
        content = plain(loaded.value, secrets=True)
        found[system] = {
            **EMULATORS[system].settings,
            **{name: value for name, value in content.items() if name in said},
        }
    if problems:
        raise ConfigurationError("The configuration of the backends is refused", list(dict.fromkeys(problems)))
    return found


def _of(system: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name.partition(".")[2]: value for name, value in given.items() if name.partition(".")[0] == system}


@contextmanager
def running(
    settings: Mapping[str, Mapping[str, Any]],
    defects: Mapping[str, Sequence[str]],
    *,
    package: str = "support.backends",
) -> Iterator[list[Backend]]:
    """Run these systems for the length of the block, with their settings (see `configured`).

    `defects` are ids by system. Raises ProcessError when a system does not start.
    """
    for each in settings.values():
        for name in ("port", "control_port"):
            if each.get(name):
                _require_free(each[name])
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="acceptance-backends-"))
        server = stack.enter_context(ForkServer(preload(*settings, package=package)))
        launcher = Launcher(server, Path(folder), package=package)
        stack.callback(launcher.close)
        stack.callback(launcher.stop)
        started: dict[str, Backend] = {}
        for system, given in settings.items():
            started[system] = launcher.start(system, {**_wiring(system, started), **given}, defects.get(system, ()))
        yield list(started.values())


def _wiring(system: str, started: Mapping[str, Backend]) -> dict[str, str]:
    """Where a system finds those that were started before it."""
    wired = EMULATORS[system].wired if system in EMULATORS else {}
    return {name: text.format(**started[other].announced) for name, (other, text) in wired.items() if other in started}


def _require_free(port: int) -> None:
    """Say so early, in one line, when a port is taken."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as fault:
            message = f"port {port} of 127.0.0.1 cannot be used ({fault.strerror}); choose another --port"
            raise ProcessError(message) from None


def env_lines(backend: Backend) -> list[str]:
    """The backend's `.env` lines."""
    emulator = EMULATORS[backend.system]
    return [
        f"{name}={value.format(**backend.announced)}"
        for name, value in emulator.lines.items()
        if all(backend.settings.get(each) == emulator.settings[each] for each in [emulator.tell.get(name)] if each)
    ]


def first_death(backends: Sequence[Backend]) -> str:
    """Wait until a backend dies, and say how. Only the caller's signals end the wait otherwise."""
    clock = threading.Event()
    while True:
        for backend in backends:
            if not backend.alive():
                return backend.exit_reason() or ""
        clock.wait(LOOK_SECONDS)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP interrupt like Ctrl-C; each interrupts once, so that taking down is not interrupted."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before: dict[signal.Signals, Callable[..., Any] | int | None] = {}
    for number in numbers:
        before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
