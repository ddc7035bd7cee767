"""What the gate notes of every call to the model, retries and judges included."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

JUDGE = "judge"


class Call(BaseModel):
    """One call as it ended. Money in micro-dollars, times in seconds, tokens None where the answer told none."""

    model_config = ConfigDict(extra="forbid")

    number: int
    scenario: str
    request_id: str
    attempt: int
    """1 for the first try, more for what was asked again after a failure."""
    model: str
    worst: int
    cost: int = 0
    metered: bool = False
    """Whether the cost was worked out from the answer's own account; else nothing or the worst case was charged."""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cached: int | None = None
    reasoning: int | None = None
    status: int | None = None
    ended: str = ""
    started: float
    seconds: float = 0.0
    persona: str | None = None

    @property
    def purpose(self) -> str:
        """Who asked: the judge with its criterion, or the system under test."""
        who, _, rest = self.request_id.partition("/")
        return f"{JUDGE}: {rest.split('/')[1]}" if who == JUDGE and rest.count("/") >= 2 else "asked"


class Spend(BaseModel):
    """What some calls have cost together, in micro-dollars and tokens; what could not be asked, in words."""

    micro_dollars: int = 0
    tokens: int = 0
    calls: int = 0
    unasked: tuple[str, ...] = ()
    told: tuple[Call, ...] = ()
    """The calls themselves, oldest first."""

    @staticmethod
    def of(calls: Sequence[Call], unasked: Sequence[str] = ()) -> Spend:
        """The sum of these calls."""
        return Spend(
            micro_dollars=sum(call.cost for call in calls),
            tokens=sum((call.tokens_in or 0) + (call.tokens_out or 0) for call in calls),
            calls=len(calls),
            unasked=tuple(unasked),
            told=tuple(calls),
        )


class Statement(BaseModel):
    """What a whole run has spent."""

    prices: str
    limit: int
    spent: int
    stopped: str | None
    excess: int
    violations: tuple[str, ...]
    """Calls to the model outside `@real_ai`; none of them left."""
    scenarios: dict[str, str]
    """The scenarios that were allowed to ask, by their marks: where they stand and what they are called."""
    calls: tuple[Call, ...]
