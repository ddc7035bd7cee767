"""The drill: seed one defect after another, run the scenarios of the promises it breaks, and see that they turn red.

Each defect gets a `behave` process of its own, several at a time. A control run without a defect comes first: what is
red anyway proves nothing. A defect that breaks the system down (a crash, a 500) instead of making it answer wrongly
counts as not caught: any scenario would notice that.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from behave.__main__ import main as run_behave

from support.defects import CONFIGURING, PROGRAMS, Defect
from support.processes.forkserver import ForkServer

CaughtBy = Literal["its own scenario", "another", "none"]
FREE = ("--tags=~@real_ai", "--tags=~@load")
TIME_LIMIT_S = 300.0
PRELOAD = ("support.running.drill", "support.running.runner", "support.running.lifecycle", "support.deeds.things")
"""What a run of behave imports, steps and features aside."""


class DrillError(Exception):
    """The drill cannot be held: behave did not run, or the control run is red."""


@dataclass(frozen=True)
class Ended:
    """How one scenario ended. `verdict` is one of passed, failed, broken, skipped, not run."""

    place: str
    name: str
    tags: frozenset[str]
    verdict: str
    message: str
    server_errors: int = 0
    step_failed: bool = False

    @property
    def saw_it(self) -> bool:
        """Whether one of its observations failed; a hook may have found fault with the scenario as well.

        A known bug that fails as recorded saw nothing of a defect.
        """
        return self.verdict == "failed" or (self.step_failed and self.verdict != "skipped")

    @staticmethod
    def read(line: str) -> Ended:
        """One line of the file that `-D results=FILE` writes."""
        told = json.loads(line)
        tags = frozenset(told["tags"])
        shown = told["name"], tags, told["verdict"], told["message"]
        return Ended(told["location"], *shown, told["server_errors"], told["step_failed"])


@dataclass(frozen=True)
class Verdict:
    """What became of one defect. `reds` are the places of the scenarios of its promises that failed."""

    defect: str
    behaviours: tuple[str, ...]
    caught_by: CaughtBy
    reds: tuple[str, ...]
    unrelated: tuple[str, ...]
    why: str
    seconds: float

    @property
    def caught(self) -> bool:
        """Whether the drill is content: its own scenarios saw it, and no unrelated one turned red."""
        return self.caught_by == "its own scenario" and not self.unrelated

    def as_json(self) -> str:
        """One line of the drill's result file."""
        return json.dumps({**asdict(self), "caught": self.caught}, ensure_ascii=False)


def judge(defect: Defect, ended: Sequence[Ended], seconds: float = 0.0) -> Verdict:
    """What the scenarios' ends say about a defect that was seeded while they ran."""
    own = [each for each in ended if each.tags & set(defect.behaviours)]
    others = [each for each in ended if each not in own and not reached(defect, each.tags)]
    reds = [each for each in own if each.saw_it]
    unrelated = [each for each in others if each.verdict not in ("passed", "skipped")]
    unseen = [name for name in defect.behaviours if not any(name in each.tags for each in reds)]
    by: CaughtBy = "its own scenario"
    why = ""
    if crashed := [each for each in ended if each.server_errors]:
        by, why = "none", f"it makes the system break down, not answer wrongly: {crashed[0].place}"
    elif not own:
        by, why = "none", f"no scenario that ran bears {' or '.join(defect.behaviours)}"
    elif unseen:
        by = "another" if reds or unrelated else "none"
        why = f"no scenario of {', '.join(unseen)} failed" + _broken(own)
    return Verdict(
        defect.id,
        defect.behaviours,
        by,
        tuple(each.place for each in reds),
        tuple(each.place for each in unrelated),
        why,
        round(seconds, 2),
    )


def reached(defect: Defect, tags: Iterable[str]) -> bool:
    """Whether a defect says of itself that it spreads to one of these promises, or to its block."""
    return any(tag in defect.spreads or tag.partition("-")[0] in defect.spreads for tag in tags)


def _broken(own: Sequence[Ended]) -> str:
    broken = [each for each in own if each.verdict in ("broken", "not run")]
    return f"; {broken[0].place} is {broken[0].verdict}: {broken[0].message.strip().splitlines()[-1]}" if broken else ""


def must_be_green(ended: list[Ended]) -> list[Ended]:
    """The control run's ends; raises DrillError when one is red, for then the drill would prove nothing."""
    red = [end for end in ended if end.verdict not in ("passed", "skipped")]
    if red:
        shown = "\n".join(f"  {end.place} {end.name}: {end.message.strip()[:200]}" for end in red)
        raise DrillError(f"the control run, without a defect, is red; a drill would prove nothing:\n{shown}")
    return ended


def earlier_control(results: Path) -> list[Ended]:
    """The control run that was held already: what `behave -D results=FILE` wrote. Raises DrillError unless green."""
    if not results.is_file():
        raise DrillError(f"{results}: there are no results of a run; make them with behave -D results={results}")
    return must_be_green([Ended.read(line) for line in results.read_text(encoding="utf-8").splitlines()])


@dataclass(frozen=True)
class Drill:
    """How the drill is held: by whom behave is run, how many at a time, over which scenarios.

    `server` is a fork server, started in the project's root with `PRELOAD`: a run of behave then begins with
    everything imported.
    """

    server: ForkServer
    jobs: int
    every_scenario: bool = False

    def control(self, defects: Iterable[Defect]) -> list[Ended]:
        """Run everything that the drill will run, without a defect. Raises DrillError unless all of it is green."""
        tags: dict[str, set[str]] = defaultdict(set)
        for defect in defects:
            tags[defect.system].update(defect.behaviours)
        jobs = [f"--jobs={self.jobs}"]
        return must_be_green(
            [end for system, names in tags.items() for end in self._behave(system, sorted(names), jobs)]
        )

    def hold(self, defects: Sequence[Defect], tell: Callable[[Verdict], None]) -> list[Verdict]:
        """Seed each defect in turn; `tell` hears of each verdict as it falls. In the order of the defects."""
        with ThreadPoolExecutor(self.jobs) as pool:
            futures = {pool.submit(self._one, defect): defect for defect in defects}
            verdicts = {}
            for future in as_completed(futures):
                verdicts[futures[future].id] = future.result()
                tell(future.result())
        return [verdicts[defect.id] for defect in defects]

    def _one(self, defect: Defect) -> Verdict:
        begun = time.monotonic()
        try:
            ended = self._behave(defect.system, defect.behaviours, [f"-Ddefects={defect.id}"])
        except DrillError as fault:
            return Verdict(defect.id, defect.behaviours, "none", (), (), str(fault), time.monotonic() - begun)
        return judge(defect, ended, time.monotonic() - begun)

    def _where(self, system: str, tags: Sequence[str]) -> list[str]:
        """What behave must read: of the promises' scenarios only the files that name one of them, to spare parsing."""
        if self.every_scenario:
            return list(folders(system))
        named = re.compile("|".join(rf"@{tag}\b" for tag in tags))
        files = sorted(file for folder in folders(system) for file in Path(folder).rglob("*.feature"))
        return [str(file) for file in files if named.search(file.read_text(encoding="utf-8"))] or list(folders(system))

    def _behave(self, system: str, tags: Sequence[str], more: Sequence[str]) -> list[Ended]:
        """Run the scenarios of a system in a process of its own. Raises DrillError when it leaves no results."""
        chosen = [] if self.every_scenario else [f"--tags={','.join(f'@{tag}' for tag in tags)}"]
        with tempfile.TemporaryDirectory(prefix="drill-") as folder:
            results = Path(folder) / "results.jsonl"
            keep = [f"-Dresults={results}", "-Dreport=no", "-Dtarget=embedded", "--format=null"]
            command = [*keep, *more, *chosen, *FREE, *self._where(system, tags)]
            child = self.server.fork(
                "support.running.drill:behave", {"command": command}, log=Path(folder) / "behave.log"
            )
            try:
                child.wait(TIME_LIMIT_S)
            except TimeoutError as late:
                child.kill()
                raise DrillError(f"behave did not end within {TIME_LIMIT_S:.0f} s: {' '.join(command)}") from late
            if not results.is_file():
                last = (child.log_text().strip().splitlines() or ["it said nothing"])[-1]
                raise DrillError(f"behave {' '.join(command)} left no results: {last}")
            return [Ended.read(line) for line in results.read_text(encoding="utf-8").splitlines()]


FOLDERS: Mapping[str, tuple[str, ...]] = {
    PROGRAMS: ("features",),
    CONFIGURING: ("features/configuration",),
    "evaluation_platform": ("features/evaluation_platform", "features/tracing", "features/resilience"),
}
"""Where the scenarios stand that a defect is looked for by, unless it is the folder of the system's own name."""


def folders(system: str) -> tuple[str, ...]:
    """Where the scenarios of a system stand; programs are run by scenarios of any."""
    return FOLDERS.get(system, (f"features/{system}",))


def behave(arguments: dict[str, Any], _announce: Callable[[dict[str, Any]], None]) -> None:
    """Run behave with `arguments["command"]`, in a forked child."""
    sys.exit(run_behave(arguments["command"]))
