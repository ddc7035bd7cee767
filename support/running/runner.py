"""The behave runner: steps and features are loaded once, forked workers run them, the parent tells what happened.

Formatters with `live = True` are driven inside the workers, where the evidence is. All others, and every reporter, are
told by the parent from the merged results, so any of behave's own works with any number of `--jobs`.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from behave.exception import ConfigError
from behave.formatter._registry import make_formatters
from behave.model import Feature, Rule, Scenario
from behave.model_type import Status
from behave.runner import Context, the_step_registry
from behave.runner import Runner as BehaveRunner
from behave.runner_util import parse_features

from support.checks import samples
from support.places import why_no_file
from support.processes.forkserver import ForkServer
from support.reporting import evidence, isolation, junit, matrix, metrics, outcomes, summary
from support.reporting.endings import why_not_run
from support.running import client_environments, configuration, elsewhere, known_bugs, real_ai
from support.running.messages import UnitDone
from support.running.pool import Pool
from support.running.records import ScenarioRecord, restore_container, restore_scenario
from support.running.replay import replay
from support.running.selection import Key, Selection
from support.running.sharding import Shard
from support.running.worker_process import WorkerProcess
from support.settings import Settings
from support.targets import Target

if TYPE_CHECKING:
    from support.running.asking import Asking

WORKER_HOOKS = ("before_all", "after_all")
UNDOING = "INTERRUPTED: what was begun is being taken away; interrupt once more to leave it as it is"
NOT_WHOLE = "the report of this run is not whole"
STDERR = 2
DEFAULT_RESULTS = "allure-results"
"""What pyproject.toml names as output of the Allure formatter; the setting `results_folder` replaces it."""

ASKED_AGAIN = (
    *("budget_usd", "known_bugs", "load", "rehearsal", "target"),
    *("defects", "load_master", "load_workers", "soak_s"),
)
"""Options without which red scenarios are not asked again as they were."""


class Runner(BehaveRunner):  # type: ignore[misc]
    """`behave --jobs N`: one runner for one worker and for many, so that both give the same verdicts."""

    drives_live_formatters = True
    """A live formatter leaves it to this runner to say which scenarios were not run."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.settings: Settings
        self.target: Target
        self.clients: client_environments.Clients
        self.asking: Asking | None = None
        """Real AI, when this run asks it or rehearses that."""
        self.begun = False
        """Whether scenarios have been begun."""
        self.hook_errors: list[str] = []
        """What before_all or after_all raised, as text; behave itself only prints it."""
        self.fork_server: Callable[[Sequence[str]], ForkServer] = ForkServer
        """Makes a worker's fork servers, of the modules that they import; the drill has one for all its runs."""
        self.stops_after: Callable[[Scenario], bool] = lambda scenario: config.stop and scenario.status.has_failed()
        """Whether the run ends with a scenario that has its final status; `--stop` is: with the first that failed."""
        self._locations: list[Any] = []
        self._sentences: list[str] = []
        """Folders of sentences beside the suite's own."""

    def setup_paths(self) -> None:
        """Features that stand outside of the suite are run with its sentences and hooks; else as behave does."""
        files = [location.filename for location in self.feature_locations()]
        if self.config.paths and not files:
            raise ConfigError(f"no feature file in {', '.join(map(str, self.config.paths))}")
        ours = elsewhere.outside(files)
        if not ours:
            super().setup_paths()
            return
        self._sentences = elsewhere.sentences(ours)
        self.base_dir = self.config.base_dir = str(elsewhere.ROOT)
        self.path_manager.add(self.base_dir)

    def load_hooks(self, filename: str | None = None) -> None:
        """Load environment.py; keep the text of what the worker-wide hooks raise."""
        super().load_hooks(filename)
        for name in WORKER_HOOKS:
            if hook := self.hooks.get(name):
                self.hooks[name] = self._noting(hook)

    def _noting(self, hook: Callable[[Any], None]) -> Callable[[Any], None]:
        def noting(context: Any) -> None:
            try:
                hook(context)
            except Exception as error:
                self.hook_errors.append(f"{type(error).__name__}: {error}")
                raise

        return noting

    def run_with_paths(self) -> bool:
        """Load, then run. Answers True when the run is red (behave's convention)."""
        try:
            self.load()
            return self.run_loaded()
        except KeyboardInterrupt:  # before the pool takes the signals, or behind it
            how = NOT_WHOLE if self.begun else "nothing was begun"
            print(f"INTERRUPTED: {how}")  # noqa: T201 - the console is where this goes
            return True
        except BrokenPipeError:  # the workers, which hear that this process ends, undo what they have begun
            if not _nobody_reads(sys.stdout.fileno()):
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where what is buffered goes
            print(f"INTERRUPTED: nobody reads the output any longer; {NOT_WHOLE}", file=sys.stderr)  # noqa: T201
            return True

    def load(self) -> None:
        """Read the settings, the hooks, the sentences and the features; nothing is started."""
        self.settings, self.target = configuration.read(self.config.userdata)
        self.context = Context(self)
        self.step_registry = the_step_registry
        self.load_hooks()
        self.load_step_definitions(self._sentences)
        self._locations = [location for location in self.feature_locations() if not self.config.exclude(location)]
        self.features.extend(parse_features(self._locations, language=self.config.lang))
        if faults := samples.faults(each for feature in self.features for each in feature.walk_scenarios()):
            raise ConfigError("claims that their samples cannot support:\n" + "\n".join(faults))

    def run_loaded(self, only: Callable[[Scenario], bool] = lambda _: True) -> bool:
        """Run what is selected of the features, and of it `only` these; True when the run is red."""
        self._check()
        shard = Shard.parse(self.config.userdata.get("shard", "1/1"))
        selection = Selection(self.features, self.config, only, shard)
        if not selection.keys:
            print("RED: no scenario is selected; check the paths, --tags and --name of this run")  # noqa: T201
            return True
        if self.config.dry_run:
            return self._dry_run(selection)
        self.clients = client_environments.prepare(selection.scenarios())
        try:
            bugs = known_bugs.for_run(self.config.userdata, self.target.name, self.features, self._locations)
        except known_bugs.LedgerError as error:
            raise ConfigError(str(error)) from error
        if not self.reports:
            self.config.format, self.config.outputs, self.config.reporters = ["null"], [], []
        for output in self.config.outputs:
            if output.name == DEFAULT_RESULTS:
                output.name = str(self.settings.results_folder)
        junit.install(self.config, self.features)
        self.formatters = make_formatters(self.config, self.config.outputs)
        for formatter in self.formatters:
            formatter.target = self.target.name
        self.asking = real_ai.prepare(self.settings, self.target, selection.scenarios(), shard.of)
        try:
            return _Run(self, selection, bugs).run()
        finally:
            if self.asking is not None:
                self.asking.close()

    def _check(self) -> None:
        """Refuse what behave lets pass and only the end of the run would show."""
        if self.config.jobs < 1:
            raise ConfigError(f"--jobs {self.config.jobs}: at least one worker is needed")
        if (path := self.config.userdata.get("results")) and (why := why_no_file(Path(path))):
            raise ConfigError(f"-D results={path} {why}")

    @property
    def reports(self) -> bool:
        """False for a run inside a run (`-D report=no`), which must not touch the report of the one around it."""
        return bool(self.config.userdata.get("report") != "no")

    def _dry_run(self, selection: Selection) -> bool:
        """Parse and match only; no worker, no system, no report. Empty scenarios are as red as undefined steps."""
        self.config.reporters = []  # nothing has run: a report would only write over the last one's
        self.formatters = make_formatters(self.config, self.config.outputs)
        failed = bool(self.run_model())
        empty = [scenario for scenario in selection.scenarios() if not scenario.steps]
        for scenario in empty:
            print(f"RED: {scenario.location}: the scenario has no step")  # noqa: T201
        for step in self.undefined_steps:
            print(f"RED: {step.location}: undefined step: {step.keyword} {step.name}")  # noqa: T201
        print(f"{len(selection.keys)} scenarios are selected")  # noqa: T201
        return failed or bool(empty)


def _nobody_reads(descriptor: int) -> bool:
    """Whether this is a pipe whose reader, such as `head`, is gone."""
    pipe = select.poll()
    pipe.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in pipe.poll(0))


class _Run:
    """One run, seen from the parent: observes the pool, keeps the model true, tells formatters and reporters."""

    def __init__(self, runner: Runner, selection: Selection, bugs: list[known_bugs.KnownBug]) -> None:
        self._runner = runner
        self._selection = selection
        self._bugs = bugs
        self._live = [f for f in runner.formatters if getattr(f, "live", False)]
        self._told = [f for f in runner.formatters if not getattr(f, "live", False)]
        self._seconds: dict[Key, float] = {}
        self._ended: set[Key] = set()
        self._problems: list[str] = []
        self._notices: list[str] = []
        self._bill: list[str] = []

    def run(self) -> bool:
        config = self._runner.config
        started = time.monotonic()
        self._tell("run_started", len(self._selection.keys), config.jobs)
        pool = Pool(self._selection, config.jobs, self._work, self)
        self._runner.begun = True
        pool.run()
        self._take_bill()
        self._close_gaps("the run was interrupted" if pool.interrupted else "the run stopped at the first failure")
        self._tell("run_finished")
        self._replay()
        for formatter in self._told:
            formatter.close()
        ended = [
            outcomes.Outcome.of(self._selection.scenario(key), self._seconds.get(key, 0.0))
            for key in self._selection.keys
        ]
        self._show_matrices(ended)
        for formatter in self._live:
            formatter.close()
        for reporter in config.reporters:
            reporter.end()
        if path := config.userdata.get("results"):
            outcomes.write(Path(path), ended)
        places = [str(formatter.folder) for formatter in self._live if hasattr(formatter, "folder")]
        seconds = time.monotonic() - started
        ran = [outcome.seconds for outcome in ended if outcome.seconds]
        figures = [*metrics.of_run(ran, seconds), *self._waits()]
        for place in places:
            metrics.write(Path(place), "run", figures)
        said = [f"{name}={value}" for name, value in config.userdata_defines or () if name in ASKED_AGAIN]
        whole = summary.Summary(ended, self._problems, self._notices, seconds, config.jobs, places, self._bill, said)
        print("\n".join(whole.lines()))  # noqa: T201 - the console is where this goes
        if self._runner.reports and (trouble := whole.keep_red()):
            print(trouble)  # noqa: T201
        if pool.interrupted:
            print("\n".join(self._interrupted()))  # noqa: T201
        return bool(whole.is_red or pool.interrupted or self._containers_failed())

    def _interrupted(self) -> list[str]:
        """The last lines of an interrupted run: what it could not take back is told, since nobody else will."""
        scenarios = map(self._selection.scenario, self._selection.keys)
        left = [each for scenario in scenarios for each in getattr(scenario, "not_undone", ())]
        if not left:
            return ["INTERRUPTED: what was begun has been undone"]
        return ["not undone:", *(f"  {each}" for each in left), "INTERRUPTED: not all that was begun could be undone"]

    def _waits(self) -> list[metrics.Metric]:
        """How long replies let people wait: those of a real model apart from those of the scripted one."""
        asking = self._runner.asking
        waits: dict[str, list[float]] = {"chat": [], "real AI": []}
        for scenario in map(self._selection.scenario, self._selection.keys):
            is_real = asking is not None and not asking.rehearsal and real_ai.asks(scenario)
            waits["real AI" if is_real else "chat"] += getattr(scenario, "first_chunks", ())
        return [figure for group, seconds in waits.items() for figure in metrics.of_first_chunks(seconds, group)]

    def _show_matrices(self, ended: Sequence[outcomes.Outcome]) -> None:
        """What many scenarios tell together, as evidence of the run: it is taken as long as the live formatters are."""
        if captured := matrix.cells(ended):
            evidence.attach("what the call-logging SDK captures", matrix.page(captured), "html")
        if asked := isolation.ways(map(self._selection.scenario, self._selection.keys)):
            evidence.attach("what tenants see of each other", isolation.matrix(asked), "html")

    def _take_bill(self) -> None:
        """Say what real models have cost, when this run asked any."""
        asking = self._runner.asking
        if asking is None:
            return
        for trouble in asking.finish():
            self.problem(trouble)
        for formatter in self._live:
            getattr(formatter, "facts", {}).update(asking.facts())
        asking.report(Path(formatter.folder) for formatter in self._live if hasattr(formatter, "folder"))
        self._bill = asking.lines()

    def _work(self, channel: Connection, lifeline: int) -> None:
        WorkerProcess(self._runner, self._selection, self._bugs, channel).run(lifeline)

    # What the pool tells.

    def scenario_started(self, key: Key) -> None:
        self._tell("scenario_started", self._selection.scenario(key))

    def scenario_finished(self, key: Key, record: ScenarioRecord) -> bool:
        scenario = self._selection.scenario(key)
        restore_scenario(scenario, record)
        self._runner.undefined_steps.extend(s for s in scenario.all_steps if s.status is Status.undefined)
        self._end(key, record.seconds)
        return not self._runner.stops_after(scenario)

    def scenario_broken(self, key: Key, reason: str) -> None:
        scenario = self._selection.scenario(key)
        scenario.error_message = reason
        scenario.exception = RuntimeError(reason)
        scenario.set_status(Status.error)
        self._report_broken(scenario, reason)
        self._end(key, 0.0)

    def scenario_lost(self, key: Key, reason: str) -> None:
        scenario = self._selection.scenario(key)
        scenario.not_undone = [f'whatever "{scenario.name}" had made: {reason}']
        self.scenario_broken(key, reason)

    def unit_done(self, done: UnitDone, missing: tuple[Key, ...]) -> None:
        """Feature and rule hooks; `missing` was not run and has been reported so by the worker's formatters."""
        feature = self._selection.features[done.feature]
        containers: dict[int | None, Feature | Rule] = {rule.line: rule for rule in feature.iter_rules()}
        containers[None] = feature
        for line, record in done.containers:
            restore_container(containers[line], record)
        for key in missing:
            scenario = self._selection.scenario(key)
            _mark_not_run(scenario, why_not_run(scenario, "the run was aborted"))
            self._end(key, 0.0)

    def problem(self, text: str) -> None:
        if text not in self._problems:
            self._problems.append(text)
            for listener in (*self._live, *self._runner.config.reporters):
                if tell := getattr(listener, "run_problem", None):
                    tell(text)

    def interrupted(self) -> None:
        # Within the handler of a signal: what print() was in the midst of may not be entered once more.
        os.write(STDERR, f"\n{UNDOING}\n".encode())
        if self._runner.asking is not None:
            self._runner.asking.break_off()

    def notice(self, text: str) -> None:
        if text not in self._notices:
            self._notices.append(text)

    # What follows from it.

    def _end(self, key: Key, seconds: float) -> None:
        self._ended.add(key)
        self._seconds[key] = seconds
        self._tell("scenario_finished", self._selection.scenario(key), seconds)

    def _close_gaps(self, reason: str) -> None:
        for key in self._selection.keys:
            if key not in self._ended:
                scenario = self._selection.scenario(key)
                _mark_not_run(scenario, reason)
                self._report_broken(scenario, scenario.error_message)
        for scenario in self._selection.unselected():
            scenario.mark_skipped()

    def _report_broken(self, scenario: Scenario, reason: str) -> None:
        for formatter in self._live:
            if report := getattr(formatter, "report_broken", None):
                report(scenario, reason)

    def _tell(self, event: str, *details: Any) -> None:
        for formatter in self._told:
            if hear := getattr(formatter, event, None):
                hear(*details)

    def _replay(self) -> None:
        stock = [formatter for formatter in self._told if not hasattr(formatter, "run_started")]
        for feature in self._selection.features:
            replay(feature, stock, self._runner.step_registry, self._runner.config)
            for reporter in self._runner.config.reporters:
                reporter.feature(feature)

    def _containers_failed(self) -> bool:
        return any(
            container.hook_failed or container.status in (Status.hook_error, Status.cleanup_error)
            for feature in self._selection.features
            for container in (feature, *feature.iter_rules())
        )


def _mark_not_run(scenario: Scenario, reason: str) -> None:
    scenario.error_message = f"not run: {reason}"
    if not scenario.steps:
        scenario.set_status(Status.error)  # behave takes a scenario without steps for passed, even when it never ran
