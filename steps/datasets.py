"""Sentences about datasets alone: rows that become datapoints, and taking a datapoint out."""

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
