"""What stands for values in the sentences about sessions: what is done with one, what is kept of it, and how long."""

import re

from behave import register_type
from parse import with_pattern

from support.checks.sessions import KEYS
from support.deeds.sessions import KEEPING


@with_pattern("|".join(KEEPING))
def keeping(text: str) -> str:
    """What somebody does with a session outside of a chat."""
    return text


@with_pattern("|".join(f"the {kind}" for kind in KEYS))
def redis_kept(text: str) -> str:
    return text.removeprefix("the ")


@with_pattern(r"for \d+ minutes|no longer")
def for_minutes(text: str) -> float | None:
    """Minutes; None for what is not kept at all."""
    found = re.search(r"\d+", text)
    return float(found[0]) if found else None


register_type(Keeping=keeping, RedisKept=redis_kept, ForMinutes=for_minutes)
