"""Crowds: many people who do the same at the same time, played by Locust; and how the service bore it.

A crowd goes past the proxies of this suite: nobody reads what it says, and it must not wait for us.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.clients.assistant import tools
from support.clients.load import read_report, read_series
from support.clients.model import Condition
from support.clients.practice import NewPractitioner, Person, PracticeContent
from support.deeds import load_chart, practice
from support.deeds.documents import ORDER
from support.deeds.scripting import Row, model, turns
from support.deeds.services import configure
from support.defects import PROGRAMS
from support.processes import crowds
from support.processes.crowds import Crowd
from support.processes.vital_signs import VitalSigns
from support.reporting import evidence, metrics
from support.world import World

PERSONA = "web_assistant"
LATE_S = 90.0
"""So long after it should be over, a crowd is sent home."""


@dataclass(frozen=True)
class Coming(load_chart.Course):
    """What came of a crowd."""

    verdicts: list[tuple[str, bool]] = field(default_factory=list)
    """What was said of it, and whether it is so: shown beside the figures."""


@dataclass(frozen=True)
class Lasting:
    """How long people come: for so many seconds, or all of them once and together."""

    seconds: float = 0.0
    rate: float = 0.0
    once: bool = False


@dataclass(frozen=True)
class Deed:
    """What everybody in a crowd does: as which user of the locustfile, how that is measured, and what they are told."""

    user: str
    measured: str
    place: Callable[[World], str]
    plan: Callable[[World, Mapping[str, str], int], dict[str, Any]]


# The service, and the model that it asks ------------------------------------------------------------------------------


def expect_crowd(world: World, pairs: practice.Pairs) -> None:
    """Put an instance with these settings in the assistant's place that goes straight to model, practice and Redis."""
    configure(world, pairs, world.worker.assistant.configured_for_a_crowd)
    world.undo("forget the sessions of the crowd", world.worker.redis.sweep)


def script(world: World, rows: Iterable[Row]) -> None:
    """Have the model take these steps for whoever asks, however many ask: each after the result of the one before."""
    told = list(rows)
    before: bool | str = False
    for step, turn in zip(told, turns(told), strict=True):
        model(world).script(turn, when=Condition(tool_result=before), repeat=True)
        if turn.tool_calls:
            found = tools.find(step["step"])
            assert found is not None, f"{step['step']} is no tool"
            before = found.name


# Who comes -----------------------------------------------------------------------------------------------------------


def people(world: World, count: int) -> list[Person]:
    """So many practitioners of the practice, whom no other scenario knows."""
    there = practice.practice(world)
    new = [NewPractitioner(name=f"Dr. {number:04}") for number in range(1, count + 1)]
    added: Sequence[Person] = there.control.add(there.seeded.id, PracticeContent(practitioners=new)).people()
    return list(added)


def _chat(world: World, said: Mapping[str, str], count: int) -> dict[str, Any]:
    return {
        "persona": PERSONA,
        "question": said["question"],
        "expects": said["expects"],
        "tabs": int(said.get("tabs") or 1),
        "renew_after": RENEWED_AFTER,
        "people": told(people(world, count)),
    }


RENEWED_AFTER = 10
"""Replies after which somebody begins anew: a conversation that grows for ever would grow the service, too."""


def _sessions(world: World, _: Mapping[str, str], count: int) -> dict[str, Any]:
    return {"persona": PERSONA, "people": told(people(world, count))}


def _documents(world: World, said: Mapping[str, str], count: int) -> dict[str, Any]:
    return {"order": dict(ORDER), "expects": said["expects"], "people": told(people(world, count))}


def told(registered: Sequence[Person]) -> list[dict[str, str]]:
    """People as Locust is told of them."""
    return [{"id": each.id, "name": each.name, "token": each.token, "profile": each.profile} for each in registered]


def _assistant(world: World) -> str:
    return str(world.worker.assistant.current.address)


CHATTING = r'practitioners ask "(?P<question>[^"]+)"(?: in (?P<tabs>\d+) chats each)?, to be told "(?P<expects>[^"]+)"'
DEEDS: Mapping[str, Deed] = {
    CHATTING: Deed("Chat", "reply", _assistant, _chat),
    r"practitioners begin a session": Deed("Sessions", "begin a session", _assistant, _sessions),
    r'practitioners have a document written, to read "(?P<expects>[^"]+)"': Deed(
        "Documents", "document", _assistant, _documents
    ),
}
"""What a crowd can do, by the words of the sentences."""
MEASURED: Mapping[str, str] = {
    "replies": "reply",
    "sessions": "begin a session",
    "documents": "document",
}
"""What is measured, by the words of the sentences."""
PAUSE_S = 1.0
"""What somebody in a crowd waits before they do it again."""


# The coming ----------------------------------------------------------------------------------------------------------


def come(world: World, scenario: str, count: int, words: str, lasting: Lasting) -> None:
    """Let a crowd come, and wait until the last one has gone; what came of it is the answer."""
    deed, said = next((deed, found) for pattern, deed in DEEDS.items() if (found := re.fullmatch(pattern, words)))
    seconds = 0.0 if lasting.once else lasting.seconds
    plan = deed.plan(world, said.groupdict(), count)
    plan |= {"seconds": seconds, "pause_s": PAUSE_S, "once": lasting.once}
    rate = float(count) if lasting.once else lasting.rate
    crowd = Crowd(deed.user, count, rate, deed.place(world), plan)
    watched = signs_of(world, deed)
    within_s = count / rate + seconds + LATE_S
    with tempfile.TemporaryDirectory(prefix="crowd-") as scratch:
        defects = [each.id for each in world.worker.seeded(PROGRAMS, "support.programs.load")]
        crowds.gather(crowd, Path(scratch), watched.look if watched else lambda: None, within_s, defects)
        report = read_report(Path(scratch, crowds.REPORT))
        moments = read_series(Path(scratch, f"{crowds.SERIES}_stats_history.csv"), deed.measured)
    seen = watched.seen if watched else []
    world.answer = coming = Coming(f"{count} {words}", deed.measured, report, moments, seen)
    world.tellings.append(lambda: tell(world, scenario, coming))


def signs_of(world: World, deed: Deed) -> VitalSigns | None:
    """The embedded service that a crowd goes to, as it looks from the outside; None for one elsewhere."""
    address = deed.place(world)
    systems = world.worker.systems
    backends = (
        [world.worker.assistant.current] if deed.place is _assistant else [each.backend for each in systems.values()]
    )
    for backend in backends:
        if backend is not None and urlsplit(backend.address).port == urlsplit(address).port:
            return VitalSigns(backend.pid, urlsplit(address).port or 0)
    return None


def tell(world: World, scenario: str, coming: Coming) -> None:
    """Show what was measured, as a picture and as figures with their trend."""
    if not evidence.wanted():
        return
    evidence.attach(coming.title, load_chart.chart(coming, coming.verdicts), "html")
    folder = world.worker.settings.results_folder
    if folder.is_dir():
        name = re.sub(r"\W+", "-", scenario.lower()).strip("-")
        metrics.write(folder, f"load-{name}", load_chart.metrics_of(coming, name))
