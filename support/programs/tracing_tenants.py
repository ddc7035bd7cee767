"""A user's service that works for two tenants at once: one thread and one tracer each, every span with its tenant."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support.programs import tracing_platform, tracing_standard

MEET_S = 10.0
"""Seconds within which both tenants reach the same span."""


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Trace for all ``tenants`` at once; each is ``{"tenant", "key", "headers", "session", "name", "attributes",
    "labels"}``.

    ``key`` is the variable that holds the tenant's key, ``headers`` that of what its exporter sends with its spans;
    ``attributes`` name its session in the platform's words, ``labels`` are the names of its spans, each of which begins
    only when every tenant is at its own. ``tracer`` is "standard" or "platform".

    Returns: ``{"tenants": [names]}``, those whose work is done.
    """
    tenants = arguments["tenants"]
    together = threading.Barrier(len(tenants))
    traced = [TRACED[arguments["tracer"]](each) for each in tenants]
    with ThreadPoolExecutor(len(tenants)) as pool:
        done = list(pool.map(lambda each, work: _live(each, work, together), tenants, (each.work for each in traced)))
    for each in traced:
        each.shutdown()
    return {"tenants": done}


def _live(tenant: Mapping[str, Any], work: Callable[[str], None], together: threading.Barrier) -> str:
    for label in tenant["labels"]:
        together.wait(MEET_S)
        work(label)
    return str(tenant["tenant"])


class Standard:
    """A tenant's work, traced by the standard SDK."""

    def __init__(self, tenant: Mapping[str, Any]) -> None:
        self._services = tracing_standard.Services({}, os.environ[tenant["headers"]])
        self._shared = {**tenant["attributes"], "tenant": tenant["tenant"]}

    def work(self, label: str) -> None:
        """One span."""
        tracing_standard.work(self._services, [{"name": label, "attributes": {}}], self._shared)

    def shutdown(self) -> None:
        """Export what is left, and stop."""
        self._services.shutdown()


class Platform:
    """A tenant's work, traced by the platform's own tracer."""

    def __init__(self, tenant: Mapping[str, Any]) -> None:
        self._tracer = tracing_platform.start(tenant, tenant["key"])
        self._tenant = tenant["tenant"]

    def work(self, label: str) -> None:
        """One span."""
        tracing_platform.work(self._tracer, [{"name": label, "type": "tool"}], {"tenant": self._tenant})

    def shutdown(self) -> None:
        """Export what is left. Shutting one tracer of a process down would silence the other."""
        self._tracer.flush()


TRACED: Mapping[str, Callable[[Mapping[str, Any]], Standard | Platform]] = {"standard": Standard, "platform": Platform}
