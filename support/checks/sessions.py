"""What is kept of sessions, where it lies, and how many of somebody's model requests run at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from support.checks.tables import value
from support.checks.waiting import eventually
from support.clients.assistant import Refusal, SessionMade, SessionRead
from support.clients.model import Received, most_at_once
from support.deeds import practice
from support.deeds.chatting import PERSONAS, SOON_S, chat, service
from support.deeds.practice import Colleague
from support.deeds.sessions import ManyMade
from support.reporting import evidence
from support.world import World

SPOKEN = {name: spoken for spoken, name in PERSONAS.items()}
MINUTE_S = 60.0
SLACK_S = 5.0
"""A time to live is counted from the last activity, which may be some seconds ago on a busy machine."""
IN_TIME_S = 4.0
"""Whatever is broken behind it, the service answers within this time: Redis may take 0.5 s for each of its tries."""


# What is told of a session


def tells_of(world: World, rows: Sequence[tuple[str, str]]) -> None:
    """The answer shows a session with exactly this persona, profile, minutes left to live, and number of messages.

    Raises:
        AssertionError: it does not, or it is a refusal.

    """
    read = world.answer
    assert isinstance(read, SessionRead), f"expected a session, got {read}"
    found = {
        "persona": SPOKEN.get(read.persona_type, read.persona_type),
        "as": str((read.model_extra or {}).get("profile_id") or "nobody"),
        "minutes left": str(round((read.expires_at - datetime.now(UTC)).total_seconds() / MINUTE_S)),
        "messages": str(len(read.messages)),
    }
    wanted = {words: _meant(world, words, cell) for words, cell in rows}
    assert found == wanted, f"the session is {found}, expected {wanted}"


def _meant(world: World, words: str, cell: str) -> str:
    if words == "as" and (who := practice.COLLEAGUES.get(cell)):
        return str(practice.identity(world, who).profile)
    return str(value(cell))


def lasted(world: World, least: float, most: float) -> None:
    """The session that was left alone was there for so many seconds.

    Raises:
        AssertionError: it ended earlier or later.

    """
    seconds = world.recall("seconds", "the session")
    assert least <= seconds <= most, f"it lasted {seconds:.2f} s, expected {least:g} to {most:g} s"


def different_sessions(world: World, count: int) -> None:
    """So many sessions were made at once, in time, each another one, and each can be read by its own id.

    Raises:
        AssertionError: fewer, one twice, too late, or one that is not there.

    """
    made = world.answer
    assert isinstance(made, ManyMade), "no step has begun many sessions"
    refused = [str(each) for each in made.outcomes if not isinstance(each, SessionMade)]
    assert not refused, f"{len(refused)} were refused: {refused[0]}"
    ids = {each.session_id for each in made.outcomes if isinstance(each, SessionMade)}
    assert len(ids) == count, f"{len(ids)} different sessions, expected {count}"
    evidence.attach("seconds until the last answer", f"{made.seconds:.2f}")
    assert made.seconds < IN_TIME_S, f"the last answer came after {made.seconds:.1f} s"
    for key, each in world.named("chat").items():
        if " in session " in key:
            read = service(world).read_session(each.identity, each.session)
            assert isinstance(read, SessionRead), str(read)
            assert read.session_id == each.session


# Where it lies


def redis_keeps(world: World, kind: str, who: Colleague, minutes: float | None) -> None:
    """Redis holds what is kept of somebody's chat for so long; None: it holds nothing of it.

    Raises:
        AssertionError: it is not there, is there for another time, or is there at all.

    """
    redis, key = world.worker.redis, f"{KEYS[kind]}:{chat(world, who).session}"

    def look() -> None:
        left, there = redis.remaining_s(key), redis.read(key)
        if minutes is None:
            assert there is None, f"Redis holds {there[:200] if there else there}"
            return
        assert there is not None, f"Redis holds no {kind}"
        assert left is not None, f"Redis holds the {kind} for ever"
        assert minutes * MINUTE_S - SLACK_S <= left <= minutes * MINUTE_S, f"Redis holds it for {left:.1f} s"

    eventually(look, within=SOON_S, what=f"the {kind} in Redis")


KEYS = {"session": "session", "page": "ui_state"}
"""What is kept, by the first word of its key."""


def token_is_nowhere(world: World, who: Colleague) -> None:
    """Redis holds the token of this person nowhere, in no key and no value.

    Raises:
        AssertionError: it does.

    """
    redis, token = world.worker.redis, str(practice.identity(world, who).token)
    keys = redis.keys()
    assert any(chat(world, who).session in key for key in keys), "nothing is kept of the session at all"
    holding = [key for key in keys if token in key or token in (redis.read(key) or "")]
    assert not holding, f"the token lies in {holding}"


def kept_in_memory(world: World, who: Colleague, count: int) -> None:
    """The assistant, which has no Redis, keeps so many records in its memory, no more and no fewer.

    Raises:
        AssertionError: it keeps others for longer than SOON_S.

    """

    def look() -> None:
        told = service(world).read_redis_health(practice.identity(world, who))
        assert not isinstance(told, Refusal), str(told)
        assert told["in_memory"] == count, f"it keeps {told['in_memory']} records"

    eventually(look, within=SOON_S, what="the records that are kept")


# How many run at once


def requests_for(world: World, who: Colleague) -> list[Received]:
    """What the model was asked for somebody, by its own record, in the order of beginning: all but others' chats."""
    others = tuple(f"{each.session}/" for each in world.named("chat").values() if each.who != who)
    made: list[Received] = world.worker.model.scripted.received(api="chat")
    mine = [each for each in made if not each.headers.get("x-client-request-id", "").startswith(others)]
    return sorted(mine, key=lambda each: each.started)


def ran_at_a_time(world: World, who: Colleague, count: int, most: int) -> None:
    """The model was asked so many times for somebody; at its busiest so many ran at once, no more and no fewer.

    Raises:
        AssertionError: another number, by the model's own clock.

    """
    made = requests_for(world, who)
    shown = "\n".join(f"{each.started:.3f} {each.ended or 0:.3f}" for each in made)
    evidence.attach("what ran when, by the model's clock", shown)
    assert len(made) == count, f"the model was asked {len(made)} times, expected {count}"
    found = most_at_once(made)
    assert found == most, f"at its busiest {found} ran at once, expected {most}"


def asked_in_order(world: World, who: Colleague, texts: Sequence[str]) -> None:
    """The model began with somebody's questions in this order, and with nothing else.

    Raises:
        AssertionError: another order, or others.

    """
    found = [
        str(next(m["content"] for m in reversed(each.messages) if m["role"] == "user"))
        for each in requests_for(world, who)
    ]
    assert found == list(texts), f"the model was asked, in this order, {found}; expected {list(texts)}"


def places_are_free(world: World, who: Colleague) -> None:
    """Nobody holds or waits for a place of somebody's.

    Raises:
        AssertionError: somebody still does after SOON_S.

    """
    _holds(world, who, running=0, keeps=None)


def keeps_limits(world: World, count: int, who: Colleague, running: int) -> None:
    """The assistant keeps limits of so many users, and this one holds so many places.

    Raises:
        AssertionError: of others after SOON_S, or fewer or more places.

    """
    _holds(world, who, running=running, keeps=count)


def _holds(world: World, who: Colleague, *, running: int, keeps: int | None) -> None:
    def look() -> None:
        told = service(world).read_limits(practice.identity(world, who))
        assert not isinstance(told, Refusal), str(told)
        assert (told.running, told.waiting) == (running, 0), f"{told.running} run and {told.waiting} wait"
        assert keeps is None or told.limiters == keeps, f"it keeps limits of {told.limiters} users"

    eventually(look, within=SOON_S, what="the places")
