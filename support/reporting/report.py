"""The report of one process: which scenario is open, what surrounds it, and what is written when each ends.

behave tells a formatter that a scenario begins and never that it has ended; this is where that is made good, and where
the chosen scenarios that were not run are found.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import allure_commons
from allure_behave.utils import step_table
from allure_commons.model2 import TestResult, TestResultContainer, TestStepResult
from allure_commons.types import AttachmentType
from allure_commons.utils import now, uuid4
from behave.capture import Captured
from behave.configuration import Configuration
from behave.model import Feature, Rule, Scenario, Step

from support.reporting import labels, run_facts
from support.reporting.endings import (
    Ending,
    describe,
    is_chosen,
    scenario_ending,
    step_ending,
    trace_of,
    why_not_run,
)
from support.reporting.log_tail import LogTail
from support.reporting.recorder import Recorder, details
from support.reporting.redaction import redact_text
from support.reporting.watching import Layer, Watcher, find_runner, restore_step_message

ISSUE_PATTERN = "AllureFormatter.issue_pattern"
LINK_PATTERN = "AllureFormatter.link_pattern"


class Owner(Protocol):
    """The formatter, as far as its report asks it; a runner may set both until the run ends."""

    target: str | None
    facts: Mapping[str, str]


class Report:
    """The report of one process: the open scenario and the layers around it, written as they end."""

    def __init__(self, folder: Path, config: Configuration, formatter: Owner) -> None:
        userdata = config.userdata
        self._config = config
        self._formatter = formatter
        self._folder = folder
        self._recorder = Recorder(folder, userdata.get(ISSUE_PATTERN), userdata.get(LINK_PATTERN))
        self._patterns = (userdata.get(ISSUE_PATTERN), userdata.get(LINK_PATTERN))
        self._runner = find_runner()
        self._identities = labels.Identities(self._runner.features if self._runner else ())
        self._layers: dict[Layer, TestResultContainer] = {"testrun": _container()}
        self._chosen: dict[int, Scenario] = {}
        self._reported: set[int] = set()
        self._feature: Feature | None = None
        self._rule: Rule | None = None
        self._scenario: Scenario | None = None
        self._steps: Iterator[Step] | None = None
        self._step: TestStepResult | None = None
        self._told_steps: set[int] = set()
        self._log = LogTail(config.logging_format)
        self._run_fault = ""
        self._process = os.getpid()
        self._watcher = Watcher(self._runner, self) if self._runner else None
        allure_commons.plugin_manager.register(self._recorder)
        atexit.register(self._ended_early)
        self._write_facts()

    @property
    def _target(self) -> str:
        return self._formatter.target or self._config.userdata.get("target", "")

    # Layers

    def feature_begins(self, feature: Feature) -> None:
        """A feature begins, before its hooks."""
        self._leave_scenario()
        if self._watcher:
            self._watcher.refresh()
        self._identities.add(feature)
        self._feature = feature
        self._layers["feature"] = _container()
        # Now, before its hooks: what tags, names and lines leave out is marked skipped without a reason.
        walk = feature.walk_scenarios()
        self._chosen = {id(scenario): scenario for scenario in walk if is_chosen(scenario, self._config)}

    def feature_ends(self) -> None:
        """A feature has ended: what was chosen and not run is told now."""
        self._leave_scenario()
        for scenario in list(self._chosen.values()):
            self._report_unrun(scenario)
        self._chosen = {}
        self._feature = None
        self._write_layer("feature")

    def rule_begins(self, rule: Rule) -> None:
        """A rule begins, before its hooks."""
        self._leave_scenario()
        self._rule = rule
        self._layers["rule"] = _container()

    def rule_ends(self) -> None:
        """A rule has ended: what was chosen in it and not run is told now."""
        self._leave_scenario()
        for scenario in list(self._chosen.values()):
            if labels.rule_of(scenario) is self._rule:
                self._report_unrun(scenario)
        self._write_layer("rule")

    @contextlib.contextmanager
    def phase(self, layer: Layer, name: str, *, before: bool) -> Iterator[None]:
        """A hook or cleanup of a layer, told by the watcher."""
        if layer != "scenario":
            self._leave_scenario()
        container = self._layers.get(layer, self._layers["testrun"])
        try:
            with self._recorder.fixture(container, name, before=before):
                yield
        except BaseException as fault:
            if layer != "scenario":
                self._layer_failed(layer, name, fault, before=before)
            raise

    def _layer_failed(self, layer: Layer, name: str, fault: BaseException, *, before: bool) -> None:
        """What failed above the scenarios: they tell it themselves when it kept them from being run."""
        if layer == "testrun":
            self._run_fault = self._run_fault or f"{name} failed: {describe(fault)}"
            if self._is_driven:
                return  # the runner collects these from its workers, and tells the parent's report
        elif before:
            return
        place = f" of {self._feature.location}" if self._feature is not None and layer != "testrun" else ""
        self.problem(f"{name}{place}: {describe(fault)}", trace_of(fault, fault.__traceback__))

    def problem(self, message: str, trace: str | None = None) -> None:
        """An error of the whole run."""
        self._recorder.global_error(message, trace)

    def _write_layer(self, layer: Layer) -> None:
        container = self._layers.pop(layer, None)
        if container is None or not (container.befores or container.afters):
            return
        if container.children:
            container.stop = now()
            self._recorder.write(container)
        else:
            # Allure shows hooks with the scenarios that they belong to; without any, their evidence is the run's.
            self._recorder.give_to_run(container)

    # Scenarios

    def scenario_begins(self, scenario: Scenario) -> None:
        """A scenario begins, unless it was not chosen and is only shown as skipped."""
        self._leave_scenario()
        if id(scenario) not in self._chosen:
            return
        self._scenario = scenario
        self._steps, self._told_steps, self._step = None, set(), None
        self._layers["scenario"] = _container()
        self._recorder.open_test(self._new_test(scenario))
        self._log.begin()

    def scenario_ends(self, scenario: Scenario) -> None:
        """Its status is final; one that was not begun here is reported as never run."""
        if self._scenario is scenario:
            self._end_scenario()
        elif id(scenario) in self._chosen:
            self._report_unrun(scenario)

    def step_begins(self) -> None:
        """The next step of the open scenario runs."""
        if self._scenario is not None:
            if self._steps is None:
                # behave runs them in this order and skips none before the last that it runs.
                self._steps = iter(list(self._scenario.all_steps))
            self._open_step(next(self._steps))

    def step_ends(self, step: Step) -> None:
        """It has ended."""
        restore_step_message(step)
        self._close_step(step)

    def _open_step(self, step: Step) -> None:
        self._told_steps.add(id(step))
        self._step = self._recorder.open_step(f"{step.keyword} {step.name}".strip())
        if step.text:
            self._recorder.attach(step.text, "text")
        if step.table:
            self._recorder.attach(step_table(step), "table", AttachmentType.CSV)

    def _close_step(self, step: Step) -> None:
        if self._step is not None:
            self._recorder.close_step(self._step, step_ending(step))
            self._step = None

    def _leave_scenario(self) -> None:
        """Something else begins. On behave's runner the open scenario has ended by that; ours would have said so."""
        if self._scenario is not None and self._is_driven:
            # It was cut off, as by sys.exit; the parent reports it, knowing how its worker ended.
            self._scenario = None
            self._log.end()
            self._recorder.close_test()
            self._layers.pop("scenario", None)
        self._end_scenario()

    def _end_scenario(self, ending: Ending | None = None) -> None:
        scenario, self._scenario = self._scenario, None
        if scenario is None:
            return
        self._reported.add(id(scenario))
        ending = ending or scenario_ending(scenario, not_run=self._why_not_run(scenario))
        self._recorder.break_off()
        for step in scenario.all_steps:
            if id(step) not in self._told_steps:
                self._open_step(step)
                self._close_step(step)
        if ending.verdict in ("failed", "broken"):
            self._attach_captured(scenario)
        self._log.end()
        test = self._recorder.close_test()
        _conclude(test, scenario, ending)
        container = self._layers["scenario"]
        _give_pages(container, test)
        self._recorder.write(test)
        for outer in self._layers.values():
            outer.children.append(test.uuid)
        container.children = [test.uuid]
        self._write_layer("scenario")

    def _attach_captured(self, scenario: Scenario) -> None:
        """What the scenario, its hooks and its cleanups printed and logged."""
        log = self._log.end()
        if log and not scenario.captured.log.strip():
            # On the model, where JUnit and the console find it too.
            scenario.captured.add_captured(Captured(log=log, name="scenario", failed=True), use_merge=False)
        for stream in ("stdout", "stderr", "log"):
            parts = [(part.name, getattr(part, stream)) for part in scenario.captured.captures]
            told = [f"[{name}]\n{text.rstrip()}" for name, text in parts if text.strip()]
            if told:
                self._recorder.attach("\n\n".join(told) + "\n", f"captured {stream}")

    # Scenarios that were not run

    def unrun(self, scenario: Scenario, ending: Ending) -> None:
        """Report a scenario that no process has told of."""
        if id(scenario) in self._reported:
            return
        self._leave_scenario()
        self._chosen.setdefault(id(scenario), scenario)
        self.scenario_begins(scenario)
        self._end_scenario(ending)

    def _report_unrun(self, scenario: Scenario) -> None:
        self.unrun(scenario, scenario_ending(scenario, not_run=self._why_not_run(scenario)))

    def _why_not_run(self, scenario: Scenario) -> str:
        otherwise = "the run was stopped before it"
        if self._run_fault:
            otherwise = self._run_fault
        elif self._runner is not None and self._runner.aborted:
            otherwise = "the run was aborted"
        elif self._config.stop:
            otherwise = "the run stopped at the first failure, as --stop asks"
        return f"not run: {why_not_run(scenario, otherwise)}"

    # The end

    @property
    def _is_driven(self) -> bool:
        """Whether the runner itself says which scenarios were not run."""
        return bool(getattr(self._runner, "drives_live_formatters", False))

    def ends(self) -> None:
        """Everything has been run."""
        self._leave_scenario()
        if self._runner is not None and not self._is_driven:
            for feature in self._runner.features:
                self._report_feature_unrun(feature)
        self._leave()

    def _report_feature_unrun(self, feature: Feature) -> None:
        for scenario in feature.walk_scenarios():
            if is_chosen(scenario, self._config):
                self._report_unrun(scenario)

    def _ended_early(self) -> None:
        """The interpreter exits in mid-run, as when a step calls sys.exit: behave tells its formatters nothing then."""
        if os.getpid() != self._process:
            return  # a forked worker: its parent tells of it
        message = "the process ended in mid-run, as by sys.exit: behave could not finish"
        self._run_fault = message
        if self._scenario is not None:
            self._end_scenario(Ending("broken", "the process ended while this scenario ran, as by sys.exit"))
        self.problem(message)
        self.ends()

    def _write_facts(self) -> None:
        command = redact_text(shlex.join(["behave", *sys.argv[1:]]))
        shard = self._config.userdata.get("shard", "")
        facts = {"target": self._target, "jobs": str(self._config.jobs), "shard": shard, "command": command}
        run_facts.write(self._folder, {**facts, **self._formatter.facts})

    def _leave(self) -> None:
        if os.getpid() == self._process:
            self._write_facts()
        for layer in tuple(self._layers):
            self._write_layer(layer)
        atexit.unregister(self._ended_early)
        if allure_commons.plugin_manager.is_registered(self._recorder):
            allure_commons.plugin_manager.unregister(self._recorder)

    # Making results

    def _new_test(self, scenario: Scenario) -> TestResult:
        identity = self._identities.of(scenario)
        return TestResult(
            uuid=uuid4(),
            start=now(),
            name=labels.display_name(scenario),
            fullName=identity.full_name,
            historyId=identity.history_id(self._target),
            testCaseId=identity.case_id(self._target),
            titlePath=labels.title_path(scenario),
            description="\n".join(scenario.description),
            parameters=labels.parameters_of(scenario),
            links=labels.links_of(scenario, *self._patterns),
            labels=labels.labels_of(scenario, self._target),
        )


def _conclude(test: TestResult, scenario: Scenario, ending: Ending) -> None:
    # behave leaves a scenario failed that skips itself after a failed step; so a skipped one with a failed step was
    # turned by the ledger of known bugs.
    known = ending.verdict == "skipped" and any(step.status.has_failed() for step in scenario.all_steps)
    test.stop, test.status = now(), ending.verdict
    test.statusDetails = details(ending, known=known)


def _give_pages(container: TestResultContainer, test: TestResult) -> None:
    """Pages that a hook attaches when a scenario ends tell of all of it: they stand with it, not with the undoing."""
    for hook in container.afters:
        test.attachments += [each for each in hook.attachments if each.type == AttachmentType.HTML.mime_type]
        hook.attachments = [each for each in hook.attachments if each.type != AttachmentType.HTML.mime_type]


def _container() -> TestResultContainer:
    return TestResultContainer(uuid=uuid4(), start=now())
