"""What a request to the model asks for, as far as its price depends on it, read before it leaves.

A request whose price has no bound that can be told beforehand (pictures, tools that the provider runs, conversations
that the provider keeps) is refused: only fields that are known to be harmless are let through.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Flavour = Literal["chat", "responses", "messages", "embeddings"]

FLAVOURS: Mapping[str, Flavour] = {
    "/chat/completions": "chat",
    "/responses": "responses",
    "/messages": "messages",
    "/embeddings": "embeddings",
}
"""The calls that cost money, by their path below /v1."""
FREE = frozenset({("GET", "/models"), ("POST", "/moderations")})
"""The calls that cost nothing, by the providers' price lists; one model is listed below /models."""

_COMMON = {"model", "temperature", "top_p", "stream", "tools", "tool_choice", "metadata", "service_tier", "user"}
_SAMPLING = {"seed", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "stop"}
HARMLESS: Mapping[Flavour, frozenset[str]] = {
    "chat": frozenset(
        _COMMON
        | _SAMPLING
        | {"messages", "max_tokens", "max_completion_tokens", "n", "stream_options", "parallel_tool_calls"}
        | {"response_format", "reasoning_effort", "verbosity", "store", "safety_identifier", "prompt_cache_key"}
    ),
    "responses": frozenset(
        _COMMON
        | {"input", "instructions", "max_output_tokens", "text", "reasoning", "store", "parallel_tool_calls"}
        | {"include", "truncation", "top_logprobs", "safety_identifier", "prompt_cache_key", "stream_options"}
    ),
    "messages": frozenset(
        _COMMON - {"user"} | {"messages", "system", "max_tokens", "stop_sequences", "top_k", "thinking"}
    ),
    "embeddings": frozenset({"model", "input", "encoding_format", "dimensions", "user"}),
}
OUTPUT_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
TEXTUAL = frozenset(
    {"text", "input_text", "output_text", "refusal", "message", "reasoning", "thinking", "redacted_thinking"}
    | {"function_call", "function_call_output", "function", "tool_use", "tool_result", "summary_text"}
    | {"ephemeral"}
)
"""The kinds of parts whose tokens are bounded by their bytes."""
HIDDEN_TOKENS = 1_024
"""Allowance for what providers put around a request with tools (some hundred tokens, by their documentation)."""


TOO_DEEP = "its body is nested too deeply"


class UnboundedError(ValueError):
    """A request that is not let through, since nobody can say beforehand what it may cost; the message says why."""


@dataclass(frozen=True)
class Asked:
    """What one request asks for. `tokens_in` is an upper bound: no token is shorter than a byte of the request."""

    flavour: Flavour
    model: str
    tokens_in: int
    tokens_out: int | None
    """What it may be answered at most, over all choices; None when it names no limit."""
    stream: bool
    service_tier: str | None = None
    choices: int = 1

    @staticmethod
    def read(flavour: Flavour, body: bytes) -> Asked:
        """Read a request's body. Raises UnboundedError."""
        try:
            told = json.loads(body)
        except ValueError:
            raise UnboundedError("its body is not JSON") from None
        except RecursionError:
            raise UnboundedError(TOO_DEEP) from None
        if not isinstance(told, dict) or not isinstance(told.get("model"), str):
            raise UnboundedError("it names no model")
        if strange := sorted(told.keys() - HARMLESS[flavour]):
            raise UnboundedError(f"nobody can say what {', '.join(strange)} may cost")
        try:
            strange_kinds = sorted(set(_kinds(told)) - TEXTUAL)
        except RecursionError:
            raise UnboundedError(TOO_DEEP) from None
        if strange_kinds:
            raise UnboundedError(f'nobody can say beforehand what a part of the kind "{strange_kinds[0]}" may cost')
        if not isinstance(told.get("service_tier"), str | None):
            raise UnboundedError(f"its service tier is no name: {told['service_tier']}")
        choices = told.get("n") or 1
        limits = [told[name] for name in OUTPUT_LIMITS if told.get(name) is not None]
        if not all(type(number) is int and number > 0 for number in (choices, *limits)):
            raise UnboundedError(f"its limits are no numbers: {limits}, {choices} choices")
        return Asked(
            flavour,
            told["model"],
            len(body) + HIDDEN_TOKENS,
            0 if flavour == "embeddings" else max(limits) * choices if limits else None,
            bool(told.get("stream")),
            told.get("service_tier"),
            choices,
        )


def _kinds(told: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of everything that a request holds: parts of messages, and tools (those of functions are described)."""
    for tool in told.get("tools") or ():
        kind = tool.get("type", "function") if isinstance(tool, dict) else "unreadable"
        yield "function" if kind == "custom" and "input_schema" in tool else kind
    for name in ("messages", "input", "system"):
        yield from _parts(told.get(name))
    items = told.get("input")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and not isinstance(item.get("type"), str) and "role" not in item:
            yield "item_reference"  # the kind of an item that names none: what the provider has kept under its id


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        if isinstance(kind := value.get("type"), str):
            yield kind
        for name in ("content", "output", "tool_calls", "cache_control"):
            yield from _parts(value.get(name))
