"""The Allure formatter: the report shows what happened in the run, never more green and never less.

`behave -f support.reporting.allure:AllureFormatter -o FOLDER`, with any behave runner; without `-o` the folder is
`allure-results`. It is emptied when the formatter is made. What it reports:

- every scenario that tags, names and locations choose, whether it was run or not; never one that they leave out;
- passed, failed, skipped with the reason; everything else is broken: errors, hooks and cleanups (named), undefined and
  pending steps, and what was never run because a hook above it failed. A pending step that `@wip` lets pass leaves the
  scenario passed, as behave counts it, with a note;
- errors of hooks and cleanups above the scenarios, when there was nothing left to run, as errors of the whole run.

Our runner drives it in the workers (`live`), says when a scenario's status is final (`scenario_finished`), and uses
the parent's one for scenarios that no worker can tell of (`report_broken`) and for `run_problem`. On behave's own
runner a scenario ends when the next thing begins, and unrun scenarios are looked up in the runner at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from behave.configuration import Configuration
from behave.formatter.base import Formatter, StreamOpener
from behave.model import Feature, Rule, Scenario, Step

from support.reporting import results_folder
from support.reporting.endings import Ending
from support.reporting.report import Report

DEFAULT_FOLDER = "allure-results"


class AllureFormatter(Formatter):  # type: ignore[misc]
    """behave's formatter protocol, told on to a `Report`; in a dry run, and for a folder that has one, it does nothing.

    The second case is a formatter that is configured and also named on the command line.
    """

    name = "allure"
    description = "Allure results that say what happened"
    live = True
    target: str | None = None
    """The name of the target, part of every scenario's history; without it, `-D target=NAME`."""
    facts: dict[str, str]
    """What else the report shall say of the run's surroundings: whoever runs it may add to it until the end."""

    _reporting: ClassVar[set[Path]] = set()

    def __init__(self, stream_opener: StreamOpener, config: Configuration) -> None:
        super().__init__(stream_opener, config)
        self.folder = Path(stream_opener.name or DEFAULT_FOLDER).absolute()
        self.facts = {}
        self._report: Report | None = None
        if config.dry_run or self.folder in self._reporting:
            return
        results_folder.prepare(self.folder)
        self._reporting.add(self.folder)
        self._report = Report(self.folder, config, self)

    def uri(self, uri: str) -> None:
        """A feature file comes next."""

    def feature(self, feature: Feature) -> None:
        """A feature begins, before its hooks."""
        if self._report:
            self._report.feature_begins(feature)

    def rule(self, rule: Rule) -> None:
        """A rule begins, before its hooks."""
        if self._report:
            self._report.rule_begins(rule)

    def rule_finished(self) -> None:
        """A rule has ended, with its hooks and cleanups."""
        if self._report:
            self._report.rule_ends()

    def background(self, background: Any) -> None:
        """Its steps are told with each scenario."""

    def scenario(self, scenario: Scenario) -> None:
        """A scenario begins, before its hooks, or is shown because it is skipped."""
        if self._report:
            self._report.scenario_begins(scenario)

    def step(self, step: Step) -> None:
        """A step is announced; it is told when it runs or when its scenario ends."""

    def match(self, match: Any) -> None:
        """The next step runs, before its hooks."""
        if self._report:
            self._report.step_begins()

    def result(self, step: Step) -> None:
        """A step has ended, with its hooks."""
        if self._report:
            self._report.step_ends(step)

    def eof(self) -> None:
        """A feature has ended, with its hooks and cleanups."""
        if self._report:
            self._report.feature_ends()

    def close(self) -> None:
        """The run has ended in this process."""
        if self._report:
            self._report.ends()
            self._report = None
            self._reporting.discard(self.folder)
        super().close()

    def scenario_finished(self, scenario: Scenario) -> None:
        """The scenario's status is final: nothing more changes for it."""
        if self._report:
            self._report.scenario_ends(scenario)

    def report_broken(self, scenario: Scenario, message: str) -> None:
        """Report a scenario of which nothing else can tell: its worker died, or it was never run."""
        if self._report:
            self._report.unrun(scenario, Ending("broken", message))

    def run_problem(self, message: str) -> None:
        """Report an error of the run that belongs to no scenario."""
        if self._report:
            self._report.problem(message)
