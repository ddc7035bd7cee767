"""What every system under test has in common for the worker that holds it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx

from support.processes.launcher import Backend, Launcher
from support.running.canary import Canary
from support.settings import Settings
from support.targets import Target
from support.wire.proxy import Proxy, Wire

Counts = Mapping[str, Mapping[str, int]]
"""How many things there are, by tenant and kind."""


@dataclass(frozen=True)
class Surroundings:
    """What a system is started with."""

    target: Target
    settings: Settings
    wire: Wire
    launcher: Launcher
    canary: Canary
    defects: Sequence[str] = ()
    """Seeded defects of this system."""


class SystemUnderTest(ABC):
    """One system of one worker. Everybody reaches it through `proxy`, whose address stays when the backend moves."""

    name: ClassVar[str]

    def __init__(self, around: Surroundings) -> None:
        self.target = around.target.systems[self.name]
        self.claims = self.target.claims
        self.limits = self.target.limits
        self.proxy: Proxy = around.wire.proxy(self.name, observers=[around.canary.watch])
        self.backend: Backend | None = None
        self._around = around
        # One client: making one costs more than the call, and a certificate store is of no use on loopback.
        self._control = httpx.Client(timeout=5.0, verify=False, trust_env=False)  # noqa: S501

    def start_embedded(self, settings: dict[str, Any]) -> str:
        """Start the embedded backend behind the proxy; answers the address that everybody is to use."""
        self.backend = self._around.launcher.start(self.name, settings, self._around.defects)
        return self.proxy.start(self.backend.address)

    @property
    def embedded(self) -> Backend:
        """The embedded backend; a LookupError for a remote system."""
        if self.backend is None:
            message = (
                f"{self.name} is remote: it has no control address and cannot be restarted; tag the scenario @needs…"
            )
            raise LookupError(message)
        return self.backend

    def restart(self) -> None:
        """Kill the backend as a crash would (SIGKILL) and start it again on the same storage."""
        self.embedded.kill()
        self.embedded.start()
        self.proxy.retarget(self.embedded.address)

    def revive(self) -> str | None:
        """Start an embedded backend again that has ended by itself; answers why it ended, None when all is well."""
        if self.backend is None:
            return None
        try:
            self.control("GET", "/health")
        except httpx.TransportError:
            reason = self.backend.exit_reason() or f"it runs and does not answer at {self.backend.control}"
            self.restart()
            return reason
        return None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call to the control address (faults, counts): the suite's own, so it does not pass the proxy."""
        answer = self._control.request(method, f"{self.embedded.control}{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def probe(self) -> Mapping[str, bool]:
        """Which capabilities work, of those that can be asked over the wire."""
        return {}

    def counts(self) -> Counts:
        """What is stored now; compared before and after every scenario. Empty where it cannot be counted."""
        return {}

    @abstractmethod
    def sweep(self) -> None:
        """Take away what a scenario left, so that the next one starts clean."""

    def close(self) -> None:
        """Close the clients; the proxy and the backend are closed by their owners."""
        self._control.close()
