"""Phoenix as the platform of one scenario, and how its tenants are made."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ...collector import Collector
from ...foreign import ForeignDoor
from ...interface import Refusal
from ...platform import Platform
from .datapoints import GraphDatapoints, RestDatapoints
from .datasets import GraphDatasets, RestDatasets
from .experiments import GraphRuns, RestRuns
from .projects import GraphProjects, RestProjects
from .prompts import GraphConfigurations, RestConfigurations
from .spans import GraphEvents, GraphSessions, RestEvents, RestSessions, in_openinference
from .wire import PROJECT, Key, Wire

STRONG = "-0aA"
"""What the target appends to each secret: Phoenix refuses one without a digit and a small letter."""

KINDS = {"datapoint": "DatasetExample", "configuration": "Prompt", "run": "Experiment"}
"""Phoenix's word for a kind of things, where it is another."""
REST = (RestDatasets, RestDatapoints, RestConfigurations, RestRuns, RestProjects, RestEvents, RestSessions)
GRAPH = (GraphDatasets, GraphDatapoints, GraphConfigurations, GraphRuns, GraphProjects, GraphEvents, GraphSessions)


class Phoenix(Platform):
    """See `platform.Platform`."""

    def _open(self) -> None:
        self._wire = Wire(self.address, Key(None) if self.key is None else Key.of(self.key))
        self.main = ForeignDoor("Phoenix", "Phoenix's REST interface", *(kind(self._wire) for kind in REST))
        self.second = ForeignDoor("Phoenix", "Phoenix's GraphQL", *(kind(self._wire) for kind in GRAPH))
        self.collector = Collector(self._wire, speak=in_openinference)

    def _close(self) -> None:
        self._wire.close()

    def unknown_id(self, noun: str) -> str:
        """See `Platform.unknown_id`: its ids are the kind, in Phoenix's word, and a number, in base64."""
        return base64.b64encode(f"{KINDS.get(noun, noun.capitalize())}:2147483647".encode()).decode()

    def _export_headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._wire.key.token}", PROJECT: self._wire.key.project}

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
