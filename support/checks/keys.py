"""What a key for part of a project opens, tried by whoever holds it."""

from __future__ import annotations

from collections.abc import Sequence

from support.checks.matching import Mode, check_items
from support.checks.outcomes import REASONS
from support.checks.waiting import eventually
from support.clients.evaluation_platform.interface import Refusal
from support.world import World

OPEN = "open"
LATE_S = 2.0
"""How long after its end a key may be tried until it is refused."""


def opens(world: World, rows: Sequence[Sequence[tuple[str, str]]], *, ended: bool) -> None:
    """Whoever holds the key is answered as each row says, *open* or a reason; `ended`: as soon as its time is over.

    Raises:
        AssertionError: another answer, after all that time.

    """
    expected = [{"asked for": use, "answer": answer} for (_, use), (_, answer) in rows]

    def look() -> None:
        actual = [{"asked for": each["asked for"], "answer": _answer(world, each["asked for"])} for each in expected]
        check_items("what the key opens", actual, expected, Mode.of("exactly, in this order"))

    eventually(look, within=LATE_S if ended else 0, what="what the key opens")


def _answer(world: World, use: str) -> str:
    team, key = world.recall("key", "given out")
    outcome = team.tried(world.platform.asker, key, use)
    if not isinstance(outcome, Refusal):
        return OPEN
    return next((words for words, reason in REASONS.items() if reason == outcome.reason), outcome.reason)
