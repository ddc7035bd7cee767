"""Deeds of whoever configures our own commands: telling them things, starting them, changing files under them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.checks.tables import LEFT_OUT, value
from support.clients.command import Box, Ended, Running
from support.reporting import evidence
from support.reporting.redaction import register_passing_secret
from support.world import World

Lines = Iterable[tuple[str, ...]]
PLACES = ("argument", "command line", "environment", ".env", "file")
"""Where a setting can be given, the most explicit place first; the file is JSON, unless a feature writes another."""

VALID: Mapping[str, Mapping[str, Any]] = {
    "suite": {
        "target": "remote.toml",
        "results_folder": "results",
        "load": False,
        "evidence_max_bytes": 2048,
        "connect_timeout_s": 2,
        "request_timeout_s": 20,
        "hh_api_url": "https://platform.example",
        "hh_api_key": "hush-platform-key",
        "hh_foreign_key": "hush-foreign-key",
        "hh_project": "Harbour Support",
        "openai_api_key": "hush-model-key",
        "openai_base_url": "https://model.example/v1",
        "openai_model": "gpt-4o-mini",
        "rehearsal": False,
        "budget_usd": 0.5,
        "model_calls": 100,
        "retry_pause_s": 1,
        "patience": 2,
        "spending_file": "spent.json",
        "provider_limit_usd": 5,
        "judge_model": "gpt-4o",
        "judge_accept_provisional": False,
        "assistant_url": "https://assistant.example",
        "assistant_token": "hush-practitioner-token",
        "assistant_profile": "practitioner-1",
        "assistant_client_token": "hush-client-token",
        "assistant_client_profile": "client-1",
        "assistant_foreign_token": "hush-foreign-token",
        "assistant_foreign_profile": "practitioner-2",
        "tool_daemon_url": "https://daemon.example",
        "tool_daemon_token": "hush-daemon-token",
        "redis_url": "redis://:hush-redis-password@redis.example:6379/0",
        "ci": False,
    },
    "evaluation platform": {
        "host": "127.0.0.1",
        "port": 0,
        "control_port": 0,
        "storage": "storage",
        "database_url": "",
        "keys": "harbour=hush-harbour-key",
        "admin_key": "hush-admin-key",
        "max_body_bytes": 4096,
        "metric_seconds": 2,
        "metric_memory_mb": 128,
        "metric_model": "gpt-4o",
        "metric_model_seconds": 20,
        "openai_base_url": "https://model.example/v1",
        "openai_api_key": "hush-model-key",
    },
    "scripted model": {
        "host": "127.0.0.1",
        "port": 0,
        "control_port": 0,
        "keys": "hush-key-one,hush-key-two",
        "models": "house-model",
        "max_body_bytes": 4096,
    },
    "tool daemon": {
        "host": "127.0.0.1",
        "port": 0,
        "token": "hush-daemon-token",
        "hello_timeout": 5,
        "ping_interval": 10,
        "heartbeat_interval": 1,
        "session_timeout": 60,
        "session_limit": 10,
        "sweep_interval": 5,
        "global_inflight": 8,
        "provider_inflight": 4,
        "session_inflight": 4,
        "tool_timeout": 10,
        "daemon_timeout": 15,
        "shim_timeout": 20,
        "client_timeout": 25,
        "breaker_threshold": 3,
        "breaker_recovery": 30,
        "retry_base": 0.5,
        "provider_timeout": 5,
        "cache_ttl": 60,
        "cache_entries": 10,
        "cache_max_bytes": 10_000,
        "expert_timeout": 8,
        "expert_heartbeat_interval": 2,
        "model": "gpt-4o",
        "openai_base_url": "https://model.example/v1",
        "openai_api_key": "hush-model-key",
        "fallback_base_url": "https://spare.example/v1",
        "fallback_api_key": "hush-spare-key",
        "fallback_model": "gpt-4o",
        "log_directory": "logs",
        "log_level": "INFO",
        "log_max_bytes": 100000,
        "log_count": 3,
        "health_interval": 5,
    },
    "practice API": {
        "host": "127.0.0.1",
        "port": 0,
        "control_port": 0,
        "storage": "storage",
        "practitioner_token": "hush-practitioner-token",
        "client_token": "hush-client-token",
        "foreign_token": "hush-foreign-token",
        "max_body_bytes": 100000,
    },
    "assistant": {
        "host": "127.0.0.1",
        "port": 0,
        "log_level": "DEBUG",
        "timezone": "UTC",
        "openai_api_key": "hush-model-key",
        "openai_base_url": "https://openai.example",
        "openai_timeout": 20,
        "openai_max_retries": 5,
        "max_requests_per_user": 5,
        "limiter_idle": 20,
        "practice_url": "https://practice.example",
        "practice_timeout": 20,
        "practice_tries": 5,
        "document_model": "gpt-4o",
        "document_max_tokens": 5,
        "document_context_tokens": 1000,
        "policy_model": "gpt-4o",
        "violation_pause": 20,
        "violation_drain": 20,
        "redis_url": "redis://:hush-redis-password@redis.example:6379/0",
        "redis_required": False,
        "redis_timeout": 20,
        "redis_pool": 5,
        "redis_check": 20,
        "session_timeout_minutes": 20,
        "ui_state_hours": 20,
        "cleanup_interval": 20,
        "history_limit": 5,
        "max_iterations": 5,
        "max_message_chars": 5,
        "auth_timeout": 20,
        "idle_timeout": 20,
        "max_connections": 5,
        "max_pending": 5,
        "send_queue": 5,
        "send_timeout": 20,
        "ping_interval": 20,
        "ping_timeout": 20,
    },
    "Redis server": {"host": "127.0.0.1", "port": 0, "storage": "storage", "program": "redis-server"},
}
"""A configuration in which everything is given, and right."""

REMOTE = """\
name = "remote"
description = "A platform of somebody else's."

[systems.evaluation_platform]
settings = { address = "HH_API_URL", key = "HH_API_KEY", project = "HH_PROJECT" }
"""
"""A target that needs an address, a key and a project."""


@dataclass(frozen=True)
class Turn:
    """One time of several that a command showed its settings: what the most explicit place said, and what it used."""

    place: str
    told: Any
    ended: Ended
    used: Mapping[str, Any] | None


def box(world: World, name: str | None = None) -> Box:
    """The command that a scenario is about: made when it is first named, removed after the scenario."""
    boxes: dict[str, Box] = world.named("command")
    if name is None or name in boxes:
        return boxes[name] if name else next(iter(boxes.values()))
    made = world.worker.commands.box(name)
    world.undo(f"remove the folder of the {name}", made.close)
    world.remember("command", name, made)
    return made


def tell(world: World, name: str, lines: Lines) -> None:
    """Tell a command what a table says: place, name, value. Outside the file and arguments, everything is text.

    A JSON file that is named is made, and says nothing.
    """
    told = box(world, name).told
    for place, setting, cell in lines:
        if cell.endswith(".json"):
            told.files[cell] = "{}"
        into = getattr(told, "dotenv" if place == ".env" else place.replace(" ", "_"))
        into[setting] = value(cell) if place in ("argument", "file") else cell
    told.files.setdefault("remote.toml", REMOTE)
    keep_secret(box(world, name))


def keep_secret(command: Box) -> None:
    """See to it that no evidence shows what the command must not show."""
    for secret in command.secrets:
        register_passing_secret(secret)


def tell_valid(world: World, name: str) -> None:
    """Give a command the valid configuration, all of it in its file."""
    command = box(world, name)
    command.told.file = dict(VALID[name])
    command.told.files["remote.toml"] = REMOTE
    keep_secret(command)


def write_file(world: World, name: str, file: str, text: str) -> None:
    """Give a command a file, as it is written; in a cell of an outline, backslash and n stand for a new line."""
    box(world, name).told.files[file] = text.replace("\\n", "\n").replace("\\t", "\t")


def change_files(world: World, lines: Lines) -> None:
    """Change files of a command, whatever stood there: file and text."""
    command = box(world)
    for file, text in lines:
        command.told.files[file] = f"{text}\n"
        if file == ".env":
            command.told.dotenv.clear()
    command.write()


def mutate(world: World, setting: str, cell: str) -> None:
    """Change one setting of the file, or leave it out, and start the command."""
    file = box(world).told.file
    changed = value(cell)
    if changed is LEFT_OUT:
        del file[setting]
    else:
        file[setting] = changed
    start(world)


def show(world: World) -> None:
    """Ask the command for its settings."""
    keep(world, box(world).show())


def start(world: World) -> None:
    """Start the command to see it refuse, and end it when it does not."""
    keep(world, box(world).run(box(world).subject.start))


def start_cold(world: World) -> None:
    """Start the command from a cold interpreter, as from a shell."""
    box(world).write()
    keep(world, box(world).run_cold())


def keep(world: World, ended: Ended) -> None:
    """Keep how a command ended as the answer, and as evidence."""
    told = box(world).told
    world.answer = ended
    evidence.attach_json("told", {place: getattr(told, place) for place in vars(told)})
    evidence.attach("said", ended.output)
    evidence.attach("done", "\n".join(" ".join(deed) for deed in ended.deeds))


def run(world: World) -> None:
    """Start the command for good; it is stopped after the scenario."""
    running = box(world).start()
    world.undo("stop the command", running.stop)
    world.remember("running", "it", running)
    world.answer = running


def run_anew(world: World) -> None:
    """Stop the command and start it again."""
    running: Running = world.recall("running", "it")
    running.stop()
    run(world)


def show_in_turn(world: World) -> None:
    """Ask for the settings again and again, each time without the most explicit place of the last; see what is used."""
    command = box(world)
    told, world.answer = command.told, []
    given = dict(zip(PLACES, (told.argument, told.command_line, told.environment, told.dotenv, told.file), strict=True))
    for place in [*(name for name, said in given.items() if said), "default"]:
        written = f"shown without what is above {place}.json"
        (cell,) = given.get(place, {"": None}).values()
        ended = command.show("--write", written, "--with-secrets")
        world.answer.append(Turn(place, cell, ended, used(command, written)))
        given.get(place, {}).clear()
        for name in (".env", f"{command.subject.stem}.json"):
            (command.folder / name).unlink(missing_ok=True)


def used(command: Box, written: str) -> dict[str, Any] | None:
    """What a command wrote as its configuration, secrets included; None when it wrote nothing."""
    with suppress(FileNotFoundError):
        found: dict[str, Any] = json.loads((command.folder / written).read_text(encoding="utf-8"))
        return found
    return None


def round_trip(world: World, suffix: str) -> None:
    """Write the configuration to a file, start over with nothing but this file, and write it again."""
    command = box(world)
    first = command.show("--write", f"first{suffix}", "--with-secrets")
    for path in command.folder.iterdir():
        if path.name != f"first{suffix}":
            path.unlink()
    command.told = type(command.told)(command_line={"configuration_file": f"first{suffix}"})
    second = command.show("--write", f"second{suffix}", "--with-secrets")
    texts = [_text(command.folder / f"{name}{suffix}") for name in ("first", "second")]
    world.answer = (first, second, *texts)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


TELLING_FEATURE = """\
Feature: Everything is told

  Scenario: A secret is told
    When "HH_API_KEY" and "OPENAI_API_KEY" are told
"""
TELLING_STEPS = '''\
import logging, os, sys
from behave import when
from support.reporting import evidence

@when('"{one}" and "{other}" are told')
def told(context, one, other):
    """Careless in every way."""
    said = f"{os.environ[one]} and {os.environ[other]}"
    print(said)
    print(said, file=sys.stderr)
    logging.getLogger("careless").warning(said)
    evidence.attach("careless", said)
    raise AssertionError(said)
'''
TELLING_RUN = ("--runner", "support.running.runner:Runner", "--junit", "--junit-directory", "junit")
TELLING_FORMATS = ("-f", "support.reporting.allure:AllureFormatter", "-o", "results", "-f", "plain")


def tell_everything_in_a_run(world: World) -> None:
    """Run a suite of one scenario that prints, logs, attaches and fails with every secret."""
    command = box(world)
    (command.folder / "features").mkdir()
    (command.folder / "steps").mkdir()
    command.put("environment.py", "")  # hooks of its own, though none: a suite for itself, and not a part of ours
    command.put("features/telling.feature", TELLING_FEATURE)
    command.put("steps/telling.py", TELLING_STEPS)
    keep(world, command.run([*TELLING_RUN, *TELLING_FORMATS, "features"], "behave"))
    if not [*command.folder.glob("results/*-result.json")]:
        raise RuntimeError(f"the careless run left no report:\n{world.answer.output}")


def fail(world: World) -> None:
    """Start a backend that finds its configuration right and fails all the same."""
    command = box(world)
    keep(world, command.run([], command.subject.program))


def _shown_and_written(world: World) -> None:
    keep(world, box(world).show("--write", "written.yaml"))


def _with(*argv: str) -> Callable[[World], None]:
    return lambda world: keep(world, box(world).run(argv))


RENDERINGS: Mapping[str, Callable[[World], None]] = {
    "asked for its settings": show,
    "asked for help": _with("--help"),
    "asked to write its configuration": _shown_and_written,
    "started": start,
    "started to fail": fail,
    "run with careless steps": tell_everything_in_a_run,
}
"""What can be done with a command that must not tell its secrets."""


def render(world: World, how: str) -> None:
    """Make a command say as much of itself as it does."""
    RENDERINGS[how](world)
