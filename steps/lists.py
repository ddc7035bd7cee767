"""Sentences about lists of things: asking for them, turning their pages, and what they hold."""

from behave import then, when
from behave.runner import Context

from support.checks import readings
from support.checks.tables import lines, pairs, parts, records
from support.deeds import things
from support.deeds.people import Person


@when("{who:Person} lists the {kinds:Things}{more:Said}")
def lists(context: Context, who: Person, kinds: str, more: bool) -> None:
    things.list_things(context.world, who, kinds, pairs(context.table, needed=more))


@when("{who:Person} turns the pages of the list of {kinds:Things}, {size:d} at a time{more:Said}")
def turns_the_pages(context: Context, who: Person, kinds: str, size: int, more: bool) -> None:
    things.turn_pages(context.world, who, kinds, size, pairs(context.table, needed=more))


@when('{who:Person} looks for the {kind:Thing} named "{label}"')
def looks_for(context: Context, who: Person, kind: str, label: str) -> None:
    things.look_for(context.world, who, kind, label)


@then("the answer lists exactly, {order:Order}")
def answer_lists_exactly(context: Context, order: str) -> None:
    found, heading = readings.listed(context.world.answer), lines(context.table)[0][0]
    readings.lists_exactly(context.world, found, order, records(context.table), heading)


@then('the answer names exactly, {order:Order}, "{labels}"')
def answer_names_exactly(context: Context, order: str, labels: str) -> None:
    kind = context.world.recall("asked for", "kind")
    readings.names_exactly(context.world, readings.listed(context.world.answer), kind, order, parts(labels))


@then("the list of {kinds:Things} is exactly, {order:Order}")
def list_is_exactly(context: Context, kinds: str, order: str) -> None:
    found = things.everything(context.world.platform.second, kinds).values()
    readings.lists_exactly(context.world, found, order, records(context.table), kinds)


@then("no page holds more than {size:d}")
def no_page_holds_more(context: Context, size: int) -> None:
    readings.pages_hold_at_most(context.world.answer, size)


@then("every page says that there are {total:d} in all")
def every_page_says(context: Context, total: int) -> None:
    readings.pages_count(context.world, context.world.answer, total)
