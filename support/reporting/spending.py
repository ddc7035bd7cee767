"""What a run has spent, told: lines for the console, a table for the report, figures with their trend."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from support.reporting.metrics import Metric
from support.spending.calls import Call, Spend, Statement
from support.spending.money import MICROS, told

REHEARSED = "REHEARSAL against the scripted model: nothing was paid, and the verdicts say nothing about a real model"
NOBODY = "no persona"
HEADINGS = ("by", "what", "calls", "tokens in", "tokens out", "cached", "reasoning", "dollars")


def sums(statement: Statement) -> list[tuple[str, str, Spend]]:
    """The sums by scenario, persona and model, the dearest of each kind first."""
    kinds: dict[str, Callable[[Call], str]] = {
        "scenario": lambda call: statement.scenarios.get(call.scenario, call.scenario),
        "persona": lambda call: call.persona or NOBODY,
        "model": lambda call: call.model,
    }
    found = []
    for kind, label in kinds.items():
        groups: defaultdict[str, list[Call]] = defaultdict(list)
        for call in statement.calls:
            groups[label(call)].append(call)
        spent = [(kind, name, Spend.of(calls)) for name, calls in groups.items()]
        found += sorted(spent, key=lambda each: -each[2].micro_dollars)
    return found


def lines(statement: Statement, budget: int, *, rehearsal: bool) -> list[str]:
    """The money of a run for the console; `budget` is what a real run may spend."""
    would = "would have cost" if rehearsal else "spent"
    calls = statement.calls
    unmetered = sum(call.cost == call.worst > 0 and not call.metered for call in calls)
    whole = Spend.of(calls)
    return [
        *([REHEARSED] if rehearsal else []),
        f"{would} {told(statement.spent)} of {told(budget)}: {_counted(whole)}, prices of {statement.prices}",
        *(
            f"  {kind:8} {told(spend.micro_dollars):>10}  {_counted(spend)}  {name}"
            for kind, name, spend in sums(statement)
        ),
        *([f"  {unmetered} calls told no usage and were charged at their worst case"] if unmetered else []),
    ]


def table(statement: Statement) -> str:
    """The sums as CSV, which the report shows as a table; the last line is the total."""
    rows = [(kind, name, *_cells(spend)) for kind, name, spend in sums(statement)]
    return _csv([HEADINGS, *rows, ("run", "total", *_cells(Spend.of(statement.calls)))])


def calls_table(spend: Spend) -> str:
    """The calls of one scenario as CSV."""
    head = ("asked by", "persona", "model", "try", "ended", "tokens in", "tokens out", "dollars", "at worst", "seconds")
    rows = [
        (
            call.purpose,
            call.persona or "",
            call.model,
            call.attempt,
            call.ended,
            "" if call.tokens_in is None else call.tokens_in,
            "" if call.tokens_out is None else call.tokens_out,
            told(call.cost),
            told(call.worst),
            f"{call.seconds:.2f}",
        )
        for call in spend.told
    ]
    return _csv([head, *rows])


def metrics(statement: Statement) -> list[Metric]:
    """The figures of a run."""
    whole = Spend.of(statement.calls)
    found = [
        Metric("ai.dollars", "Spent on models", whole.micro_dollars / MICROS, "$", "lower", "real AI"),
        Metric("ai.calls", "Calls to models", whole.calls, "", "lower", "real AI"),
        Metric("ai.tokens", "Tokens", whole.tokens, "", "lower", "real AI"),
    ]
    for kind, name, spend in sums(statement):
        if kind != "scenario":
            title = f"Spent on {name}"
            found.append(
                Metric(f"ai.dollars.{kind}.{name}", title, spend.micro_dollars / MICROS, "$", "lower", "real AI")
            )
    return found


def _counted(spend: Spend) -> str:
    return f"{spend.calls} call{'' if spend.calls == 1 else 's'}, {spend.tokens:,} tokens"


def _cells(spend: Spend) -> Sequence[str]:
    def total(name: str) -> str:
        return str(sum(getattr(call, name) or 0 for call in spend.told))

    counts = [total(name) for name in ("tokens_in", "tokens_out", "cached", "reasoning")]
    return [str(spend.calls), *counts, told(spend.micro_dollars)]


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
