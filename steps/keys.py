"""Sentences about keys for part of a project."""

from behave import register_type, then, when
from behave.runner import Context
from parse import with_pattern

from support.checks import keys as stored
from support.checks.tables import records
from support.clients.evaluation_platform.keys import KINDS
from support.deeds import keys


@with_pattern("|".join(KINDS))
def part(text: str) -> str:
    return text


@with_pattern(r"(?:, for [\d.]+ s|)")
def lasting(text: str) -> float | None:
    """How many seconds it lasts, where that is said."""
    return float(text.split()[2]) if text else None


@with_pattern("once that time is over, |")
def ended(text: str) -> bool:
    return bool(text)


register_type(Part=part, Lasting=lasting, Ended=ended)


@when("the team of a new project gives out a key for {part:Part}{seconds:Lasting}")
def gives_out(context: Context, part: str, seconds: float | None) -> None:
    keys.give_out(context.world, part, seconds)


@then("{ended:Ended}whoever holds it finds")
def holder_finds(context: Context, ended: bool) -> None:
    stored.opens(context.world, records(context.table), ended=ended)
