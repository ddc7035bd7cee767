"""The command line of a program that is nothing but configured and run, as every embedded backend is."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, TypeVar

from pydantic import BaseModel

from support.configuring.errors import ConfigurationError
from support.configuring.reading import files, options, read
from support.configuring.rendering import environment_name, lines, markdown, rows
from support.configuring.writing import write

Model = TypeVar("Model", bound=BaseModel)

REFUSED = 2
"""Exit code: the configuration is refused and nothing was started."""


def start(
    model: type[Model],
    stem: str,
    serve: Callable[[Model], int],
    *,
    program: str,
    argv: Sequence[str] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> int:
    """Read the configuration of `program`, once, then `serve(settings)` or show the settings; returns the exit code.

    `stem` is that of the configuration file's name. `arguments` are settings that the caller decides, over everything
    else. All problems are told at once, on stderr.
    """
    asked = _parser(model, stem, program).parse_args(argv)
    if asked.markdown:
        say(markdown(rows(model.model_construct(), {})))
        return 0
    try:
        loaded = read(model, stem, arguments=arguments, command_line=options(asked.define))
        if asked.write:
            write(loaded.value, Path(asked.write), secrets=asked.with_secrets)
    except ConfigurationError as fault:
        say(str(fault), sys.stderr)
        return REFUSED
    if asked.settings or asked.write:
        say(lines(loaded.rows()))
        return 0
    return serve(loaded.value)


def say(text: str, stream: TextIO | None = None) -> None:
    """A line for whoever runs the program, at once."""
    stream = stream or sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def _parser(model: type[BaseModel], stem: str, program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description=f"Settings: -D, then the environment, .env, the configuration file "
        f"(the one named, else the first of {', '.join(files(stem))}), the default.",
        epilog="settings:\n" + "\n".join(_described(model)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-D", "--define", action="append", default=[], metavar="NAME=VALUE", help="give a setting")
    parser.add_argument("--settings", action="store_true", help="show every setting and its origin, and end")
    parser.add_argument("--markdown", action="store_true", help="show the README's table of defaults, and end")
    parser.add_argument("--write", metavar="FILE", help="write them to a new JSON or YAML file, show them, and end")
    parser.add_argument("--with-secrets", action="store_true", help="write secrets, too; only the owner may read it")
    return parser


def _described(model: type[BaseModel]) -> list[str]:
    defaults = {row.name: row.value for row in rows(model.model_construct(), {})}
    return [
        f"  {name}, {environment_name(info)} (default: {defaults[name] or 'none'})\n      {info.description or ''}"
        for name, info in model.model_fields.items()
    ]
