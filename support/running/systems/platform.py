"""The evaluation platform as a worker holds it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from functools import partial

import httpx

from support.clients.evaluation_platform.adapters import adapter
from support.clients.evaluation_platform.capabilities import PROBES, the_same_project
from support.clients.evaluation_platform.interface import NotOffered, Refusal, Unreachable
from support.clients.evaluation_platform.platform import Platform
from support.environments import make
from support.processes.launcher import Entry
from support.reporting.redaction import register_secret
from support.running.canary import Canary
from support.running.interruption import postponed
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.targets import Connection, Installed, connection

OURS, FOREIGN, QUIET = "harbour-support", "northwind-claims", "quiet-neighbour"
"""Projects of a platform that is started here: the scenarios' own, that of a foreign key, the canary's."""


TENANTS, PROJECTS, SECOND_KEY = "platform.tenants", "platform.projects", "platform.second-key"
NO_ADMINISTRATOR = "no administrator's key is known of a platform at an address"


class PlatformUnderTest(SystemUnderTest):
    """Its scenarios live in one project of their own; `platform` is the client that holds that project's key."""

    name = "evaluation_platform"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.speaks = adapter(self.target.adapter)
        if self.target.embedded:
            self.platform = self._embedded(around)
        elif self.target.installed is not None:
            self.platform = self._installed(around, self.target.installed)
        else:
            self.platform = self._at_its_address(connection(around.target, self.name, around.settings))
        self.project = self.platform.project

    def _at_its_address(self, remote: Connection) -> Platform:
        key, foreign = remote.key.get_secret_value(), None
        register_secret(key)
        self.lacking = {PROJECTS: NO_ADMINISTRATOR}
        if remote.foreign_key is not None:
            foreign = remote.foreign_key.get_secret_value()
            register_secret(foreign)
        else:
            variable = self.target.settings.foreign_key
            named = (
                f"give {variable}" if variable else 'name settings.foreign_key = "HH_FOREIGN_KEY" in the target file'
            )
            self.lacking |= dict.fromkeys((TENANTS, SECOND_KEY), f"another team's key is needed: {named}")
        address = self.proxy.start(remote.address)
        return self.speaks(address, key, project=remote.project or "", foreign_key=foreign)

    def _embedded(self, around: Surroundings) -> Platform:
        keys = {project: f"{project}-{secrets.token_hex(12)}" for project in (OURS, FOREIGN, QUIET)}
        admin = f"admin-{secrets.token_hex(12)}"
        seeded = ",".join(f"{project}={key}" for project, key in keys.items())
        address = self.start_embedded({"keys": seeded, "admin_key": admin})
        return self._moved_in(address, {**keys, "": admin}, around.canary)

    def _installed(self, around: Surroundings, plan: Installed) -> Platform:
        made = {name: secrets.token_urlsafe(24) for name in plan.secrets}
        for secret in made.values():
            register_secret(secret)
        python = make(plan.kept_as(around.target.name))
        arguments = {
            **plan.model_dump(mode="json", include={"run", "environment", "files", "ready"}),
            "bin": str(python.parent),
            "secrets": made,
        }
        entry = Entry("support.processes.installed:serve", arguments, "The installed", plan.starts_within_s)
        self.backend = around.launcher.run(around.target.name, entry)
        keys = self.speaks.furnish(self.backend.address, made, (OURS, FOREIGN, QUIET))
        return self._moved_in(self.proxy.start(self.backend.address), keys, around.canary)

    def _moved_in(self, address: str, keys: Mapping[str, str], canary: Canary) -> Platform:
        """Ours, with the keys of the tenants by their project, and "" that of the administrator, if there is one."""
        for key in keys.values():
            register_secret(key)
        if TENANTS in self.target.claims:  # else everybody sees the canary, which proves nothing
            _settle(self.speaks(self.embedded.address, keys[QUIET]), canary.value)
        return self.speaks(address, keys[OURS], project=OURS, foreign_key=keys.get(FOREIGN), admin_key=keys.get(""))

    @property
    def address(self) -> str:
        """Where every client finds it: the proxy."""
        return self.platform.address

    @property
    def key(self) -> str:
        """The key of the scenarios' own project."""
        return self.platform.key or ""

    def knocks(self) -> Mapping[str, Callable[[], bool]]:
        """See `SystemUnderTest.knocks`: a dataset that nobody has is looked for."""
        named = self.target.settings
        if self.target.started_here or named.key is None:
            return {}
        ours = {named.key: partial(_lets_in, self.platform)}
        if named.foreign_key is None or TENANTS in self.lacking:
            return ours
        return {**ours, named.foreign_key: partial(_lets_in, self.platform.foreign)}

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it."""
        return {**self.platform.environment(), **self.platform.exporting()}

    def secrets(self) -> list[str]:
        """The key of the scenarios' own project, whatever variables bear it."""
        return [*super().secrets(), self.key]

    def probe(self) -> Mapping[str, bool]:
        """Every capability that can be asked through the product's own interface.

        An interruption waits until what a probe made is taken away again.
        """
        works = {}
        for capability, probe in PROBES.items():
            with postponed():
                works[capability] = probe(self.platform)
        return works

    def why_it_fails(self, capability: str) -> str:
        """See `SystemUnderTest.why_it_fails`: two keys of one project keep no teams apart."""
        if capability != TENANTS or (project := the_same_project(self.platform)) is None:
            return ""
        own, foreign = self.target.settings.key, self.target.settings.foreign_key
        return f": {own} and {foreign} are keys of the same project, {project}; give one of another as {foreign}"

    def ordered_failures(self) -> int:
        """Hits of its control port's faults that reset or answer 5xx."""
        if not self._controlled():
            return 0
        faults = self.control("GET", "/faults")["faults"]
        return sum(fault["hits"] for fault in faults if fault["reset"] or (fault["status"] or 0) >= 500)

    def calm(self) -> None:
        """End the faults of its proxy and those of its control port."""
        super().calm()
        if self._controlled():
            self.control("DELETE", "/faults")

    def _controlled(self) -> bool:
        """Whether it has a control port that answers now: only an embedded one has any."""
        return self.target.embedded and self.embedded.alive()

    def counts(self) -> Counts:
        """By project and kind. Of another: only the scenarios' own project, where nobody else writes to it."""
        if self.target.embedded:
            counted: Counts = self.control("GET", "/rows")["projects"]
            return counted
        if self.target.project == "shared":
            return {}
        try:
            return {self.project: {noun: len(ids) for noun, ids in self.platform.inventory().items()}}
        except Unreachable as silence:
            if self.backend is not None and isinstance(silence.cause, httpx.TransportError):
                raise silence.cause from silence  # one that was started here is asked why it ended
            raise

    def sweep(self) -> None:
        """Empty the projects of one that was started here. A remote one is left alone: it may be somebody's."""
        if self.backend is not None:
            for platform in (self.platform, self.platform.foreign):
                _empty(platform)

    def breakdowns(self) -> list[str]:
        """Those of an embedded one: what a foreign program writes into its log is its own affair."""
        return super().breakdowns() if self.target.embedded else []

    def close(self) -> None:
        """Close the clients."""
        self.platform.close()
        super().close()


def _lets_in(platform: Platform) -> bool:
    answer = platform.second.datasets.find("nobody has a dataset of this name")
    if isinstance(answer, Refusal) and answer.reason in ("unauthorised", "forbidden"):
        return False
    assert not isinstance(answer, Refusal), f"it was {answer}"
    return True


def _settle(neighbour: Platform, canary: str) -> None:
    """Give the canary's tenant one of everything, straight to the backend, so that no proxy sees it."""
    door = neighbour.second
    for kind, fields in (
        ("dataset", {"name": canary, "description": canary}),
        ("datapoint", {"inputs": {"question": canary}}),
        ("configuration", {"name": canary, "provider": canary, "model": canary, "call_type": "chat"}),
        ("tool", {"name": canary, "type": "function", "parameters": {"type": "object"}, "description": canary}),
        ("metric", {"name": canary, "type": "PYTHON", "criteria": f"# {canary}", "return_type": "float"}),
        ("run", {"name": canary, "description": canary}),
        ("session", {"name": canary, "source": canary, "inputs": {"question": canary}}),
    ):
        with contextlib.suppress(NotOffered):
            door.of(kind).create(fields)
    neighbour.close()


def _empty(platform: Platform) -> None:
    for noun, ids in platform.inventory().items():
        kind = "session" if noun == "event" else noun
        for one in ids:
            platform.second.of(kind).delete(one)
