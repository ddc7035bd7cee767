"""`acceptance report`: the results of a run as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from support.reporting import html
from support.reporting.allure_cli import GeneratorError


def report(
    results: Annotated[Path, typer.Option(help="Folder of the results of a run.")] = Path("allure-results"),
    output: Annotated[Path, typer.Option(help="The page that is written.")] = Path("allure-report/index.html"),
    history: Annotated[Path, typer.Option(help="What earlier runs were like; this one is added.")] = Path(
        ".run/history.jsonl"
    ),
) -> None:
    """Write the report of the last run: one HTML file, to be opened from disk and sent by mail, without the network."""
    try:
        built = html.build(results, output, history, typer.echo)
    except (html.NoResultsError, GeneratorError) as fault:
        typer.echo(f"RED: {fault}", err=True)
        raise typer.Exit(1) from fault
    for title in built.slower:
        typer.echo(f"slower than usual: {title}")
    typer.echo(f"{built.tests} scenarios in {built.file} ({built.file.stat().st_size / 1e6:.1f} MB)")


def add_to(app: typer.Typer) -> None:
    """Put the command into the console script."""
    app.command()(report)
