"""Renders conversations and chains of calls as small pages of their own: no script, nothing loaded, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

TEXT_LIMIT = 4_000
"""Characters of one utterance that are shown."""

STYLE = """
:root { color-scheme: light dark; --line: #d0d4da; --soft: #f2f4f7; --mine: #dcebff; --ink: #1b1f24; --dim: #656d76;
  --page: #ffffff; --bad: #c62828; --good: #1a7f37; --model: #6f42c1; --practice: #0969da; }
@media (prefers-color-scheme: dark) { :root { --line: #3a4049; --soft: #21262d; --mine: #17365c; --ink: #e6edf3;
  --dim: #9198a1; --page: #0d1117; --bad: #ff7b72; --good: #3fb950; --model: #bc8cff; --practice: #58a6ff; } }
body { font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 12px; }
h1 { font-size: 15px; margin: 0 0 10px; } h2 { font-size: 13px; margin: 16px 0 6px; color: var(--dim); }
time, .dim { color: var(--dim); font-size: 12px; font-variant-numeric: tabular-nums; }
.said { max-width: 46em; padding: 6px 10px; border-radius: 10px; background: var(--soft); white-space: pre-wrap;
  overflow-wrap: anywhere; margin: 4px 0; width: fit-content; }
.user { margin-left: auto; background: var(--mine); } .row { display: flex; gap: 8px; align-items: baseline; }
.row.right { flex-direction: row-reverse; } .note { color: var(--dim); font-size: 12.5px; margin: 2px 0; }
.bad { color: var(--bad); } .good { color: var(--good); }
table { border-collapse: collapse; width: 100%; table-layout: fixed; } td, th { text-align: left; padding: 4px 6px;
  border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; } th { font-weight: 600; }
.when { width: 5.5em; } .who { width: 6em; } .bar { width: 22%; }
.lane { position: relative; height: 12px; margin-top: 4px; }
.lane i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 2px; background: var(--practice); }
.lane i.model { background: var(--model); } code { font-size: 12.5px; }
"""


@dataclass(frozen=True)
class Line:
    """One line of a transcript. `at` is in seconds since the conversation began."""

    at: float
    kind: Literal["user", "assistant", "note", "error"]
    text: str
    aside: str = ""
    """What is said about it, beside it."""


@dataclass(frozen=True)
class Talk:
    """A conversation: whose it is, and what was said."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Link:
    """One call of a chain: when it began, in seconds since the chain did, and how long it took."""

    at: float
    seconds: float
    to: Literal["model", "practice"]
    what: str
    outcome: str
    good: bool
    details: Sequence[str] = ()


def transcript(talks: Iterable[Talk]) -> str:
    """A page with every conversation, as a user would have seen it."""
    return _page("Transcript", "".join(map(_talk, talks)))


def chain(links: Sequence[Link]) -> str:
    """A page with every call, in order, and when it ran."""
    whole = max((link.at + link.seconds for link in links), default=0.0) or 1.0
    rows = "".join(_link(link, whole) for link in links)
    head = "<tr><th class=when>at</th><th class=who>asked</th><th>what</th><th>outcome</th><th class=bar>when</th></tr>"
    return _page("Chain of calls", f"<table>{head}{rows}</table>")


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><body><h1>{escape(title)}</h1>{body}"
    )


def _talk(talk: Talk) -> str:
    return f"<h2>{escape(talk.title)}</h2>{''.join(map(_line, talk.lines))}"


def _line(line: Line) -> str:
    when = f"<time>{line.at:.3f} s</time>"
    aside = f" <span class=dim>{escape(line.aside)}</span>" if line.aside else ""
    text = escape(_shortened(line.text))
    if line.kind in ("user", "assistant"):
        side = " right" if line.kind == "user" else ""
        return f'<div class="row{side}"><div class="said {line.kind}">{text}</div>{when}{aside}</div>'
    bad = " bad" if line.kind == "error" else ""
    return f'<div class="note{bad}">{when} {text}{aside}</div>'


def _link(link: Link, whole: float) -> str:
    left, width = 100 * link.at / whole, 100 * link.seconds / whole
    details = "".join(f"<div class=dim>{escape(_shortened(each, 600))}</div>" for each in link.details)
    return (
        f"<tr><td class=when><time>{1000 * link.at:.0f} ms</time></td><td>{escape(link.to)}</td>"
        f"<td><code>{escape(_shortened(link.what, 600))}</code>{details}</td>"
        f'<td class="{"good" if link.good else "bad"}">{escape(link.outcome)}</td>'
        f'<td><div class=lane><i class={link.to} style="left:{left:.2f}%;width:{width:.2f}%"></i></div></td></tr>'
    )


def _shortened(text: str, limit: int = TEXT_LIMIT) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"
