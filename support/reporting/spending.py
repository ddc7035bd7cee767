"""What a run has spent, told: lines for the console, a table for the report, figures with their trend."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from support.reporting.evidence import Redacted
from support.reporting.metrics import Metric
from support.reporting.pages import page, table, text
from support.spending.calls import JUDGE, Call, Spend, Statement
from support.spending.money import MICROS, told

REHEARSED = "REHEARSAL against the scripted model: nothing was paid, and the verdicts say nothing about a real model"
NOBODY = "no persona"
WIDE = "td, th { padding: 4px 6px; } td:first-child { min-width: 11em; } .wide + .wide { margin-top: 12px; }"
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


def sheet(statement: Statement) -> str:
    """The sums as CSV, to be calculated with; the last line is the total."""
    rows = [(kind, name, *_cells(spend)) for kind, name, spend in sums(statement)]
    return _csv([HEADINGS, *rows, ("run", "total", *_cells(Spend.of(statement.calls)))])


def bill(statement: Statement, title: str) -> Redacted:
    """The sums as a page: what each scenario, persona and model has cost, and its part of the whole."""
    whole = Spend.of(statement.calls)
    body = [f"<p><b>{text(told(whole.micro_dollars))}</b>, {_counted(whole)}, prices of {text(statement.prices)}</p>"]
    found = sums(statement)
    for kind in dict.fromkeys(kind for kind, _, _ in found):
        rows = [(name, *map(_grouped, _cells(spend)), _part(spend, whole)) for by, name, spend in found if by == kind]
        body.append(table((f"by {kind}", *HEADINGS[2:], "part"), rows, numbers=range(1, len(HEADINGS))))
    return page(title, "".join(body), WIDE)


def calls_page(spend: Spend, title: str) -> Redacted:
    """The calls of one scenario as a page, oldest first."""
    head = ("asked by", "model", "try", "ended", "tokens in", "tokens out", "dollars", "at worst", "seconds")
    rows = [
        (
            call.purpose if call.persona in (None, JUDGE) else call.persona,
            call.model,
            str(call.attempt),
            call.ended,
            "" if call.tokens_in is None else f"{call.tokens_in:,}",
            "" if call.tokens_out is None else f"{call.tokens_out:,}",
            told(call.cost),
            told(call.worst),
            f"{call.seconds:.2f}",
        )
        for call in spend.told
    ]
    return page(title, f"<p>{_counted(spend)}</p>{table(head, rows, numbers=(2, 4, 5, 6, 7, 8))}", WIDE)


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


def _grouped(figure: str) -> str:
    return f"{int(figure):,}" if figure.isdigit() else figure


def _part(spend: Spend, whole: Spend) -> str:
    return f"{100 * spend.micro_dollars / whole.micro_dollars:.0f} %" if whole.micro_dollars else ""


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
