"""What a run will cost, told before its first call: as last time where that is known, else by a rule of thumb."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genai_prices import Usage
from pydantic import ValidationError

from support.spending.calls import Statement
from support.spending.money import told
from support.spending.prices import Prices

TOKENS = Usage(input_tokens=2_000, output_tokens=400)
"""Of one reply, or one judgement, of which nothing is known."""
TIMES = re.compile(r"\b(\d+) times\b")


@dataclass(frozen=True)
class Estimate:
    """Micro-dollars, and how they were arrived at."""

    micro_dollars: int
    basis: str

    def __str__(self) -> str:
        return f"about {told(self.micro_dollars)} ({self.basis})"


def estimate(scenarios: Mapping[str, Sequence[str]], models: Sequence[str], prices: Prices, last: Path) -> Estimate:
    """What these scenarios, by their titles, with the texts of their steps, will cost; `last`: the last statement.

    A scenario that was not seen before is taken for one reply by each of the models, as often as its steps say.
    """
    before = costs(last)
    known = {title: before[name] for title in scenarios if (name := without_line(title)) in before}
    seen = list(known.values())
    unseen = [replies(steps) for title, steps in scenarios.items() if title not in known]
    each = sum(prices.cost(model, TOKENS) for model in models)
    parts = []
    if seen:
        parts.append(f"{len(seen)} scenarios as last time")
    if unseen:
        thumb = f"{TOKENS.input_tokens:,} tokens in and {TOKENS.output_tokens:,} out"
        parts.append(f"{sum(unseen)} replies and as many judgements at {thumb}")
    return Estimate(sum(seen) + sum(unseen) * each, ", ".join(parts))


def replies(steps: Sequence[str]) -> int:
    """How many replies a scenario asks for."""
    return max((int(times) for step in steps for times in TIMES.findall(step)), default=1)


def costs(path: Path) -> dict[str, int]:
    """What scenarios have cost by a statement on file, by their titles; of none, or an unreadable one, nothing."""
    try:
        statement = Statement.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}
    found: dict[str, int] = {}
    for mark, title in statement.scenarios.items():
        found[without_line(title)] = sum(call.cost for call in statement.calls if call.scenario == mark)
    return found


def without_line(title: str) -> str:
    """What a scenario is called wherever in its file it stands."""
    return re.sub(r":\d+ ", " ", title, count=1)
