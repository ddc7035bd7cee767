"""What stands for values in the sentences about samples of replies: who writes, criteria, hard rules."""

import re

from behave import register_type
from parse import with_pattern

from support.checks.criteria import SAID, VIOLATIONS
from support.deeds.practice import COLLEAGUES, Colleague

_NAMES = "|".join(map(re.escape, COLLEAGUES))


@with_pattern(f"(?:{_NAMES})(?: writes| and (?:{_NAMES}) write)")
def writers(text: str) -> list[Colleague]:
    """Who writes: one, or two who write the same."""
    return [COLLEAGUES[name] for name in re.sub(r" writes?$", "", text).split(" and ")]


@with_pattern(r"(?:, \d+ times(?: each)?|)")
def so_often(text: str) -> int:
    """How often; once, unless it is said."""
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 1


@with_pattern(SAID)
def criterion(text: str) -> str:
    return text


@with_pattern("|".join(VIOLATIONS))
def violation(text: str) -> str:
    return text


register_type(Writers=writers, SoOften=so_often, Criterion=criterion, Violation=violation)
