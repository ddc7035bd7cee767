"""What the gate keeps: the ledger, the calls, who may ask at this moment, and what could not be asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from support.spending.calls import JUDGE, Call, Spend, Statement
from support.spending.ledger import Ledger
from support.spending.prices import table


@dataclass
class Desk:
    """One worker. Its clients show `key`; what they ask goes to `upstream`, with the key that is good there."""

    key: str
    upstream: str
    upstream_key: str
    scenario: str | None = None
    """The mark of the `@real_ai` scenario that it runs; None between such."""


@dataclass
class Books:
    """The accounts of one run."""

    ledger: Ledger
    desks: dict[str, Desk] = field(default_factory=dict)
    scenarios: dict[str, str] = field(default_factory=dict)
    personas: dict[str, str] = field(default_factory=dict)
    """Who answers in a session, by its id."""
    calls: list[Call] = field(default_factory=list)
    unasked: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    violations: list[str] = field(default_factory=list)

    def spent_by(self, scenario: str) -> Spend:
        """What one scenario has spent by now."""
        calls = [self._named(call) for call in self.calls if call.scenario == scenario]
        return Spend.of(calls, self.unasked[scenario])

    def statement(self) -> Statement:
        """What the run has spent by now."""
        return Statement(
            prices=table(),
            limit=self.ledger.limit,
            spent=self.ledger.spent,
            stopped=self.ledger.stopped,
            excess=self.ledger.excess,
            violations=tuple(self.violations),
            scenarios=self.scenarios,
            calls=tuple(map(self._named, self.calls)),
        )

    def _named(self, call: Call) -> Call:
        who, _, _ = call.request_id.partition("/")
        return call.model_copy(update={"persona": JUDGE if who == JUDGE else self.personas.get(who)})
