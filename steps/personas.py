"""Sentences about personas: as what the model is asked, with which instructions and tools; none of it leaks."""

from behave import given, then
from behave.runner import Context

from support.checks import instructed
from support.checks.tables import lines, pairs, records
from support.deeds import personas
from support.deeds.chatting import chat
from support.deeds.practice import Colleague


@given('the assistant has the persona "{name}" with')
def has_persona(context: Context, name: str) -> None:
    personas.have(context.world, name, pairs(context.table))


@then("the model was asked, in this order, and nothing else")
def model_was_asked(context: Context) -> None:
    instructed.asked(context.world, records(context.table))


@then("the model was offered {offer:Offer}")
def was_offered(context: Context, offer: str) -> None:
    instructed.offered(context.world, lines(context.table) if context.table else [], offer)


@then("the model was offered at least {least:d} tools, each described")
def was_offered_so_many(context: Context, least: int) -> None:
    instructed.offered_so_many(context.world, least)


@then("the model's instructions {something:Tells}")
def instructions_tell(context: Context, something: bool) -> None:
    instructed.tell(context.world, pairs(context.table), something=something)


@then("the model's instructions, settings and tools were the same every time")
def were_the_same(context: Context) -> None:
    instructed.the_same_every_time(context.world)


@then("the model's instructions were different every time")
def were_different(context: Context) -> None:
    instructed.differ(context.world)


@then("{who:Colleague} never reads a piece of them")
def never_reads(context: Context, who: Colleague) -> None:
    instructed.never_read(context.world, who, chat(context.world, who))
