"""Where values come from: the environment, a .env file, a TOML, YAML or JSON file. Broken files become problems."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from dotenv.parser import parse_stream

from support.configuring.errors import Problem


@dataclass
class Layer:
    """Values by name, the origin of each, and what was wrong with the source itself."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    path: Path | None = None


def from_mapping(values: Mapping[str, Any], origin: str) -> Layer:
    """Values handed over in the program."""
    return Layer(dict(values), dict.fromkeys(values, origin))


def from_environment(environment: Mapping[str, str]) -> Layer:
    """Environment variables; an empty one counts as not set, as CI sets absent secrets to nothing."""
    given = {name: value for name, value in environment.items() if value}
    return Layer(dict(given), {name: f"environment variable {name}" for name in given})


def from_dotenv(path: Path) -> Layer:
    """A .env file, read by python-dotenv, without interpolation. A missing file is an empty one."""
    layer = Layer(path=path)
    if not path.is_file():
        return layer
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as fault:
        layer.problems.append(_unreadable(path, fault))
        return layer
    for binding in bindings:
        # Blank and comment lines before an entry belong to it, so its own line is the last one with text.
        leading = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
        line = binding.original.line + binding.original.string[:leading].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            layer.problems.append(Problem(str(path), f"line {line}", "is not NAME=value", "correct or remove the line"))
        elif binding.key is not None and binding.value:
            layer.values[binding.key] = binding.value
            layer.origins[binding.key] = f"{path} line {line}"
    return layer


def from_file(path: Path) -> Layer:
    """A TOML, YAML or JSON file, told by its suffix; its top level is a table of fields."""
    layer = Layer(path=path)
    parse = PARSERS.get(path.suffix.lower())
    if parse is None:
        known = ", ".join(PARSERS)
        layer.problems.append(
            Problem(str(path), "file", f"has an unknown suffix {path.suffix!r}", f"known are {known}")
        )
        return layer
    try:
        content = parse(path.read_text(encoding="utf-8"))
    except _BrokenFileError as fault:
        origin = f"line {fault.line}" if fault.line else "file"
        layer.problems.append(Problem(str(path), origin, str(fault), "correct the file"))
    except RecursionError:
        layer.problems.append(Problem(str(path), "file", "is nested too deeply", "correct the file"))
    except (OSError, ValueError) as fault:
        layer.problems.append(_unreadable(path, fault))
    else:
        if isinstance(content, dict):
            layer.values = {str(name): value for name, value in content.items()}
            layer.origins = dict.fromkeys(layer.values, f"file {path}")
        elif content is not None:  # an empty YAML file is None
            fault_text = f"holds a {type(content).__name__} where a table of fields is expected"
            layer.problems.append(Problem(str(path), "file", fault_text, "write one `name: value` a field"))
    return layer


class _BrokenFileError(ValueError):
    """`line` is 0 where the parser does not tell it."""

    def __init__(self, line: int, fault: str) -> None:
        self.line = line
        super().__init__(fault)


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(fault))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise _BrokenFileError(line, str(fault)) from None
    except ValueError:
        raise _BrokenFileError(0, TOO_LONG) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once_each)
    except json.JSONDecodeError as fault:
        raise _BrokenFileError(fault.lineno, f"{fault.msg} (column {fault.colno})") from None
    except _TwiceError:
        # JSON's own reader tells no lines; to YAML it is YAML, but for the tabs.
        _check_names(yaml.compose(text.replace("\t", " "), yaml.SafeLoader))
        raise _BrokenFileError(0, "has a name twice") from None
    except ValueError:
        raise _BrokenFileError(0, TOO_LONG) from None


class _TwiceError(Exception):
    """An object has a name twice."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise _TwiceError
    return dict(pairs)


def _check_names(root: yaml.Node | None) -> None:
    """Raises _BrokenFileError for a table that has a name twice: readers take the last one without a word."""
    left, seen = [root], set()
    while left:
        node = left.pop()
        if node is None or id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            _check_table(node)
            left += [value for _, value in node.value]
        else:
            left += node.value


def _check_table(table: yaml.MappingNode) -> None:
    lines: dict[str, int] = {}
    for name, _ in table.value:
        if isinstance(name, yaml.ScalarNode):
            line = name.start_mark.line + 1
            if name.value in lines:
                fault = f"has the name {name.value!r} twice, first in line {lines[name.value]}"
                raise _BrokenFileError(line, fault)
            lines[name.value] = line


class _Loader(yaml.SafeLoader):
    """A value that is not what it is written as is a fault of the file, like any other."""

    def get_single_node(self) -> Any:
        root = super().get_single_node()
        _check_names(root)
        return root

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError):  # what the parts of PyYAML say to a senseless value
            fault = f"is no valid {node.tag.rpartition(':')[2]}"
            raise yaml.constructor.ConstructorError(None, None, fault, node.start_mark) from None


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - it is a safe one
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        # A password that begins with * & or ! is a sign of YAML's, and would be told by its name.
        raise _BrokenFileError(line, NAMED.sub(r"\1", f"{fault.problem or fault.context}")) from None
    except yaml.reader.ReaderError as fault:
        raise _BrokenFileError(text.count("\n", 0, fault.position) + 1, fault.reason) from None


NAMED = re.compile(r"\b(alias|anchor|tag|tag handle) (['\"]).*\2")
TOO_LONG = "holds a number with too many digits"
PARSERS = {".toml": _toml, ".yaml": _yaml, ".yml": _yaml, ".json": _json}


def _unreadable(path: Path, fault: OSError | ValueError) -> Problem:
    if isinstance(fault, UnicodeDecodeError):
        return Problem(str(path), "file", f"is not UTF-8 at byte {fault.start}", "save it as UTF-8")
    why = fault.strerror if isinstance(fault, OSError) else fault
    return Problem(str(path), "file", f"cannot be read: {why}", "check the path and its permissions")
