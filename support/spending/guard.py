"""Sees to it that no process of the suite speaks to a model provider by itself: whatever is asked passes the gate.

The interpreter tells every look-up of a name and every connection before it is made (audit events), whichever client
makes them. Children are safe otherwise: they are given no key of a real model.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

PROVIDERS = (
    "api.openai.com",
    "openai.azure.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "aiplatform.googleapis.com",
    "api.mistral.ai",
    "api.cohere.com",
    "api.deepseek.com",
    "api.groq.com",
    "api.perplexity.ai",
    "api.together.xyz",
    "api.fireworks.ai",
    "api.x.ai",
    "openrouter.ai",
)
"""Hosts of model providers; their subdomains are meant, too."""
PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class UnmeteredCallError(RuntimeError):
    """Somebody tried to reach a real model past the gate."""


def install(address: str | None, tell: Callable[[str], None]) -> None:
    """Refuse connections to providers, and to this `address`, and `tell` each attempt, until the process ends."""
    hosts, places = set(PROVIDERS), set()
    if address is not None:
        parts = urlsplit(address)
        assert parts.hostname is not None
        places.add((parts.hostname, parts.port or PORTS.get(parts.scheme, 0)))
        if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            hosts.add(parts.hostname)

    def is_guarded(event: str, details: tuple[Any, ...]) -> str | None:
        if event == "socket.getaddrinfo":
            name = details[0].decode() if isinstance(details[0], bytes) else str(details[0])
            return name if any(name == host or name.endswith(f".{host}") for host in hosts) else None
        place = details[1] if isinstance(details[1], tuple) else ()
        return f"{place[0]}:{place[1]}" if place[:2] in places else None

    def heard(event: str, details: tuple[Any, ...]) -> None:
        if event in ("socket.getaddrinfo", "socket.connect") and (place := is_guarded(event, details)):
            why = f"somebody tried to reach the real model at {place} past the gate: only @real_ai asks it, and metered"
            tell(why)
            raise UnmeteredCallError(why)

    sys.addaudithook(heard)
