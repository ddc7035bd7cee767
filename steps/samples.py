"""Sentences about samples: asking several times, and what holds of so many replies."""

from behave import then, when
from behave.runner import Context

from support.checks import criteria
from support.checks.tables import pairs, records
from support.deeds import sampling
from support.deeds.practice import Colleague


@when("{people:Writers}{times:SoOften}, each in a new conversation")
def write_in_new_conversations(context: Context, people: list[Colleague], times: int) -> None:
    rows = [{"message": context.text}] if context.text else list(map(dict, records(context.table)))
    sampling.write(context.world, people, rows, times)


@when("{who:Colleague} has {times:d} documents written")
def has_documents_written(context: Context, who: Colleague, times: int) -> None:
    sampling.order(context.world, who, pairs(context.table), times)


@when("{who:Colleague} has each of these documents written")
def has_each_written(context: Context, who: Colleague) -> None:
    sampling.order_each(context.world, who, records(context.table))


@then("in at least {least:d} of {of:d} replies {criterion:Criterion}")
def holds_of_so_many(context: Context, least: int, of: int, criterion: str) -> None:
    criteria.hold_rate(context.world, least, of, criterion)


@then("in every reply {criterion:Criterion}")
def holds_of_every(context: Context, criterion: str) -> None:
    criteria.hold_every(context.world, criterion)


@then("no reply {violation:Violation}")
def holds_of_none(context: Context, violation: str) -> None:
    criteria.hold_none(context.world, violation)


@then("with a likelihood of at least {least:g}, {times:d} in a row are such that {criterion:Criterion}")
def holds_in_a_row(context: Context, least: float, times: int, criterion: str) -> None:
    criteria.hold_in_a_row(context.world, criterion, times, least)


@then("the replies differ in register")
def differ_in_register(context: Context) -> None:
    criteria.differ(context.world, context.table.headings, [row.cells for row in context.table])


@then("it costs at most {cents:g} cents a reply")
def costs_at_most(context: Context, cents: float) -> None:
    criteria.costs_at_most(context.world, cents)
