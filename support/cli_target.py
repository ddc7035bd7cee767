"""`acceptance target …`: which targets there are, and installing the foreign platforms among them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from support.configuring import ConfigurationError

if TYPE_CHECKING:
    from support.environments import Environment

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A target of support/targets, or the path of its file.")]


@app.callback()
def _target() -> None:
    """A target says where each system is. Foreign platforms live in environments of their own, made on request."""


@app.command("list")
def show() -> None:
    """Tell of each target what it is, and whether what it needs is installed."""
    from support import targets  # noqa: PLC0415 - only here are they needed
    from support.environments import is_made  # noqa: PLC0415

    for name in targets.names():
        typer.echo(f"{name}: {targets.find(name).description}")
        for environment in _environments(name):
            state = "installed" if is_made(environment) else f"not installed: acceptance target install {name}"
            typer.echo(f"    {_packages(environment)} ({state})")


@app.command()
def install(name: Name) -> None:
    """Make the environment of a foreign platform, from the package index that pip is configured for; once a machine."""
    from support.environments import UnavailableError, is_made, make  # noqa: PLC0415 - only here are they needed

    for environment in _required(name):
        begun, known = time.monotonic(), is_made(environment)
        try:
            folder = make(environment).parents[1]
        except UnavailableError as reason:
            typer.echo(f"{_packages(environment)} cannot be had: {reason}", err=True)
            raise typer.Exit(1) from reason
        size = sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir()) / 1e6
        told = "was there" if known else f"made in {time.monotonic() - begun:.0f} s"
        typer.echo(f"{_packages(environment)}: {told}, {size:.0f} MB in {folder}")


@app.command()
def lock(name: Name) -> None:
    """Pin anew everything that a foreign platform needs, by today's package index."""
    from support.environments import UnavailableError, lock_file, making  # noqa: PLC0415 - only here are they needed

    for environment in _required(name):
        try:
            pinned = making.lock(environment)
        except UnavailableError as reason:
            typer.echo(f"{_packages(environment)}: {reason}", err=True)
            raise typer.Exit(1) from reason
        lock_file(environment.name).write_text(pinned, encoding="utf-8")
        typer.echo(f"{environment.name}: {len(pinned.splitlines())} packages")


def _environments(name: str) -> list[Environment]:
    """The interpreter environments that a target needs. Exits with 2 for a target that is none."""
    from support import targets  # noqa: PLC0415 - only here are they needed

    try:
        target = targets.find(name)
    except ConfigurationError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from None
    return [system.installed.kept_as(target.name) for system in target.systems.values() if system.installed]


def _required(name: str) -> list[Environment]:
    if found := _environments(name):
        return found
    typer.echo(f"{Path(name).stem}: this target installs nothing", err=True)
    raise typer.Exit(2)


def _packages(environment: Environment) -> str:
    return ", ".join(f"{package} {version}" for package, version in environment.packages.items())
