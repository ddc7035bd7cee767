"""A crowd as a picture: how many were there, how long they waited, and how the service bore it; and as figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from support.clients.load import Moment, Report, together
from support.processes.vital_signs import Sign
from support.reporting.evidence import Redacted
from support.reporting.metrics import Metric
from support.reporting.pages import Cell, page, table, text

WIDTH, HEIGHT, LEFT = 560, 90, 64
SHARES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
STYLE = """
svg { display: block; width: 100%; max-width: 640px; height: auto; } svg text { fill: var(--ink); font-size: 11px; }
polyline { fill: none; stroke: var(--practice); stroke-width: 2; } .axis { stroke: var(--line); }
"""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Course:
    """What is drawn: what was measured (`measured` by Locust's name), second by second, and the service meanwhile."""

    title: str
    measured: str
    report: Report
    moments: Sequence[Moment]
    signs: Sequence[Sign]


def chart(course: Course, verdicts: Iterable[tuple[str, bool]]) -> Redacted:
    """The page of one crowd; `verdicts` are what was said of it, and whether it is so."""
    done, failed = together(course.report.entries)
    curves: dict[str, Points] = {
        "users": [(each.at, float(each.users)) for each in course.moments],
        "median, ms": [(each.at, each.median) for each in course.moments if each.median is not None],
        "95 of 100, ms": [(each.at, each.p95) for each in course.moments if each.p95 is not None],
        "ended a second": [(at, float(count)) for at, count in sorted(done.items())],
        "failures a second": [(at, float(failed[at])) for at in sorted(done)],
        "memory, MB": [(each.at, each.memory / 1e6) for each in course.signs],
        "open connections": [(each.at, float(each.connections)) for each in course.signs],
    }
    drawn = "".join(f"<h2>{text(name)}</h2>{_curve(name, points)}" for name, points in curves.items() if points)
    said = [[Cell(words, "good" if so else "bad"), "yes" if so else "no"] for words, so in verdicts]
    faults = "".join(f"<p class=bad>{text(str(each))}</p>" for each in course.report.errors)
    return page(course.title, f"{table(['Said', 'So'], said)}{_figures(course)}{faults}{drawn}", STYLE)


def metrics_of(course: Course, name: str) -> list[Metric]:
    """Its percentiles, throughput and failures, with their trend over the runs."""
    entry, key, group = course.report.of(course.measured), f"load.{name}", "load"
    return [
        *(
            Metric(f"{key}.{share}", f"{course.title}: {share}", entry.within_ms(part) / 1000, "s", "lower", group)
            for share, part in SHARES.items()
        ),
        Metric(f"{key}.rate", f"{course.title}: ended a second", entry.rate, "1/s", "higher", group),
        Metric(f"{key}.failures", f"{course.title}: failures", entry.failures, "", "lower", group),
    ]


def _figures(course: Course) -> str:
    heads = ["What", "Ended", "Failed", "Median, ms", "95 %, ms", "99 %, ms", "Longest, ms", "A second"]
    rows = [
        [each.name, f"{each.count:,}", f"{each.failures:,}"]
        + [f"{each.within_ms(part):,.0f}" for part in SHARES.values()]
        + [f"{each.longest_ms:,.0f}", f"{each.rate:.1f}"]
        for each in course.report.entries
    ]
    return table(heads, rows, numbers=range(1, len(heads)))


def _curve(name: str, points: Points) -> str:
    begun, ended = points[0][0], points[-1][0]
    top = max(high for _, high in points) or 1.0
    span = (ended - begun) or 1.0
    line = " ".join(
        f"{LEFT + (WIDTH - LEFT) * (at - begun) / span:.1f},{HEIGHT - 18 - (HEIGHT - 30) * high / top:.1f}"
        for at, high in points
    )
    below = HEIGHT - 18
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{text(name)}">'
        f'<line class=axis x1="{LEFT}" y1="{below}" x2="{WIDTH}" y2="{below}"/><polyline points="{line}"/>'
        f'<text x="0" y="16">{top:,.1f}</text><text x="0" y="{below}">0</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 3}" text-anchor="end">{span:.0f} s</text></svg>'
    )
