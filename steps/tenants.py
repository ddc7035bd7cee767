"""Sentences about two tenants on one platform: what one asks for, what it is told, and what the other keeps."""

from behave import given, register_type, then, when
from behave.runner import Context
from parse import with_pattern

from support.checks import tenants as checks
from support.checks.outcomes import REASONS
from support.deeds import tenants

AS = "a refusal as "


@with_pattern("|".join([checks.ITS_OWN, checks.EMPTY, checks.SUCCESS, *(f"{AS}{reason}" for reason in REASONS)]))
def told(text: str) -> str:
    """What is answered: one's own things, nothing, that it succeeded, or the reason of a refusal."""
    return text.removeprefix(AS)


@with_pattern("asks for|tries|sends")
def asks(text: str) -> str:
    """Reading, changing and sending are the same deed: something is asked of the platform."""
    return text


register_type(Told=told, Asks=asks)


@given("Harbour Support and Northwind Claims keep one of everything, under the same names and ids")
def both_keep_the_same(context: Context) -> None:
    tenants.keep_the_same(context.world)


@when("Northwind Claims {asks:Asks} {what}")
def one_asks(context: Context, asks: str, what: str) -> None:
    tenants.ask(context.world, what)


@then("the answer is {what:Told}, as if Harbour Support did not exist")
def told_as_if_alone(context: Context, what: str) -> None:
    checks.is_answered(context.world, what)
    checks.as_if_alone(context.world, tenants.ask_alone(context.world))


@then("Harbour Support has lost nothing and given nothing away")
def nothing_was_given_away(context: Context) -> None:
    checks.gave_nothing_away(context.world)
