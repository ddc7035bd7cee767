"""Statements about a sample: "in at least 9 of 10 replies", its interval, and when it is decided.

A model answers differently each time, so a promise of it is stated over attempts. Every attempt ends as a success, a
failure, or undecided: it could not be asked, or nobody could tell. Undecided ones are never counted for either side: a
claim is kept when the successes suffice, broken when not even the undecided ones could save it, and else undecided.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Generic, Literal, Protocol, TypeVar

Outcome = Literal["success", "failure", "undecided"]
Verdict = Literal["kept", "broken", "undecided"]
T = TypeVar("T")

CONFIDENCE = 0.95
"""Of the intervals, two-sided."""
AT_ONCE = 5
"""How many attempts run at a time, unless told otherwise: below what one user may ask at once."""
LEAST_DECIDED = 0.8
"""The share of the attempts that must be decided before a hard rule, which counts no successes, may be called kept."""
SAMPLED = re.compile(r"(?:, (?P<times>\d+) times(?: each)?)?, each in a new conversation$")
ORDERED = re.compile(r" has (?:(?P<times>\d+) documents|each of these documents) written$")
CLAIM = re.compile(r"\bat least (\d+) of (\d+)\b")
IN_A_ROW = re.compile(r"\b(\d+) in a row\b")


class UndecidedError(Exception):
    """Too few attempts were decided: the promise is neither kept nor broken, so its scenario is broken."""


class ClaimError(ValueError):
    """A claim that its sample cannot support, or that makes no sense; the message says what to change."""


@dataclass(frozen=True)
class Claim:
    """In at least `least` of `of`: a rate, and the size of the sample that can show it."""

    least: int
    of: int

    def __str__(self) -> str:
        return f"at least {self.least} of {self.of}"

    def needed(self, attempts: int) -> int:
        """How many of so many attempts must succeed: never a smaller share than claimed.

        Raises:
            ClaimError: so few attempts cannot show it.

        """
        if not 1 <= self.least <= self.of:
            raise ClaimError(f'"{self}" makes no sense: write a number from 1 to {self.of} of {self.of}')
        if attempts < self.of:
            raise ClaimError(
                f'"{self}" cannot be shown by {attempts} attempts: ask at least {self.of} times, or claim less'
            )
        return -(-self.least * attempts // self.of)


@dataclass(frozen=True)
class Interval:
    """Where the true rate lies, with the confidence of `CONFIDENCE`."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.2f} to {self.high:.2f}"


@dataclass(frozen=True)
class Tally:
    """How the attempts of a sample ended. `planned` counts all, those that an early stop left out included."""

    planned: int
    successes: int = 0
    failures: int = 0
    undecided: int = 0

    @property
    def decided(self) -> int:
        """The attempts that count."""
        return self.successes + self.failures

    @property
    def ended(self) -> int:
        """The attempts that were made."""
        return self.decided + self.undecided

    @property
    def stopped_early(self) -> bool:
        """Whether attempts were left out because the outcome was decided."""
        return self.ended < self.planned

    def and_one(self, outcome: Outcome) -> Tally:
        """With one more attempt."""
        return Tally(
            self.planned,
            self.successes + (outcome == "success"),
            self.failures + (outcome == "failure"),
            self.undecided + (outcome == "undecided"),
        )

    def verdict(self, needed: int) -> Verdict | None:
        """What is certain whatever the attempts to come will be; None while it is open."""
        if self.successes >= needed:
            return "kept"
        if self.failures > self.planned - needed:
            return "broken"
        return None if self.stopped_early else "undecided"

    def told(self) -> str:
        """Counts, and the interval of the rate. After an early stop the counts alone: an interval would be biased."""
        counts = f"{self.successes} of {self.decided}"
        if self.undecided:
            counts += f", {self.undecided} undecided"
        if self.stopped_early:
            return f"{counts}; stopped early, {self.planned - self.ended} of {self.planned} not needed"
        return (
            f"{counts} ({CONFIDENCE:.0%} interval {wilson(self.successes, self.decided)})" if self.decided else counts
        )


def wilson(successes: int, attempts: int, confidence: float = CONFIDENCE) -> Interval:
    """The Wilson score interval of a rate (Wilson 1927): honest for few attempts and for rates near 0 and 1."""
    if not 0 <= successes <= attempts or attempts < 1:
        raise ClaimError(f"there is no interval for {successes} of {attempts}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, weight = successes / attempts, z * z / attempts
    middle = (rate + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(rate * (1 - rate) / attempts + weight / (4 * attempts))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if successes == attempts else min(1.0, middle + half))


def pass_power(successes: int, attempts: int, in_a_row: int) -> float:
    """pass^k: how likely k attempts all succeed; the unbiased estimator C(c, k) / C(n, k), not the rate's power."""
    if not 1 <= in_a_row <= attempts or not 0 <= successes <= attempts:
        raise ClaimError(f"{attempts} attempts, {successes} of them successes, say nothing about {in_a_row} in a row")
    return math.comb(successes, in_a_row) / math.comb(attempts, in_a_row)


def binomial_tail(least: int, attempts: int, rate: float) -> float:
    """How likely at least so many of the attempts succeed, when each does with this rate. Exact."""
    return math.fsum(
        math.comb(attempts, k) * rate**k * (1 - rate) ** (attempts - k) for k in range(least, attempts + 1)
    )


@dataclass(frozen=True)
class Taken(Generic[T]):
    """A sample that was taken: the tally, and what came of each attempt by its number (from 0), the unmade left out."""

    tally: Tally
    results: dict[int, T]


def take(
    attempts: Sequence[Callable[[], T]],
    outcome: Callable[[T], Outcome],
    *,
    needed: int | None = None,
    at_once: int = AT_ONCE,
) -> Taken[T]:
    """Make the attempts, some at a time, in their order.

    With `needed` it ends once so many successes are sure to be reached, or not: what runs then is waited for and
    counted. What an attempt raises ends the sample and is raised; attempts that may fail to be asked answer so.
    """
    tally = Tally(len(attempts))
    results: dict[int, T] = {}
    waiting = iter(enumerate(attempts))
    running: dict[Future[T], int] = {}
    with _pool(min(at_once, len(attempts))) as pool:
        while True:
            open_ = needed is None or tally.verdict(needed) is None
            while open_ and len(running) < at_once and (following := next(waiting, None)):
                running[pool.submit(following[1])] = following[0]
            if not running:
                return Taken(tally, dict(sorted(results.items())))
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(done)
                results[number] = done.result()
                tally = tally.and_one(outcome(results[number]))


@contextmanager
def _pool(size: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are waited for, also after Ctrl-C: what has begun is ended in order, the rest is not begun."""
    pool = ThreadPoolExecutor(max(1, size), thread_name_prefix="attempt")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def hold(claim: Claim, tally: Tally, what: str, evidence: str = "") -> None:
    """Raise unless the claim is kept.

    Raises:
        AssertionError: it is broken.
        UndecidedError: too few attempts were decided.

    """
    needed = claim.needed(tally.planned)
    said = f"{what}: {tally.told()}; {needed} of {tally.planned} are needed"
    verdict = tally.verdict(needed)
    if verdict == "broken":
        raise AssertionError("\n".join(filter(None, (said, evidence))))
    if verdict != "kept":
        raise UndecidedError("\n".join(filter(None, (f"not decided: {said}", evidence))))


def hold_always(violations: Iterable[str], tally: Tally, what: str) -> None:
    """Raise when a hard rule is violated even once; it is never a matter of rates.

    Raises:
        AssertionError: there is a violation.
        UndecidedError: none, and less than `LEAST_DECIDED` of the attempts were decided.

    """
    found = list(violations)
    if found:
        raise AssertionError(f"{what}: violated {len(found)} times\n" + "\n".join(found))
    if not tally.decided or tally.decided < LEAST_DECIDED * tally.planned:
        raise UndecidedError(f"not decided: {what}: only {tally.decided} of {tally.planned} attempts could be asked")


class Step(Protocol):
    """A step of behave, as far as it is read here."""

    name: str
    table: Any
    text: Any


class Scenario(Protocol):
    """A scenario of behave, as far as it is read here."""

    location: Any
    all_steps: Iterable[Step]


def faults(scenarios: Iterable[Scenario]) -> list[str]:
    """The claims that their scenario's sample cannot support, each with its place; asked before anything is run."""
    return [f"{scenario.location}: {fault}" for scenario in scenarios for fault in _faults(scenario)]


def _faults(scenario: Scenario) -> Iterator[str]:
    steps = list(scenario.all_steps)
    size = next((found for found in map(sample_size, steps) if found is not None), 1)
    for step in steps:
        for found in CLAIM.finditer(step.name):
            if fault := _fault(Claim(int(found[1]), int(found[2])), size):
                yield fault
        for found in IN_A_ROW.finditer(step.name):
            if not 1 <= int(found[1]) <= size:
                yield f"{size} attempts say nothing about {found[1]} in a row"


def sample_size(step: Step) -> int | None:
    """How many attempts a step makes; None for one that samples nothing."""
    if found := SAMPLED.search(step.name):
        rows = len(step.table.rows) if step.table is not None and not step.text else 1
        people = 2 if " and " in step.name.partition(",")[0] else 1
        return int(found["times"] or 1) * rows * people
    if found := ORDERED.search(step.name):
        return int(found["times"] or len(step.table.rows))
    return None


def _fault(claim: Claim, attempts: int) -> str | None:
    try:
        claim.needed(attempts)
    except ClaimError as fault:
        return str(fault)
    return None
