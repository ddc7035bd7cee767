"""Sentences about money: what a scenario may cost. Runs of this suite inside a scenario have them, too."""

from behave import given
from behave.runner import Context

from support.deeds import real_ai


@given("it may cost at most {cents:g} cents")
def may_cost(context: Context, cents: float) -> None:
    real_ai.limit(context.world, cents)
