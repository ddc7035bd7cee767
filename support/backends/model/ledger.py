"""Everything that was received, as the control port shows it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_KEPT = 5_000
_SECRET_HEADERS = frozenset({"authorization", "x-api-key", "api-key", "cookie", "proxy-authorization"})
_SHOWN = 4
_SHORTEST_SHOWN = 12

_begun, _begun_at = time.monotonic(), time.time()


def now() -> float:
    """Unix seconds that never go back, so that who ran beside whom can be told from start and end."""
    return _begun_at + (time.monotonic() - _begun)


@dataclass
class Entry:
    """One request. Times are unix seconds; `ended` is None while it is being answered.

    `chunks` counts the pieces of the answer (words, pieces of arguments) that were sent in a stream; `hung_up`: the
    client went before the answer was complete; `cut`: the script ended the connection.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    request_id: str
    started: float
    ended: float | None = None
    status: int | None = None
    api: str | None = None
    model: str | None = None
    stream: bool = False
    messages: Any = None
    system: str | None = None
    tools: Any = None
    temperature: float | None = None
    max_tokens: int | None = None
    body: Any = None
    script: str | None = None
    turn: int | None = None
    error: str | None = None
    finish: str | None = None
    usage: dict[str, int] | None = None
    chunks: int = 0
    first_chunk_at: float | None = None
    hung_up: bool = False
    cut: bool = False

    def shown(self, *, body: bool, schemas: bool) -> dict[str, Any]:
        """As JSON; without the body nothing is said twice, and without schemas tools are told by their names alone."""
        fields = dict(vars(self))  # the bodies are large, and not copied: what is shown is written out at once
        if not body:
            del fields["body"]
        if not schemas and isinstance(self.tools, list):
            fields["tools"] = [{"name": _name(tool)} for tool in self.tools]
        return fields


@dataclass
class Ledger:
    """The last requests, oldest first; how many older ones were forgotten."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=_KEPT))
    received: int = 0
    cleared: int = 0

    def open(self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]], request_id: str) -> Entry:
        """Enter a request that begins."""
        self.received += 1
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
        entry = Entry(self.received, method, path, masked(named), request_id, now())
        self.entries.append(entry)
        return entry

    @property
    def forgotten(self) -> int:
        """How many were dropped to make room."""
        return self.received - self.cleared - len(self.entries)

    def clear(self) -> int:
        """Forget all; how many were kept. Numbers go on."""
        count = len(self.entries)
        self.cleared = self.received
        self.entries.clear()
        return count


def _name(tool: Mapping[str, Any]) -> Any:
    named = tool["function"] if tool.get("type") == "function" and "function" in tool else tool
    return named.get("name", "")


def masked(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without secrets: of a long one the last 4 characters stay, so that keys can be told apart."""
    return {name: _mask(value) if name in _SECRET_HEADERS else value for name, value in headers.items()}


def _mask(value: str) -> str:
    scheme, space, secret = value.rpartition(" ")
    return f"{scheme}{space}****{secret[-_SHOWN:] if len(secret) >= _SHORTEST_SHOWN else ''}"
