"""What stands for values in the sentences about connections: whose session, whose connection, what is on the way."""

from behave import register_type
from parse import with_pattern

from support.checks.endings import WORK
from support.deeds.chatting import key
from support.deeds.connecting import BEHIND, ON_THE_WAY, SESSIONS, WITHOUT_TOKEN
from support.deeds.practice import COLLEAGUES


@with_pattern(f"(?:{'|'.join(SESSIONS)})(?:{WITHOUT_TOKEN}|)")
def session_of(text: str) -> str:
    return text


@with_pattern("(?: of (?:" + "|".join(COLLEAGUES) + ')(?: in "[^"]+")?|)')
def whose(text: str) -> str:
    """Whose connection, as chats are remembered; empty for the one that was last acted in."""
    name, _, where = text.removeprefix(" of ").partition(' in "')
    return key(COLLEAGUES[name], where.removesuffix('"') or None) if name else "the last"


@with_pattern("|".join(BEHIND))
def behind(text: str) -> str:
    return text


@with_pattern("|".join(ON_THE_WAY))
def on_the_way(text: str) -> str:
    """What the network does."""
    return text


@with_pattern("|".join(WORK))
def work_state(text: str) -> str:
    """What became of the model's work for somebody."""
    return text


@with_pattern("(?:, up to the whole|)")
def up_to_the_whole(text: str) -> bool:
    return bool(text)


@with_pattern("at once|soon")
def how_soon(text: str) -> bool:
    """Whether something else may be said for a moment."""
    return text == "soon"


register_type(
    HowSoon=how_soon,
    UpToTheWhole=up_to_the_whole,
    SessionOf=session_of,
    Whose=whose,
    Behind=behind,
    OnTheWay=on_the_way,
    WorkState=work_state,
)
