"""Sentences about the model and the service around it: what it will do, what it was told, settings and outages."""

from behave import given, step, then
from behave.runner import Context

from support.checks import chains
from support.checks.tables import lines, pairs, records
from support.deeds import scripting, services


@given("the model will, {again:Cadence}{whom:ForWhom}{held:HeldUntil}")
def model_will(context: Context, again: bool, whom: scripting.Whom | None, held: scripting.Hold) -> None:
    when = scripting.in_chat_of(context.world, whom)
    scripting.script(context.world, map(dict, records(context.table)), again=again, when=when, held=held)


@then("the model was told, in this order, and nothing else")
def model_was_told(context: Context) -> None:
    chains.model_was_told(context.world, lines(context.table))


@given("the assistant is configured with")
def is_configured(context: Context) -> None:
    services.configure(context.world, pairs(context.table))


@step("the assistant is {becomes:Becomes}")
def service_becomes(context: Context, becomes: str) -> None:
    services.end(context.world, becomes)


@step("Redis {trouble:RedisTrouble}")
def redis_is_in_trouble(context: Context, trouble: str) -> None:
    services.disturb(context.world, trouble)


@step("Redis is back")
def redis_is_back(context: Context) -> None:
    services.mend(context.world)
