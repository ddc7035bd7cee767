"""Which texts are flagged: exactly those that contain the text of a rule set at the control port."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Category = Literal[
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)


@dataclass(frozen=True)
class Flag:
    """A rule: a text that contains this one, upper case or lower, is of these categories."""

    contains: str
    categories: tuple[Category, ...]


def categories_of(text: str, flags: Iterable[Flag]) -> set[Category]:
    """The categories of a text."""
    lower = text.lower()
    return {category for flag in flags if flag.contains.lower() in lower for category in flag.categories}
