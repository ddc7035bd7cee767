"""Sentences about what a person was told: that it succeeded, or why it was refused."""

from behave import then
from behave.runner import Context

from support.checks import outcomes


@then("it succeeds")
def succeeds(context: Context) -> None:
    outcomes.succeeded(context.world.answer)


@then("it is refused as {reason:Reason}{saying:Saying}")
def is_refused(context: Context, reason: str, saying: tuple[str, str] | None) -> None:
    outcomes.refused(context.world.answer, reason, saying)
