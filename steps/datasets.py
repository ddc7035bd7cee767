"""Sentences about datasets and their datapoints: rows of a table, many at once, taking one out, being listed."""

from typing import Any

from behave import then, when
from behave.runner import Context

from support.checks import readings
from support.checks.tables import records
from support.deeds import datasets
from support.deeds.people import Person


@when('{who:Person} adds rows to the dataset "{label}" with {mapping:Mapping}')
def adds_rows(context: Context, who: Person, label: str, mapping: dict[str, list[str]]) -> None:
    datasets.add_rows(context.world, who, label, mapping, records(context.table))


@when('{who:Person} takes the datapoint "{datapoint}" out of the dataset "{dataset}"')
def takes_out(context: Context, who: Person, datapoint: str, dataset: str) -> None:
    datasets.take_out(context.world, who, datapoint, dataset)


@when("{who:Person} {makes:Makes} together {dataset:ForDataset}these {kinds:Things}")
def creates_together(context: Context, who: Person, makes: str, dataset: str | None, kinds: str) -> None:
    datasets.create_together(context.world, who, kinds, records(context.table), dataset)


@when("{who:Person} makes {dataset:ForDataset}these datapoints of events")
def makes_of_events(context: Context, who: Person, dataset: str | None) -> None:
    datasets.make_of_events(context.world, who, records(context.table), dataset)


@when("{who:Person} makes {dataset:ForDataset}these datapoints of events, with {mapping:Mapping}")
def makes_of_parts_of_events(context: Context, who: Person, dataset: str | None, mapping: dict[str, list[str]]) -> None:
    datasets.make_of_events(context.world, who, records(context.table), dataset, **mapping)


@when("{who:Person} sends a datapoint as {how:Malformation}")
def sends_malformed(context: Context, who: Person, how: Any) -> None:
    datasets.send_malformed(context.world, who, how)


@then("of what was sent together exactly these were refused")
def these_were_refused(context: Context) -> None:
    readings.reports_refused(context.world, context.world.answer, records(context.table))


@then('the datapoint "{label}" is listed in the dataset "{dataset}" within the platform\'s stated delay')
def is_listed_in_time(context: Context, label: str, dataset: str) -> None:
    readings.listed_in_time(context.world, label, dataset)


@then("its id was never used before")
def id_is_new(context: Context) -> None:
    readings.never_used(context.world)
