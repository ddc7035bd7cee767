"""What a tool is, what it may touch, and how one is run."""

from __future__ import annotations

import asyncio
import dataclasses
import difflib
import importlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import jsonschema

from support.backends.assistant import tools
from support.backends.assistant.identity import Caller
from support.backends.assistant.model import ModelFault
from support.backends.assistant.practice import PracticeApi, PracticeFault, PracticeRefusedError
from support.backends.assistant.prompts import TooLongError
from support.backends.assistant.values import UnusableError, loaded

if TYPE_CHECKING:
    from support.backends.assistant.documents import Writer

_log = logging.getLogger(__name__)
_HERE = "support.backends.assistant.tools"


class ToolError(Exception):
    """A tool cannot do what was asked; its text is told to the model."""


class UiStateAccess(Protocol):
    """The UI state of one session, and of no other."""

    def read(self) -> dict[str, Any]:
        """The whole state as it is now; changing the answer changes nothing."""

    async def change(self, **keys: Any) -> None:
        """Set top-level keys, such as `loadedSessions`; the others stay."""


@dataclass(frozen=True)
class UiAction:
    """What the front end is asked to do."""

    type: str
    payload: dict[str, Any]
    target: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is sent: `{type, target?, payload}`."""
        return {"type": self.type} | ({"target": self.target} if self.target else {}) | {"payload": self.payload}


@dataclass
class ToolContext:
    """What the tools of one chat turn may touch.

    Calls of one turn run in parallel: give each its own `for_one_call()` and join `actions` and `refused` in call
    order.
    """

    caller: Caller
    session_id: str
    ui_state: UiStateAccess
    practice: PracticeApi
    writer: Writer
    permitted: Collection[str]
    """The tools of the session's persona; no other is run."""
    request_id: str = ""
    """For model requests: <session>/<turn>."""
    timezone: str = "UTC"
    actions: list[UiAction] = field(default_factory=list)
    refused: list[PracticeRefusedError] = field(default_factory=list)
    """What the practice did not let the caller do; the user is told."""
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from reading the UI state to changing it; shared by the calls of one turn."""

    def for_one_call(self) -> ToolContext:
        """The same with actions and refusals of its own."""
        return dataclasses.replace(self, actions=[], refused=[])


@dataclass(frozen=True)
class Tool:
    """`parameters` is a JSON Schema.

    `run` names `module:function` in this package, `async (context, arguments) -> JSON`; without it a tool is the
    practice call that calls.toml gives for its name.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    run: str = ""


def offered(names: Iterable[str]) -> list[dict[str, Any]]:
    """These tools as a model is offered them, in this order. KeyError for one that does not exist."""
    return [as_function(tools.catalogue()[name]) for name in names]


def as_function(tool: Tool) -> dict[str, Any]:
    """One tool in the shape of a chat completion request."""
    described = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": described}


async def run(context: ToolContext, name: str, arguments_json: str) -> dict[str, Any]:
    """Run a tool for the model: `{success, result|error, tool, timestamp}`; never raises but when cancelled."""
    try:
        tool = find(context, name)
        arguments = read_arguments(tool, arguments_json)
        return succeeded(name, await execute(context, tool, arguments))
    except ToolError as fault:
        return failed(name, str(fault))
    except PracticeRefusedError as fault:
        context.refused.append(fault)
        return failed(name, str(fault))
    except (PracticeFault, ModelFault, TooLongError) as fault:
        return failed(name, str(fault))
    except Exception:  # noqa: BLE001 - a tool that breaks must not end the chat; the log says how it broke
        _log.exception("tool %s failed", name)
        return failed(name, f"{name} failed inside the assistant; nothing is known of its result.")


def find(context: ToolContext, name: str) -> Tool:
    """The tool of that name, if this persona has it. Raises ToolError that names what there is."""
    known = tools.catalogue()
    if name in known and name in context.permitted:
        return known[name]
    near = difflib.get_close_matches(name, context.permitted, n=3)
    there = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(sorted(context.permitted))}"
    raise ToolError(f"There is no tool {name!r} here; {there if context.permitted else 'there are no tools.'}")


async def execute(context: ToolContext, tool: Tool, arguments: dict[str, Any]) -> Any:
    """Run a tool with checked arguments."""
    if not tool.run:
        return await importlib.import_module(f"{_HERE}.calls").make(context, tool.name, arguments)
    module, _, function = tool.run.partition(":")
    return await getattr(importlib.import_module(f"{_HERE}.{module}"), function)(context, arguments)


def read_arguments(tool: Tool, arguments_json: str) -> dict[str, Any]:
    """The arguments of a call, checked; null is as good as left out.

    Raises ToolError that names every fault and what the tool takes.
    """
    try:
        arguments = loaded(arguments_json or "{}")
    except UnusableError as fault:
        raise ToolError(f"The arguments of {tool.name} are not valid JSON ({fault}). {takes(tool)}") from None
    if not isinstance(arguments, dict):
        raise ToolError(f"The arguments of {tool.name} must be a JSON object. {takes(tool)}")
    arguments = {name: value for name, value in arguments.items() if value is not None}
    faults = list(argument_faults(tool.parameters, arguments))
    if faults:
        raise ToolError(f"The arguments of {tool.name} are wrong: {'; '.join(faults)}. {takes(tool)}")
    return arguments


def argument_faults(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with arguments, one sentence each, in the order of their names."""
    found = jsonschema.Draft202012Validator(schema).iter_errors(arguments)
    for fault in sorted(found, key=lambda fault: [str(step) for step in fault.path]):
        where = ".".join(str(step) for step in fault.absolute_path)
        yield f"{where}: {fault.message}" if where else fault.message


def takes(tool: Tool) -> str:
    """Which arguments a tool takes, required ones marked with a star."""
    required = tool.parameters.get("required", ())
    names = [f"{name}*" if name in required else name for name in tool.parameters["properties"]]
    return f"It takes: {', '.join(names)}." if names else "It takes no arguments."


def succeeded(name: str, result: Any) -> dict[str, Any]:
    """What the model is told of a tool that did its work."""
    return {"success": True, "result": result, "tool": name, "timestamp": now()}


def failed(name: str, error: str) -> dict[str, Any]:
    """What the model is told of a tool that did not."""
    return {"success": False, "error": error, "tool": name, "timestamp": now()}


def now() -> str:
    """The moment, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
