"""What every system under test has in common for the worker that holds it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx

from support.checks.waiting import eventually
from support.processes.launcher import Backend, Launcher
from support.running.breakdowns import Logs
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
    others: Mapping[str, SystemUnderTest] = field(default_factory=dict)
    """The systems that were started before it, by name."""


class SystemUnderTest(ABC):
    """One system of one worker. Everybody reaches it through `proxy`, whose address stays when the backend moves."""

    name: ClassVar[str]

    def __init__(self, around: Surroundings) -> None:
        self.target = around.target.systems[self.name]
        self.claims = self.target.claims
        self.limits = self.target.limits
        watch, watch_requests = [around.canary.watch], [around.canary.watch_requests]
        self.proxy: Proxy = around.wire.proxy(self.name, observers=watch, listeners=watch_requests)
        self.backend: Backend | None = None
        self.lacking: dict[str, str] = {}
        """Capabilities that are claimed and cannot be had on this machine, with the reason and the remedy."""
        self._around = around
        self._logs = Logs()
        self._ended: list[Path] = []
        # One client: making one costs more than the call, and a certificate store is of no use on loopback.
        self._control = httpx.Client(timeout=5.0, verify=False, trust_env=False)  # noqa: S501

    def start_embedded(self, settings: dict[str, Any]) -> str:
        """Start the embedded backend behind the proxy; answers the address that everybody is to use."""
        self.backend = self._around.launcher.start(self.name, settings, self._around.defects)
        return self.proxy.start(self.backend.address)

    @property
    def embedded(self) -> Backend:
        """The backend that was started here, embedded or installed; a LookupError for a remote system."""
        if self.backend is None:
            message = (
                f"{self.name} is remote: it has no control address and cannot be restarted; tag the scenario @needs…"
            )
            raise LookupError(message)
        return self.backend

    def instances(self) -> Sequence[Backend]:
        """Its embedded processes, the one that is reached last; none of a remote system."""
        return [] if self.backend is None else [self.backend]

    def log_text(self) -> str:
        """What its embedded processes wrote so far; empty for a remote one."""
        return "\n".join(instance.log_text() for instance in self.instances())

    def logs_of(self, instance: Backend) -> list[Path]:
        """Where an embedded process says what befell it."""
        return [instance.log]

    def breakdowns(self) -> list[str]:
        """The failures that its processes did not expect, and logged with a traceback, since the last call."""
        running = [log for instance in self.instances() for log in self.logs_of(instance)]
        found = [failure for log in (*self._ended, *running) for failure in self._logs.news(log)]
        self._ended.clear()
        return found

    def retire(self, instance: Backend) -> None:
        """End an instance for good (SIGKILL); what it logged is still looked at."""
        instance.kill()
        self._around.launcher.backends.remove(instance)
        self._ended += self.logs_of(instance)

    def restart(self) -> None:
        """Kill the backend as a crash would (SIGKILL) and start it again on the same storage."""
        self.embedded.kill()
        self.embedded.start()
        self.proxy.retarget(self.embedded.address)

    def take_stock(self) -> tuple[Counts, str | None]:
        """What is stored now; and, of a backend that had ended by itself and was started again, why it had ended."""
        try:
            return self.counts(), None
        except httpx.TransportError as silence:
            reason = self._post_mortem(silence)
            self.restart()
            return self.counts(), reason

    def _post_mortem(self, silence: httpx.TransportError) -> str:
        """Why an embedded backend gives no answer; of a remote system the silence itself is raised."""
        if self.backend is None:
            raise silence
        try:
            # The end of a process is seen a moment after its connections break.
            return eventually(self._why_ended, within=1.0, what="the end of the process").value
        except AssertionError:
            return f"it runs and does not answer: {silence}"

    def _why_ended(self) -> str:
        reason = self.embedded.exit_reason()
        assert reason is not None, "it runs"
        return reason

    def ordered_failures(self) -> int:
        """How often it answered 5xx, or not at all, because its control port was told to; asked before `calm`."""
        return 0

    def calm(self) -> None:
        """End the faults ordered of its proxy and, by an override, of its control port; called after every scenario."""
        self.proxy.clear_faults()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call to the control address (faults, counts): the suite's own, so it does not pass the proxy."""
        answer = self._control.request(method, f"{self.embedded.control}{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def probe(self) -> Mapping[str, bool]:
        """Which capabilities work, of those that can be asked over the wire."""
        return {}

    def why_it_fails(self, capability: str) -> str:
        """What is to be said of a claimed capability that failed its probe, beginning with a colon; mostly nothing."""
        return ""

    def counts(self) -> Counts:
        """What is stored now; compared after every scenario. Empty where nothing can be counted.

        Raises httpx.TransportError when the system gives no answer.
        """
        if self.backend is not None:
            self.control("GET", "/health")
        return {}

    def knocks(self) -> Mapping[str, Callable[[], bool]]:
        """Of a system at an address: the simplest question to it with each key, by the setting that holds the key.

        It answers whether the key is taken. Raises ConnectionError when nobody answers, and AssertionError when the
        answer is not that of such a system. Empty for what was started here, which is known to be there.
        """
        return {}

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it, as environment variables."""
        return {}

    def secrets(self) -> list[str]:
        """Keys that must never be seen in what a program says."""
        return [text for name, text in self.environment().items() if name.endswith("_KEY")]

    def refresh(self) -> None:  # noqa: B027 - most systems remember no order
        """Forget, before a scenario, what the last one ordered. A system that takes no orders has nothing to forget."""

    @abstractmethod
    def sweep(self) -> None:
        """Take away what a scenario left, so that the next one starts clean."""

    def close(self) -> None:
        """Close the clients; the proxy and the backend are closed by their owners."""
        self._control.close()
