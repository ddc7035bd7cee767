"""A sample as a picture: a dot an attempt, the line that must be reached, and the interval of the rate."""

from __future__ import annotations

from collections.abc import Sequence

from support.reporting.evidence import Redacted
from support.reporting.pages import page, text

WORDS = {"success": "holds", "failure": "does not", "undecided": "undecided"}
DOT, GAP, LEFT, WIDTH = 9, 26, 20, 356

STYLE = """
svg { display: block; width: 100%; max-width: 440px; height: auto; } svg text { fill: var(--ink); font-size: 12px; }
.success { fill: var(--good); color: var(--good); } .failure { fill: var(--bad); color: var(--bad); }
.undecided { fill: var(--dim); color: var(--dim); } .unasked { fill: none; stroke: var(--dim); stroke-dasharray: 3 2; }
.mark { fill: var(--page); stroke: var(--page); stroke-width: 1.6; stroke-linecap: round; }
.axis { stroke: var(--line); } .interval { stroke: var(--practice); stroke-width: 6; } .rate { fill: var(--practice); }
.needed { stroke: var(--ink); stroke-width: 2; } .legend { display: flex; flex-wrap: wrap; gap: 0 16px; }
"""

MARKS = {"success": "M-4 0l3 3 5-6", "failure": "M-3.5 -3.5l7 7m0 -7l-7 7", "undecided": "M-4 0h8"}
"""What stands in a dot, for whoever does not tell the colours apart."""


def chart(
    title: str,
    outcomes: Sequence[str],
    *,
    planned: int,
    needed: int,
    interval: tuple[float, float] | None,
    told: str,
) -> Redacted:
    """The page of one sample. `outcomes`: success, failure or undecided, in the order of asking."""
    across = (WIDTH - 2 * LEFT) // GAP
    dots = "".join(_dot(number, outcomes, across) for number in range(planned))
    below = 20 + -(-planned // across) * GAP + 24
    scale = _scale(below, needed / planned, interval, outcomes)
    return page(
        title,
        f'<p>{text(told)}</p><svg viewBox="0 0 {WIDTH} {below + 36}" role="img" aria-label="{text(told)}">'
        f"{dots}{scale}</svg><p class=legend>{_legend()}</p>",
        STYLE,
    )


def _dot(number: int, outcomes: Sequence[str], across: int) -> str:
    x, y = LEFT + DOT + (number % across) * GAP, 20 + (number // across) * GAP
    if number >= len(outcomes):
        return f'<circle class=unasked cx="{x}" cy="{y}" r="{DOT}"/>'
    outcome = outcomes[number]
    return (
        f'<g transform="translate({x} {y})"><title>{number + 1}: {WORDS[outcome]}</title>'
        f'<circle class={outcome} r="{DOT}"/><path class=mark style="fill:none" d="{MARKS[outcome]}"/></g>'
    )


def _scale(y: int, needed: float, interval: tuple[float, float] | None, outcomes: Sequence[str]) -> str:
    span = WIDTH - 2 * LEFT
    decided = [outcome for outcome in outcomes if outcome != "undecided"]
    parts = [f'<line class=axis x1="{LEFT}" y1="{y}" x2="{LEFT + span}" y2="{y}"/>']
    if interval is not None:
        low, high = (LEFT + span * bound for bound in interval)
        rate = LEFT + span * decided.count("success") / len(decided)
        parts.append(f'<line class=interval x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}"/>')
        parts.append(f'<circle class=rate cx="{rate:.1f}" cy="{y}" r="7"/>')
    mark = LEFT + span * needed
    parts.append(f'<line class=needed x1="{mark:.1f}" y1="{y - 12}" x2="{mark:.1f}" y2="{y + 12}"/>')
    parts.append(f'<text x="{LEFT}" y="{y + 28}">0 %</text>')
    parts.append(f'<text x="{LEFT + span}" y="{y + 28}" text-anchor="end">100 %</text>')
    side = "end" if needed > 0.8 else "start" if needed < 0.2 else "middle"
    parts.append(f'<text x="{mark:.1f}" y="{y - 17}" text-anchor="{side}">{needed:.0%} needed</text>')
    return "".join(parts)


def _legend() -> str:
    shown = [f"<span><span class={name}>●</span> {words}</span>" for name, words in WORDS.items()]
    return "".join(
        [*shown, "<span>◌ not needed</span>", "<span class=dim>bar: 95 % Wilson interval of the rate</span>"]
    )
