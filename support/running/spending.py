"""Money in a worker: who may ask the real model at this moment, what that has cost, and what could not be asked."""

from __future__ import annotations

import json
import secrets

from behave.model import Scenario

from support.reporting.redaction import register_secret
from support.running.real_ai import title
from support.running.systems import ModelUnderTest
from support.spending import Gatehouse, Spend
from support.wire import Exchange

SESSION, PERSONA = "session_id", "persona_type"
SESSIONS = "/sessions"
"""Where in its paths the assistant tells of a session."""


class Spending:
    """One worker's share of real AI. Everything that the scenario asks the model passes the gate while it lasts."""

    def __init__(self, house: Gatehouse, model: ModelUnderTest | None) -> None:
        self._house = house
        self._model = model
        self.key = model.key if model is not None else f"sk-{secrets.token_hex(16)}"
        """What clients of the model show; the gate alone has the real key."""
        self.address = f"{house.address if model is None else model.address}/v1"
        """Where clients ask the model."""
        if model is None:
            register_secret(self.key)
            house.desk(self.key, "", "")
        else:
            house.desk(self.key, f"{model.embedded.address}/v1", model.key)

    def begin(self, mark: str, scenario: Scenario) -> str | None:
        """Let a `@real_ai` scenario ask; answers why nothing is asked any more, or None."""
        if why := self._house.begin(self.key, mark, title(scenario)):
            return why
        if self._model is not None:
            self._model.proxy.retarget(self._house.address)
        return None

    def break_off(self, mark: str) -> None:
        """End what its clients are asking at this moment, and let them ask no more."""
        self._house.end(self.key, mark)

    def end(self, mark: str) -> Spend:
        """Let it ask no more; answers what it has spent, and what could not be asked and nobody has taken."""
        spent = self._house.end(self.key, mark)
        if self._model is not None:
            self._model.proxy.retarget(self._model.embedded.address)
        return spent

    def hear(self, exchange: Exchange) -> None:
        """Note from the assistant's answers which persona speaks in which session."""
        if SESSIONS not in exchange.path or exchange.status not in {200, 201}:
            return
        try:
            told = json.loads(exchange.response_body.kept)
            session, persona = str(told[SESSION]), str(told[PERSONA])
        except (ValueError, LookupError, TypeError):
            return  # it tells of something else
        self._house.introduce(session, persona)

    def limit(self, mark: str, micro_dollars: int) -> None:
        """Give a scenario a budget of its own."""
        self._house.limit(mark, micro_dollars)

    def spent_by(self, mark: str) -> Spend:
        """What a scenario has spent by now."""
        return self._house.spent(mark)

    def take_unasked(self, mark: str) -> list[str]:
        """What could not be asked since the last time. Who takes it answers for it; the rest breaks the scenario."""
        return self._house.take_unasked(mark)
