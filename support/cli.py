"""The command `acceptance`: what there is to do beside running `behave`."""

import sys
from collections import defaultdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from support import settings as suite_settings
from support.cli_drill import add_to
from support.configuring import ConfigurationError, Row, nearest, rows
from support.defects import DefectError, named
from support.processes import keeping
from support.processes.forkserver import ProcessError

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
add_to(app)


@app.callback()
def _acceptance() -> None:
    """Acceptance suite in plain language for systems built on large language models. Scenarios are run by `behave`."""


@app.command()
def backends(
    defect: Annotated[list[str] | None, typer.Option(metavar="ID", help="Seed this defect; may be repeated.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="SYSTEM", help="Start this system; may be repeated.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65000, help="Stable ports: this one and those after it (default: free ones)."),
    ] = None,
) -> None:
    """Start the embedded backends, print their addresses and keys as .env lines, and keep them running.

    The keys are printed on purpose: they guard nothing but the embedded store, which ends with this command.
    """
    systems = only or list(keeping.EMULATORS)
    for system in systems:
        if system not in keeping.EMULATORS:
            _refuse(f"--only {system}: there is no such system; {nearest(system, keeping.EMULATORS)}")
    seeded: dict[str, list[str]] = defaultdict(list)
    try:
        for found in named(defect or ()):
            seeded[found.system].append(found.id)
    except DefectError as fault:
        _refuse(f"--defect: {fault}")
    for system in set(seeded) - set(systems):
        _refuse(f"--defect {seeded[system][0]}: it is one of {system}, which --only leaves out")
    try:
        with keeping.interruptible(), keeping.running(systems, seeded, port) as running:
            for backend in running:
                typer.echo("\n".join(keeping.env_lines(backend)))
                sys.stdout.flush()
                _hint(f"{backend.system}: {backend.address} (its interface: {backend.address}/docs)")
            for system, ids in seeded.items():
                _hint(f"{system} is broken on purpose: {', '.join(ids)}")
            _hint("The keys guard nothing but these stores, which end with this command. Ctrl-C stops.")
            reason = keeping.first_death(running)
    except KeyboardInterrupt:
        _hint("Stopped.")
        raise typer.Exit(0) from None
    except ProcessError as fault:
        _hint(str(fault))
        raise typer.Exit(1) from None
    _hint(reason)
    raise typer.Exit(1)


@app.command()
def settings(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print README's table instead: names, defaults, meanings.")
    ] = False,
) -> None:
    """Show every setting: its value (secrets masked), where the value comes from, and what it means."""
    if markdown:
        typer.echo(_markdown(rows(suite_settings.Settings(), {})))
        return
    try:
        shown = suite_settings.read().rows()
    except ConfigurationError as fault:
        _refuse(str(fault))
    console = Console(markup=False)
    if not console.is_terminal:
        for row in shown:
            typer.echo("\t".join((row.name, row.environment, row.value, row.origin, row.meaning)))
        return
    table = Table(show_lines=True)
    table.add_column("Setting", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("Meaning")
    for row in shown:
        table.add_row(f"{row.name}\n{row.environment}", f"{row.value}\n{row.origin}", row.meaning)
    console.print(table)


def _markdown(shown: list[Row]) -> str:
    lines = ["| setting | environment, `.env` | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{row.name}` | `{row.environment}` | {f'`{row.value}`' if row.value else 'none'} | {row.meaning} |"
        for row in shown
    ]
    return "\n".join(lines)


def _hint(text: str) -> None:
    typer.echo(text, err=True)


def _refuse(text: str) -> None:
    _hint(text)
    raise typer.Exit(2)
