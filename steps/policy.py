"""Sentences about violations of the policy: what the practice is told and keeps of them, and when."""

from behave import then
from behave.runner import Context

from support.checks import violations
from support.checks.tables import lines, pairs, records


@then("{called:Practice} keeps these violations, {order:Order}, and no others")
def keeps_violations(context: Context, called: str, order: str) -> None:
    violations.keeps(context.world, records(context.table), called, in_order=order == "in this order")


@then("{called:Practice} is told of one violation, exactly")
def is_told_of_one(context: Context, called: str) -> None:
    violations.tells(context.world, pairs(context.table), called)


@then("the user did not wait for the practice")
def did_not_wait(context: Context) -> None:
    violations.did_not_wait(context.world)


@then("the assistant's log warns, in one line and without any token, of")
def log_warns(context: Context) -> None:
    violations.in_log(context.world, [row[0] for row in lines(context.table)])
