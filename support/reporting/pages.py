"""The small pages that evidence is made of: one style for light and dark, screen and phone; no script, nothing loaded.

Whatever is told goes through `text`: redacted, cut, escaped. A page is dark where its reader's system is, and inside a
report where the report is: Allure marks its dark pages with an element that the style looks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from support.reporting.evidence import Redacted
from support.reporting.redaction import redact_text

Mark = Literal["", "good", "bad", "dim"]

TEXT_LIMIT = 4_000
"""Characters of one text that are shown."""

PAGE_LIMIT = 150_000
"""Characters of one page; what follows is counted and left out."""

STYLE = """
:root { color-scheme: light dark; --page: light-dark(#fff, #1c1c1e); --ink: light-dark(#1b1f24, #e6edf3);
  --dim: light-dark(#5c646d, #9da5ae); --line: light-dark(#d0d4da, #3a3f47); --soft: light-dark(#f2f4f7, #2a2d33);
  --mine: light-dark(#dcebff, #17365c); --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#c62828, #ff7b72);
  --model: light-dark(#6f42c1, #bc8cff); --practice: light-dark(#0969da, #58a6ff); }
:root:has([data-allure-preview-theme]) { color-scheme: dark; }
* { box-sizing: border-box; }
body { font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 0; padding: 12px; }
h1 { font-size: 15px; margin: 0 0 8px; } h2 { font-size: 13px; margin: 14px 0 4px; color: var(--dim); }
p { margin: 4px 0; } code { font-size: 12.5px; overflow-wrap: anywhere; }
time, .dim { color: var(--dim); font-size: 12px; font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { text-align: left; padding: 4px 8px; border-top: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; border-top: 0; } td.number, th.number { text-align: right; white-space: nowrap; }
.lane { position: relative; height: 10px; border-radius: 2px; background: var(--soft); }
.lane i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 2px; background: var(--practice); }
"""


@dataclass(frozen=True)
class Cell:
    """What stands in a table, and how it is shown."""

    text: str
    mark: Mark = ""


def page(title: str, body: str, style: str = "") -> Redacted:
    """A whole page; `body` is markup whose texts went through `text`, `style` what only this kind of page needs."""
    return Redacted(
        '<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>{text(title)}</title><style>{STYLE}{style}</style></head>"
        f"<body><h1>{text(title)}</h1>{body}</body></html>"
    )


def text(told: str, limit: int = TEXT_LIMIT) -> str:
    """A text as markup: without its secrets, not longer than the limit, and never more than a text."""
    clean = redact_text(told)  # before it is cut, or half a secret would pass
    return escape(clean if len(clean) <= limit else f"{clean[:limit]}… ({len(clean):,} characters)")


def bounded(parts: Iterable[str], what: str) -> tuple[str, str]:
    """The parts of a page, as many as it may have, and a note that says how many `what` are left out."""
    kept, length, left = [], 0, 0
    for part in parts:
        if left or length + len(part) > PAGE_LIMIT:
            left += 1
        else:
            kept.append(part)
            length += len(part)
    return "".join(kept), f"<p class=dim>… {left:,} more {what} are not shown</p>" if left else ""


def bar(start: float, length: float, whole: float, kind: str = "") -> str:
    """A lane with a bar in it: where it starts and how long it is, of a whole, all in one unit."""
    left, width = 100 * start / whole, 100 * length / whole
    named = f" class={kind}" if kind else ""
    return f'<div class=lane><i{named} style="left:{min(left, 99):.2f}%;width:{min(width, 100):.2f}%"></i></div>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str | Cell]], numbers: Iterable[int] = ()) -> str:
    """A table of texts, in a box that scrolls where it is too wide; `numbers` are the columns that hold figures."""
    right = frozenset(numbers)

    def cell(tag: str, column: int, told: str | Cell) -> str:
        content = told if isinstance(told, Cell) else Cell(told)
        kinds = " ".join(filter(None, ("number" if column in right else "", content.mark)))
        named = f' class="{kinds}"' if kinds else ""
        return f"<{tag}{named}>{text(content.text)}</{tag}>"

    def line(tag: str, told: Sequence[str | Cell]) -> str:
        return f"<tr>{''.join(cell(tag, column, each) for column, each in enumerate(told))}</tr>"

    body, note = bounded((line("td", row) for row in rows), "rows")
    return f"<div class=wide><table>{line('th', headings)}{body}</table></div>{note}"
