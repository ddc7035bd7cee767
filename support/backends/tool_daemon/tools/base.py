"""What a tool is: a name, a description, its arguments as a model, and a function to run."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ..outcome import Outcome
from ..progress import Progress
from ..state import State

Tell = Callable[[str], Awaitable[None]]


class Arguments(BaseModel):
    """Arguments of a tool: nothing else may be given."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ArgumentError(ValueError):
    """Arguments that the tool does not take; the message names each, and the fault."""


@dataclass
class Context:
    """What a tool may use: the daemon, its call's progress, and a way to tell the client that it is alive."""

    state: State
    progress: Progress
    tell: Tell


@dataclass(frozen=True)
class Tool:
    """A tool. `run` names a function of its module, `async (context, arguments) -> Outcome`, looked up when called.

    `repeatable`: the same call may be made again and again, and is carried out each time. `provider`: it needs one.
    """

    name: str
    description: str
    arguments: type[Arguments]
    module: str
    run: str
    repeatable: bool = False
    provider: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As clients see it."""
        return {"name": self.name, "description": self.description, "inputSchema": schema(self.arguments)}

    def read(self, arguments: dict[str, Any]) -> Arguments:
        """The arguments, checked. Raises ArgumentError."""
        try:
            return self.arguments.model_validate(arguments)
        except ValidationError as fault:
            told = "; ".join(
                f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}"
                for each in fault.errors(include_url=False)
            )
            raise ArgumentError(f"the tool {self.name!r} does not take these arguments: {told}") from None

    async def call(self, context: Context, arguments: Arguments) -> Outcome:
        """Run it."""
        function: Callable[[Context, Any], Awaitable[Outcome]] = getattr(importlib.import_module(self.module), self.run)
        return await function(context, arguments)


def schema(model: type[Arguments]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments, without the titles that nobody needs."""

    def untitled(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                name: untitled(each) for name, each in node.items() if not (name == "title" and isinstance(each, str))
            }
        return [untitled(each) for each in node] if isinstance(node, list) else node

    made: dict[str, Any] = untitled(model.model_json_schema())
    made.pop("description", None)
    return made
