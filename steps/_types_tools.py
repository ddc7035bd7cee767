"""What stands for values in the sentences about tools: what a practice keeps in the end, and as whom it is asked."""

from behave import register_type
from parse import with_pattern

from support.deeds.chatting import SHOWN


@with_pattern("exactly these|no")
def exactly_or_none(text: str) -> bool:
    """Whether a table tells what there is; else there is nothing."""
    return text == "exactly these"


@with_pattern("these, in this order, and nothing else|nothing")
def these_or_nothing(text: str) -> bool:
    """Whether a table tells what; else it is nothing."""
    return text != "nothing"


@with_pattern(r"nothing|once|\d+ times")
def often(text: str) -> int:
    return {"nothing": 0, "once": 1}[text] if text in ("nothing", "once") else int(text.split(maxsplit=1)[0])


@with_pattern("(?: nothing|)")
def nothing(text: str) -> bool:
    return bool(text)


@with_pattern("(?:soon |)")
def soon(text: str) -> bool:
    """Whether there is a wait, within which something has to come true."""
    return bool(text)


@with_pattern("(?:, showing (?:" + "|".join(SHOWN) + ")|)")
def showing(text: str) -> str | None:
    """What somebody shows together with a message."""
    return text.removeprefix(", showing ") or None


register_type(
    ExactlyOrNone=exactly_or_none,
    TheseOrNothing=these_or_nothing,
    Showing=showing,
    Often=often,
    Nothing=nothing,
    Soon=soon,
)
