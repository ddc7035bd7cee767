"""Keys for part of a project: how one is given out, and what may be tried with it. They are HoneyHive's alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .interface import Refusal
from .tenants import Asker, Request
from .things import need

KINDS: Mapping[str, Request] = {
    "the charts": Request(
        route="POST /v1/projects/{project}/fine_grained_api_keys",
        at={"project": "$project"},
        body={"name": "part", "permissions": ["read"], "expires_at": "$end"},
    ),
    "what comes in": Request(
        route="POST /v1/projects/{project}/ingestion_api_keys", at={"project": "$project"}, body={"name": "part"}
    ),
}
"""How a key for a part of a project is made, by the part."""

USES: Mapping[str, Request] = {
    "the charts": Request(route="GET /v1/projects/{project}/charts", at={"project": "$project"}),
    "to record events": Request(route="POST /events/batch", body={"events": []}),
    "the datasets": Request(route="GET /v1/datasets"),
    "the projects": Request(route="GET /v1/projects"),
}
"""What whoever holds a key may try; nothing of it leaves anything behind."""


@dataclass(frozen=True)
class Team:
    """Whoever holds the first key of a project: the project's id, and that key."""

    project: str
    key: str = field(repr=False)

    def give_out(self, asker: Asker, part: str, seconds: float) -> str | Refusal:
        """A new key for a part of the project; one that can end does so after so many seconds."""
        end = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
        outcome = asker.ask(KINDS[part], self.key, {"project": self.project, "end": end}).outcome
        return outcome if isinstance(outcome, Refusal) else str(need(outcome, "data.key_value", "keys.give_out", str))

    def tried(self, asker: Asker, key: str, use: str) -> Any | Refusal:
        """What whoever holds that key is answered by this project: what they asked for, or the refusal."""
        return asker.ask(USES[use], key, {"project": self.project}).outcome
