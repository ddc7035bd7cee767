"""MLflow as the platform of one scenario, and how its tenants are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...collector import Collector
from ...foreign import ForeignDoor
from ...interface import Refusal
from ...platform import Platform
from .datapoints import Datapoints
from .datasets import Datasets
from .projects import Projects
from .prompts import Configurations
from .runs import Runs
from .spans import Events, Sessions, in_mlflows_words
from .wire import EXPERIMENT, Key, Wire

ADMIN = "admin"
"""The administrator's name."""
HAD: tuple[type[Any], ...] = (Datasets, Datapoints, Configurations, Runs, Projects, Events, Sessions)


class MLflow(Platform):
    """See `platform.Platform`."""

    def _open(self) -> None:
        self._key = Key(None, "", "") if self.key is None else Key.of(self.key)
        self._wires = [Wire(self.address, self._key, family) for family in ("api", "ajax-api")]
        self.main, self.second = (
            ForeignDoor("MLflow", wire.name, *(kind(wire) for kind in HAD)) for wire in self._wires
        )
        self.collector = Collector(self._wires[0], speak=in_mlflows_words)

    def _close(self) -> None:
        for wire in self._wires:
            wire.close()

    def _export_headers(self) -> Mapping[str, str]:
        return {**self._key.headers, EXPERIMENT: self._key.experiment}

    def unknown_id(self, noun: str) -> str:
        """See `Platform.unknown_id`: a datapoint's is a dataset's and a record's, an event's a trace's and a span's."""
        dataset, trace = f"d-{'0' * 32}", f"tr-{'0' * 32}"
        of = {"dataset": dataset, "datapoint": f"{dataset}/dr-{'0' * 32}", "event": f"{trace}/{'0' * 16}"}
        return of.get(noun, "0" * 32)

    def environment(self) -> dict[str, str]:
        """See `Platform.environment`."""
        return {}

    @classmethod
    def furnish(cls, address: str, secrets: Mapping[str, str], tenants: Sequence[str]) -> Mapping[str, str]:
        """See `Platform.furnish`: of each tenant a user and an experiment, and a workspace where MLflow has several."""
        root = Key(Key.token_of(ADMIN, secrets["admin"]), "", "")
        admin = Wire(address, root, "api")
        keys = {"": str(root)}
        apart = _made(admin.ask("GET", "server-info"))["workspaces_enabled"]
        for number, tenant in enumerate(tenants):
            password = f"{secrets['admin']}-{number}"
            _made(admin.ask("POST", "users/create", {"username": tenant, "password": password}, version="2.0"))
            if apart:
                _give_workspace(admin, tenant)
            theirs = Key(Key.token_of(tenant, password), tenant if apart else "", "")
            wire = Wire(address, theirs, "api")
            experiment = _made(wire.ask("POST", "experiments/create", {"name": tenant}, version="2.0"))
            wire.close()
            keys[tenant] = str(Key(theirs.token, theirs.workspace, experiment["experiment_id"]))
        admin.close()
        return keys


def _give_workspace(admin: Wire, tenant: str) -> None:
    """Make the tenant a workspace of its name, and a role of its user that manages it."""
    _made(admin.ask("POST", "workspaces", {"name": tenant}))
    role = _made(admin.ask("POST", "roles/create", {"name": tenant, "workspace": tenant}))["role"]["id"]
    grant = {"resource_type": "workspace", "resource_pattern": "*", "permission": "MANAGE"}
    _made(admin.ask("POST", "roles/permissions/add", {"role_id": role, **grant}))
    _made(admin.ask("POST", "roles/assign", {"username": tenant, "role_id": role}))


def _made(answer: Any) -> Any:
    if isinstance(answer, Refusal):
        raise RuntimeError(f"MLflow made no tenant: {answer}")
    return answer
