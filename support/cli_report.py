"""`acceptance report` and `acceptance merge`: the results of a run as one page, and those of its shares as one run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from behave.exception import ConfigError

from support import settings as suite_settings
from support.cli_options import to_write
from support.configuring import ConfigurationError
from support.reporting import html, merging, results_folder, run_facts
from support.reporting.allure_cli import GeneratorError


def report(
    results: Annotated[Path, typer.Option(help="Folder of the results of a run.")] = Path("allure-results"),
    output: Annotated[Path, typer.Option(callback=to_write, help="The page that is written.")] = Path(
        "allure-report/index.html"
    ),
    history: Annotated[
        Path, typer.Option(callback=to_write, help="What earlier runs were like; this one is added.")
    ] = Path(".run/history.jsonl"),
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Leave out the evidence of what passed: a smaller page, to be sent."),
    ] = False,
) -> None:
    """Write the report of the last run: one HTML file, to be opened from disk and sent, without the network."""
    try:
        source = suite_settings.read().value.source_url or run_facts.source(os.environ)
        built = html.build(results, output, history, typer.echo, source, brief=brief)
    except ConfigurationError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault
    except (html.NoResultsError, html.HistoryError, results_folder.UnreadableError, GeneratorError) as fault:
        typer.echo(f"RED: {fault}", err=True)
        raise typer.Exit(1) from fault
    for title in built.slower:
        typer.echo(f"slower than usual: {title}")
    typer.echo(f"{built.tests} scenarios in {built.file} ({built.file.stat().st_size / 1e6:.1f} MB)")


def merge(
    folders: Annotated[list[Path], typer.Argument(help="Folders of results, one of each share.")],
    into: Annotated[Path, typer.Option(help="The folder that then holds all.")] = Path("allure-results"),
) -> None:
    """Put the results of a run's shares (`behave -D shard=2/4`) into one folder, for one report.

    Exit code 1 where a share is missing: the folder then holds the others, and says what it lacks.
    """
    try:
        merged = merging.merge(folders, into)
    except (merging.MergeError, results_folder.UnreadableError, ConfigError) as fault:
        typer.echo(f"RED: {fault}", err=True)
        raise typer.Exit(1) from fault
    typer.echo(f"{merged.scenarios} scenarios in {into}")
    if merged.missing:
        remedy = "run what is missing, and merge all"
        typer.echo(f"RED: {merging.lacking(merged.missing)}: {remedy}", err=True)
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Put both commands into the console script."""
    app.command()(report)
    app.command()(merge)
