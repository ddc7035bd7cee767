"""Reading a program's whole configuration: `.env` and the configuration file of a folder, with all other layers."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from support.configuring.errors import ConfigurationError, Problem
from support.configuring.loading import Loaded, load
from support.configuring.rendering import FILE_FIELD, environment_name
from support.configuring.sources import PARSERS, Layer, from_dotenv, from_file

Model = TypeVar("Model", bound=BaseModel)


def files(stem: str) -> tuple[str, ...]:
    """The names of the configuration files that are used when they stand in the folder; the first that exists."""
    return tuple(f"{stem}{suffix}" for suffix in PARSERS)


def read(
    model: type[Model],
    stem: str,
    *,
    arguments: Mapping[str, Any] | None = None,
    command_line: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    dotenv: Layer | None = None,
) -> Loaded[Model]:
    """Read a settings model from all layers, each source once; `.env` and files are those of `folder` (default: cwd).

    A `.env` that was read already, for several models, is given as its layer. The configuration file is the one that
    the field `configuration_file` names, else the first of `files(stem)`. Raises ConfigurationError with every problem
    at once.
    """
    folder = folder or Path()
    variables = os.environ if environment is None else environment
    if dotenv is None:
        dotenv = from_dotenv(folder / ".env")
    named = environment_name(model.model_fields[FILE_FIELD]) if FILE_FIELD in model.model_fields else ""
    chosen = [(layer or {}).get(FILE_FIELD) for layer in (arguments, command_line)]
    chosen += [variables.get(named), dotenv.values.get(named)]
    path = _file(folder, stem, chosen)
    file = _without_itself(from_file(path)) if path else None
    return load(model, arguments=arguments, command_line=command_line, environment=variables, dotenv=dotenv, file=file)


def _file(folder: Path, stem: str, chosen: Sequence[Any]) -> Path | None:
    present = (folder / name for name in files(stem) if (folder / name).is_file())
    return next((folder / str(name) for name in chosen if name), next(present, None))


def _without_itself(layer: Layer) -> Layer:
    """Which file is read is decided before it is read: naming another one inside would say nothing."""
    if FILE_FIELD in layer.values:
        origin = layer.origins.pop(FILE_FIELD)
        del layer.values[FILE_FIELD]
        fault = "cannot stand in the configuration file itself"
        layer.problems.append(Problem(FILE_FIELD, origin, fault, "name the file on the command line"))
    return layer


def options(given: Sequence[str]) -> dict[str, str]:
    """The values of `-D NAME=VALUE`, the last of a name. Raises ConfigurationError for what has no `=`."""
    broken = [
        Problem("-D", "command line", "needs NAME=VALUE", "write -D NAME=VALUE")
        for option in given
        if not option.partition("=")[1]
    ]
    if broken:  # what stands there is not repeated: it may be a secret
        raise ConfigurationError("The command line is refused", broken)
    return {name: value for name, _, value in (option.partition("=") for option in given)}
