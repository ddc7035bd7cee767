"""What options of several commands have in common: what they name is looked at before the work begins."""

from pathlib import Path

import typer

from support.places import why_no_file

FEATURES = Path("features")


def to_write(file: Path) -> Path:
    """The callback of an option that names a file to be written. Raises BadParameter for one that cannot be."""
    if why := why_no_file(file):
        raise typer.BadParameter(f"{file} {why}")
    return file


def in_the_suites_folder() -> None:
    """Exit with 2 where there are no features: the suite is told of by its own folder."""
    if not FEATURES.is_dir():
        typer.echo(f"there is no folder {FEATURES} here: start this in {Path(__file__).parents[1]}", err=True)
        raise typer.Exit(2)
