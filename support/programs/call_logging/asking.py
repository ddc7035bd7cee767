"""What every way of asking is given."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_TOKENS, NO_LIMIT = 1000, 1_000_000


@dataclass(frozen=True)
class Ask:
    """One question to the model. `address` is that of the server, without a path; `headers` may hold the SDK's tag."""

    question: str
    model: str
    headers: dict[str, str] = field(default_factory=dict)
    address: str = field(default_factory=lambda: os.environ["MODEL_ADDRESS"])
    key: str = field(default_factory=lambda: os.environ["MODEL_KEY"])

    @property
    def named(self) -> dict[str, Any]:
        """The arguments of a client's own method."""
        messages = [{"role": "user", "content": self.question}]
        return {"model": self.model, "messages": messages, "max_tokens": MAX_TOKENS, "extra_headers": self.headers}

    @property
    def url(self) -> str:
        """Where a program sends it that speaks the protocol itself."""
        return f"{self.address}/v1/chat/completions"

    @property
    def sent(self) -> dict[str, Any]:
        """What such a program sends: the arguments of httpx and requests."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **self.headers}
        return {"json": self.body(), "headers": headers}

    @property
    def streamed(self) -> dict[str, Any]:
        """The same, for an answer in parts."""
        return {**self.sent, "json": {**self.body(), "stream": True}}

    def body(self) -> dict[str, Any]:
        """The request of such a program, which takes an answer of any length."""
        told = {name: value for name, value in self.named.items() if name != "extra_headers"}
        return {**told, "max_tokens": NO_LIMIT}


def said(status: int, text: str) -> str:
    """The words of an answer. Raises RuntimeError for one that is an error."""
    if status != 200:
        raise RuntimeError(f"{status}: {text}")
    return str(json.loads(text)["choices"][0]["message"]["content"])


def joined(lines: Iterable[str]) -> str:
    """The words of a streamed answer, from its lines."""
    told = [json.loads(line[6:])["choices"] for line in lines if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for choices in told for choice in choices)
