"""Sentences about lists of things: asking for them, turning their pages, and what they hold."""

from behave import then, when
from behave.runner import Context

from support import people
from support.checks import readings
from support.checks.tables import lines, pairs, parts, records
from support.people import Person


@when("{who:Person} lists the {kinds:Things}")
def lists(context: Context, who: Person, kinds: str) -> None:
    people.list_things(context.world, who, kinds)


@when("{who:Person} lists the {kinds:Things} by")
def lists_by(context: Context, who: Person, kinds: str) -> None:
    people.list_things(context.world, who, kinds, pairs(context.table))


@when("{who:Person} turns the pages of the list of {kinds:Things}, {size:d} at a time")
def turns_the_pages(context: Context, who: Person, kinds: str, size: int) -> None:
    people.turn_pages(context.world, who, kinds, size)


@then("the answer lists exactly, {order:Order}")
def answer_lists_exactly(context: Context, order: str) -> None:
    things, heading = readings.listed(context.world.answer), lines(context.table)[0][0]
    readings.lists_exactly(context.world, things, order, records(context.table), heading)


@when('{who:Person} looks for the {kind:Thing} named "{label}"')
def looks_for(context: Context, who: Person, kind: str, label: str) -> None:
    people.look_for(context.world, who, kind, label)


@then('the answer names exactly "{labels}"')
def answer_names_exactly(context: Context, labels: str) -> None:
    kind = context.world.recall("asked for", "kind")
    readings.names_exactly(context.world, readings.listed(context.world.answer), kind, parts(labels))


@then("the list of {kinds:Things} is exactly, {order:Order}")
def list_is_exactly(context: Context, kinds: str, order: str) -> None:
    things = people.everything(context.world.platform.second, kinds).values()
    readings.lists_exactly(context.world, things, order, records(context.table), kinds)


@then("no page holds more than {size:d}")
def no_page_holds_more(context: Context, size: int) -> None:
    longest = max(len(page.items) for page in context.world.answer)
    assert longest <= size, f"a page holds {longest}, more than {size}"
