"""What is gathered during a turn: the text so far, the tools and how they ended, tokens and times."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openai.types import CompletionUsage
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from .sessions import Message, iso
from .tools.base import UiAction
from .values import UnusableError, loaded, whole_characters


@dataclass(frozen=True)
class Call:
    """A tool call as the model made it; `arguments` is text, valid JSON or not."""

    id: str
    name: str
    arguments: str


@dataclass
class Spoken:
    """One answer of the model."""

    text: str = ""
    finish_reason: str | None = None
    parts: dict[int, list[str]] = field(default_factory=dict)
    """Of each tool call, by its index: id, name, arguments so far."""
    held: str = ""
    """The first half of a character that came in two pieces."""

    @property
    def calls(self) -> list[Call]:
        """The tool calls, in order, in whole characters."""
        return [Call(*map(whole_characters, self.parts[index])) for index in sorted(self.parts)]

    def add_calls(self, deltas: Iterable[ChoiceDeltaToolCall]) -> None:
        """Pieces of tool calls."""
        for delta in deltas:
            part = self.parts.setdefault(delta.index or 0, [f"call_{uuid.uuid4().hex[:24]}", "", ""])
            part[0] = delta.id or part[0]
            if delta.function is not None:
                part[1] += delta.function.name or ""
                part[2] += delta.function.arguments or ""

    def whole(self, text: str) -> str:
        """The text in whole characters: half of one is held back until the other half comes."""
        text, self.held = self.held + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self.held = text[:-1], text[-1]
        return whole_characters(text)


@dataclass
class Use:
    """A tool call and how it ended; None while it is not known."""

    call: Call
    told: Any
    """The arguments as the user may see them."""
    result: Mapping[str, Any] | None = None

    def end(self, result: Mapping[str, Any]) -> None:
        """It ended."""
        self.result = result

    @property
    def outcome(self) -> str:
        """In a word."""
        if self.result is None:
            return "interrupted"
        return "succeeded" if self.result["success"] else "failed"

    def as_started(self) -> dict[str, Any]:
        """As the user is told that it begins."""
        return {"id": self.call.id, "name": self.call.name, "arguments": self.told}

    def as_completed(self) -> dict[str, Any]:
        """As the user is told how it ended; what went wrong is for the model, which knows what to make of it."""
        return self.as_started() | {"success": self.outcome == "succeeded", "outcome": self.outcome}


@dataclass
class Reply:
    """The reply of one turn, as far as it has come."""

    started: float = field(default_factory=time.monotonic)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    pieces: list[str] = field(default_factory=list)
    first_chunk_s: float | None = None
    uses: list[Use] = field(default_factory=list)
    actions: list[UiAction] = field(default_factory=list)
    usage: dict[str, int] = field(
        default_factory=lambda: {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    )
    requests: int = 0
    model: str | None = None
    finish_reason: str | None = None
    outcome: str = "unfinished"
    """complete, cancelled, interrupted or error."""
    code: str | None = None

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self.pieces)

    @property
    def tells(self) -> bool:
        """Whether there is anything to remember of it."""
        return bool(self.pieces or self.uses)

    def add(self, text: str) -> None:
        """A piece of text."""
        if self.first_chunk_s is None:
            self.first_chunk_s = time.monotonic() - self.started
        self.pieces.append(text)

    def add_usage(self, usage: CompletionUsage) -> None:
        """The tokens of one model request."""
        self.requests += 1
        for name in self.usage:
            self.usage[name] += getattr(usage, name) or 0

    def begin_calls(self, calls: Sequence[Call], cleared: Callable[[Any], Any]) -> list[Use]:
        """These calls are made now; `cleared` leaves of their arguments what the user may see."""
        uses = [Use(call, cleared(read_arguments(call.arguments))) for call in calls]
        self.uses += uses
        return uses

    def as_outcome(self, turn: int) -> dict[str, Any]:
        """How the turn ended, as it is kept and told on reconnecting."""
        return {
            "turn": turn,
            "outcome": self.outcome,
            "code": self.code,
            "content": self.text,
            "tools": [use.as_completed() for use in self.uses],
            "timestamp": iso(time.time()),
        }

    def as_message(self, turn: int) -> Message:
        """What the assistant said, as it is kept."""
        return {
            "id": self.id,
            "role": "assistant",
            "content": self.text,
            "timestamp": iso(time.time()),
            "turn": turn,
            "outcome": self.outcome,
            "tools": [use.as_completed() for use in self.uses],
        }

    def as_complete(self) -> dict[str, Any]:
        """The fields of `message_complete`."""
        return {
            "message_id": self.id,
            "content": self.text,
            "cancelled": self.outcome == "cancelled",
            "outcome": self.outcome,
            "code": self.code,
            "finish_reason": self.finish_reason,
            "tools": [use.as_completed() for use in self.uses],
            "metrics": self.metrics(),
            "timestamp": iso(time.time()),
        }

    def metrics(self) -> dict[str, Any]:
        """Times from the user's message on; tokens over all model requests of the turn."""
        return {
            "first_chunk_ms": None if self.first_chunk_s is None else round(self.first_chunk_s * 1000, 1),
            "total_ms": round((time.monotonic() - self.started) * 1000, 1),
            "usage": dict(self.usage),
            "model": self.model,
            "model_requests": self.requests,
        }


def as_message(spoken: Spoken) -> dict[str, Any]:
    """What the model said, as it is reminded of it."""
    return {
        "role": "assistant",
        "content": spoken.text or None,
        "tool_calls": [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in spoken.calls
        ],
    }


def as_result(call: Call, result: Mapping[str, Any]) -> dict[str, Any]:
    """What a tool returned, as the model is told."""
    return {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result, ensure_ascii=False, default=str)}


def read_arguments(arguments: str) -> Any:
    """Arguments as the user is shown them; text that is no JSON as it is."""
    try:
        return loaded(arguments or "{}")
    except UnusableError:
        return arguments
