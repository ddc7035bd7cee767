"""Merge the layers, validate once, and report every problem at once."""

import difflib
import json
import os
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from support.configuring.errors import ConfigurationError, Problem, nearest
from support.configuring.rendering import MASK, Row, environment_name, holds_secret, rows
from support.configuring.sources import Layer, from_dotenv, from_environment, from_file, from_mapping

Model = TypeVar("Model", bound=BaseModel)

NEAR_MISS = 0.85
"""How like a known name an unknown one in .env must be to be a typing error; others belong to other programs."""

NOT_GIVEN = "not given"
"""The origin of a setting that no source has."""


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """A validated settings model, and for every field the origin of its value."""

    value: Model
    origins: dict[str, str]

    def rows(self) -> list[Row]:
        """Every setting as it may be shown: secrets masked."""
        return rows(self.value, self.origins)


def load(
    model: type[Model],
    *,
    arguments: Mapping[str, Any] | None = None,
    command_line: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    dotenv: Path | Layer | None = None,
    file: Path | Layer | None = None,
) -> Loaded[Model]:
    """Read a settings model; raises ConfigurationError with all problems at once.

    Precedence: arguments > command_line (None = not given) > environment (None = os.environ) > dotenv > file >
    default. A source that was read already is given as its layer. `arguments`, `command_line` and the file use the
    fields' names; environment and .env their upper-case aliases. Unknown names are refused: all of them in the first
    three, in the environment those with the model's `environment_prefix`, in .env those and near misses of known names.
    """
    names = {name: name for name in model.model_fields}
    variables = {environment_name(info): name for name, info in model.model_fields.items() if environment_name(info)}
    prefix: str | None = getattr(model, "environment_prefix", None)
    options = {name: value for name, value in (command_line or {}).items() if value is not None}
    text_layers = [
        (_known(from_environment(os.environ if environment is None else environment), variables, prefix, near=False)),
        (_known(_layer(dotenv, from_dotenv), variables, prefix, near=True)),
    ]
    for layer in text_layers:
        layer.values = {name: _parsed(value, model.model_fields[name]) for name, value in layer.values.items()}
    layers = [
        _known(from_mapping(arguments or {}, "argument"), names, "", near=False),
        _known(from_mapping(options, "command line"), names, "", near=False),
        *text_layers,
        _known(read := _layer(file, from_file), names, "", near=False),
    ]
    merged = _merged(layers)
    origins = dict.fromkeys(model.model_fields, "default") | merged.origins
    problems = merged.problems
    try:
        value = _validated(model, merged.values)
    except ValidationError as fault:
        unread = bool(read.problems) and not read.values  # what it would have given is not known, so not missing
        explained = _explain(model, fault, origins, _secrets(model, merged.values))
        problems += [problem for problem in explained if not (unread and problem.origin == NOT_GIVEN)]
    if problems:
        path = file.path if isinstance(file, Layer) else file
        source = f" of {path}" if path else ""
        raise ConfigurationError(f"The configuration{source} is refused", problems)
    return Loaded(value, origins)


def _merged(layers: Sequence[Layer]) -> Layer:
    """All layers in one; of several values the first is kept, and its origin."""
    merged = Layer()
    for layer in reversed(layers):
        merged.values.update(layer.values)
        merged.origins.update(layer.origins)
        merged.problems[:0] = layer.problems
    return merged


def _validated(model: type[Model], values: Mapping[str, Any]) -> Model:
    return model.model_validate({_key(name, model.model_fields[name]): value for name, value in values.items()})


def _layer(source: Path | Layer | None, read: Callable[[Path], Layer]) -> Layer:
    if isinstance(source, Layer):
        return source
    return read(source) if source else Layer()


def _known(layer: Layer, names: Mapping[str, str], prefix: str | None, *, near: bool) -> Layer:
    """The layer by field name. An unknown name is a problem when it has the prefix ("": all, None: no name has)."""
    result = Layer(problems=layer.problems)
    for name, value in layer.values.items():
        if name in names:
            result.values[names[name]] = value
            result.origins[names[name]] = layer.origins[name]
        elif (prefix is not None and name.startswith(prefix)) or (
            near and difflib.get_close_matches(name, names, n=1, cutoff=NEAR_MISS)
        ):
            result.problems.append(Problem(name, layer.origins[name], "is unknown", nearest(name, names)))
    return result


def _key(name: str, info: FieldInfo) -> str:
    return info.validation_alias if isinstance(info.validation_alias, str) else name


def _parsed(value: Any, info: FieldInfo) -> Any:
    """Text of a list or table is JSON; pydantic reads everything else from text, and explains what it cannot."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")) and not _is_text(info.annotation):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _is_text(annotation: Any) -> bool:
    return annotation in (str, SecretStr, SecretBytes) or any(_is_text(part) for part in _alternatives(annotation))


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else ()


def _explain(
    model: type[BaseModel], fault: ValidationError, origins: Mapping[str, str], secrets: list[str]
) -> Iterator[Problem]:
    fields = {_key(name, info): name for name, info in model.model_fields.items()}
    for error in fault.errors(include_url=False):
        location = [fields.get(str(part), part) if depth == 0 else part for depth, part in enumerate(error["loc"])]
        message = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        name = str(location[0]) if location else ""
        remedy = ""
        if error["type"] == "missing" and len(location) == 1:
            origin, message = NOT_GIVEN, "is required"
            variable = environment_name(model.model_fields[name])
            remedy = f"set {variable} in the environment or in .env" if variable else f"give {name}"
        elif not location:
            mentioned = [f"{known}: {origins[known]}" for known in origins if re.search(rf"\b{known}\b", message)]
            origin = ", ".join(mentioned) or "together"
        else:
            origin = origins[name]
            if error["type"] == "extra_forbidden":
                message, remedy = "is unknown", nearest(str(location[-1]), _names_at(model, location[:-1]))
            elif error["type"] != "missing" and not holds_secret(model.model_fields[name].annotation):
                shown = _short(error["input"])
                if error["type"] != "value_error":
                    message = f"{message}, not {shown}"
                elif not isinstance(error["input"], Mapping):  # a whole table is shown best by the file
                    message = f"{shown} {message}"
        for secret in secrets:
            message = message.replace(secret, MASK)
        yield Problem(_dotted(location) or "combination", origin, message, remedy)


def _short(value: Any) -> str:
    # An address with a password in it, whatever signs that has, or with a key in its query.
    shown = re.sub(r"//.*@", f"//{MASK}@", repr(value))
    shown = re.sub(r"(//[^?#]*[?#]).*(?=['\"])", rf"\1{MASK}", shown)
    return shown if len(shown) <= 80 else shown[:77] + "…"


def _dotted(location: list[Any]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".")


def _names_at(annotation: Any, location: list[Any]) -> list[str]:
    """The field names of the model that a location leads to; none when it leads nowhere."""
    for candidate in _alternatives(annotation):
        found = _names_at(candidate, location)
        if found:
            return found
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not location:
            return list(annotation.model_fields)
        info = annotation.model_fields.get(str(location[0]))
        return _names_at(info.annotation, location[1:]) if info else []
    arguments = get_args(annotation)
    return _names_at(arguments[-1], location[1:]) if arguments and location else []


def _secrets(model: type[BaseModel], values: Mapping[str, Any]) -> list[str]:
    """Every text inside the values of fields that hold secrets, longest first."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, Mapping):
            for item in value.values():
                yield from texts(item)
        elif isinstance(value, list | tuple | set):
            for item in value:
                yield from texts(item)
        elif isinstance(value, str):
            yield value

    found = {
        secret
        for name, value in values.items()
        if holds_secret(model.model_fields[name].annotation)
        for secret in texts(value)
        if secret
    }
    return sorted(found, key=len, reverse=True)
