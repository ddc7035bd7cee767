"""The evaluation platform as a worker holds it: started or reached, behind a proxy, counted around scenarios."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from support.clients.evaluation_platform.platform import Platform
from support.processes.launcher import Backend, Launcher
from support.running.canary import Canary
from support.settings import Settings
from support.targets import Target, connection
from support.wire.proxy import Proxy, Wire

SYSTEM = "evaluation_platform"
OURS, FOREIGN, QUIET = "harbour-support", "northwind-claims", "quiet-neighbour"
"""An embedded platform's projects: the scenarios' own, the foreign one that some speak for, and the canary's."""
Counts = Mapping[str, Mapping[str, int]]


class PlatformUnderTest:
    """One worker's evaluation platform. Scenarios go through `proxy`; its address stays when the backend moves."""

    def __init__(
        self, target: Target, settings: Settings, wire: Wire, launcher: Launcher, defects: Sequence[str]
    ) -> None:
        self.canary = Canary()
        self.proxy: Proxy = wire.proxy(SYSTEM, observers=[self.canary.watch])
        self.claims = target.systems[SYSTEM].claims
        self.limits = target.systems[SYSTEM].limits
        self.exclusive = target.systems[SYSTEM].project == "exclusive"
        self.backend: Backend | None = None
        # One client: making one costs more than the call, and a certificate store is of no use on loopback.
        self._control = httpx.Client(timeout=5.0, verify=False, trust_env=False)  # noqa: S501
        if target.systems[SYSTEM].embedded:
            keys = {name: f"{name}-{secrets.token_hex(12)}" for name in (OURS, FOREIGN, QUIET)}
            admin = f"admin-{secrets.token_hex(12)}"
            self.backend = launcher.start(SYSTEM, _embedded(keys, admin), defects)
            self.key, self.project = keys[OURS], OURS
            self.platform = Platform(
                self.proxy.start(self.backend.address), self.key, foreign_key=keys[FOREIGN], admin_key=admin
            )
            self._settle_neighbour(keys[QUIET])
        else:
            remote = connection(target, SYSTEM, settings)
            self.key, self.project = remote.key.get_secret_value(), remote.project or ""
            self.platform = Platform(self.proxy.start(remote.address), self.key)

    @property
    def address(self) -> str:
        """Where every client finds it: the proxy."""
        return self.platform.address

    def restart(self) -> None:
        """Kill the backend as a crash would (SIGKILL) and start it again on the same storage."""
        backend = self._embedded_backend()
        backend.kill()
        backend.start()
        self.proxy.retarget(backend.address)

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
        answer = self._control.request(method, f"{self._embedded_backend().control}{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def traces(self) -> Counts:
        """How many things exist now, by project and kind: compared before and after every scenario.

        Of a remote platform only the scenarios' own project can be counted, and only where nobody else writes to it.
        """
        if self.backend is not None:
            counted: Counts = self.control("GET", "/rows")["projects"]
            return counted
        if not self.exclusive:
            return {}
        return {self.project: {noun: len(ids) for noun, ids in self.platform.inventory().items()}}

    def sweep(self) -> None:
        """Empty an embedded platform's projects after a scenario that left something, so that the next starts clean."""
        if self.backend is not None:
            for platform in (self.platform, self.platform.foreign):
                _empty(platform)

    def close(self) -> None:
        """Close the clients; the proxy and the backend are closed by their owners."""
        self.platform.close()
        self._control.close()

    def _embedded_backend(self) -> Backend:
        if self.backend is None:
            message = "a remote evaluation platform has no control and cannot be restarted: tag the scenario @needs…"
            raise LookupError(message)
        return self.backend

    def _settle_neighbour(self, key: str) -> None:
        """Give the canary's tenant one of everything, straight to the backend, so that no proxy sees it."""
        assert self.backend is not None
        neighbour = Platform(self.backend.address, key)
        name = self.canary.value
        door = neighbour.second
        door.datasets.create({"name": name, "description": name})
        door.datapoints.create({"inputs": {"question": name}})
        door.configurations.create({"name": name, "provider": name, "model": name, "call_type": "chat"})
        door.tools.create({"name": name, "type": "function", "parameters": {"type": "object"}, "description": name})
        door.metrics.create({"name": name, "type": "PYTHON", "criteria": f"# {name}", "return_type": "float"})
        door.runs.create({"name": name, "description": name})
        door.sessions.create({"name": name, "source": name, "inputs": {"question": name}})
        neighbour.close()


def _empty(platform: Platform) -> None:
    for noun, ids in platform.inventory().items():
        kind = "session" if noun == "event" else noun
        for one in ids:
            platform.second.of(kind).delete(one)


def _embedded(keys: dict[str, str], admin: str) -> dict[str, str]:
    return {"keys": ",".join(f"{project}={key}" for project, key in keys.items()), "admin_key": admin}
