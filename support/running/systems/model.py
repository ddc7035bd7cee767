"""The scripted model as a worker holds it."""

from __future__ import annotations

import secrets

from support.clients.model import ScriptedModel
from support.reporting.redaction import register_secret
from support.running.systems.base import Surroundings, SystemUnderTest


class ModelUnderTest(SystemUnderTest):
    """Programs reach it through the proxy with a key that it accepts; it refuses every other key."""

    name = "model"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.key = f"sk-{secrets.token_hex(16)}"
        register_secret(self.key)
        self.start_embedded({"keys": self.key})
        self.scripted = ScriptedModel(self.embedded.control)
        """Tells the model what it will say, and what it was asked."""

    @property
    def address(self) -> str:
        """Where every client finds it: the proxy."""
        return self.proxy.address

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it."""
        return {"OPENAI_BASE_URL": f"{self.address}/v1", "OPENAI_API_KEY": self.key}

    def refresh(self) -> None:
        """Forget scripts and requests: each scenario tells the model anew what it will say."""
        self.scripted.reset()

    def ordered_failures(self) -> int:
        """Scripted answers with a status of 5xx."""
        if not self.embedded.alive():
            return 0
        received = self.control("GET", "/received")["requests"]
        return sum(request["script"] is not None and (request["status"] or 0) >= 500 for request in received)

    def sweep(self) -> None:
        """It keeps nothing but its scripts."""
        self.refresh()

    def close(self) -> None:
        """Close the clients."""
        self.scripted.close()
        super().close()
