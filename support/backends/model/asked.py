"""A request to a model in no provider's words: what scripts are matched with and tokens are counted of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]
Api = Literal["chat", "responses", "messages"]


@dataclass(frozen=True)
class Call:
    """A tool call; `arguments` is the JSON text that is sent."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Tool:
    """A tool that was offered."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """One message. A tool's result has the id of the call that it answers, and the name that the call had."""

    role: Role
    text: str
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    tool: str = ""


@dataclass(frozen=True)
class Asked:
    """A request, validated. `headers` have lower-case names."""

    api: Api
    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()

    @property
    def system(self) -> str:
        """The system prompt, all its messages joined by line breaks."""
        return "\n".join(message.text for message in self.messages if message.role == "system")

    @property
    def user_texts(self) -> tuple[str, ...]:
        """What the user said, oldest first."""
        return tuple(message.text for message in self.messages if message.role == "user")

    @property
    def results(self) -> tuple[Message, ...]:
        """Every tool result in the history, oldest first."""
        return tuple(message for message in self.messages if message.role == "tool")

    @property
    def fresh_results(self) -> tuple[Message, ...]:
        """The tool results that the request ends with; none when the user spoke last."""
        fresh: list[Message] = []
        for message in reversed(self.messages):
            if message.role != "tool":
                break
            fresh.insert(0, message)
        return tuple(fresh)

    def brief(self) -> str:
        """One line that names the request in an error."""
        said = [
            f"{self.api} request to {self.model}",
            f"system prompt {_short(self.system)}" if self.system else "no system prompt",
            f"last user message {_short(self.user_texts[-1])}" if self.user_texts else "no user message",
        ]
        if self.fresh_results:
            said.append(f"results of {', '.join(result.tool for result in self.fresh_results)}")
        if "x-client-request-id" in self.headers:
            said.append(f"x-client-request-id {_short(self.headers['x-client-request-id'])}")
        return "; ".join(said)


def _short(text: str, limit: int = 120) -> str:
    return repr(text if len(text) <= limit else f"{text[: limit - 1]}…")
