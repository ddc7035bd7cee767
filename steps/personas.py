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


@then("the model's instructions {something:Tells}")
def instructions_tell(context: Context, something: bool) -> None:
    instructed.tell(context.world, pairs(context.table), something=something)


@then("the model's {parts:Alike}")
def were_alike(context: Context, parts: str) -> None:
    instructed.ALIKE[parts](context.world)


@then("{who:Colleague} never reads a piece of them")
def never_reads(context: Context, who: Colleague) -> None:
    instructed.never_read(context.world, who, chat(context.world, who))
