"""Verdicts on a crowd: how many failed, how long it took them, what the service held; and what others saw of it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from statistics import linear_regression, mode

from support.checks.waiting import eventually
from support.clients.load import together
from support.clients.model import Received, most_at_once
from support.deeds.load import MEASURED, Coming
from support.deeds.received import asked, in_words
from support.deeds.scripting import model
from support.processes.vital_signs import VitalSigns
from support.world import World

GONE_S = 5.0
"""Within this time after the last one has left, no connection is open any more."""
SHOWN = 10
WARM_UP = 0.3
"""The share of a soak in which a service may still grow: caches fill, pools open, code is compiled."""


def coming(world: World) -> Coming:
    """What came of the crowd."""
    found = world.answer
    assert isinstance(found, Coming), "no step has let a crowd come"
    return found


def judge(world: World, text: str, holds: bool) -> None:
    """A verdict: shown beside the figures. Raises AssertionError when it does not hold."""
    coming(world).verdicts.append((text, holds))
    assert holds, text


def none_failed(world: World) -> None:
    """It was done at least as often as people came, and nothing that anybody did has failed.

    Raises:
        AssertionError: something failed, or it was done less often; tells what, by Locust's count.

    """
    came = coming(world)
    done, broken = came.report.of(came.measured).count, came.report.exceptions
    assert not broken, f"a user of the crowd broke down, which is a fault of this suite: {broken[0].message}"
    failed = sum(each.failures for each in came.report.entries)
    told = "; ".join(map(str, came.report.errors[:SHOWN]))
    judge(world, f"{failed} of {done} failed{': ' if told else ''}{told}", failed == 0)
    judge(world, f"{len(came.people)} people did it {done} times", done >= len(came.people))


def came_within(world: World, share: int, what: str, limit_ms: float) -> None:
    """Of 100 of them so many ended within the limit.

    Raises:
        AssertionError: later, or there were none.

    """
    entry = coming(world).report.of(MEASURED[what])
    assert entry.count > 0, f"there were no {what}"
    found = entry.within_ms(share / 100) if share < 100 else entry.longest_ms
    told = f"{share} of 100 {what} took at most {found:.0f} ms"
    judge(world, f"{told}, promised were {limit_ms:.0f} ms", found <= limit_ms)


def were_connected(world: World, count: int) -> None:
    """So many were connected at once, as the service's own sockets show, and soon afterwards nobody is.

    Raises:
        AssertionError: fewer, more, or some still are.

    """
    came = coming(world)
    full = {each.at for each in came.moments if each.users == len(came.people)}
    held = [each.connections for each in came.signs if int(each.at) in full]
    assert held, "nobody looked while all were there"
    judge(world, f"most of the time {mode(held)} connections were open, promised were {count}", mode(held) == count)
    current = world.worker.assistant.current
    signs = VitalSigns(current.pid, int(current.address.rpartition(":")[2]))

    def nobody() -> None:
        sign = signs.look()
        assert sign is not None
        assert sign.connections == 0, f"{sign.connections} connections are open"

    eventually(nobody, within=GONE_S, what="the end of all connections")


def memory_is_steady(world: World, most_kb: float, in_all_mb: float) -> None:
    """The memory of the service grows by at most so much with each thing done, and in all, warm-up left out.

    Raises:
        AssertionError: it grows by more; or too little was done to tell.

    """
    came = coming(world)
    done, _ = together([came.report.of(came.measured)])
    first = min(done, default=0)
    sums = list(accumulate(done.get(second, 0) for second in range(first, max(done, default=0) + 1)))
    points = [(sums[at - first], each.memory) for each in came.signs if 0 <= (at := int(each.at)) - first < len(sums)]
    warm = points[int(len(points) * WARM_UP) :]
    assert len({done for done, _ in warm}) > 2, "too little was done to tell how memory grows"
    slope, base = linear_regression([done for done, _ in warm], [size for _, size in warm])
    hourly = slope * sums[-1] / (came.signs[-1].at - came.signs[0].at) * 3600 / 2**20
    told = f"{slope / 1024:.2f} KB with each, from {base / 2**20:.1f} MB; {hourly:.1f} MB an hour"
    judge(world, f"memory grows by {told}; promised were at most {most_kb:g} KB", slope <= most_kb * 1024)
    grown_mb = slope * (warm[-1][0] - warm[0][0]) / 2**20
    told = f"{grown_mb:.1f} MB in all, promised were at most {in_all_mb:g} MB"
    judge(world, f"memory grows by {told}", grown_mb <= in_all_mb)


# What others saw of it -----------------------------------------------------------------------------------------------


def asked_for_each_reply(world: World, tools: Sequence[str]) -> None:
    """For each reply the practice was asked these things once and nothing else, by whoever had asked the question.

    Counted by the model's record of who asked, the practice's record of who it was asked as, and Locust.

    Raises:
        AssertionError: one of the three counts otherwise.

    """
    came, received = coming(world), by_person(world, model(world).received(api="chat"))
    questions = {who: len(answers(made)) for who, made in received.items()}
    answered, replies = sum(questions.values()), came.report.of(came.measured).count
    judge(world, f"the model has answered {answered} questions, {replies} replies came", answered == replies)
    names = {each.id: each.name for each in came.people}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for request in asked(world):
        found[names.get(request.person or "", "somebody else")][in_words(world, request).names[0]] += 1
    wanted = {who: Counter(dict.fromkeys(tools, count)) for who, count in questions.items()}
    wrong = [who for who in sorted({*found, *wanted}) if found[who] != wanted.get(who, Counter())]
    told = [f"{who}: {dict(found[who])}, expected {dict(wanted.get(who, {}))}" for who in wrong[:SHOWN]]
    judge(world, "; ".join([f"for {len(wrong)} people the practice was asked otherwise", *told]), not wrong)


def by_person(world: World, received: Iterable[Received]) -> dict[str, list[Received]]:
    """The model's requests by whose question they answer."""
    found: dict[str, list[Received]] = defaultdict(list)
    names = {each.name for each in coming(world).people}
    for request in received:
        last = str(next(each["content"] for each in reversed(request.messages) if each["role"] == "user"))
        who = re.search(r"(Dr\. \d+) asks", last)
        found[who[1] if who and who[1] in names else "somebody else"].append(request)
    return found


def answers(requests: Iterable[Received]) -> list[Received]:
    """Those that were answered with words."""
    return [each for each in requests if each.finish == "stop"]


def each_has_own_limit(world: World, count: int, most: int) -> None:
    """The model was asked so often for each of the crowd, at its busiest so many at a time for each of them.

    That nobody waited for somebody else is seen from how many were served at the same time.

    Raises:
        AssertionError: otherwise for somebody, by the model's own clock; or it was the turn of a few only.

    """
    came, made = coming(world), by_person(world, model(world).received(api="chat"))
    found = {each.name: (len(made[each.name]), most_at_once(made[each.name])) for each in came.people}
    other = {who: counted for who, counted in found.items() if counted != (count, most)}
    wrong = [f"{who}: {times} times, {at_once} at a time" for who, (times, at_once) in other.items()]
    judge(world, "; ".join([f"{len(wrong)} people had another limit", *wrong[:SHOWN]]), not wrong)
    busiest = most_at_once([each for requests in made.values() for each in requests])
    least = len(came.people) * most // 2
    judge(world, f"at its busiest {busiest} requests of all ran at once, at least {least} must", busiest >= least)


def keeps_sessions(world: World, count: int) -> None:
    """Redis keeps so many sessions, each of another person of the crowd; each of these has one.

    Raises:
        AssertionError: fewer, more, or two of somebody.

    """
    redis, came = world.worker.redis, coming(world)
    kept = [json.loads(redis.read(key) or "{}") for key in redis.keys("session:*")]
    profiles = {each.id: each.name for each in came.people}
    owners = Counter(profiles[each["profile_id"]] for each in kept if each.get("profile_id") in profiles)
    told = f"Redis keeps {owners.total()} sessions of {len(owners)} people"
    judge(world, f"{told}, promised were {count}", owners.total() == len(owners) == count)


def played_by(world: World, workers: int) -> None:
    """So many workers have played the crowd.

    Raises:
        AssertionError: fewer, or more.

    """
    found = coming(world).report.workers
    judge(world, f"{found} workers have played it, promised were {workers}", found == workers)
