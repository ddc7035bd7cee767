"""How tokens are counted, so that every `usage` can be checked by hand.

A text costs one token for each started 4 characters (Unicode code points): "" 0, "abcd" 1, "abcde" 2.
Prompt: 3 for each message (a system prompt or `instructions` is one, a tool's result is one), plus its text; plus, for
each tool call in the history, the texts of its name and of its arguments; plus, for each tool offered, the texts of its
name, its description and its parameters as JSON without spaces, keys in the order received. Images, files and the rest
cost nothing.
Completion: the text of the answer, plus the texts of the name and the arguments of each tool call. Nothing is cached,
nothing is reasoned. The arguments of a tool call count as they are sent: JSON with a space after ":" and ",".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from .asked import Asked, Call, Tool

CHARACTERS = 4
PER_MESSAGE = 3


@dataclass(frozen=True)
class Usage:
    """Tokens of one exchange."""

    prompt: int
    completion: int

    @property
    def total(self) -> int:
        """Both."""
        return self.prompt + self.completion


def of_text(text: str) -> int:
    """One for each started 4 characters."""
    return -(-len(text) // CHARACTERS)


def of_call(call: Call) -> int:
    """Name and arguments."""
    return of_text(call.name) + of_text(call.arguments)


def of_tool(tool: Tool) -> int:
    """Name, description, parameters."""
    parameters = json.dumps(tool.parameters, ensure_ascii=False, separators=(",", ":")) if tool.parameters else ""
    return of_text(tool.name) + of_text(tool.description) + of_text(parameters)


def of_prompt(asked: Asked) -> int:
    """All that was asked."""
    messages = sum(
        PER_MESSAGE + of_text(message.text) + sum(of_call(call) for call in message.calls) for message in asked.messages
    )
    return messages + sum(of_tool(tool) for tool in asked.tools)


def of_answer(text: str, calls: Iterable[Call]) -> int:
    """All that was answered."""
    return of_text(text) + sum(of_call(call) for call in calls)
