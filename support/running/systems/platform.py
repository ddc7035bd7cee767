"""The evaluation platform as a worker holds it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from support.clients.evaluation_platform.capabilities import PROBES
from support.clients.evaluation_platform.platform import Platform
from support.reporting.redaction import register_secret
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.targets import connection

OURS, FOREIGN, QUIET = "harbour-support", "northwind-claims", "quiet-neighbour"
"""An embedded platform's projects: the scenarios' own, the foreign one that some speak for, and the canary's."""


class PlatformUnderTest(SystemUnderTest):
    """Its scenarios live in one project of their own; `platform` is the client that holds that project's key."""

    name = "evaluation_platform"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        if self.target.embedded:
            keys = {project: f"{project}-{secrets.token_hex(12)}" for project in (OURS, FOREIGN, QUIET)}
            admin = f"admin-{secrets.token_hex(12)}"
            for secret in (*keys.values(), admin):
                register_secret(secret)
            seeded = ",".join(f"{project}={key}" for project, key in keys.items())
            address = self.start_embedded({"keys": seeded, "admin_key": admin})
            self.key, self.project = keys[OURS], OURS
            self.platform = Platform(address, self.key, foreign_key=keys[FOREIGN], admin_key=admin)
            _settle(Platform(self.embedded.address, keys[QUIET]), around.canary.value)
        else:
            remote = connection(around.target, self.name, around.settings)
            self.key, self.project = remote.key.get_secret_value(), remote.project or ""
            register_secret(self.key)
            self.platform = Platform(self.proxy.start(remote.address), self.key)

    @property
    def address(self) -> str:
        """Where every client finds it: the proxy."""
        return self.platform.address

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it."""
        return {"HH_API_URL": self.address, "HH_API_KEY": self.key, "HH_PROJECT": self.project}

    def probe(self) -> Mapping[str, bool]:
        """Every capability that can be asked through the product's own interface."""
        return {capability: probe(self.platform) for capability, probe in PROBES.items()}

    def ordered_failures(self) -> int:
        """Hits of its control port's faults that reset or answer 5xx."""
        if self.backend is None or not self.backend.alive():
            return 0
        faults = self.control("GET", "/faults")["faults"]
        return sum(fault["hits"] for fault in faults if fault["reset"] or (fault["status"] or 0) >= 500)

    def calm(self) -> None:
        """End the faults of its proxy and those of its control port."""
        super().calm()
        if self.backend is not None and self.backend.alive():
            self.control("DELETE", "/faults")

    def counts(self) -> Counts:
        """By project and kind. Of a remote one: only the scenarios' own project, where nobody else writes to it."""
        if self.backend is not None:
            counted: Counts = self.control("GET", "/rows")["projects"]
            return counted
        if self.target.project == "shared":
            return {}
        return {self.project: {noun: len(ids) for noun, ids in self.platform.inventory().items()}}

    def sweep(self) -> None:
        """Empty the projects of an embedded one. A remote one is left alone: what is there may be somebody's."""
        if self.backend is not None:
            for platform in (self.platform, self.platform.foreign):
                _empty(platform)

    def close(self) -> None:
        """Close the clients."""
        self.platform.close()
        super().close()


def _settle(neighbour: Platform, canary: str) -> None:
    """Give the canary's tenant one of everything, straight to the backend, so that no proxy sees it."""
    door = neighbour.second
    door.datasets.create({"name": canary, "description": canary})
    door.datapoints.create({"inputs": {"question": canary}})
    door.configurations.create({"name": canary, "provider": canary, "model": canary, "call_type": "chat"})
    door.tools.create({"name": canary, "type": "function", "parameters": {"type": "object"}, "description": canary})
    door.metrics.create({"name": canary, "type": "PYTHON", "criteria": f"# {canary}", "return_type": "float"})
    door.runs.create({"name": canary, "description": canary})
    door.sessions.create({"name": canary, "source": canary, "inputs": {"question": canary}})
    neighbour.close()


def _empty(platform: Platform) -> None:
    for noun, ids in platform.inventory().items():
        kind = "session" if noun == "event" else noun
        for one in ids:
            platform.second.of(kind).delete(one)
