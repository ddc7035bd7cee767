"""Sentences about what tools have done: what a practice keeps in the end, as whom it was asked, what the page knows."""

from behave import given, then
from behave.runner import Context

from support.checks import callers, keeping
from support.checks.tables import lines, pairs, records
from support.deeds import practice
from support.deeds.chatting import chat
from support.deeds.practice import Colleague, Kind


@given("{called:Practice} knows one of everything")
def knows_one_of_everything(context: Context, called: str) -> None:
    practice.have_one_of_everything(context.world, called)


@then("{called:Practice} has {some:ExactlyOrNone} {kind:AllKept}")
def has(context: Context, called: str, some: bool, kind: Kind) -> None:
    keeping.keeps(context.world, kind, records(context.table) if some else [], called)


@then("the page of {who:Colleague}{where:Where} is {soon:Soon}known as{nothing:Nothing}")
def page_is_known_as(context: Context, who: Colleague, where: str | None, soon: bool, nothing: bool) -> None:
    rows = pairs(context.table, needed=not nothing)
    keeping.page_is(context.world, chat(context.world, who, where), rows, soon=soon)


@then("the page of {who:Colleague}{where:Where} is asked for {these:TheseOrNothing}")
def page_is_asked_for(context: Context, who: Colleague, where: str | None, these: bool) -> None:
    keeping.page_asked_for(chat(context.world, who, where), lines(context.table, needed=these), context.world)


@then("what the page of {who:Colleague} shows is kept for {hours:d} hours")
def page_is_kept(context: Context, who: Colleague, hours: int) -> None:
    keeping.page_is_kept(context.world, chat(context.world, who), hours)


@then("it was asked with these, one after another")
def was_asked_with(context: Context) -> None:
    callers.asked_with(context.world, lines(context.table))


@then("it was asked all of it at once")
def was_asked_at_once(context: Context) -> None:
    callers.asked_at_once(context.world)


@then("the log of the assistant tells no token, and nothing that was said")
def log_tells_no_token(context: Context) -> None:
    callers.log_is_discreet(context.world)


@then("the model was offered no tool but those of the examples")
def offered_known_tools(context: Context) -> None:
    callers.offered_known_tools(context.world)
