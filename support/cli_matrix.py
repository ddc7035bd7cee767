"""`acceptance matrix`: what became of each promise on each platform, as a page and as Markdown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from support.cli_options import to_write
from support.configuring import ConfigurationError


def _page(page: Path) -> Path:
    """Both files must be writable, and two."""
    if page.suffix == ".md":
        raise typer.BadParameter(
            f"{page} is where the Markdown goes: name the page, such as {page.with_suffix('.html')}"
        )
    to_write(page.with_suffix(".md"))
    return to_write(page)


def matrix(
    results: Annotated[
        list[str], typer.Argument(metavar="TARGET=RESULTS.jsonl", help="What `behave -D results=…` wrote for a target.")
    ],
    output: Annotated[
        Path, typer.Option(callback=_page, help="The page that is written; its Markdown lies beside it.")
    ] = Path("allure-report/conformance.html"),
    under: Annotated[str, typer.Option(help="The folder whose features count.")] = "features/evaluation_platform",
) -> None:
    """Write the conformance matrix, promise by platform: kept, known bug, not offered, broken, not asked."""
    from support import targets  # noqa: PLC0415 - other commands need no behave
    from support.reporting import conformance  # noqa: PLC0415

    columns: list[conformance.Column] = []
    for each in results:
        name, equals, file = each.partition("=")
        if not equals:
            _refuse(f"{each}: needs the form TARGET=FILE")
        try:
            target = targets.find(name)
            if not Path(file).is_file():
                _refuse(f"{file}: there is no such file; make it with behave -D target={name} -D results={file}")
            if any(column.name == target.name for column in columns):
                _refuse(f"{target.name} is given twice: a platform is one column")
            day = datetime.fromtimestamp(Path(file).stat().st_mtime, UTC).date().isoformat()
            columns.append(conformance.column(target.name, target.description, day, Path(file), under.rstrip("/")))
        except (ConfigurationError, conformance.ResultsError) as fault:
            _refuse(str(fault))
    count = len(conformance.table(columns)) - 1
    if not count:
        _refuse(f"--under {under}: no scenario of these results that bears a promise stands there")
    output.write_text(conformance.page(columns), encoding="utf-8")
    output.with_suffix(".md").write_text(conformance.markdown(columns), encoding="utf-8")
    typer.echo(f"{count} promises, {len(columns)} platforms in {output}")


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2) from None


def add_to(app: typer.Typer) -> None:
    """Put the command into the console script."""
    app.command()(matrix)
