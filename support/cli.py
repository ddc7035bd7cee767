"""The command `acceptance`: what there is to do beside running `behave`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from support import cli_drill, cli_judge, cli_matrix, cli_report, cli_sdk, cli_target, configuring
from support import settings as suite_settings
from support.configuring import ConfigurationError, Row, nearest
from support.defects import DefectError, named
from support.processes import keeping
from support.processes.forkserver import ProcessError

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
cli_drill.add_to(app)
cli_sdk.add_to(app)
cli_matrix.add_to(app)
app.add_typer(cli_judge.app, name="judge")
app.add_typer(cli_target.app, name="target")
cli_report.add_to(app)


@app.callback()
def _acceptance() -> None:
    """Acceptance suite in plain language for systems built on large language models. Scenarios are run by `behave`."""


def _seeded(ids: Iterable[str], systems: Sequence[str]) -> dict[str, list[str]]:
    """The defects by system; one of a system that is not started is refused."""
    seeded: dict[str, list[str]] = defaultdict(list)
    try:
        for found in named(ids):
            seeded[found.system].append(found.id)
    except DefectError as fault:
        _refuse(f"--defect: {fault}")
    for system in set(seeded) - set(systems):
        _refuse(f"--defect {seeded[system][0]}: it is one of {system}, which is not started")
    return seeded


Define = Annotated[list[str] | None, typer.Option("--define", "-D", metavar="NAME=VALUE", help="Give a setting.")]


@app.command()
def backends(
    context: typer.Context,
    defect: Annotated[list[str] | None, typer.Option(metavar="ID", help="Seed this defect; may be repeated.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="SYSTEM", help="Start this system; may be repeated.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65000, help="Stable ports: this one and those after it (default: free ones)."),
    ] = None,
    define: Annotated[
        list[str] | None,
        typer.Option("--define", "-D", metavar="SYSTEM.NAME=VALUE", help="Give a setting of a backend."),
    ] = None,
) -> None:
    """Start the embedded backends, print their addresses and keys as .env lines, and keep them running.

    The keys are printed on purpose: they guard nothing but the embedded store, which ends with this command. Those
    that you gave are not printed. Backends are configured as when they run alone, by the environment, .env and files.
    """
    systems = only or list(keeping.EMULATORS)
    for system in systems:
        if system not in keeping.EMULATORS:
            _refuse(f"--only {system}: there is no such system; {nearest(system, keeping.EMULATORS)}")
    seeded = _seeded(defect or (), systems)
    try:
        configured = keeping.configured(systems, port, configuring.options(define or ()), context.obj)
    except ConfigurationError as fault:
        _refuse(str(fault))
    try:
        with keeping.interruptible(), keeping.running(configured, seeded) as running:
            for backend in running:
                typer.echo("\n".join(keeping.env_lines(backend)))
                sys.stdout.flush()
                docs = f" (its interface: {backend.address}/docs)" if backend.address.startswith("http") else ""
                _hint(f"{backend.system}: {backend.address}{docs}")
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
    context: typer.Context,
    define: Define = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print README's table instead: names, defaults, meanings.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Refuse also what the chosen target would lack in a run.")
    ] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them to a new JSON or YAML file, too, without secrets.")
    ] = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Write secrets, too; only the owner may read the file.")
    ] = False,
) -> None:
    """Show every setting: its value (secrets masked), where the value comes from, and what it means."""
    if markdown:
        typer.echo(configuring.markdown(configuring.rows(suite_settings.Settings(), {})))
        return
    try:
        loaded = suite_settings.read(arguments=context.obj, command_line=configuring.options(define or ()))
        if check:
            _check(loaded.value)
        if write:
            configuring.write(loaded.value, write, secrets=with_secrets)
    except ConfigurationError as fault:
        _refuse(str(fault))
    _show(loaded.rows())


def _check(read: suite_settings.Settings) -> None:
    from support import targets  # noqa: PLC0415 - only here are they needed

    targets.check(targets.find(read.target), read)


def _show(shown: list[Row]) -> None:
    if not sys.stdout.isatty():
        typer.echo(configuring.lines(shown))
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Table  # noqa: PLC0415

    table = Table(show_lines=True)
    table.add_column("Setting", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("Meaning")
    for row in shown:
        table.add_row(f"{row.name}\n{row.environment}", f"{row.value}\n{row.origin}", row.meaning)
    Console(markup=False).print(table)


def _hint(text: str) -> None:
    typer.echo(text, err=True)


def _refuse(text: str) -> NoReturn:
    _hint(text)
    raise typer.Exit(2)
