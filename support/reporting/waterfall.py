"""Renders a trace as the tree that it is: parentage as depth, time as bars, failures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from support.reporting.evidence import Redacted
from support.reporting.pages import bar, bounded, page, text

STYLE = """
.span { display: grid; grid-template-columns: minmax(14em, 38%) 1fr 9.5em; gap: 0 12px; align-items: center;
  padding: 4px 0; border-top: 1px solid var(--line); }
.name { padding-left: calc(var(--depth) * 16px); overflow-wrap: anywhere; } .span time { text-align: right; }
.kind { font-size: 11px; border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; margin-right: 6px;
  color: var(--dim); } .lane i.model { background: var(--model); } .lane i.failed { background: var(--bad); }
.span .bad { grid-column: 1 / -1; padding-left: calc(var(--depth) * 16px); font-size: 12.5px; overflow-wrap: anywhere; }
@media (max-width: 560px) { .span { grid-template-columns: 1fr auto; } .lane { grid-column: 1 / -1; grid-row: 2; } }
"""


@dataclass(frozen=True)
class Span:
    """One event of a trace. Milliseconds; `at` is since any one moment. `parent` may be the id of no other."""

    id: str
    parent: str | None
    kind: str
    name: str
    at: float
    lasted: float
    error: str | None = None


def waterfall(title: str, spans: Sequence[Span]) -> Redacted:
    """A page with every span below its parent, in the order given; one whose parent is not there begins a tree."""
    if not spans:
        return page(title, "<p class=dim>no event</p>")
    ids = {span.id for span in spans}
    begun = min(span.at for span in spans)
    whole = max(span.at + span.lasted for span in spans) - begun or 1.0
    children: dict[str | None, list[Span]] = {}
    for span in spans:
        children.setdefault(span.parent, []).append(span)
    rows: list[str] = []
    drawn: set[int] = set()
    # Last of all those that are each other's parents, which no root leads to. The next to be drawn stands last.
    waiting = [(span, 0) for span in (*(each for each in spans if each.parent not in ids), *spans)][::-1]
    while waiting:
        span, depth = waiting.pop()
        if id(span) not in drawn:
            drawn.add(id(span))
            rows.append(_row(span, depth, span.at - begun, whole))
            waiting += [(child, depth + 1) for child in reversed(children.get(span.id, []))]
    shown, note = bounded(rows, "events")
    return page(title, f"<p class=dim>{len(spans)} events in {whole:.1f} ms</p>{shown}{note}", STYLE)


def _row(span: Span, depth: int, start: float, whole: float) -> str:
    kind = "failed" if span.error else "model" if span.kind == "model" else ""
    failed = f"<div class=bad>✗ {text(span.error)}</div>" if span.error else ""
    return (
        f'<div class=span style="--depth:{depth}"><div class=name><span class=kind>{text(span.kind)}</span>'
        f"{text(span.name)}</div>{bar(start, span.lasted, whole, kind)}"
        f"<time>at {start:.1f} ms, {span.lasted:.1f} ms</time>{failed}</div>"
    )
