"""The drill: seed one defect after another, run the scenarios of the promises it breaks, and see that they turn red.

Each defect gets a run of its own, several at a time, which ends as soon as each promise was seen broken, unless all of
its scenarios are to be seen red. A control run
without a defect comes first: what is red anyway proves nothing. A defect that breaks the system down (a crash, a 500)
instead of making it answer wrongly counts as not caught: any scenario would notice that.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Literal, Self, cast

from behave.configuration import Configuration
from behave.model import Scenario
from behave.model_type import Status

from support.defects import CONFIGURING, PROGRAMS, Defect
from support.processes import programs
from support.processes.forkserver import ForkServer, Guest
from support.processes.launcher import preload
from support.running.runner import Runner
from support.targets.models import SYSTEMS

CaughtBy = Literal["its own scenario", "another", "none"]
FREE = (
    "-Drehearsal=yes",  # scenarios of real AI ask the scripted model, and pay nothing
    *("-Dbudget_usd=1000", "-Dmodel_calls=100000", f"-Dspending_file={os.devnull}"),
)
TIME_LIMIT_S = 300.0
FORKING = multiprocessing.get_context("fork")


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
        return json.dumps({**asdict(self), "caught": self.caught})


def judge(
    defect: Defect, ended: Sequence[Ended], seconds: float = 0.0, usual: Mapping[str, int] | None = None
) -> Verdict:
    """What the scenarios' ends say about a defect that was seeded while they ran.

    `usual`: the failures of a server that a scenario sees without a defect, by its place: they are its subject.
    """
    own = [each for each in ended if each.tags & set(defect.behaviours)]
    others = [each for each in ended if each not in own and not reached(defect, each.tags)]
    reds = [each for each in own if each.saw_it]
    unrelated = [each for each in others if each.verdict not in ("passed", "skipped")]
    unseen = [name for name in defect.behaviours if not any(name in each.tags for each in reds)]
    by: CaughtBy = "its own scenario"
    why = ""
    if crashed := [each for each in ended if each.server_errors > (usual or {}).get(each.place, 0)]:
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


def never_red(ended: Iterable[Ended], verdicts: Sequence[Verdict]) -> list[tuple[Ended, list[str]]]:
    """The scenarios that pass without a defect (`ended`), with those of their promises of which no defect was seen.

    It tells something only of runs that did not stop at the first red scenario.
    """
    asked = {name for verdict in verdicts for name in verdict.behaviours}
    seen = {(place, name) for verdict in verdicts for place in verdict.reds for name in verdict.behaviours}
    kept = [each for each in ended if each.verdict == "passed"]
    pale = [(each, sorted(name for name in each.tags & asked if (each.place, name) not in seen)) for each in kept]
    return [(each, names) for each, names in pale if names]


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
    try:
        ended = [Ended.read(line) for line in results.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, LookupError, TypeError) as fault:
        raise DrillError(f"{results}: holds no results; make them with behave -D results={results}") from fault
    return must_be_green(ended)


class Drill:
    """How the drill is held: how many defects at a time, over which scenarios.

    Sentences and features are loaded once; each run is a process forked from this one, and all of them have their
    backends forked by one server, which has imported them already. Close it, or use it in a `with`.
    """

    def __init__(
        self, jobs: int, *, every_scenario: bool = False, to_the_end: bool = False, load: bool = False
    ) -> None:
        self._jobs = jobs
        self._every_scenario = every_scenario
        self._to_the_end = to_the_end or every_scenario
        self.usual: dict[str, int] = {}
        """The failures of a server that scenarios see without a defect, by place: of the control run."""
        self._server = ForkServer([*preload(*SYSTEMS), *programs.PRELOAD])
        self._server.start()
        those = ("-Dload=yes", "--tags=@load") if load else ("--tags=~@load",)
        told = ["-Dreport=no", "-Dtarget=embedded", "--format=null", *FREE, *those, "features"]
        self._runner = Runner(Configuration(told, load_config=True))
        with self._runner.path_manager:
            self._runner.setup_paths()
            self._runner.load()
        gc.collect()
        gc.freeze()  # the collector of a forked run leaves what was loaded alone, so that its pages stay shared

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the fork server."""
        self._server.close()

    def control(self, defects: Iterable[Defect]) -> list[Ended]:
        """Run everything that the drill will run, without a defect. Raises DrillError unless all of it is green."""
        chosen = list(defects)
        with Run(
            self._runner, self._server, lambda scenario: any(map(self._asks(scenario), chosen)), "", jobs=self._jobs
        ) as run:
            return must_be_green(run.ended())

    def hold(self, defects: Sequence[Defect], tell: Callable[[Verdict], None]) -> list[Verdict]:
        """Seed each defect in turn; `tell` hears of each verdict as it falls. In the order of the defects."""
        waiting, running, verdicts = list(reversed(defects)), dict[int, tuple[Defect, Run]](), dict[str, Verdict]()
        try:
            while waiting or running:
                while waiting and len(running) < self._jobs:
                    found = waiting.pop()
                    enough = (lambda _: False) if self._to_the_end else Enough(found)
                    run = Run(self._runner, self._server, self._only(found), found.id, enough=enough)
                    running[run.sentinel] = found, run
                for sentinel in wait(list(running), timeout=1.0) or [s for s, (_, run) in running.items() if run.late]:
                    found, run = running.pop(cast("int", sentinel))
                    with run:
                        verdicts[found.id] = _judged(found, run, self.usual)
                    tell(verdicts[found.id])
        finally:
            for _, run in running.values():
                run.__exit__()
        return [verdicts[found.id] for found in defects]

    def _only(self, defect: Defect) -> Callable[[Scenario], bool]:
        return lambda scenario: self._asks(scenario)(defect)

    def _asks(self, scenario: Scenario) -> Callable[[Defect], bool]:
        """Whether a scenario is run for a defect: it stands where the defect is looked for, and bears its promise."""
        place, tags = Path(scenario.filename), set(scenario.effective_tags)

        def asks(defect: Defect) -> bool:
            here = any(place.is_relative_to(folder) for folder in folders(defect.system))
            return here and (self._every_scenario or bool(tags & set(defect.behaviours)))

        return asks


class Enough:
    """Whether a run has shown what it was held for: each promise of its defect was seen broken."""

    def __init__(self, defect: Defect) -> None:
        self._unseen = set(defect.behaviours)

    def __call__(self, scenario: Scenario) -> bool:
        """Take note of a scenario that has ended."""
        failed = any(step.status.has_failed() for step in scenario.all_steps)
        if failed and scenario.status is not Status.skipped:  # as a known bug that fails as recorded is
            self._unseen -= set(scenario.effective_tags)
        return not self._unseen


class Run:
    """One run of behave in a process forked from the drill's."""

    def __init__(
        self,
        runner: Runner,
        server: ForkServer,
        only: Callable[[Scenario], bool],
        defect: str,
        *,
        jobs: int = 1,
        enough: Callable[[Scenario], bool] = lambda _: False,
    ) -> None:
        self._begun = time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="drill-")
        self._log, self._results = Path(self._folder.name) / "behave.log", Path(self._folder.name) / "results.jsonl"
        shares = [server.admit() for _ in range(jobs)]
        runner.config.jobs, runner.stops_after = jobs, enough
        runner.config.userdata.update(defects=defect, results=str(self._results))
        self._process = FORKING.Process(target=_run, args=(runner, shares, only, self._log))
        self._process.start()
        for share in shares:
            share.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._folder.cleanup()

    @property
    def sentinel(self) -> int:
        """A descriptor that becomes readable when it ends."""
        return self._process.sentinel

    @property
    def seconds(self) -> float:
        """Its age."""
        return time.monotonic() - self._begun

    @property
    def late(self) -> bool:
        """Whether it should have ended."""
        return self.seconds > TIME_LIMIT_S

    def ended(self) -> list[Ended]:
        """Wait for it, and tell how its scenarios ended. Raises DrillError when it leaves no results."""
        self._process.join(max(0.0, TIME_LIMIT_S - self.seconds))
        if self._process.exitcode is None:
            raise DrillError(f"behave did not end within {TIME_LIMIT_S:.0f} s")
        if not self._results.is_file():
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise DrillError(f"behave left no results: {(said or ['it said nothing'])[-1]}")
        return [Ended.read(line) for line in self._results.read_text(encoding="utf-8").splitlines()]


def _one_each(shares: Sequence[Guest]) -> Callable[[Sequence[str]], Guest]:
    """Gives each worker, forked from this process, a share of its own: orders through one would get mixed up."""
    taken, own = FORKING.Value("i", 0), dict[int, Guest]()

    def share(_preload: Sequence[str]) -> Guest:
        if os.getpid() not in own:
            with taken.get_lock():
                own[os.getpid()] = shares[min(taken.value, len(shares) - 1)]
                taken.value += 1
        return own[os.getpid()]

    return share


def _run(runner: Runner, shares: Sequence[Guest], only: Callable[[Scenario], bool], log: Path) -> None:
    """In the forked process."""
    with log.open("w", encoding="utf-8") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    runner.fork_server = _one_each(shares)
    runner.features = [feature for feature in runner.features if any(map(only, feature.walk_scenarios()))]
    sys.exit(runner.run_loaded(only))


def _judged(defect: Defect, run: Run, usual: Mapping[str, int]) -> Verdict:
    try:
        return judge(defect, run.ended(), run.seconds, usual)
    except DrillError as fault:
        return Verdict(defect.id, defect.behaviours, "none", (), (), str(fault), run.seconds)


FOLDERS: Mapping[str, tuple[str, ...]] = {
    PROGRAMS: ("features",),
    "assistant": ("features/assistant", "features/load"),
    CONFIGURING: ("features/configuration", "features/tool_daemon"),
    "evaluation_platform": ("features/evaluation_platform", "features/tracing", "features/resilience", "features/load"),
    "model": ("features/real_assistant",),
    "practice": ("features/assistant",),
    "tool_daemon": ("features/tool_daemon", "features/load"),
}
"""Where the scenarios stand that a defect is looked for by, unless it is the folder of the system's own name."""


def folders(system: str) -> tuple[str, ...]:
    """Where the scenarios of a system stand; programs are run by scenarios of any."""
    return FOLDERS.get(system, (f"features/{system}",))
