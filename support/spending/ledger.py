"""The ledger of one run: what was spent and what is reserved, which together never exceed a budget.

It belongs to one process and one loop (the gate), through which every call to the model goes, whichever worker, judge
or service makes it; each of its methods is one step that nothing interrupts. All amounts are micro-dollars.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from support.spending.money import told


class OverBudgetError(Exception):
    """A call that is not made, since its worst case does not fit in what is left of a budget."""

    def __init__(self, message: str, *, whole_run: bool, may_fit: bool = False) -> None:
        super().__init__(message)
        self.whole_run = whole_run
        """Whether it is the run's budget that is spent, not only the scenario's."""
        self.may_fit = may_fit
        """Whether there may be room when calls under way have cost less than their worst case."""


class LedgerMisusedError(RuntimeError):
    """A reservation was settled twice, or was never made: a fault of ours, never of the model's."""


@dataclass(frozen=True)
class Reservation:
    """The worst case of one call under way, set aside until it is known what the call has cost."""

    number: int
    scenario: str
    worst: int


@dataclass
class _Account:
    limit: int | None
    spent: int = 0
    reserved: int = 0

    @property
    def left(self) -> int | None:
        """What neither was spent nor is set aside; None without a limit."""
        return None if self.limit is None else self.limit - self.spent - self.reserved

    def has_room(self, worst: int) -> bool:
        return self.left is None or worst <= self.left

    def may_have_room(self, worst: int) -> bool:
        return self.left is None or worst <= self.left + self.reserved


@dataclass
class Ledger:
    """The budget of a run, of `limit` micro-dollars and `calls` calls at most, and those of its scenarios."""

    limit: int
    calls: int
    made: int = 0
    """Calls that were let through; an endless loop of free errors ends here."""
    excess: int = 0
    """What providers charged beyond the worst case that had been worked out; anything but 0 is a fault of ours."""
    stopped: str | None = None
    """Why nothing more may be asked in this run, whatever is left."""
    _run: _Account = field(init=False)
    _scenarios: dict[str, _Account] = field(default_factory=dict)
    _open: dict[int, Reservation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._run = _Account(self.limit)

    @property
    def spent(self) -> int:
        """What the settled calls have cost."""
        return self._run.spent

    @property
    def reserved(self) -> int:
        """What is set aside for the calls under way."""
        return self._run.reserved

    def spent_by(self, scenario: str) -> int:
        """What the settled calls of one scenario have cost."""
        return self._account(scenario).spent

    def committed_by(self, scenario: str) -> int:
        """What one scenario has spent and what is set aside for it."""
        account = self._account(scenario)
        return account.spent + account.reserved

    def limit_scenario(self, scenario: str, limit: int) -> None:
        """Set the budget of one scenario; the tightest that was ever set holds."""
        account = self._account(scenario)
        account.limit = limit if account.limit is None else min(limit, account.limit)

    def stop(self, reason: str) -> None:
        """Let no further call through; the first reason is kept."""
        self.stopped = self.stopped or reason

    def reserve(self, scenario: str, worst: int) -> Reservation:
        """Set aside what a call may cost at worst, before it is made.

        Raises OverBudgetError when the run, or the scenario, has no room for it; nothing is set aside then.
        """
        if worst < 0:
            raise LedgerMisusedError(f"a call cannot cost {worst} micro-dollars")
        if self.stopped is not None:
            raise OverBudgetError(self.stopped, whole_run=True)
        if self.made >= self.calls:
            raise OverBudgetError(f"the {self.calls:,} calls that the run may make are made", whole_run=True)
        account = self._account(scenario)
        for whose, each in (("the scenario", account), ("the run", self._run)):
            if not each.has_room(worst):
                why = self._no_room(whose, each, worst)
                raise OverBudgetError(why, whole_run=each is self._run, may_fit=each.may_have_room(worst))
        self.made += 1
        reservation = Reservation(self.made, scenario, worst)
        self._open[reservation.number] = reservation
        for each in (self._run, account):
            each.reserved += worst
        return reservation

    def settle(self, reservation: Reservation, cost: int) -> None:
        """Replace what was set aside by what the call has cost: 0 when it surely cost nothing."""
        if cost < 0 or self._open.pop(reservation.number, None) is not reservation:
            raise LedgerMisusedError(f"call {reservation.number} cannot be settled with {cost} micro-dollars")
        for each in (self._run, self._account(reservation.scenario)):
            each.reserved -= reservation.worst
            each.spent += cost
        if cost > reservation.worst:
            self.excess += cost - reservation.worst
            self.stop(
                f"a call has cost {told(cost)}, more than its worst case of {told(reservation.worst)}: "
                "nothing more is asked"
            )

    def _account(self, scenario: str) -> _Account:
        return self._scenarios.setdefault(scenario, _Account(None))

    @staticmethod
    def _no_room(whose: str, account: _Account, worst: int) -> str:
        assert account.limit is not None
        aside = f", {told(account.reserved)} set aside for calls under way" if account.reserved else ""
        return (
            f"the budget of {whose} is spent: a call that may cost {told(worst)} does not fit in "
            f"{told(account.limit)}, of which {told(account.spent)} is spent{aside}"
        )
