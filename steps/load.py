"""Sentences about crowds: who comes and what they do, and how it went."""

from behave import given, then, when
from behave.runner import Context

from support.checks import load as checks
from support.checks.tables import records
from support.deeds import load
from support.deeds.load import Lasting


@given("a crowd is expected at the assistant")
def is_expected(context: Context) -> None:
    load.expect_crowd(context.world, ())


@given("for everybody the model will, one after another")
def will_for_everybody(context: Context) -> None:
    load.script(context.world, map(dict, records(context.table)))


@when("{count:d} {deed} for {seconds:g} s, {rate:g} more of them every second")
def come_and_stay(context: Context, count: int, deed: str, seconds: float, rate: float) -> None:
    load.come(context.world, context.scenario.name, count, deed, Lasting(seconds, rate))


@when("{count:d} {deed}, once and all together")
def come_once(context: Context, count: int, deed: str) -> None:
    load.come(context.world, context.scenario.name, count, deed, Lasting(once=True))


@then("at least {count:d} {what} came, and no error")
def came_without_error(context: Context, count: int, what: str) -> None:
    checks.served(context.world.answer, count, what)


@then("{share:d} of 100 {what} took at most {within_ms:d} ms")
def took_at_most(context: Context, share: int, what: str, within_ms: int) -> None:
    checks.in_time(context.world.answer, share, what, within_ms)


@then("{count:d} connections were open at once")
def were_open(context: Context, count: int) -> None:
    checks.connected(context.world.answer, count)
