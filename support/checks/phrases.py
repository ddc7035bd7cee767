"""Cells that speak of arguments: `the name "Sarah"`, `the client the search found`, `what the summary says`.

    "Sarah Johnson"                                   a text by itself
    the name "Sarah", the limit 5 and the segments no arguments with their values
    the client the search found                       what an earlier step gave, under the argument's own name
    the client "Sarah Johnson" the search found       the one of that name, where it gave several
    the sessions "Intake" and "Week 2" the search found   several of them
    the session the second search found               of several steps of that name the second
    what the summary says                             the gist of what an earlier step gave

Several are joined by commas and "and". Values are those of tables: numbers, yes, no, [lists], (described), moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from support.checks.tables import value

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_VERBS = "found|made|loaded|gave|told|selected|wrote|booked|listed|stored|refined|holds|hold"
_NAMES = r'"[^"]*"(?:(?:, | and )"[^"]*")*'
_END = r'(?=(?:, and |, | and )(?:the |what |"|\()|$)'
_VALUE = r'"[^"]*"|\[[^\]]*\]|\([^)]*\)|\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|-?\d+(?:\.\d+)?|yes|no'
_WHAT = re.compile(rf"what the (?P<source>[a-z ]+?) (?:says|say){_END}")
_TAKEN = re.compile(
    rf"the (?P<words>[a-z: ]+?) (?:(?P<names>{_NAMES}) )?(?:that )?the (?P<source>[a-z ]+?) (?:{_VERBS}){_END}"
)
_SAID = re.compile(rf"the (?P<words>[a-z: ]+?) (?P<value>{_VALUE}){_END}")
_ALONE = re.compile(rf"(?P<value>{_VALUE}){_END}")
_JOINT = re.compile(r", and |, | and ")


@dataclass(frozen=True)
class Taken:
    """Something that an earlier step gave: what, of which step (the how-manieth of its name), of which names."""

    what: str
    source: str
    number: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrase:
    """One part of a cell: the argument that it speaks of, None for a value by itself, and the value."""

    words: str | None
    value: Any


def phrases(cell: str) -> list[Phrase]:
    """The parts of a cell, in order; an empty cell has none.

    Raises:
        ValueError: a part that says nothing known.

    """
    return list(_phrases(cell.strip()))


def _phrases(cell: str) -> Iterator[Phrase]:
    at = 0
    while at < len(cell):
        phrase, at = _one(cell, at)
        yield phrase
        if joint := _JOINT.match(cell, at):
            at = joint.end()


def _one(cell: str, at: int) -> tuple[Phrase, int]:
    if found := _WHAT.match(cell, at):
        return Phrase(None, _taken("text", found["source"], None)), found.end()
    if found := _TAKEN.match(cell, at):
        return Phrase(found["words"], _taken(found["words"], found["source"], found["names"])), found.end()
    if found := _SAID.match(cell, at):
        return Phrase(found["words"], value(found["value"])), found.end()
    if found := _ALONE.match(cell, at):
        return Phrase(None, value(found["value"])), found.end()
    raise ValueError(f"{cell[at:]!r} says nothing known; see support/checks/phrases.py")


def _taken(what: str, source: str, names: str | None) -> Taken:
    first, _, rest = source.partition(" ")
    number, words = (ORDINALS[first], rest) if rest and first in ORDINALS else (None, source)
    return Taken(what, words, number, tuple(re.findall(r'"([^"]*)"', names or "")))
