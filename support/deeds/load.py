"""Crowds: many people who do the same at once, played by Locust; what it measured, and how the service bore it.

A crowd goes past the proxies of this suite: nobody reads what it says, and it must not wait for us.
"""

from __future__ import annotations

import re
import tempfile
import uuid
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
from support.deeds.people import ADA
from support.deeds.scripting import Row, model, turns
from support.deeds.services import configure
from support.deeds.tool_daemon import daemon
from support.deeds.tracing import session
from support.defects import PROGRAMS
from support.processes import crowds
from support.processes.crowds import Crowd
from support.processes.launcher import Backend
from support.processes.vital_signs import VitalSigns
from support.reporting import evidence, metrics
from support.running.systems import AssistantUnderTest
from support.targets.loading import connection
from support.world import World

PERSONA = "web_assistant"
LATE_S = 90.0
"""So long after it should be over, a crowd is sent home."""


@dataclass(frozen=True)
class Coming(load_chart.Course):
    """What came of a crowd. `measured` is what its sentences speak of, by Locust's name for it."""

    people: Sequence[Person] = ()
    verdicts: list[tuple[str, bool]] = field(default_factory=list)
    """What was said of it, and whether it is so: shown beside the figures."""


@dataclass(frozen=True)
class Lasting:
    """How long people come: for so many seconds (None: as long as a soak lasts), or all of them once and together."""

    seconds: float | None = None
    rate: float = 0.0
    once: bool = False

    @classmethod
    def of(cls, words: str) -> Lasting:
        """`, all at once`; ` for 8 seconds, 5 more of them every second`; for SOAK instead of the seconds."""
        numbers = [float(each) for each in re.findall(r"[\d.]+", words)]
        return cls(numbers[0] if len(numbers) == 2 else None, numbers[-1]) if numbers else cls(once=True)


SOAK = "as long as a soak lasts"


@dataclass(frozen=True)
class Deed:
    """What everybody in a crowd does: as which user of the locustfile, how that is measured, and what they are told."""

    user: str
    measured: str
    system: str
    place: Callable[[World], Backend | None]
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
        "question": f"{said['question']} (name) asks.",
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


def _spans(world: World, said: Mapping[str, str], count: int) -> dict[str, Any]:
    label = said["session"]
    names = [f"program {number:02}" for number in range(1, count + 1)]
    times, batch, unique = int(said["times"]), int(said["batch"]), world.unique(label)
    sent = [f"{unique} {name}.{time_}.{n}" for name in names for time_ in range(1, times + 1) for n in range(batch)]
    world.remember("sent", label, sent)
    return {
        "key": ADA.platform(world).key,
        "session_id": session(world, label),
        "session_name": unique,
        "label": unique,
        "batch": batch,
        "times": times,
        "people": [{"name": name} for name in names],
    }


def _calls(world: World, said: Mapping[str, str], count: int) -> dict[str, Any]:
    names = [f"agent {number:02} {uuid.uuid4().hex[:6]}" for number in range(1, count + 1)]
    return {"token": daemon(world).token, "tool": said["tool"], "people": [{"name": name} for name in names]}


def told(registered: Sequence[Person]) -> list[dict[str, str]]:
    """People as Locust is told of them."""
    return [{"id": each.id, "name": each.name, "token": each.token, "profile": each.profile} for each in registered]


def _assistant(world: World) -> Backend | None:
    assistant: AssistantUnderTest = world.worker.assistant
    return assistant.backend and assistant.current


def _platform(world: World) -> Backend | None:
    return world.worker.evaluation_platform.backend


def _daemon(world: World) -> Backend | None:
    return daemon(world).backend


def straight_to(world: World, deed: Deed) -> tuple[str, Backend | None]:
    """The address that a crowd comes to, past the proxy: the embedded service's, given too, or the target's."""
    backend, worker = deed.place(world), world.worker
    address = backend.address if backend else connection(worker.target, deed.system, worker.settings).address
    return (address.replace("http", "ws", 1) if deed.user == "Calls" else address), backend


CHATTING = r'practitioners ask "(?P<question>[^"]+)"(?: in (?P<tabs>\d+) chats each)?, to be told "(?P<expects>[^"]+)"'
DEEDS: Mapping[str, Deed] = {
    CHATTING: Deed("Chat", "reply", "assistant", _assistant, _chat),
    r"practitioners begin a session": Deed("Sessions", "begin a session", "assistant", _assistant, _sessions),
    r'practitioners have a document written, to read "(?P<expects>[^"]+)"': Deed(
        "Documents", "document", "assistant", _assistant, _documents
    ),
    r'programs send (?P<times>\d+) batches of (?P<batch>\d+) spans each in the session "(?P<session>[^"]+)"': Deed(
        "Spans", "batch", "evaluation_platform", _platform, _spans
    ),
    r'agents call "(?P<tool>[^"]+)"': Deed("Calls", "call", "tool_daemon", _daemon, _calls),
}
"""What a crowd can do, by the words of the sentences."""
MEASURED: Mapping[str, str] = {
    "replies": "reply",
    "sessions": "begin a session",
    "documents": "document",
    "batches": "batch",
    "calls": "call",
}
"""What is measured, by the words of the sentences."""
PAUSE_S = 3.0
"""Seconds that somebody in a crowd waits before they do it again, on average: they read what they were told."""


# The coming ----------------------------------------------------------------------------------------------------------


def come(world: World, scenario: str, count: int, words: str, lasting: Lasting, workers: int = 0) -> None:
    """Let a crowd come, and wait until the last one has gone; what came of it is the answer."""
    settings = world.worker.settings
    deed, said = next((deed, found) for pattern, deed in DEEDS.items() if (found := re.fullmatch(pattern, words)))
    seconds = 0.0 if lasting.once else lasting.seconds or settings.soak_s
    plan = deed.plan(world, said.groupdict(), count)
    plan |= {"seconds": seconds, "pause_s": PAUSE_S, "once": lasting.once}
    rate = float(count) if lasting.once else lasting.rate
    workers, master = (workers, None) if workers else (settings.load_workers, settings.load_master)
    address, backend = straight_to(world, deed)
    crowd = Crowd(deed.user, count, rate, address, plan, workers, master)
    watched = VitalSigns(backend.pid, urlsplit(address).port or 0) if backend is not None else None
    within_s = count / rate + seconds + LATE_S
    with tempfile.TemporaryDirectory(prefix="crowd-") as scratch:
        defects = [each.id for each in world.worker.seeded(PROGRAMS, "support.programs.load")]
        crowds.gather(crowd, Path(scratch), watched.look if watched else lambda: None, within_s, defects)
        report = read_report(Path(scratch, crowds.REPORT))
        moments = read_series(Path(scratch, f"{crowds.SERIES}_stats_history.csv"), deed.measured)
    entry = plan["people"]
    registered = [Person(id=each.get("id", ""), name=each["name"], token=each.get("token", "")) for each in entry]
    seen = watched.seen if watched else []
    world.answer = coming = Coming(f"{count} {words}", deed.measured, report, moments, seen, registered)
    world.tellings.append(lambda: tell(world, scenario, coming))


def tell(world: World, scenario: str, coming: Coming) -> None:
    """Show what was measured, as a picture and as figures with their trend."""
    if not evidence.wanted():
        return
    evidence.attach(coming.title, load_chart.chart(coming, coming.verdicts), "html")
    folder = world.worker.settings.results_folder
    if folder.is_dir():
        name = re.sub(r"\W+", "-", scenario.lower()).strip("-")
        metrics.write(folder, f"load-{name}", load_chart.metrics_of(coming, name))
