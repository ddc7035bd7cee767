"""Proves that verdicts over samples are what the exact binomial says, and that what is undecided helps nobody."""

import functools
import itertools
import math
import random
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.checks import samples
from support.checks.samples import Claim, ClaimError, Outcome, Tally, UndecidedError

NINE_OF_TEN = Claim(9, 10)
outcomes = st.lists(st.sampled_from(["success", "failure", "undecided"]), min_size=1, max_size=30)


def ended(successes: int, failures: int = 0, undecided: int = 0) -> Tally:
    return Tally(successes + failures + undecided, successes, failures, undecided)


def sampled(ends: list[Outcome], needed: int | None = None, at_once: int = 1) -> Tally:
    def attempt(end: Outcome) -> Callable[[], Outcome]:
        return lambda: end

    return samples.take([attempt(end) for end in ends], lambda end: end, needed=needed, at_once=at_once).tally


def model(rate: float, chance: random.Random, attempts: int = 10) -> list[Outcome]:
    """A model that does well with this rate."""
    return ["success" if chance.random() < rate else "failure" for _ in range(attempts)]


# Against the exact binomial tail


@pytest.mark.parametrize(("rate", "least", "most"), [(0.5, 0, 2), (0.99, 95, 100), (0.0, 0, 0), (1.0, 100, 100)])
def test_of_a_hundred_runs_a_bad_model_passes_seldom_and_a_good_one_nearly_always(
    rate: float, least: int, most: int
) -> None:
    """A model of 50 % is kept 1.07 times on average: more than twice in 9 of 100 seeds."""
    chance = random.Random(2026)
    kept = sum(sampled(model(rate, chance), needed=9, at_once=3).verdict(9) == "kept" for _ in range(100))
    assert least <= kept <= most


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(("needed", "attempts"), [(9, 10), (3, 5), (18, 20)])
def test_the_share_of_kept_claims_is_the_exact_tail(rate: float, needed: int, attempts: int) -> None:
    runs, kept, chance = 4_000, 0, random.Random(7)
    for _ in range(runs):
        ends = model(rate, chance, attempts)
        kept += ended(ends.count("success"), ends.count("failure")).verdict(needed) == "kept"
    exact = samples.binomial_tail(needed, attempts, rate)
    deviation = math.sqrt(exact * (1 - exact) / runs)
    assert abs(kept / runs - exact) <= 4 * deviation + 1e-9


def test_the_tail_is_exact() -> None:
    assert samples.binomial_tail(9, 10, 0.5) == pytest.approx(11 / 1024)
    assert samples.binomial_tail(0, 10, 0.3) == pytest.approx(1)
    assert samples.binomial_tail(10, 10, 0.99) == pytest.approx(0.99**10)


# Verdicts


@pytest.mark.parametrize(
    ("tally", "verdict"),
    [
        (ended(9, 1), "kept"),
        (ended(8, 2), "broken"),
        (ended(9, 0, 1), "kept"),
        (ended(8, 1, 1), "undecided"),
        (ended(0, 0, 10), "undecided"),
        (ended(7, 2, 1), "broken"),
        (Tally(10, 8, 1), None),
        (Tally(10, 0, 2), "broken"),
        (Tally(10), None),
    ],
)
def test_a_verdict_falls_when_it_is_certain(tally: Tally, verdict: str | None) -> None:
    assert tally.verdict(9) == verdict


@given(outcomes, st.integers(1, 30), st.integers(1, 4))
def test_stopping_early_never_changes_the_verdict(ends: list[Outcome], needed: int, at_once: int) -> None:
    needed = min(needed, len(ends))
    assert sampled(ends, needed, at_once).verdict(needed) == sampled(ends).verdict(needed)


@given(outcomes, st.integers(1, 30))
def test_what_the_undecided_would_have_been_never_overturns_a_verdict(ends: list[Outcome], needed: int) -> None:
    needed = min(needed, len(ends))
    verdict = sampled(ends).verdict(needed)
    best = ["success" if end == "undecided" else end for end in ends].count("success")
    worst = ends.count("success")
    assert verdict == ("kept" if worst >= needed else "broken" if best < needed else "undecided")


def test_a_decided_sample_asks_no_further() -> None:
    asked: list[int] = []
    attempts = [functools.partial(asked.append, number) for number in range(10)]
    taken = samples.take(attempts, lambda _: "failure", needed=9, at_once=1)
    assert asked == [0, 1]
    assert taken.tally == Tally(10, failures=2)
    assert "interval" not in taken.tally.told()
    assert "2 of 10" not in taken.tally.told()
    assert "stopped early, 8 of 10 not needed" in taken.tally.told()


def test_attempts_run_together_within_the_limit() -> None:
    lock, running, most = threading.Lock(), [0], [0]
    together = threading.Barrier(4, timeout=5)

    def attempt() -> Outcome:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        together.wait()
        with lock:
            running[0] -= 1
        return "success"

    samples.take([attempt] * 12, lambda end: end, at_once=4)
    assert most == [4]


def test_what_an_attempt_raises_is_raised_and_ends_the_sample() -> None:
    asked: list[int] = []

    def attempt() -> Outcome:
        asked.append(1)
        raise KeyError("a mistake of the suite")

    with pytest.raises(KeyError):
        samples.take([attempt] * 50, lambda end: end, at_once=2)
    assert len(asked) <= 4


# Claims


def test_a_kept_claim_says_nothing_and_a_broken_one_shows_its_numbers() -> None:
    samples.hold(NINE_OF_TEN, ended(9, 1), "the tone is empathetic")
    with pytest.raises(AssertionError, match=r"8 of 10 \(95% interval 0\.49 to 0\.94\); 9 of 10 are needed\nreply 3"):
        samples.hold(NINE_OF_TEN, ended(8, 2), "the tone is empathetic", "reply 3: cold")
    with pytest.raises(UndecidedError, match="not decided"):
        samples.hold(NINE_OF_TEN, ended(8, 0, 2), "the tone is empathetic")


@pytest.mark.parametrize(("least", "of", "attempts"), [(99, 100, 5), (11, 10, 10), (0, 10, 10), (9, 10, 9), (1, 2, 1)])
def test_a_claim_that_the_sample_cannot_support_is_refused(least: int, of: int, attempts: int) -> None:
    with pytest.raises(ClaimError):
        Claim(least, of).needed(attempts)


@given(st.integers(1, 100), st.integers(1, 100), st.integers(1, 500))
def test_a_larger_sample_never_needs_a_smaller_share(least: int, of: int, attempts: int) -> None:
    if least <= of <= attempts:
        needed = Claim(least, of).needed(attempts)
        assert least / of <= needed / attempts < least / of + 1 / attempts


def test_one_violation_of_a_hard_rule_is_enough() -> None:
    samples.hold_always([], ended(9, 0, 1), "no diagnosis")
    with pytest.raises(AssertionError, match="violated 1 times\nreply 7"):
        samples.hold_always(["reply 7"], ended(99, 1), "no diagnosis")
    for too_few in (ended(7, 0, 3), Tally(10), ended(0, 0, 1)):
        with pytest.raises(UndecidedError):
            samples.hold_always([], too_few, "no diagnosis")


# Numbers


@pytest.mark.parametrize(
    ("successes", "attempts", "low", "high"),
    [(9, 10, 0.60, 0.98), (27, 30, 0.74, 0.97), (0, 10, 0.0, 0.28), (10, 10, 0.72, 1.0), (5, 10, 0.24, 0.76)],
)
def test_the_interval_is_wilsons(successes: int, attempts: int, low: float, high: float) -> None:
    found = samples.wilson(successes, attempts)
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_and_mirrors_its_complement(counts: tuple[int, int]) -> None:
    successes, attempts = counts
    found, mirrored = samples.wilson(successes, attempts), samples.wilson(attempts - successes, attempts)
    assert 0 <= found.low <= successes / attempts <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high)


def test_the_interval_covers_the_rate_as_often_as_it_says() -> None:
    for rate in (0.5, 0.8, 0.9):
        covered = sum(
            math.comb(30, k) * rate**k * (1 - rate) ** (30 - k)
            for k in range(31)
            if samples.wilson(k, 30).low <= rate <= samples.wilson(k, 30).high
        )
        assert 0.91 <= covered <= 0.985


@pytest.mark.parametrize(("successes", "attempts", "in_a_row"), [(9, 10, 3), (10, 10, 4), (2, 6, 3), (4, 7, 1)])
def test_pass_power_is_the_share_of_all_choices_that_succeed(successes: int, attempts: int, in_a_row: int) -> None:
    ends = [True] * successes + [False] * (attempts - successes)
    chosen = list(itertools.combinations(ends, in_a_row))
    assert samples.pass_power(successes, attempts, in_a_row) == pytest.approx(sum(map(all, chosen)) / len(chosen))


def test_pass_power_of_nine_in_ten_is_unbiased() -> None:
    assert samples.pass_power(9, 10, 3) == pytest.approx(0.7)
    with pytest.raises(ClaimError):
        samples.pass_power(3, 3, 4)


# Features


def scenario(*steps: str, rows: int = 0) -> SimpleNamespace:
    table = SimpleNamespace(rows=[None] * rows) if rows else None
    made = [SimpleNamespace(name=name, table=table if not n else None, text=None) for n, name in enumerate(steps)]
    return SimpleNamespace(location="tone.feature:7", all_steps=made)


def test_a_claim_is_read_against_the_sample_of_its_scenario() -> None:
    asked = "Maya writes, 10 times, each in a new conversation"
    assert samples.faults([scenario(asked, "in at least 9 of 10 replies the tone is empathetic")]) == []
    [fault] = samples.faults([scenario(asked, "in at least 99 of 100 replies the tone is empathetic")])
    assert fault.startswith('tone.feature:7: "at least 99 of 100" cannot be shown by 10')
    assert samples.faults([scenario("Maya writes", "in at least 1 of 2 replies the tone is empathetic")])
    assert samples.faults([scenario(asked, "with a likelihood of at least 0.5, 11 in a row are such that it is so")])


@pytest.mark.parametrize(
    ("step", "rows", "size"),
    [
        ("Maya writes, 10 times, each in a new conversation", 0, 10),
        ("Maya writes, each in a new conversation", 4, 4),
        ("Maya writes, 2 times, each in a new conversation", 4, 8),
        ("Dr. Lee and Maya write, 3 times each, each in a new conversation", 0, 6),
        ("Dr. Lee has 3 documents written", 9, 3),
        ("Dr. Lee has each of these documents written", 5, 5),
        ("Maya writes", 3, None),
    ],
)
def test_the_size_of_a_sample_is_read_from_its_sentence(step: str, rows: int, size: int | None) -> None:
    assert samples.sample_size(scenario(step, rows=rows).all_steps[0]) == size
