"""The verdict matrix of the call-logging SDK: what is captured, by client and version, by the outcomes of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from support.environments import catalogue, holding
from support.reporting import pages
from support.reporting.evidence import Redacted
from support.reporting.outcomes import Outcome

TITLE = re.compile(r"What is asked by (?P<client>.+?) (?:beside (?P<beside>\S+) )?(?P<version>\d\S*) is logged\b")
KNOWN = re.compile(r"known bug (?P<id>[^:]+):")
WORDS = {"passed": "yes", "failed": "FAILED", "broken": "broken", "not run": "not run", "skipped": "skipped"}
COLUMN = "openai"
"""The client whose versions head the columns: what the others come with."""


@dataclass(frozen=True)
class Cell:
    """One pairing: how a program asks, the client's version, the environment it was run in, and how it ended."""

    client: str
    version: str
    environment: str
    outcome: Outcome

    @property
    def captured(self) -> str:
        """Whether the log had it, in a word: yes, no with the known bug, or why this is not known."""
        outcome = self.outcome
        if outcome.verdict == "skipped" and (known := KNOWN.match(outcome.message)):
            return f"no ({known['id']})"
        return WORDS[outcome.verdict]


def cells(outcomes: Iterable[Outcome]) -> list[Cell]:
    """The pairings among these outcomes, in their order."""
    return [cell for outcome in outcomes if (cell := _cell(outcome))]


def _cell(outcome: Outcome) -> Cell | None:
    found = TITLE.match(outcome.name)
    if found is None:
        return None
    client, version = found["client"], found["version"]
    return Cell(client, version, holding({found["beside"] or client: version}).name, outcome)


def table(found: Sequence[Cell]) -> list[list[str]]:
    """The matrix, row by row, its heading first; a version that is not the column's stands beside the verdict."""
    columns = {each.name: each.packages[COLUMN] for each in catalogue() if COLUMN in each.packages}
    columns = {name: version for name, version in columns.items() if any(cell.environment == name for cell in found)}
    rows = [["asked by", *(f"{COLUMN} {version}" for version in columns.values())]]
    for client in dict.fromkeys(cell.client for cell in found):
        here = {cell.environment: cell for cell in found if cell.client == client}
        rows.append([client, *(_shown(here.get(name), version) for name, version in columns.items())])
    return rows


def _shown(cell: Cell | None, version: str) -> str:
    if cell is None:
        return "-"
    return cell.captured if cell.version == version else f"{cell.captured}, {cell.version}"


def text(rows: Sequence[Sequence[str]]) -> str:
    """The matrix as lines of text, its columns aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def page(found: Sequence[Cell]) -> Redacted:
    """The matrix as a page of the report."""
    headings, *rows = table(found)
    return pages.page(
        "What the call-logging SDK captures",
        pages.table(headings, ([row[0], *(pages.Cell(word, _mark(word)) for word in row[1:])] for row in rows)),
    )


def _mark(word: str) -> pages.Mark:
    marks: dict[str, pages.Mark] = {"yes": "good", "-": "dim", "skipped": "dim"}
    return marks.get(word.partition(",")[0], "bad")
