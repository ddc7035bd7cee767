"""What stands for values in the sentences about the assistant: people, personas, practices, kinds, troubles."""

import re

from behave import register_type
from parse import with_pattern

from support.checks.frames import CLOSINGS
from support.deeds.chatting import DEEDS, PERSONAS, POINTS
from support.deeds.practice import (
    COLLEAGUES,
    DONE_BEFORE,
    KINDS,
    PLURALS,
    PRACTICES,
    TOLD_OF_VIOLATION,
    TROUBLES,
    Colleague,
    Kind,
)
from support.deeds.scripting import Hold, Whom, asked_by
from support.deeds.services import ENDINGS, REDIS


@with_pattern("|".join(COLLEAGUES))
def colleague(text: str) -> Colleague:
    return COLLEAGUES[text]


@with_pattern("|".join([*PERSONAS, 'the persona "[^"]*"']))
def persona(text: str) -> str:
    return text.removeprefix("the persona ")


@with_pattern('(?: in "[^"]+"|)')
def where(text: str) -> str | None:
    """Which of somebody's chats, if they have several."""
    return text[5:-1] if text else None


@with_pattern('(?:, from "[^"]+"|)')
def from_browser(text: str) -> str | None:
    """What the browser says of itself."""
    return text[8:-1] or None


@with_pattern("(?: all at once|)")
def at_once(text: str) -> bool:
    return bool(text)


@with_pattern("|".join(sorted(POINTS, key=len, reverse=True)))
def point(text: str) -> str:
    """How far a reply has come."""
    return text


@with_pattern("|".join(sorted(DEEDS, key=len, reverse=True)))
def does(text: str) -> str:
    """What somebody does to their connection."""
    return text


@with_pattern("shows|changes to")
def shows(text: str) -> bool:
    """Whether only what has changed is told."""
    return text == "changes to"


@with_pattern("|".join(CLOSINGS))
def closing(text: str) -> str:
    return text


@with_pattern("|".join(sorted(PRACTICES, key=len, reverse=True)))
def practice(text: str) -> str:
    return text


@with_pattern("|".join(KINDS))
def kept(text: str) -> Kind:
    """One of a kind of things that a practice keeps."""
    return KINDS[text]


@with_pattern("|".join(PLURALS))
def all_kept(text: str) -> Kind:
    return PLURALS[text]


@with_pattern(f"(?:, asked for [a-z ]+,|, {TOLD_OF_VIOLATION}(?: by [A-Z][A-Za-z. ]+)?,|)")
def asked_for(text: str) -> str | None:
    """The tool whose call is meant, or that the practice is told of a violation; None for every call."""
    return text.removeprefix(", ").removeprefix("asked for ").removesuffix(",") or None


@with_pattern(f"(?:{DONE_BEFORE}|)(?:" + "|".join(re.sub(r"\((?!\?)", "(?:", one) for one in TROUBLES) + ")")
def goes_wrong(text: str) -> str:
    """What a practice does wrongly."""
    return text


@with_pattern("one after another|again and again")
def cadence(text: str) -> bool:
    """Whether the model begins again when it is through."""
    return text == "again and again"


@with_pattern("(?:, for (?:" + "|".join(COLLEAGUES) + ')(?: in "[^"]+")?|, when asked about "[^"]+"|, as the policy|)')
def for_whom(text: str) -> Whom | None:
    """In whose chat the model does it, or asked about what; None: in any, and in documents."""
    if not text.startswith(", for"):
        return asked_by(text)
    who, _, where = text.removeprefix(", for ").partition(' in "')
    return COLLEAGUES[who], where.removesuffix('"') or None


@with_pattern(r"(?:, once (?:\d+ wait at once|all have asked)|)")
def held_until(text: str) -> Hold:
    """Until when the model holds its answers back; None: not at all."""
    if not text:
        return None
    return "opened" if text.endswith("asked") else int(text.split()[2])


@with_pattern("|".join(ENDINGS))
def becomes(text: str) -> str:
    """What becomes of the service."""
    return text


@with_pattern("|".join(REDIS))
def redis_trouble(text: str) -> str:
    return text


@with_pattern('of "[^"]+", never of both together|never of "[^"]+"')
def apart(text: str) -> tuple[str, bool]:
    """Of what else the model was told, only never together with the first, or never at all."""
    return text.split('"')[1], text.endswith("together")


@with_pattern("document|summary")
def written(text: str) -> str:
    return text


@with_pattern(r'"[^"]*"|what the summary of "[^"]+" says')
def gist(text: str) -> str:
    """What is said: in quotes, or by what the practice says."""
    return text


register_type(
    Colleague=colleague,
    Persona=persona,
    Where=where,
    From=from_browser,
    AtOnce=at_once,
    Point=point,
    Does=does,
    Shows=shows,
    Closing=closing,
    Practice=practice,
    Kept=kept,
    AllKept=all_kept,
    AskedFor=asked_for,
    GoesWrong=goes_wrong,
    Cadence=cadence,
    ForWhom=for_whom,
    HeldUntil=held_until,
    Becomes=becomes,
    RedisTrouble=redis_trouble,
    Gist=gist,
    Written=written,
    Apart=apart,
)
