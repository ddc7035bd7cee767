"""behave's hooks: wiring only, each one a call into support/."""

from behave.model import Scenario, Step
from behave.runner import Context

from support.running import lifecycle


def before_all(context: Context) -> None:
    """Once in each worker: its systems, its wire."""
    lifecycle.start_worker(context)


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Skip with a reason, or a fresh world."""
    lifecycle.start_scenario(context, scenario)


def after_step(context: Context, step: Step) -> None:
    """Evidence of what passed the wire."""
    lifecycle.finish_step(context, step)


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Undo, then what must hold after every scenario."""
    lifecycle.finish_scenario(context, scenario)
