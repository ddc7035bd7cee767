"""What became of a user's program in trouble: by its own account, and by its server's own count and clock."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from support.clients.model import ScriptedModel
from support.processes.programs import ProgramResult
from support.world import World

PORT = re.compile(r"(?<=127\.0\.0\.1):\d+")
"""A port such as 40412 says nothing of the status 404."""
LOSS = re.compile("not recorded|not exported|fail|error|lost|dropped", re.IGNORECASE)
DOUBLED = (1.3, 4.0)
"""Between these a pause that doubles may be longer than the one before: jitter and a busy machine blur it."""


def ended(world: World) -> ProgramResult:
    """How the program of this scenario ended."""
    assert isinstance(world.answer, ProgramResult), "no program has run"
    return world.answer


def first(world: World) -> dict[str, Any]:
    """How the program's first call ended."""
    call: dict[str, Any] = ended(world).answer["calls"][0]
    return call


def error(world: World) -> dict[str, Any]:
    """The error that the program met.

    Raises:
        AssertionError: it met none.

    """
    fate = world.named("program").get("fate") or first(world)
    met: dict[str, Any] | None = fate["error"]
    assert met is not None, f"expected an error, was served: {fate}"
    return met


def met(world: World, kind: str, saying: tuple[str, str] | None) -> None:
    """The program met an error of this type, which says some words; it was given nothing else.

    Raises:
        AssertionError: it was served, met another error, or the error says something else.

    """
    was = error(world)
    assert was["type"] == kind, f"expected {kind}, was {was['type']}: {was['text']}"
    if saying is not None:
        said = PORT.sub("", was["text"])
        assert saying[1].casefold() in said.casefold(), f'expected "{saying[1]}", the error says: {said}'


def in_time(world: World, kind: str, least: float, most: float) -> None:
    """The program met an error of this type, between so many seconds after it had begun the call.

    Raises:
        AssertionError: it met another error, or met it sooner or later.

    """
    met(world, kind, None)
    seconds = first(world)["seconds"]
    assert least <= seconds <= most, f"expected the error after {least:g} to {most:g} s, came after {seconds:.2f} s"


def names_the_host(world: World, *, by_itself: bool) -> None:
    """The error names the host, and no secret; `by_itself`: in the client's own words.

    Raises:
        AssertionError: the host is not named, or a key is.

    """
    said, host = error(world)["own words" if by_itself else "text"], world.recall("program", "it").host
    assert host in said, f"expected the error to name {host}, it says: {said}"
    keys_are_not_told(world)


def keys_are_not_told(world: World) -> None:
    """Nothing that the program answered or printed holds a key.

    Raises:
        AssertionError: something does; the key is not shown.

    """
    keys = [key for system in world.worker.systems.values() for key in system.secrets()]
    keys += world.recall("program", "it").environment.values()
    said = f"{ended(world).answer}{ended(world).output}"
    assert not any(key in said for key in keys), "expected no key in any output, there is one"


def served(world: World, *, at_last: bool) -> None:
    """The program was given its server's answer; `at_last`: to a call that it made after the one that met the fault.

    Raises:
        AssertionError: it met an error, was given another answer, or the server has answered nothing.

    """
    call = ended(world).answer["next"] if at_last else first(world)
    assert call["error"] is None, f"expected an answer, was {call['error']}"
    holds = world.recall("program", "it").deed.holds
    assert holds in call["answer"], f"expected an answer with {holds!r}, was {call['answer']!r}"
    since = world.recall("program", "met at") if at_last else 0.0
    answered = [each for each in asked(world) if each.came >= since and each.status == HTTPStatus.OK]
    assert answered, f"the server has answered nothing since {since:.3f}; it was asked {asked(world)}"


@dataclass(frozen=True)
class Asked:
    """One request by the server's own record: who sent it, if that can be told, when it came, was answered, and how."""

    who: str
    came: float
    answered: float
    status: int | None


def asked(world: World) -> list[Asked]:
    """What the program's server was asked, oldest first. Times are unix seconds."""
    deed = world.recall("program", "it").deed
    if deed.system == "model":
        with ScriptedModel(world.worker.systems["model"].embedded.control) as model:
            received = model.received()
        # Looks at the list of models count where nothing else was asked.
        received = [each for each in received if each.api] or received
        return [Asked(str(each.messages), each.started, each.ended or math.inf, each.status) for each in received]
    found = world.worker.evaluation_platform.control("GET", f"/requests?path={deed.path}")["requests"]
    return [
        Asked("", each["at"], each["at"] + (each["duration_ms"] or math.inf) / 1000, each["status"]) for each in found
    ]


def was_asked(world: World, times: int) -> None:
    """The server was asked exactly so often.

    Raises:
        AssertionError: more or less often.

    """
    count = len(asked(world))
    assert count == times, f"expected {times} requests, the server counts {count}"


def pauses(world: World) -> list[list[float]]:
    """The pauses between an answer and a caller's next request, in seconds, caller by caller."""
    it = world.recall("program", "it")
    requests = asked(world)
    expected = it.told["callers"] * (it.told["retries"] + 1)
    assert len(requests) == expected, f"expected {expected} requests, the server counts {len(requests)}"
    callers: dict[Any, list[Asked]] = defaultdict(list)
    for number, request in enumerate(requests):
        callers[request.who or number // (it.told["retries"] + 1)].append(request)
    return [[later.came - sooner.answered for sooner, later in pairwise(requests)] for requests in callers.values()]


def paused(world: World, least: float, most: float) -> None:
    """The server was asked again after a pause of so many seconds.

    Raises:
        AssertionError: it was not asked again, sooner, or later.

    """
    requests = asked(world)
    assert len(requests) > 1, "expected to be asked again, was asked once"
    pause = requests[1].came - requests[0].answered
    assert least <= pause <= most, f"expected a pause of {least:g} to {most:g} s, was {pause:.3f} s"


def backed_off(world: World) -> None:
    """Each pause of each caller is about twice the one before.

    Raises:
        AssertionError: one is not.

    """
    for waited in pauses(world):
        assert len(waited) > 1, f"expected several pauses, were {waited}"
        ratios = [later / sooner for sooner, later in pairwise(waited)]
        assert all(DOUBLED[0] <= ratio <= DOUBLED[1] for ratio in ratios), (
            f"expected pauses that double, were {[round(pause, 3) for pause in waited]} s"
        )


def spread(world: World, least: float) -> None:
    """The first pauses of the shorter half of the callers differ by so many seconds: they do not come back in step.

    A busy machine makes pauses longer, some of them by much, and none shorter: the longer half says nothing of jitter.

    Raises:
        AssertionError: they do.

    """
    firsts = sorted(waited[0] for waited in pauses(world))
    assert firsts[len(firsts) // 2] - firsts[0] >= least, (
        f"expected pauses that differ by {least:g} s, were {[round(pause, 3) for pause in firsts]} s"
    )


def worked_on(world: World, steps: int) -> None:
    """The program did all its work.

    Raises:
        AssertionError: it did not.

    """
    work = ended(world).answer["work"]
    expected = [number * number for number in range(steps)]
    assert work == expected, f"expected the work {expected}, was {work}"


def told_once(world: World, count: int) -> None:
    """One line of what the program printed tells that so many steps are lost, and nothing is told twice.

    Raises:
        AssertionError: nothing tells it as a loss, several lines do, a line comes twice, or a key is told.

    """
    printed = [line for line in ended(world).output.splitlines() if line.strip() and "DeprecationWarning" not in line]
    of_loss = [line for line in printed if LOSS.search(line) and re.search("step|span", line)]
    telling = [line for line in of_loss if re.search(rf"\b{count}\b", line)]
    assert len(telling) == 1, f"expected one line that tells of {count} steps, were {len(telling)}: {printed}"
    kinds = Counter(re.sub(r"\d+", "#", line) for line in printed)
    assert max(kinds.values()) == 1, f"expected each loss to be told once, was {kinds.most_common(1)}"
    keys_are_not_told(world)
