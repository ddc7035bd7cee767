"""Deeds on programs that log their calls: with which clients, told what, asking the model how."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.checks.tables import LEFT_OUT, value
from support.clients.call_logging import Log
from support.clients.model import Received, ScriptedModel, Turn
from support.defects import CALL_LOGGING
from support.environments import Environment, named_in
from support.processes.environments import clean_environment
from support.processes.interpreters import Run, run
from support.reporting import evidence
from support.world import World

PROGRAM = Path(__file__).parents[1] / "programs" / "call_logging"
MODEL = "model"
PROGRAM_NAME = "program"
CALL = re.compile(r"# the call: (?P<way>.+)$")
"""How the program marks the line in which it asks in a way."""
DATA = "data"
LIMIT_S = 120.0
COMMAND_S = 180.0
GPT, CLAUDE = "gpt-4o-mini", "claude-sonnet-5-5"
PARTS = ('It is "quoted", ', "ñandú,\n", "日本 🎉.")
"""What the model says, in the parts that a stream brings."""


Clients = list[Environment]
"""The environments that a sentence names."""


def clients(text: str) -> Clients:
    """What a sentence names by client versions: `openai 2.54.0 and httpx 0.28.1` is one environment."""
    return named_in(text)


@dataclass(frozen=True)
class Asked:
    """What a program asks, how, and what it is answered. `status` is of an error answer, `takes_s` its delay."""

    way: str
    question: str
    parts: tuple[str, ...] = PARTS
    tag: str = ""
    times: int = 1
    status: int | None = None
    takes_s: float = 0.0
    at: str = "127.0.0.1"

    @property
    def model(self) -> str:
        """The model that is asked."""
        return CLAUDE if "anthropic" in self.way.lower() else GPT

    @property
    def answer(self) -> str:
        """What the model says."""
        return "".join(self.parts)

    @property
    def streams(self) -> bool:
        """Whether the answer is taken in parts."""
        return "stream" in self.way


@dataclass
class Program:
    """A program that is about to run, or has run. `reports` are its own, one a process, as `runs`."""

    python: Path
    folder: Path
    environment: dict[str, str]
    order: dict[str, Any]
    first: list[str] = field(default_factory=list)
    real: bool = False
    asked: list[Asked] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def log(self, place: str | None = None) -> Log:
        """Its log, in a folder of its folder."""
        return Log(self.folder / (place or DATA))

    def line(self, way: str) -> tuple[str, str]:
        """File and number of the line that asks in a way."""
        for file in sorted((self.folder / PROGRAM_NAME).glob("by_*.py")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if (found := CALL.search(line)) and found["way"] == way:
                    return str(file), str(number)
        raise LookupError(f"no line of the program is marked as asking by {way}")

    def calls(self, question: str) -> list[dict[str, Any]]:
        """What became of the calls with this question, by the program's own account."""
        return [call for report in self.reports for call in report["calls"] if call["question"] == question]


Cell = str


def _tell(it: Program, name: str, cell: Cell) -> None:
    if value(cell) is LEFT_OUT:
        del it.environment[name]
    else:
        it.environment[name] = cell


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{text}\n", encoding="utf-8")


def _ask_really(it: Program, cell: Cell) -> None:
    if cell != "the real model":
        raise ValueError(f'a program asks "the real model", or the scripted one when nothing is said; not "{cell}"')
    it.real = True


TOLD: Mapping[str, Callable[[Program, str, Cell], None]] = {
    r"imports first": lambda it, _, cell: it.order["first"].append(cell),
    r"flushes at its end": lambda it, _, cell: it.order.update(flushes=value(cell)),
    r"flushes every": lambda it, _, cell: it.order.update(interval_s=float(cell.split()[0])),
    r"ends when the log holds": lambda it, _, cell: it.order.update(until_written=int(cell)),
    r"initialises with (\w+)": lambda it, name, cell: it.order["collect"].update({name: value(cell)}),
    r"is told (\w+)": _tell,
    r"has the file (\S+)": lambda it, name, cell: _write(it.folder / name, cell),
    r"asks": lambda it, _, cell: _ask_really(it, cell),
}
"""What can be said of a program in a table: in which words, and what becomes of it."""


def prepare(world: World, clients: Clients, told: Sequence[tuple[str, Cell]]) -> None:
    """Write the program into a folder of its own, and tell it what the table says."""
    (environment,) = clients
    python = world.worker.clients.pythons[environment.name]
    folder = Path(tempfile.mkdtemp(prefix="call-logging-"))
    world.undo("remove the program", lambda: remove(folder))
    shutil.copytree(PROGRAM, folder / PROGRAM_NAME, ignore=shutil.ignore_patterns("__pycache__"))
    variables = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TRAINLOOP_DATA_FOLDER": str(folder / DATA),
        "TRAINLOOP_HOST_ALLOWLIST": "127.0.0.1",
    }
    order: dict[str, Any] = {"first": [], "collect": {}, "interval_s": None, "flushes": False, "until_written": 0}
    it = Program(python, folder, variables, order)
    for words, cell in told:
        _understand(it, words, cell)
    world.remember("logging program", "it", it)


def _understand(it: Program, words: str, cell: Cell) -> None:
    for pattern, act in TOLD.items():
        if found := re.fullmatch(pattern, words):
            act(it, "".join(found.groups()), cell)
            return
    raise ValueError(f'nothing of the kind "{words}" can be said of a program; known: {", ".join(TOLD)}')


def remove(folder: Path) -> None:
    """Remove a folder with everything that a program has written."""
    shutil.rmtree(folder)


def program(world: World) -> Program:
    """The program of this scenario."""
    it: Program = world.recall("logging program", "it")
    return it


def asked(rows: Sequence[Mapping[str, str]]) -> list[Asked]:
    """A table of questions. What it leaves out is made up, and different in every row."""
    return [_asked(number, {name: cell for name, cell in row.items() if cell}) for number, row in enumerate(rows, 1)]


def _asked(number: int, row: Mapping[str, str]) -> Asked:
    answer = str(value(row["answer"])) if "answer" in row else None
    return Asked(
        way=row["asked by"],
        question=row.get("question", f"Question {number}: what is »{row['asked by']}«?"),
        parts=(answer,) if answer is not None else (f"{number}. ", *PARTS),
        tag=row.get("tag", ""),
        times=int(row.get("times", 1)),
        status=int(row["failing with"]) if "failing with" in row else None,
        takes_s=float(row.get("takes", 0)),
        at=row.get("at", "127.0.0.1"),
    )


def ask(world: World, rows: Sequence[Mapping[str, str]], *, at_once: int = 1) -> None:
    """Run the program to its end, `at_once` times at the same time; it asks what the table says, one after another.

    Raises:
        AssertionError: a program did not end well; with its output.

    """
    it = program(world)
    it.asked = asked(rows)
    address, key = _model(world, it)
    orders = [f"order-{number}.json" for number in range(at_once)]
    for name in orders:
        _write(it.folder / name, json.dumps({**it.order, "calls": _calls(it, address), "together": at_once}))
    variables = {**it.environment, "MODEL_ADDRESS": address, "MODEL_KEY": key}
    it.runs = run(
        it.python,
        [[PROGRAM_NAME, name] for name in orders],
        folder=it.folder,
        environment=variables,
        within_s=LIMIT_S,
        defects=world.worker.seeded(CALL_LOGGING, "trainloop_llm_logging"),
    )
    for ended in it.runs:
        assert ended.exit_code == 0, f"the program ended with exit code {ended.exit_code}:\n{ended.output}"
    it.reports = [json.loads((it.folder / name).with_suffix(".report").read_text("utf-8")) for name in orders]
    if not it.real:
        with _scripted(world) as model:
            it.received = model.received(body=True)
    _attach(it)


def _model(world: World, it: Program) -> tuple[str, str]:
    """Address and key of the model that is asked. The scripted one is told what to say; the real one, or whoever
    stands for it in a rehearsal, is behind the same address while a scenario of real AI is run.
    """
    if not it.real:
        with _scripted(world) as model:
            for each in it.asked:
                model.script(_turn(each), repeat=True, last_user_contains=each.question)
    system = world.worker.systems[MODEL]
    return system.proxy.address, system.environment()["OPENAI_API_KEY"]


def _scripted(world: World) -> ScriptedModel:
    return ScriptedModel(world.worker.systems[MODEL].embedded.control)


def _turn(each: Asked) -> Turn:
    if each.status is not None:
        return Turn.failing(each.status)
    return Turn.saying(each.parts, delay_s=each.takes_s)


def _calls(it: Program, address: str) -> list[dict[str, Any]]:
    return [
        {
            "way": each.way,
            "question": each.question,
            "model": each.model,
            "tag": each.tag,
            "address": address.replace("127.0.0.1", each.at),
        }
        for each in it.asked
        for _ in range(each.times)
    ]


def _attach(it: Program) -> None:
    for ended, report in zip(it.runs, it.reports, strict=True):
        evidence.attach_json("what the program reports", report)
        evidence.attach("what the program printed", ended.output)
    for path in sorted(it.folder.rglob("*.json*")):
        if path.suffix == ".jsonl" or path.name == "_registry.json":
            evidence.attach(str(path.relative_to(it.folder)), path.read_text("utf-8", errors="replace"))


@dataclass
class Machine:
    """Where our own command is run: a folder to be in, and a folder for what is temporary, empty at first."""

    folder: Path
    ended: Run | None = None

    @property
    def temporary(self) -> Path:
        """What the command is told is the place for temporary folders."""
        return self.folder / "temporary"


def settle(world: World, clients: Clients) -> None:
    """A machine on which these clients have been installed."""
    for environment in clients:
        assert environment.name in world.worker.clients.pythons, f"{environment.name} was not made before the run"
    machine = Machine(Path(tempfile.mkdtemp(prefix="call-logging-")))
    world.undo("remove the machine's folders", lambda: remove(machine.folder))
    machine.temporary.mkdir()
    world.remember("machine", "it", machine)


def command(world: World, words: str) -> None:
    """Run a command of the suite to its end, as from a shell that knows no key."""
    machine: Machine = world.recall("machine", "it")
    name, *arguments = shlex.split(words)
    if name != "acceptance":
        raise ValueError(f"only our own commands are run so, not {name}")
    kept = {name: os.environ[name] for name in ("XDG_CACHE_HOME",) if name in os.environ}
    (machine.ended,) = run(
        Path(sys.executable),
        [["support", *arguments]],
        folder=machine.folder,
        environment=clean_environment({"TMPDIR": str(machine.temporary), **kept}),
        within_s=COMMAND_S,
        defects=world.worker.seeded(CALL_LOGGING, "support."),
    )
    evidence.attach(f"what {words} says", machine.ended.output)
