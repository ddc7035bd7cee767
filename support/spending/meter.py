"""How many tokens a call has used, read from the answer as it passed: whole, or as a stream of events.

An answer without a usable account has used nobody knows what: the meter says None, and the worst case is charged.
So has a stream that broke off: what it told on the way is what it had used by then, or had only begun to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Any

from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot

from support.spending.requests import Flavour

EXTRACTORS: Mapping[Flavour, tuple[str, str]] = {
    "chat": ("openai", "chat"),
    "responses": ("openai", "responses"),
    "messages": ("anthropic", "default"),
    "embeddings": ("openai", "embeddings"),
}
UNREADABLE = (ValueError, RecursionError)
"""What reading JSON raises that is none, or is nested too deeply."""
EVENT_LIMIT = 4 * 1024 * 1024
"""Bytes of one event that are read; the account of a call is never that long."""


@dataclass(frozen=True)
class Used:
    """The tokens of one call. Cached ones are part of those that went in, reasoning of those that came out."""

    model: str | None
    usage: Usage
    tokens_in: int
    tokens_out: int
    cached: int
    reasoning: int
    service_tier: str | None = None


def used(flavour: Flavour, answer: Any) -> Used | None:
    """What a whole answer says of itself; None when it says nothing usable."""
    if not isinstance(answer, dict) or not isinstance(answer.get("usage"), dict):
        return None
    provider, api = EXTRACTORS[flavour]
    try:
        model, usage = get_snapshot().find_provider(None, provider, None).extract_usage(answer, api_flavor=api)
        tokens_in, tokens_out = int(usage.input_tokens), int(usage.output_tokens)
        cached, reasoning = int(usage.cache_read_tokens), int(usage.output_reasoning_tokens)
    except (ValueError, TypeError, InvalidOperation):
        return None
    if tokens_in <= 0 or tokens_out < 0:  # something was asked: an account of nothing is none
        return None
    tier = answer.get("service_tier")
    return Used(model, usage, tokens_in, tokens_out, cached, reasoning, tier if isinstance(tier, str) else None)


class Meter:
    """Reads an answer piece by piece; `read` tells at its end what was used."""

    def __init__(self, flavour: Flavour, *, stream: bool) -> None:
        self._flavour = flavour
        self._stream = stream
        self._held = bytearray()
        self._account: dict[str, Any] = {}
        self._closed = False

    def take(self, data: bytes) -> None:
        """A piece of the answer's body, in order."""
        self._held += data
        if self._stream:
            for event in self._events():
                self._note(event)

    def read(self) -> Used | None:
        """What was used, as far as the answer has said by now."""
        if self._stream:
            return used(self._flavour, self._account) if self._closed else None
        try:
            return used(self._flavour, json.loads(self._held))
        except UNREADABLE:
            return None

    def _events(self) -> Iterator[Any]:
        """The events that are complete; lines end with CR, LF or both."""
        while (end := min(filter(lambda at: at >= 0, map(self._held.find, (b"\n", b"\r"))), default=-1)) >= 0:
            line = bytes(self._held[:end])
            del self._held[: end + 1]
            if line.startswith(b"data:") and b"usage" in line:
                try:
                    yield json.loads(line.removeprefix(b"data:"))
                except UNREADABLE:
                    continue  # not an account
        if len(self._held) > EVENT_LIMIT:
            self._held.clear()

    def _note(self, event: Any) -> None:
        """Keep what an event says of the call: the last word of each thing counts."""
        if not isinstance(event, dict):
            return
        holders = (event, event.get("response"), event.get("message"))
        for holder in holders:
            if not isinstance(holder, dict):
                continue
            for name in ("model", "service_tier"):
                if isinstance(holder.get(name), str):
                    self._account[name] = holder[name]
            if isinstance(holder.get("usage"), dict):
                said = {name: value for name, value in holder["usage"].items() if value is not None}
                self._account["usage"] = {**self._account.get("usage", {}), **said}
                self._closed = self._closed or (bool(said) and _closes(self._flavour, event))


def _closes(flavour: Flavour, event: Mapping[str, Any]) -> bool:
    """Whether this event, which tells a usage, comes after all that was said: it is the account of the whole."""
    match flavour:
        case "messages":
            return event.get("type") == "message_delta"
        case "responses":
            return event.get("type") in ("response.completed", "response.incomplete", "response.failed")
    choices = event.get("choices") or ()
    return not choices or any(isinstance(each, dict) and each.get("finish_reason") for each in choices)
