"""Sentences about any one thing: having, making, opening, changing and deleting it, and what it holds."""

from behave import given, step, then, when
from behave.runner import Context

from support.checks import readings
from support.checks.tables import pairs, records
from support.deeds import things
from support.deeds.people import Person


@given('{kind:AThing} "{label}"{more:Said}')
def there_is(context: Context, kind: str, label: str, more: bool) -> None:
    things.have(context.world, kind, label, pairs(context.table, needed=more))


@given("these {kinds:Things}")
def there_are(context: Context, kinds: str) -> None:
    things.have_all(context.world, kinds, records(context.table))


@when('{who:Person} {makes:Makes} {kind:AThing} "{label}"{more:Said}')
def creates(context: Context, who: Person, makes: str, kind: str, label: str, more: bool) -> None:
    things.create(context.world, who, kind, label, pairs(context.table, needed=more))


@when('{who:Person} opens the {kind:Thing} "{label}"')
def opens(context: Context, who: Person, kind: str, label: str) -> None:
    things.open_thing(context.world, who, kind, label)


@when('{who:Person} changes the {kind:Thing} "{label}" to')
def changes(context: Context, who: Person, kind: str, label: str) -> None:
    things.change(context.world, who, kind, label, pairs(context.table))


@step('{who:Person} {deletes:Deletes} the {kind:Thing} "{label}"')
def deletes(context: Context, who: Person, deletes: str, kind: str, label: str) -> None:
    things.delete(context.world, who, kind, label)


@then('{in_time:InTime}the {kind:Thing} "{label}" reads back as {exactly:Extent}')
def reads_back(context: Context, in_time: bool, kind: str, label: str, exactly: bool) -> None:
    readings.reads_back(context.world, kind, label, pairs(context.table), exactly=exactly, in_time=in_time)


@then('the answer shows the {kind:Thing} "{label}" as exactly')
def answer_shows(context: Context, kind: str, label: str) -> None:
    readings.shows_exactly(context.world, kind, label, context.world.answer, pairs(context.table))


@then('the {kind:Thing} "{label}" can no longer be found')
def can_no_longer_be_found(context: Context, kind: str, label: str) -> None:
    readings.gone(context.world, kind, label)


@then("{others:Which} {kinds:Things} are as they were")
def are_as_they_were(context: Context, others: bool, kinds: str) -> None:
    readings.as_they_were(context.world, kinds, others=others)
