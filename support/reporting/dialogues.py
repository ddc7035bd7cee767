"""Renders conversations and chains of calls: who said what, and which calls an answer took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from support.reporting.evidence import Redacted
from support.reporting.pages import bar, bounded, page, text

DETAIL_LIMIT = 600
"""Characters of one detail of a call that are shown."""

TALK = """
.row { display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap; margin: 6px 0; }
.row.right { flex-direction: row-reverse; } .said { max-width: min(46em, 88%); padding: 6px 10px; border-radius: 10px;
  background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
.right .said { background: var(--mine); } .note { color: var(--dim); font-size: 12.5px; margin: 2px 0;
  overflow-wrap: anywhere; } .note.bad { color: var(--bad); }
"""

CHAIN = """
ol { list-style: none; margin: 0; padding: 0; counter-reset: call; }
li { --of: var(--practice); position: relative; counter-increment: call; margin-left: 40px; padding: 0 0 10px 26px; }
li.model { --of: var(--model); margin-left: 0; } li::before { content: counter(call); position: absolute; left: 0;
  top: 7px; width: 20px; height: 20px; border-radius: 50%; background: var(--of); color: var(--page); font-size: 11px;
  line-height: 20px; text-align: center; } li::after { content: ""; position: absolute; left: 9px; top: 30px;
  bottom: -4px; border-left: 2px solid var(--line); } li:last-child::after { display: none; }
.call { border: 1px solid var(--line); border-left: 3px solid var(--of); border-radius: 6px; padding: 5px 9px; }
header { display: flex; gap: 2px 10px; flex-wrap: wrap; align-items: baseline; } header b { color: var(--of); }
header time { margin-left: auto; } .call .dim { overflow-wrap: anywhere; } .lane { margin-top: 6px; height: 5px; }
.lane i.model { background: var(--model); }
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


def transcript(talks: Iterable[Talk]) -> Redacted:
    """A page with every conversation, as a user would have seen it."""
    parts = (part for talk in talks for part in (f"<h2>{text(talk.title)}</h2>", *map(_line, talk.lines)))
    return page("Transcript", "".join(bounded(parts, "lines")), TALK)


def chain(links: Sequence[Link]) -> Redacted:
    """A page with every call, in order, what each led to, and when it ran."""
    whole = max((link.at + link.seconds for link in links), default=0.0) or 1.0
    calls, note = bounded((_link(link, whole) for link in links), "calls")
    took = (
        f"<p class=dim>{len(links)} call{'' if len(links) == 1 else 's'} in {1000 * whole:.0f} ms</p>" if links else ""
    )
    return page("Chain of calls", f"{took}<ol>{calls}</ol>{note}", CHAIN)


def _line(line: Line) -> str:
    when = f"<time>{line.at:.3f} s</time>"
    aside = f" <span class=dim>{text(line.aside)}</span>" if line.aside else ""
    if line.kind in ("user", "assistant"):
        side = " right" if line.kind == "user" else ""
        return f'<div class="row{side}"><div class=said>{text(line.text)}</div>{when}{aside}</div>'
    bad = " bad" if line.kind == "error" else ""
    return f'<div class="note{bad}">{when} {text(line.text)}{aside}</div>'


def _link(link: Link, whole: float) -> str:
    details = "".join(f"<div class=dim>{text(each, DETAIL_LIMIT)}</div>" for each in link.details)
    return (
        f"<li class={link.to}><div class=call><header><b>{text(link.to)}</b>"
        f"<code>{text(link.what, DETAIL_LIMIT)}</code>"
        f"<span class={'good' if link.good else 'bad'}>{text(link.outcome)}</span>"
        f"<time>at {1000 * link.at:.0f} ms, {1000 * link.seconds:.0f} ms</time></header>"
        f"{details}{bar(link.at, link.seconds, whole, link.to)}</div></li>"
    )
