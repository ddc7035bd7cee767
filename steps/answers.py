"""Sentences about what a person was told: that it succeeded, or why it was refused."""

from behave import then
from behave.runner import Context

from support.checks import outcomes


@then("it succeeds")
def succeeds(context: Context) -> None:
    outcomes.succeeded(context.world.answer)


@then("it is refused as {reason:Reason}")
def is_refused(context: Context, reason: str) -> None:
    outcomes.refused(context.world.answer, reason)


@then('it is refused as {reason:Reason}, naming "{words}"')
def is_refused_naming(context: Context, reason: str, words: str) -> None:
    outcomes.refused(context.world.answer, reason, words)
