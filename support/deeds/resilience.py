"""Deeds on users' programs in trouble: which program, what is wrong around it, and running it."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.checks.tables import value
from support.checks.waiting import eventually
from support.checks.wording import description, ours, sent, smallest
from support.clients.evaluation_platform.interface import BatchOutcome, Door
from support.clients.evaluation_platform.nouns import noun
from support.clients.model import ScriptedModel, Turn
from support.deeds.people import ADA
from support.deeds.things import Pairs, everything, keep, known, take_back
from support.wire.faults import Delay as Late
from support.wire.faults import Fault, Refuse, ResetAfter, Silent, Unanswered
from support.world import World

NAME, SESSION = "work of the program", "session of the program"
UNKNOWN_HOST = "server.invalid"
"""A name that no name server may ever know (RFC 2606)."""
STEPS = 6
LIMIT_S = 30.0
"""Within this time every program has ended."""
PLATFORM, MODEL = "evaluation_platform", "model"
WELL = "All is well."


@dataclass(frozen=True)
class Deed:
    """What a program does: the program, the part of it, where its requests go, and what every true answer holds."""

    program: str
    part: str
    system: str
    path: str
    holds: str = ""


DEEDS: Mapping[str, Deed] = {
    "asks the model": Deed("calls", "asks_the_model", MODEL, "/v1/chat/completions", WELL),
    "asks the model and has the answer checked": Deed("calls", "asks_strictly", MODEL, "/v1/chat/completions", WELL),
    "creates a dataset": Deed("calls", "creates_a_dataset", PLATFORM, "/v1/datasets", "insertedId='"),
    "lists datasets": Deed("calls", "lists_datasets", PLATFORM, "/v1/datasets", "datasets=["),
    "reads events": Deed("calls", "reads_events", PLATFORM, "/v1/events/export", "events=["),
    "runs this suite": Deed("suite_run", "main", PLATFORM, "*"),
    "is traced by the standard SDK": Deed("degraded", "standard", PLATFORM, "*/v1/traces"),
    "is traced by the platform's tracer": Deed("degraded", "vendors", PLATFORM, "*/v1/traces"),
}
"""The programs, by what they do."""


def network_faults(path: str) -> Mapping[str, Fault]:
    """What the network can do to the requests for a path."""
    middle = 60  # bytes: within the headers of every answer
    return {
        "refuses connections": Refuse(),
        "leaves connections unanswered": Unanswered(),
        "is silent once": Silent(path=path, times=1),
        "resets the first connection in mid-response": ResetAfter(middle, path=path, times=1),
        "brings the first answer too late": Late(1.0, path=path, times=1),
        "loses the first answer": ResetAfter(0, path=path, times=1),
        "falls silent after the first request": Silent(path=path, after=1),
        "resets every connection that traces come by": ResetAfter(0, path=path),
    }


TROUBLES = [*network_faults("*"), "does not know its name"]
OPTIONS: Mapping[str, Any] = {
    "waits_s": 5.0,
    "retries": 0,
    "pause_s": 0.1,
    "jitter": 0.1,
    "callers": 1,
    "at_once": True,
}
OPTION_WORDS = {
    "seconds it waits": "waits_s",
    "retries": "retries",
    "first pause": "pause_s",
    "jitter": "jitter",
    "callers at once": "callers",
    "callers in turn": "callers",
    "key": "key",
}


@dataclass
class Program:
    """A program that is about to run, and how it was told to."""

    deed: Deed
    told: dict[str, Any]
    environment: dict[str, str]
    host: str


def prepare(world: World, words: str, options: Pairs = ()) -> None:
    """Choose the program, and configure its client."""
    deed = DEEDS[words]
    told = {OPTION_WORDS[word]: value(cell) for word, cell in options}
    told["at_once"] = "callers in turn" not in dict(options)
    environment = {"HH_API_KEY": str(told.pop("key"))} if "key" in told else {}
    host = world.worker.systems[deed.system].proxy.address.removeprefix("http://")
    world.remember("program", "it", Program(deed, {**OPTIONS, **told}, environment, host))
    if deed.system == MODEL:
        with talking_to_the_model(world) as model:
            model.script(Turn.saying(WELL), repeat=True, name="well")


def program(world: World) -> Program:
    """The program of this scenario."""
    chosen: Program = world.recall("program", "it")
    return chosen


def talking_to_the_model(world: World) -> ScriptedModel:
    """The control address of the scripted model."""
    return ScriptedModel(world.worker.systems[MODEL].embedded.control)


def trouble(world: World, words: str) -> None:
    """Order what the network does before the program's server."""
    it = program(world)
    if words not in network_faults("*"):
        tail = "/v1" if it.deed.system == MODEL else ""
        it.told["address"], it.host = f"http://{UNKNOWN_HOST}{tail}", UNKNOWN_HOST
        return
    world.worker.systems[it.deed.system].proxy.inject(network_faults(it.deed.path)[words])


def answer_wrongly(world: World, rows: Iterable[Pairs]) -> None:
    """Order what the program's server answers, one after another, before it answers as it should."""
    deed, told = program(world).deed, [dict(row) for row in rows]
    answers = [{**answer, "number": str(n)} for answer in told for n in range(int(answer.get("times", 1)))]
    if deed.system == MODEL:
        _script(world, answers)
        return
    for answer in answers:
        world.worker.systems[PLATFORM].control("POST", "/faults", {"path": deed.path, "times": 1, **_fault(answer)})


def _fault(answer: Mapping[str, str]) -> dict[str, Any]:
    """An order for the platform: a status with a message, or a body that is answered as if all were well."""
    if answer["answer"] == BROKEN_OFF:
        return {"malformed": True}
    if not re.fullmatch(r"\d{3}", answer["answer"]):
        return {"status": 200, "body": json.loads(answer["answer"])}
    fault: dict[str, Any] = {"status": int(answer["answer"])}
    if answer.get("saying"):
        fault["body"] = {"statusCode": fault["status"], "message": answer["saying"], "success": False}
    if answer.get("retry after"):
        fault["headers"] = {"Retry-After": answer["retry after"]}
    return fault


BROKEN_OFF = "JSON that breaks off"
WORDS = "words"


def _script(world: World, answers: Sequence[Mapping[str, str]]) -> None:
    with talking_to_the_model(world) as model:
        for script in model.scripts():
            model.remove(script.id)
        model.script(*map(_turn, answers), name="ill")
        model.script(Turn.saying(WELL), repeat=True, name="well")


def _turn(answer: Mapping[str, str]) -> Turn:
    """The same order for the model; `words` are said late, in pieces, or not to the end if it says so."""
    if answer["answer"] == WORDS:
        pieces = str(value(answer["saying"])).split("|")
        cut = int(answer["breaks off after"]) if answer.get("breaks off after") else None
        return Turn.saying(
            pieces,
            delay_s=float(answer.get("after") or 0),
            chunk_delay_s=float(answer.get("each") or 0),
            cut_after=cut,
        )
    if not re.fullmatch(r"\d{3}", answer["answer"]):
        return Turn(malformed=True if answer["answer"] == BROKEN_OFF else answer["answer"])
    more: dict[str, Any] = {"message": answer["saying"]} if answer.get("saying") else {}
    if answer.get("retry after"):
        more["headers"] = {"Retry-After": answer["retry after"]}
    late_s = int(answer["number"]) * float(answer.get("seconds apart") or 0)
    return Turn.failing(int(answer["answer"]), **more).model_copy(update={"delay_s": late_s})


def run(world: World, *, again: bool) -> None:
    """Run the program to its end, in a process of its own.

    Raises:
        AssertionError: it did not end well; with its output.

    """
    it = program(world)
    if PLATFORM in world.worker.systems:
        world.worker.systems[PLATFORM].control("DELETE", "/requests")
        second = world.platform.second
        world.undo("delete what the program created", lambda: sweep(world, second))
    with _over_once_met(world, it) as log:
        arguments = {**_arguments(world, it), "again": again, "log": str(log)}
        ended = world.worker.program(it.deed.program, arguments, within_s=LIMIT_S, **it.environment)
    assert ended.exit_code == 0, f"the program ended with exit code {ended.exit_code}:\n{ended.output}"
    world.answer = ended


@contextmanager
def _over_once_met(world: World, it: Program) -> Iterator[Path]:
    """Ends the fault of the network as soon as the program has written to its log that it met it, and notes when."""
    with tempfile.TemporaryDirectory(prefix="program-") as folder, ThreadPoolExecutor(1) as watcher:
        log, left = Path(folder, "program.log"), threading.Event()

        def look() -> None:
            assert log.exists() or left.is_set(), "the program has met nothing"

        def end() -> None:
            eventually(look, within=LIMIT_S, what="the first call of the program")
            if log.exists():
                world.remember("program", "met at", log.stat().st_mtime)
                world.worker.systems[it.deed.system].proxy.clear_faults()

        watching = watcher.submit(end)
        try:
            yield log
        finally:
            left.set()
            watching.result()


def _arguments(world: World, it: Program) -> dict[str, Any]:
    if it.deed.program != "degraded":
        return {**it.told, "does": it.deed.part, "name": world.unique(NAME)}
    steps = [world.unique(f"step {number}") for number in range(1, STEPS + 1)]
    session = {"session": known(world, "session", SESSION), "name": world.unique(SESSION)}
    return {**session, "tracer": it.deed.part, "steps": steps}


def sweep(world: World, door: Door) -> None:
    """Delete the datasets that bear the name that the program was given."""
    for found in ours(world, "dataset", everything(door, "dataset").values()):
        take_back(door, noun("dataset"), found.id)


def send_together(world: World, rows: Sequence[Pairs], *, mending: bool) -> None:
    """Have a program send the events of a table in one batch; with `mending`, what is refused once more, mended."""
    labels, events = zip(*(_event(world, list(row)) for row in rows), strict=True)
    ended = world.worker.program("batches", {"events": list(events), "mends": mending})
    assert ended.exit_code == 0, f"the program ended with exit code {ended.exit_code}:\n{ended.output}"
    first, again = ended.answer["first"], ended.answer["again"]
    for fate in (first, again or {"ids": []}):
        for number, thing_id in enumerate(fate["ids"]):
            keep(world, ADA, noun("event"), f"{number} of {len(fate['ids'])} stored", thing_id)
    world.remember("sent together", "labels", labels)
    refused = {int(index): reason for index, reason in first["refused"].items()}
    world.remember("program", "fate", first)
    world.answer = BatchOutcome(ids=tuple(first["ids"]), refused=refused)


def _event(world: World, row: list[tuple[str, str]]) -> tuple[str, dict[str, Any]]:
    (_, label), *rest = row
    said = description((words, cell) for words, cell in rest if cell)
    fields = sent(world, {**smallest(noun("event"), label), **said})
    return label, {
        "event_name": fields["name"],
        "event_type": fields["type"],
        "session_id": fields["session"],
        "inputs": fields.get("inputs") or {},
    }
