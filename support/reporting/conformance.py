"""The conformance matrix: what became of each promise on each platform, by the results files of several targets."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.behaviours import IDENTIFIER, sentences
from support.reporting import pages
from support.reporting.evidence import Redacted

KNOWN = re.compile(r"known bug (?P<id>[^:]+):")
UNCLAIMED = re.compile(r"the target \S+ does not claim ")
WORDS = {
    "kept": "every scenario of the promise that the platform can be asked passed",
    "known bug": "a scenario failed as the ledger of known bugs records it",
    "broken": "a scenario was red, and the ledger does not know of it",
    "not offered": "the platform has no notion of it: its target does not claim it",
    "not asked": "no scenario of it was run there: nothing is known",
}
"""What can become of a promise, and what is meant by it."""
READABLE_PROMISES = "h2 ~ h2 ~ .wide td:first-child { min-width: 12em; }"
"""On a phone the platforms are scrolled to, and the promise is not squeezed into a word a line."""
NEEDED = ("location", "tags", "verdict", "message")


class ResultsError(Exception):
    """A file that `-D results=FILE` did not write; says which, and at which line."""


@dataclass(frozen=True)
class Column:
    """One platform: its heading (name, versions), the day of its run, and its ends by promise."""

    name: str
    about: str
    day: str
    ends: Mapping[str, Sequence[str]]

    def cell(self, promise: str) -> str:
        """In words: the worst that became of the promise, with the bugs' ids, and how much of it was not offered."""
        ends = self.ends.get(promise, ())
        if not ends:
            return "not asked"
        bugs = sorted({end for end in ends if end not in ("kept", "not offered", "broken")}, key=_by_number)
        word = "broken" if "broken" in ends else f"known bug {', '.join(bugs)}" if bugs else "kept"
        absent = ends.count("not offered")
        if absent == len(ends):
            return "not offered"
        return f"{word} ({absent} of {len(ends)} not offered)" if absent else word


def column(name: str, about: str, day: str, file: Path, under: str) -> Column:
    """The ends of the scenarios of features in the folder `under`, read from a results file; ResultsError."""
    ends: dict[str, list[str]] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise ResultsError(f"{file}: cannot be read: {fault}; make the file with behave -D results=FILE") from fault
    for number, line in enumerate(lines, 1):
        told = _read(line, f"{file}:{number}")
        end = ended(told["verdict"], told["message"])
        if end is None or not told["location"].startswith(f"{under}/"):
            continue
        for tag in told["tags"]:
            if IDENTIFIER.fullmatch(tag):
                ends.setdefault(tag, []).append(end)
    return Column(name, about, day, ends)


def ended(verdict: str, message: str) -> str | None:
    """One of kept, not offered, broken, or the id of a known bug; None where it was not asked."""
    if verdict != "skipped":
        return {"passed": "kept", "not run": None}.get(verdict, "broken")
    if known := KNOWN.match(message):
        return known["id"]
    return "not offered" if UNCLAIMED.match(message) else None


def _read(line: str, place: str) -> Mapping[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not set(NEEDED) <= told.keys():
        raise ResultsError(f"{place}: is no line of results; make the file with behave -D results=FILE")
    return told


def table(columns: Sequence[Column]) -> list[list[str]]:
    """The matrix, its heading first: a row for each promise that any platform was asked for."""
    asked = sorted({promise for column in columns for promise in column.ends}, key=_by_number)
    told = sentences()
    rows = [[f"{name}: {told.get(name, '')}".rstrip(": "), *(each.cell(name) for each in columns)] for name in asked]
    return [["promise", *(column.name for column in columns)], *rows]


def _by_number(name: str) -> tuple[str, int]:
    block, _, number = name.rpartition("-")
    return block, int(number) if number.isdigit() else 0


def platforms(columns: Sequence[Column]) -> list[list[str]]:
    """What each column is, its heading first."""
    return [["platform", "what it is", "run on"], *([each.name, each.about, each.day] for each in columns)]


def markdown(columns: Sequence[Column]) -> str:
    """Both tables as Markdown."""
    return f"{_markdown(platforms(columns))}\n\n{_markdown(table(columns))}\n"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    heading, *others = ([word.replace("|", r"\|") for word in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (heading, ["---"] * len(heading), *others))


def counts(columns: Sequence[Column]) -> list[list[str]]:
    """How many promises each platform keeps, breaks and so on, its heading first."""
    asked = {promise for column in columns for promise in column.ends}

    def count(column: Column, word: str) -> str:
        return str(sum(column.cell(promise).startswith(word) for promise in asked))

    return [
        [f"of {len(asked)} promises", *WORDS],
        *([each.name, *(count(each, word) for word in WORDS)] for each in columns),
    ]


def page(columns: Sequence[Column]) -> Redacted:
    """Both tables as a page, with how much each keeps and what the words mean."""
    headings, *rows = table(columns)
    first, *about = platforms(columns)
    counted, *numbers = counts(columns)
    marked: list[list[str | pages.Cell]] = [
        [row[0], *(pages.Cell(word, _mark(word)) for word in row[1:])] for row in rows
    ]
    parts = {
        "How much each keeps": pages.table(counted, numbers, range(1, len(counted))),
        "Promise by promise": pages.table(headings, marked),
        "What the words mean": pages.table(("word", "means"), WORDS.items()),
    }
    body = "".join(f"<h2>{heading}</h2>{part}" for heading, part in parts.items())
    about_all = pages.table(first, about)
    return pages.page("What each platform keeps of what is promised", about_all + body, READABLE_PROMISES)


def _mark(word: str) -> pages.Mark:
    return "good" if word.startswith("kept") else "dim" if word in _NOTHING else "bad"


_NOTHING: Collection[str] = ("not offered", "not asked")
