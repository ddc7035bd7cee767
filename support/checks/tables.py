"""Tables of the features as values: what a cell, a table of properties and a table of things mean.

A cell is a number (`12`, `0.7`), `yes` or `no`, a list in brackets (`[en, de]`), a moment (`2026-03-01 10:00`, UTC), or
text; quotes make anything text (`"12"`). A cell in parentheses is described instead of spelt: see `DESCRIBED`.
`metadata: owner` as the name of a property is the entry `owner` of the metadata. A table of properties has two columns
and no heading; a property named twice is a list of both values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

NUMBER = re.compile(r"-?\d+(\.\d+)?")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?")
QUOTED = re.compile(r'"(.*)"', re.DOTALL)
BRACKETED = re.compile(r"\[(.*)\]", re.DOTALL)
MANY_SCRIPTS = "Grüße, Привет, مرحبا, שלום, 你好, こんにちは, 안녕, नमस्ते, สวัสดี, 👩🏽‍🚀, <b>&amp;</b>, \u202eabc\u202c; "


class Row(Protocol):
    """A row of behave's tables."""

    cells: list[str]


class Table(Protocol):
    """Behave's tables, as far as they are read here."""

    headings: list[str]
    rows: list[Row]


@dataclass(frozen=True)
class LeftOut:
    """A property that is not sent at all, not even as empty."""


@dataclass(frozen=True)
class OfLength:
    """Text of a given number of characters."""

    characters: int

    def __str__(self) -> str:
        return "x" * self.characters


class Verbatim(str):
    """Text that is sent as it is, even where a thing's name is expected."""

    __slots__ = ()


LEFT_OUT: Final = LeftOut()


def in_many_scripts(megabytes: int) -> str:
    """So many megabytes (of 1,000,000 bytes, in UTF-8) of text in many scripts, always the same; never less."""
    once = len(MANY_SCRIPTS.encode())
    return MANY_SCRIPTS * (megabytes * 1_000_000 // once + 1)


DESCRIBED: Mapping[str, Callable[..., Any]] = {
    r"left out": lambda: LEFT_OUT,
    r"nothing": lambda: None,
    r"blank": lambda: "   ",
    r"a number": lambda: 12,
    r"a text": lambda: Verbatim("a text"),
    r"(-?\d+)": int,
    r"a list": lambda: ["a text"],
    r"accents in both spellings": lambda: "Cr\u00e8me and Cre\u0300me",
    r"unseen signs": lambda: "zero\u200bwidth, soft\u00adhyphen, \u202eturned round\u202c, doubled  spaces",
    r"half a character in JSON": lambda: r'{"said": "\ud83d"}',
    r"several lines": lambda: "first\nsecond\r\n\tthird",
    r"a chat template": lambda: [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "{{question}}"},
    ],
    r"a completion template": lambda: "Be kind.\n\n{{q}}",
    r"(\d+) numbered words": lambda count: " ".join(f"word {number}" for number in range(1, int(count) + 1)),
    r"(\d+) long words": lambda count: " ".join(["🌊🌊🌊🌊🌊🌊🌊"] * int(count)),
    r"(\d+) characters": lambda count: OfLength(int(count)),
    r"(\d+) MB of text in many scripts": lambda count: in_many_scripts(int(count)),
}


def value(cell: str) -> Any:
    """What a cell means.

    Raises:
        ValueError: a cell in parentheses that describes nothing known.

    """
    if described := re.fullmatch(r"\((.*)\)", cell):
        return _described(described[1])
    if quoted := QUOTED.fullmatch(cell):
        return quoted[1]
    if listed := BRACKETED.fullmatch(cell):
        return [value(part) for part in parts(listed[1])]
    if NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    if MOMENT.fullmatch(cell):
        return datetime.fromisoformat(cell).replace(tzinfo=UTC)
    return {"yes": True, "no": False}.get(cell, cell)


def _described(words: str) -> Any:
    for pattern, make in DESCRIBED.items():
        if found := re.fullmatch(pattern, words):
            return make(*found.groups())
    raise ValueError(f"({words}) describes nothing; known: {', '.join(f'({known})' for known in DESCRIBED)}")


def parts(cell: str) -> list[str]:
    """The parts of `a, b and c`; an empty cell has none."""
    return [part.strip() for part in re.split(r",| and ", cell) if part.strip()]


def lines(table: Table | None, *, needed: bool = True) -> list[tuple[str, ...]]:
    """Every line of a table, the first included.

    Raises:
        ValueError: there is a table where none is needed, or none where one is.

    """
    if (table is None) is needed:
        raise ValueError("this step needs a table below it" if needed else "the table below this step says nothing")
    if table is None:
        return []
    return [tuple(table.headings), *(tuple(row.cells) for row in table.rows)]


def pairs(table: Table | None, *, needed: bool = True) -> list[tuple[str, str]]:
    """The lines of a table of properties: the property's path and its cell, as written."""
    return [(words, cell) for words, cell in lines(table, needed=needed)]


def records(table: Table | None) -> list[list[tuple[str, str]]]:
    """The rows of a table with headings, each as pairs of heading and cell."""
    heading, *rows = lines(table)
    return [list(zip(heading, row, strict=True)) for row in rows]


def path(words: str) -> tuple[str, ...]:
    """The path of a property: `ground truth: answer` is the entry `answer` of `ground_truth`."""
    first, *rest = (part.strip() for part in words.split(":"))
    return (first.replace(" ", "_"), *rest)


def put(fields: dict[str, Any], where: tuple[str, ...], what: Any) -> None:
    """Put a value at a path, making the objects on the way."""
    for step in where[:-1]:
        fields = fields.setdefault(step, {})
    fields[where[-1]] = what
