"""Proves that no budget is ever overspent by a micro-dollar, however workers, retries and judges interleave."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from support.spending.ledger import Ledger, LedgerMisusedError, OverBudgetError, Reservation

BUDGET, CALLS = 1_000, 60
SCENARIOS = st.sampled_from(["first", "second", "third"])


class Interleaving(RuleBasedStateMachine):
    """Calls of several scenarios begin and end in any order; budgets of scenarios come and tighten at any time."""

    pending = Bundle("pending")

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(BUDGET, CALLS)
        self.limits: dict[str, int] = {}
        self.ceilings: dict[str, int] = {}
        self.charged: dict[str, int] = {}
        self.aside: dict[int, Reservation] = {}

    @rule(target=pending, scenario=SCENARIOS, worst=st.integers(0, BUDGET // 2))
    def begin(self, scenario: str, worst: int) -> Reservation | None:
        try:
            made = self.ledger.reserve(scenario, worst)
        except OverBudgetError as refusal:
            self.refused_with_reason(scenario, worst, waits=refusal.may_fit)
            return None
        self.aside[made.number] = made
        return made

    def refused_with_reason(self, scenario: str, worst: int, *, waits: bool) -> None:
        """A refusal is right only if there was no room: too careful a ledger would spend nothing."""
        assert self.aside or not waits, "nothing is under way that could make room"
        aside = sum(each.worst for each in self.aside.values())
        in_scenario = sum(each.worst for each in self.aside.values() if each.scenario == scenario)
        of_scenario = self.charged.get(scenario, 0) + in_scenario + worst
        assert (
            sum(self.charged.values()) + aside + worst > BUDGET
            or of_scenario > self.limits.get(scenario, of_scenario)
            or self.ledger.made == CALLS
        )

    @rule(made=consumes(pending), share=st.integers(0, 100))
    def end(self, made: Reservation | None, share: int) -> None:
        if made is not None:
            cost = made.worst * share // 100
            self.ledger.settle(made, cost)
            del self.aside[made.number]
            self.charged[made.scenario] = self.charged.get(made.scenario, 0) + cost

    @rule(made=consumes(pending))
    def end_twice(self, made: Reservation | None) -> None:
        if made is not None:
            self.end(made, 100)
            with pytest.raises(LedgerMisusedError):
                self.ledger.settle(made, 0)

    @rule(scenario=SCENARIOS, limit=st.integers(0, BUDGET))
    def tighten(self, scenario: str, limit: int) -> None:
        self.ledger.limit_scenario(scenario, limit)
        self.limits[scenario] = tightest = min(limit, self.limits.get(scenario, limit))
        # What had been let through before a budget was set is not taken back.
        self.ceilings[scenario] = max(tightest, self.ledger.committed_by(scenario))

    @invariant()
    def nothing_is_overspent(self) -> None:
        assert self.ledger.spent + self.ledger.reserved <= BUDGET
        assert self.ledger.made <= CALLS
        for scenario, limit in self.ceilings.items():
            assert self.ledger.committed_by(scenario) <= limit

    @invariant()
    def every_micro_dollar_is_accounted_for(self) -> None:
        assert self.ledger.spent == sum(self.charged.values())
        assert self.ledger.reserved == sum(each.worst for each in self.aside.values())
        for scenario in ("first", "second", "third"):
            assert self.ledger.spent_by(scenario) == self.charged.get(scenario, 0)


TestInterleaving = Interleaving.TestCase
TestInterleaving.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)


def test_the_last_micro_dollar_can_be_spent_and_no_other() -> None:
    ledger = Ledger(10, 5)
    ledger.settle(ledger.reserve("a", 9), 9)
    ledger.settle(ledger.reserve("a", 1), 1)
    with pytest.raises(OverBudgetError, match=r"the budget of the run is spent: a call that may cost \$0\.000001"):
        ledger.reserve("a", 1)
    assert ledger.spent == 10


def test_a_scenario_spends_its_own_budget_and_leaves_the_rest_of_the_run_alone() -> None:
    ledger = Ledger(100, 5)
    ledger.limit_scenario("a", 20)
    ledger.reserve("a", 15)
    with pytest.raises(OverBudgetError, match=r"the budget of the scenario .* \$0\.000015 set aside") as refusal:
        ledger.reserve("a", 6)
    assert not refusal.value.whole_run
    ledger.reserve("b", 85)


def test_calls_that_cost_nothing_are_counted_too() -> None:
    ledger = Ledger(100, 3)
    for _ in range(3):
        ledger.settle(ledger.reserve("a", 1), 0)
    with pytest.raises(OverBudgetError, match="the 3 calls that the run may make are made"):
        ledger.reserve("a", 0)


def test_a_provider_that_charges_beyond_the_worst_case_ends_the_run() -> None:
    ledger = Ledger(100, 5)
    ledger.settle(ledger.reserve("a", 10), 12)
    assert (ledger.spent, ledger.excess) == (12, 2)
    with pytest.raises(OverBudgetError, match="more than its worst case"):
        ledger.reserve("a", 1)
