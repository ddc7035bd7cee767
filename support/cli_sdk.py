"""`acceptance sdk`: which clients the call-logging SDK captures, by version."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from support.configuring import nearest

if TYPE_CHECKING:
    from support.reporting.outcomes import Outcome

ROOT = Path(__file__).parents[1]
FEATURE = "features/call_logging/clients.feature"
CLIENTS = ("openai", "anthropic", "litellm", "httpx", "requests", "http.client", "aiohttp")


def sdk(
    test: Annotated[list[str] | None, typer.Option(metavar="CLIENT", help="Only this client; may be repeated.")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Tell of each pairing how long it took, and what was seen.")
    ] = False,
    real: Annotated[
        bool, typer.Option("--real", help="Ask the real model, with the key in OPENAI_API_KEY; this costs money.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many pairings at a time (default: one of a client, else as processors)."),
    ] = None,
    lock: Annotated[
        bool, typer.Option("--lock", help="Pin anew what the client versions need, by today's package index.")
    ] = False,
) -> None:
    """Run every client and version with the call-logging SDK and show what it captures. Exit code 1 for a surprise.

    The versions stand in support/environments/clients.toml; what they need is installed on first use, and kept.
    """
    for client in test or ():
        if client not in CLIENTS:
            typer.echo(f"--test {client}: there is no such client; {nearest(client, CLIENTS)}", err=True)
            raise typer.Exit(2)
    if lock:
        _lock()
        return
    from support.reporting import matrix  # noqa: PLC0415 - other commands need no behave

    outcomes = run(test or CLIENTS, jobs or (1 if test or real else os.cpu_count() or 1), real=real)
    found = matrix.cells(outcomes)
    if found:
        typer.echo(matrix.text(matrix.table(found)))
    for outcome in outcomes:
        if verbose or outcome.is_red or not found:
            typer.echo("\n".join(details(outcome)))
    raise typer.Exit(1 if any(outcome.is_red for outcome in outcomes) else 0)


def chosen(clients: list[str] | tuple[str, ...]) -> str:
    """What the title of a scenario of these clients begins with, as a pattern."""
    return f"^What is asked by ({'|'.join(map(re.escape, clients))})( |$)"


def details(outcome: Outcome) -> list[str]:
    """What is told of one scenario: its verdict, and what was seen where."""
    seen = [line for line in (outcome.step, *outcome.message.splitlines()) if line]
    return [f"{outcome.verdict} {outcome.name} ({outcome.seconds:.1f} s)", *(f"    {line}" for line in seen)]


def run(clients: list[str] | tuple[str, ...], jobs: int, *, real: bool) -> list[Outcome]:
    """Run the scenarios of these clients, or those that ask the real model, by behave. Exits when it leaves nothing."""
    from behave.__main__ import main as behave  # noqa: PLC0415 - other commands need no behave

    from support.reporting.outcomes import Outcome  # noqa: PLC0415

    which = ["--tags=@real_ai"] if real else ["--tags=~@real_ai", f"--name={chosen(clients)}"]
    with tempfile.TemporaryDirectory(prefix="sdk-") as folder, contextlib.chdir(ROOT):
        results = Path(folder) / "results.jsonl"
        keep = [f"-Dresults={results}", "-Dreport=no", f"--jobs={jobs}"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            behave([*keep, *which, FEATURE])
        if not results.is_file():
            typer.echo(said.getvalue() or "behave left no results", err=True)
            raise typer.Exit(1)
        told = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return [Outcome(**{name: value for name, value in each.items() if name != "location"}) for each in told]


def _lock() -> None:
    from support.environments import catalogue, lock_file  # noqa: PLC0415 - only here are they needed
    from support.environments.making import UnavailableError, lock  # noqa: PLC0415

    for environment in catalogue():
        try:
            pinned = lock(environment)
        except UnavailableError as reason:
            typer.echo(f"{environment.name}: {reason}", err=True)
            raise typer.Exit(1) from reason
        lock_file(environment.name).write_text(pinned, encoding="utf-8")
        typer.echo(f"{environment.name}: {len(pinned.splitlines())} packages")


def add_to(app: typer.Typer) -> None:
    """Put the command into the console script."""
    app.command()(sdk)
