"""Sessions and chats by the number: reading and deleting one, beginning many, asking in many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import monotonic

from support.checks.waiting import eventually
from support.clients.assistant import Refusal, SessionMade
from support.deeds import practice
from support.deeds.chatting import (
    PERSONAS,
    SOON_S,
    Chat,
    await_reply,
    chat,
    enter,
    say,
    service,
    start,
)
from support.deeds.connecting import SESSIONS
from support.deeds.practice import Colleague
from support.deeds.scripting import model
from support.world import World


@dataclass(frozen=True)
class ManyMade:
    """What came of beginning many sessions at once, and the seconds until the last answer."""

    outcomes: Sequence[SessionMade | Refusal]
    seconds: float


KEEPING: Mapping[str, Callable[..., object]] = {
    "opens": lambda service_, who, session: service_.read_session(who, session),
    "deletes": lambda service_, who, session: service_.delete_session(who, session),
}
"""What somebody does with a session outside of a chat."""


def keep_or_delete(world: World, who: Colleague, deed: str, which: str) -> None:
    """Read or delete a session, one's own or not; what comes of it is the answer."""
    session = next(find(world, who, which) for pattern, find in SESSIONS.items() if re.fullmatch(pattern, which))
    world.answer = KEEPING[deed](service(world), practice.identity(world, who), session)


def outlast(world: World, who: Colleague) -> None:
    """Look again and again whether a session is still there, until it is not; reading does not renew it."""
    begun, it = monotonic(), chat(world, who)

    def look() -> Refusal:
        read = service(world).read_session(it.identity, it.session)
        assert isinstance(read, Refusal), "the session is still there"
        return read

    world.answer = eventually(look, within=ENDS_S, what="the end of the session").value
    world.remember("seconds", "the session", monotonic() - begun)


ENDS_S = 10.0
"""Within this time every session has ended that a scenario outlasts."""


def shorten(world: World, who: Colleague, minutes: int) -> None:
    """Let a session come near its end: what Redis keeps of it has so many minutes left."""
    world.worker.redis.expire(f"session:{chat(world, who).session}", minutes * 60.0)


def begin_many(world: World, who: Colleague, count: int, persona: str) -> None:
    """Make so many sessions at once; each is deleted after the scenario."""
    shown, service_ = practice.identity(world, who), service(world)
    begun = monotonic()
    with ThreadPoolExecutor(count) as pool:
        outcomes = list(pool.map(lambda _: service_.open_session(shown, PERSONAS[persona]), range(count)))
    world.answer = ManyMade(outcomes, monotonic() - begun)
    for number, made in enumerate(outcomes):
        if isinstance(made, SessionMade):
            enter(world, who, f"session {number}", made.session_id)


def start_many(world: World, who: Colleague, count: int, persona: str) -> None:
    """Have so many chats, each over a connection of its own."""
    for number in range(1, count + 1):
        start(world, who, persona, where(number))


def where(number: int) -> str:
    """What one of many chats is called."""
    return f"chat {number}"


def many(world: World, who: Colleague) -> list[Chat]:
    """Somebody's many chats."""
    named = world.named("chat")
    return [named[f"{who.name} in {where(number)}"] for number in range(1, len(named) + 1) if _has(named, who, number)]


def _has(named: Mapping[str, object], who: Colleague, number: int) -> bool:
    return f"{who.name} in {where(number)}" in named


def ask_everywhere(world: World, who: Colleague, text: str) -> None:
    """Ask the same in all of somebody's chats at once, and wait for every reply."""
    asked = [say(world, who, text, where(number)) for number in range(1, len(many(world, who)) + 1)]
    for each in asked:
        await_reply(each)


def ask_in_order(world: World, who: Colleague, rows: Sequence[tuple[str, str]]) -> None:
    """Ask in several chats (where, text), each as soon as the one before it runs or waits; wait for every reply."""
    asked: list[Chat] = []
    for place, text in rows:
        asked.append(say(world, who, text, place))
        eventually(partial(_stand, world, who, asked), within=SOON_S, what="its place in line")
    model(world).open_gates()
    for each in asked:
        await_reply(each)


def _stand(world: World, who: Colleague, asked: Sequence[Chat]) -> None:
    """Each of these runs, waits, or has its reply already."""
    limits = service(world).read_limits(practice.identity(world, who))
    assert not isinstance(limits, Refusal), str(limits)
    replied = sum(any(heard.type == "message_complete" for heard in each.received) for each in asked)
    standing = limits.running + limits.waiting + replied
    assert standing >= len(asked), f"{standing} of {len(asked)} run, wait or are answered"
