"""Sentences about the practice: what it knows, what goes wrong there, what it was asked and by whom."""

from behave import given, step, then
from behave.runner import Context

from support.checks import chains
from support.checks.tables import lines, pairs, records
from support.deeds import practice
from support.deeds.practice import Colleague, Kind


@given('{called:Practice} knows the {kind:Kept} "{name}"{more:Said}')
def knows(context: Context, called: str, kind: Kind, name: str, more: bool) -> None:
    practice.have(context.world, called, kind, name, pairs(context.table, needed=more))


@given("{called:Practice} knows these {kind:AllKept}")
def knows_all(context: Context, called: str, kind: Kind) -> None:
    practice.have_all(context.world, called, kind, records(context.table))


@step("{called:Practice}{call:AskedFor} {trouble:GoesWrong}")
def goes_wrong(context: Context, called: str, call: str | None, trouble: str) -> None:
    practice.fail(context.world, trouble, call=call, called=called)


@then("{called:Practice} was asked these things, {order:Order}, and nothing else")
def was_asked(context: Context, called: str, order: str) -> None:
    chains.was_asked(context.world, lines(context.table), in_order=order == "in this order", called=called)


@then("{called:Practice} was asked {times:Often}")
def was_asked_so_often(context: Context, called: str, times: int) -> None:
    chains.was_asked_so_often(context.world, times, called)


@then("it was asked as {who:Colleague} every time")
def was_asked_as(context: Context, who: Colleague) -> None:
    chains.asked_as(context.world, who)
