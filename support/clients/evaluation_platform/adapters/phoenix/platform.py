"""Phoenix as the platform of one scenario, and how its tenants are made."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ...absent import Absent
from ...collector import Collector
from ...interface import Refusal, Things
from ...nouns import NOUNS
from ...nouns import noun as noun_of
from ...platform import Platform
from .datasets import Datasets, GraphDatasets, RestDatasets
from .wire import Key, Wire

STRONG = "-0aA"
"""What the target appends to each secret: Phoenix refuses one without a digit and a small letter."""


class PhoenixDoor:
    """See `interface.Door`."""

    def __init__(self, name: str, datasets: Datasets) -> None:
        had: tuple[Things[Any], ...] = (datasets,)
        self._by_noun: dict[str, Any] = {kind: Absent(kind, "Phoenix") for kind in NOUNS}
        self._by_noun |= {things.noun: things for things in had}
        self.name = self.carried_by = name
        self.datasets = self._by_noun["dataset"]
        self.datapoints = self._by_noun["datapoint"]
        self.configurations = self._by_noun["configuration"]
        self.tools = self._by_noun["tool"]
        self.metrics = self._by_noun["metric"]
        self.runs = self._by_noun["run"]
        self.sessions = self._by_noun["session"]
        self.events = self._by_noun["event"]
        self.projects = self._by_noun["project"]

    def of(self, noun: str) -> Things[Any]:
        """See `interface.Door`."""
        things: Things[Any] = self._by_noun[noun_of(noun).key]
        return things


class Phoenix(Platform):
    """See `platform.Platform`."""

    def _open(self) -> None:
        self._wire = Wire(self.address, Key(None) if self.key is None else Key.of(self.key))
        self.main = PhoenixDoor("Phoenix's REST interface", RestDatasets(self._wire))
        self.second = PhoenixDoor("Phoenix's GraphQL", GraphDatasets(self._wire))
        self.collector = Collector(self._wire)

    def _close(self) -> None:
        self._wire.close()

    def unknown_id(self, noun: str) -> str:
        """See `Platform.unknown_id`: its ids are the kind and a number, in base64."""
        return base64.b64encode(f"{noun.capitalize()}:2147483647".encode()).decode()

    def environment(self) -> dict[str, str]:
        """See `Platform.environment`."""
        return {}

    @classmethod
    def furnish(cls, address: str, secrets: Mapping[str, str], tenants: Sequence[str]) -> Mapping[str, str]:
        """See `Platform.furnish`: of each tenant a key of the system's and a project."""
        admin = Wire(address, Key(secrets["admin"] + STRONG))
        keys = {"": str(admin.key)}
        for tenant in tenants:
            made = _made(admin.ask("POST", "system/api_keys", {"data": {"name": tenant}}))
            _made(admin.ask("POST", "projects", {"name": tenant}))
            keys[tenant] = str(Key(made["data"]["key"], tenant))
        admin.close()
        return keys


def _made(answer: Any) -> Any:
    if isinstance(answer, Refusal):
        raise RuntimeError(f"Phoenix made no tenant: {answer}")
    return answer
