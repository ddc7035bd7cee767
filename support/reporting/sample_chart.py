"""A sample as a picture: a dot an attempt, the line that must be reached, and the interval of the rate. Plain HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

COLOURS = {"success": "#2e7d32", "failure": "#c62828", "undecided": "#9e9e9e"}
WORDS = {"success": "holds", "failure": "does not", "undecided": "undecided"}
DOT, GAP, LEFT, WIDTH = 9, 26, 20, 520


def chart(
    title: str,
    outcomes: Sequence[str],
    *,
    planned: int,
    needed: int,
    interval: tuple[float, float] | None,
    told: str,
) -> str:
    """The picture of one sample. `outcomes`: success, failure or undecided, in the order of asking."""
    across = (WIDTH - 2 * LEFT) // GAP
    rows = -(-planned // across)
    dots = "".join(_dot(number, outcomes, across) for number in range(planned))
    below = 20 + rows * GAP + 30
    height = below + 40
    return (
        '<!doctype html><meta charset="utf-8"><body style="font:14px system-ui,sans-serif;margin:12px">'
        f'<b>{html.escape(title)}</b><p style="margin:4px 0">{html.escape(told)}</p>'
        f'<svg width="{WIDTH}" height="{height}" role="img" aria-label="{html.escape(told)}">{dots}'
        f"{_scale(below, needed / planned, interval, outcomes)}</svg>"
        f"<p>{_legend()}</p></body>"
    )


def _dot(number: int, outcomes: Sequence[str], across: int) -> str:
    x, y = LEFT + DOT + (number % across) * GAP, 20 + (number // across) * GAP
    if number >= len(outcomes):
        return f'<circle cx="{x}" cy="{y}" r="{DOT}" fill="none" stroke="#bbb" stroke-dasharray="3 2"/>'
    outcome = outcomes[number]
    tip = f"<title>{number + 1}: {WORDS[outcome]}</title>"
    return f'<circle cx="{x}" cy="{y}" r="{DOT}" fill="{COLOURS[outcome]}">{tip}</circle>'


def _scale(y: int, needed: float, interval: tuple[float, float] | None, outcomes: Sequence[str]) -> str:
    span = WIDTH - 2 * LEFT
    decided = [outcome for outcome in outcomes if outcome != "undecided"]
    parts = [f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + span}" y2="{y}" stroke="#bbb"/>']
    if interval is not None:
        low, high = (LEFT + span * bound for bound in interval)
        parts.append(f'<line x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}" stroke="#1565c0" stroke-width="6"/>')
        rate = LEFT + span * decided.count("success") / len(decided)
        parts.append(f'<circle cx="{rate:.1f}" cy="{y}" r="6" fill="#0d47a1"/>')
    mark = LEFT + span * needed
    parts.append(f'<line x1="{mark:.1f}" y1="{y - 12}" x2="{mark:.1f}" y2="{y + 12}" stroke="#000" stroke-width="2"/>')
    parts.append(f'<text x="{LEFT}" y="{y + 28}" font-size="11">0 %</text>')
    parts.append(f'<text x="{LEFT + span}" y="{y + 28}" font-size="11" text-anchor="end">100 %</text>')
    parts.append(f'<text x="{mark:.1f}" y="{y - 17}" font-size="11" text-anchor="middle">{needed:.0%} needed</text>')
    return "".join(parts)


def _legend() -> str:
    shown = [f'<span style="color:{colour}">●</span> {WORDS[name]}' for name, colour in COLOURS.items()]
    return " &nbsp; ".join([*shown, "◌ not needed", "blue: 95 % Wilson interval of the rate"])
