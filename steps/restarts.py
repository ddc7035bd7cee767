"""Sentences about the platform as a service."""

from behave import when
from behave.runner import Context


@when("the platform is killed and started again")
def is_killed_and_started_again(context: Context) -> None:
    context.world.worker.evaluation_platform.restart()
