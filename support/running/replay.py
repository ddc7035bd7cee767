"""Tell a finished feature to stock formatters, in the order and form in which behave itself would have told it."""

from __future__ import annotations

from collections.abc import Sequence

from behave.configuration import Configuration
from behave.formatter.api import IFormatter
from behave.matchers import NoMatch
from behave.model import Feature, Rule, Scenario, ScenarioOutline
from behave.model_type import Status
from behave.step_registry import StepRegistry

NOT_EXECUTED = (Status.untested, Status.skipped)


def replay(feature: Feature, formatters: Sequence[IFormatter], steps: StepRegistry, config: Configuration) -> None:
    """Tell every formatter the whole feature; the model already holds the results."""
    shown = feature.should_run(config) or config.show_skipped
    for formatter in formatters:
        formatter.uri(feature.filename)
        if shown:
            formatter.feature(feature)
            if feature.background:
                formatter.background(feature.background)
        _items(feature, formatter, steps, config)
        if shown:
            formatter.eof()


def _items(container: Feature | Rule, formatter: IFormatter, steps: StepRegistry, config: Configuration) -> None:
    for item in container.run_items:
        if isinstance(item, Rule):
            formatter.rule(item)
            if item.background:
                formatter.background(item.background)
            _items(item, formatter, steps, config)
            if finished := getattr(formatter, "rule_finished", None):
                finished()
        elif isinstance(item, ScenarioOutline):
            for row in item.scenarios:
                _scenario(row, formatter, steps, config)
        else:
            _scenario(item, formatter, steps, config)


def _scenario(scenario: Scenario, formatter: IFormatter, steps: StepRegistry, config: Configuration) -> None:
    if scenario.should_skip and not config.show_skipped:
        return
    formatter.scenario(scenario)
    for step in scenario:
        formatter.step(step)
    for step in scenario.all_steps:
        if step.status not in NOT_EXECUTED:
            formatter.match(steps.find_match(step) or NoMatch())
            formatter.result(step)
