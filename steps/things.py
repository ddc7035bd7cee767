"""Sentences about any one thing: having, making, opening, changing and deleting it, and what it holds."""

from behave import given, then, when
from behave.runner import Context

from support import people
from support.checks import readings
from support.checks.tables import pairs, records
from support.people import Person


@given('{kind:AThing} "{label}"')
def there_is(context: Context, kind: str, label: str) -> None:
    people.have(context.world, kind, label)


@given('{kind:AThing} "{label}" with')
def there_is_with(context: Context, kind: str, label: str) -> None:
    people.have(context.world, kind, label, pairs(context.table))


@given("these {kinds:Things}")
def there_are(context: Context, kinds: str) -> None:
    people.have_all(context.world, kinds, records(context.table))


@given('{who:Person} has deleted the {kind:Thing} "{label}"')
@when('{who:Person} deletes the {kind:Thing} "{label}"')
def deletes(context: Context, who: Person, kind: str, label: str) -> None:
    people.delete(context.world, who, kind, label)


@when('{who:Person} creates {kind:AThing} "{label}"')
def creates(context: Context, who: Person, kind: str, label: str) -> None:
    people.create(context.world, who, kind, label)


@when('{who:Person} creates {kind:AThing} "{label}" with')
def creates_with(context: Context, who: Person, kind: str, label: str) -> None:
    people.create(context.world, who, kind, label, pairs(context.table))


@when('{who:Person} opens the {kind:Thing} "{label}"')
def opens(context: Context, who: Person, kind: str, label: str) -> None:
    people.open_thing(context.world, who, kind, label)


@when('{who:Person} changes the {kind:Thing} "{label}" to')
def changes(context: Context, who: Person, kind: str, label: str) -> None:
    people.change(context.world, who, kind, label, pairs(context.table))


@then('the {kind:Thing} "{label}" reads back as exactly')
def reads_back_as_exactly(context: Context, kind: str, label: str) -> None:
    thing = readings.read(context.world.platform.second, context.world, kind, label)
    readings.shows_exactly(context.world, kind, label, thing, pairs(context.table))


@then('the {kind:Thing} "{label}" reads back as at least')
def reads_back_as_at_least(context: Context, kind: str, label: str) -> None:
    thing = readings.read(context.world.platform.second, context.world, kind, label)
    readings.shows(context.world, kind, label, thing, pairs(context.table))


@then('the answer shows the {kind:Thing} "{label}" as exactly')
def answer_shows(context: Context, kind: str, label: str) -> None:
    readings.shows_exactly(context.world, kind, label, context.world.answer, pairs(context.table))


@then('the {kind:Thing} "{label}" can no longer be found')
def can_no_longer_be_found(context: Context, kind: str, label: str) -> None:
    readings.gone(context.world, kind, label)


@then("{others:Which} {kinds:Things} are as they were")
def are_as_they_were(context: Context, others: bool, kinds: str) -> None:
    readings.as_they_were(context.world, kinds, others=others)
