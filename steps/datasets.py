"""Sentences about datasets and their datapoints: many at once, rows of a table, taking one out, being listed."""

from behave import then, when
from behave.runner import Context

from support import people
from support.checks import readings
from support.checks.tables import records
from support.people import Person


@when('{who:Person} adds rows to the dataset "{label}" with {mapping:Mapping}')
def adds_rows(context: Context, who: Person, label: str, mapping: dict[str, list[str]]) -> None:
    people.add_rows(context.world, who, label, mapping, records(context.table))


@when('{who:Person} takes the datapoint "{datapoint}" out of the dataset "{dataset}"')
def takes_out(context: Context, who: Person, datapoint: str, dataset: str) -> None:
    people.take_out(context.world, who, datapoint, dataset)


@then("its id was never used before")
def id_is_new(context: Context) -> None:
    readings.never_used(context.world)


@when('{who:Person} creates together for the dataset "{label}" these datapoints')
def creates_together(context: Context, who: Person, label: str) -> None:
    people.create_together(context.world, who, "datapoint", records(context.table), label)


@then('the datapoint "{label}" is listed in the dataset "{dataset}" within the platform\'s stated delay')
def is_listed_in_time(context: Context, label: str, dataset: str) -> None:
    readings.listed_in_time(context.world, label, dataset)


@then("of what was sent together exactly these were refused")
def these_were_refused(context: Context) -> None:
    readings.reports_refused(context.world, context.world.answer, records(context.table))
