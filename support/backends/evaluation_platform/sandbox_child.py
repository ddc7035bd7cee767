"""The restricted interpreter in which the criteria of a PYTHON metric run: a script of its own, `python -I -S`.

It reads one JSON object from standard input, `{criteria, name, event, seconds, memory_bytes, characters}`, and writes
one to its standard output: `{"value": …, "explanation": …}` or `{"fault": "cause"}`. It imports nothing of the
platform. Criteria have no files, no network, no environment, no way to other modules than the listed ones, and limited
time, memory and room for what they say.
"""

from __future__ import annotations

import ast
import builtins
import collections
import datetime
import difflib
import functools
import itertools
import json
import math
import re
import resource
import statistics
import string
import sys
import types
import unicodedata
from typing import Any

MODULES = (collections, datetime, difflib, functools, itertools, json, math, re, statistics, string, unicodedata)
HIDDEN = {
    "string": {"Formatter", "Template"},
    "functools": {"update_wrapper", "wraps", "partialmethod", "cached_property", "total_ordering"},
}
"""What reaches attributes by their name, past the check of the source."""
BUILTINS = [
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "bytes",
    "callable",
    "chr",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "hash",
    "hex",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "oct",
    "ord",
    "pow",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
    "None",
    "True",
    "False",
    "object",
    "property",
    "staticmethod",
    "classmethod",
    "NotImplemented",
    "Ellipsis",
]
FORBIDDEN_ATTRIBUTES = re.compile(r"_.*|(gi|cr|ag|f|tb|co|func)_\w+|mro|format_map")
RESULT_NAMES = ("result", "score")
FUNCTION_NAMES = ("evaluate", "evaluator", "metric", "main")


class RefusedError(Exception):
    """The criteria ask for what they may not have, or give nothing."""


def main() -> None:
    """Read the task, limit this process, run the criteria, answer."""
    task = json.loads(sys.stdin.buffer.read())
    limit(task["seconds"], task["memory_bytes"])
    try:
        answer = judge(task["criteria"], task["name"], task["event"], task["characters"])
        line = json.dumps(answer, allow_nan=False)
    except MemoryError:
        line = json.dumps({"fault": f"MemoryError: more than {task['memory_bytes'] // 2**20} MB were needed"})
    except BaseException as cause:  # noqa: BLE001 - whatever the criteria raise is their result
        line = json.dumps({"fault": describe(cause, task["characters"])})
    sys.__stdout__.write(line)  # type: ignore[union-attr] # it is there: the platform reads it
    sys.__stdout__.flush()  # type: ignore[union-attr]


def limit(seconds: float, memory_bytes: int) -> None:
    """Take from this process, for good, what criteria have no use for."""
    whole = max(1, math.ceil(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def judge(criteria: str, name: str, event: dict[str, Any], most: int) -> dict[str, Any]:
    """The value that the criteria give the event: of an expression, of `result`, or of a function of the event."""
    tree = ast.parse(criteria.strip(), "criteria")
    check(tree)
    space: dict[str, Any] = {"__builtins__": allowed_builtins(), "__name__": "criteria", "event": event}
    space |= {module.__name__: surface(module) for module in MODULES}
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        value = eval(compile(ast.Expression(tree.body[0].value), "criteria", "eval"), space)  # noqa: S307
    else:
        before = set(space)
        exec(compile(tree, "criteria", "exec"), space)  # noqa: S102 - this process is there for it
        value = outcome(space, {key: space[key] for key in space if key not in before}, name)
    return shape(value, most)


def outcome(space: dict[str, Any], made: dict[str, Any], name: str) -> Any:
    """What statements have come to."""
    for key in RESULT_NAMES:
        if key in made and not isinstance(made[key], types.FunctionType):
            return made[key]
    functions = {key: one for key, one in made.items() if isinstance(one, types.FunctionType)}
    for key in (name, *FUNCTION_NAMES):
        if key in functions:
            return functions[key](space["event"])
    if len(functions) == 1:
        return next(iter(functions.values()))(space["event"])
    raise RefusedError(
        "the criteria give no value: write an expression, set `result`, or define one function of the event"
    )


def shape(value: Any, most: int) -> dict[str, Any]:
    """The value with its explanation, if it has one; texts of at most so many characters."""
    explanation = None
    if isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[1], str):
        value, explanation = value
    elif isinstance(value, dict):
        explanation = value.get("explanation")
        value = next((value[key] for key in ("score", "result", "value") if key in value), value)
    if isinstance(value, float) and not math.isfinite(value):
        raise RefusedError(f"the value is {value}")
    if not isinstance(value, bool | int | float | str):
        raise RefusedError(f"the value is {type(value).__name__}, not a number, boolean or text")
    explanation = None if explanation is None else str(explanation)
    for what, said in (("value", value), ("explanation", explanation)):
        if isinstance(said, str) and len(said) > most:
            raise RefusedError(f"the {what} is a text of {len(said)} characters, more than {most}")
    return {"value": value, "explanation": explanation}


def check(tree: ast.AST) -> None:
    """Raises RefusedError for names and attributes that lead out of the box."""
    for node in ast.walk(tree):
        place = f" (line {getattr(node, 'lineno', '?')})"
        if isinstance(node, ast.Attribute) and FORBIDDEN_ATTRIBUTES.fullmatch(node.attr):
            raise RefusedError(f"the attribute {node.attr} may not be used{place}")
        if isinstance(node, ast.Name) and node.id.startswith("__"):
            raise RefusedError(f"the name {node.id} may not be used{place}")
        if isinstance(node, ast.MatchClass) and any(FORBIDDEN_ATTRIBUTES.fullmatch(key) for key in node.kwd_attrs):
            raise RefusedError(f"such a pattern may not be used{place}")


def allowed_builtins() -> dict[str, Any]:
    """The built-in functions that criteria may use."""
    allowed = {key: getattr(builtins, key) for key in BUILTINS if hasattr(builtins, key)}
    allowed |= {key: one for key, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, Exception)}
    allowed["print"] = lambda *_words, **_options: None
    allowed["__import__"] = import_allowed
    allowed["__build_class__"] = builtins.__build_class__
    return allowed


def import_allowed(name: str, _globals: Any = None, _locals: Any = None, _names: Any = (), level: int = 0) -> Any:
    """`import` of one of the listed modules."""
    for module in MODULES:
        if level == 0 and name == module.__name__:
            return surface(module)
    known = ", ".join(sorted(module.__name__ for module in MODULES))
    raise ImportError(f"{name} may not be imported; criteria have {known}")


@functools.cache
def surface(module: types.ModuleType) -> types.SimpleNamespace:
    """What a module offers, without the modules that it has imported itself."""
    hidden = HIDDEN.get(module.__name__, set())
    return types.SimpleNamespace(
        **{
            key: one
            for key, one in vars(module).items()
            if not key.startswith("_") and key not in hidden and not isinstance(one, types.ModuleType)
        }
    )


def describe(cause: BaseException, most: int) -> str:
    """The cause in one line, with the line of the criteria where it happened."""
    if isinstance(cause, RefusedError):
        return str(cause)
    if isinstance(cause, SyntaxError):
        return f"SyntaxError: {cause.msg} (line {cause.lineno})"
    line, trace = None, cause.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "criteria":
            line = trace.tb_lineno
        trace = trace.tb_next
    said = str(cause)
    said = said if len(said) <= most else f"{said[:most]}… ({len(said)} characters)"
    return f"{type(cause).__name__}: {said}" + (f" (line {line})" if line else "")


if __name__ == "__main__":
    main()
