"""Runs schemathesis in a process that is forked with everything imported: an attack begins at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.processes.forkserver import ForkServer

PRELOAD = (
    "hypothesis.stateful",
    "requests",
    "rich.live",
    "schemathesis.cli.commands.run.executor",
    "schemathesis.engine.core",
    "schemathesis.engine.run.unit",
    "schemathesis.openapi.generation",
    "schemathesis.specs.openapi.schemas",
    "schemathesis.specs.openapi.checks",
    "schemathesis.specs.openapi.examples",
    "schemathesis.transport.requests",
)
WITHIN_S = 600.0


@dataclass(frozen=True)
class Attack:
    """An attack that is over: its exit code (0: nothing was found), and what it said."""

    code: int
    said: str


def attack(
    server: ForkServer, description: str, options: Sequence[str], folder: Path, configuration: str = ""
) -> Attack:
    """Attack the service with this OpenAPI description (a URL), from a folder of the attack's own.

    `configuration` is schemathesis', in TOML.
    """
    (folder / "schemathesis.toml").write_text(configuration, encoding="utf-8")
    command = ["run", description, "--no-color", *options]
    log = folder / "attack.log"
    child = server.fork("tests.attacking:carry_out", {"command": command, "folder": str(folder)}, log=log)
    code = child.wait(WITHIN_S)
    return Attack(code, child.log_text())


def carry_out(arguments: dict[str, Any], _announce: Callable[[dict[str, Any]], None]) -> None:
    """Be the attacker, in a forked process."""
    from schemathesis.cli import schemathesis

    os.chdir(arguments["folder"])
    schemathesis(arguments["command"], prog_name="schemathesis")
