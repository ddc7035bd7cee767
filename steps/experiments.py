"""Sentences about experiments: what they scored, evaluating a function, summaries and comparisons."""

from behave import given, then, when
from behave.runner import Context

from support.checks import results
from support.checks.tables import pairs, records
from support.deeds import experiments
from support.deeds.people import Person


@given('the experiment "{label}" was scored')
def was_scored(context: Context, label: str) -> None:
    experiments.have_scored(context.world, label, records(context.table))


@when('Ada runs the experiment "{label}" over the dataset "{dataset}", scoring by {evaluators:Quoted} what answers')
def runs_experiment(context: Context, label: str, dataset: str, evaluators: list[str]) -> None:
    experiments.evaluate(context.world, dataset, label, evaluators, pairs(context.table)[1:])


@when('{who:Person} asks for the {aggregate:Aggregate} of the experiment "{label}"')
def asks_for_summary(context: Context, who: Person, aggregate: str, label: str) -> None:
    experiments.ask_for_summary(context.world, who, label, aggregate)


@when('{who:Person} compares the experiment "{new}" with the experiment "{old}"')
def compares(context: Context, who: Person, new: str, old: str) -> None:
    experiments.compare(context.world, who, new, old)


@then('the experiment "{label}" has recorded exactly, {order:Order}')
def has_recorded(context: Context, label: str, order: str) -> None:
    results.recorded(context.world, label, order, records(context.table))


@then("the summary is exactly")
def summary_is(context: Context) -> None:
    results.summary_is(context.world, context.world.answer, records(context.table))


@then("the comparison is exactly")
def comparison_is(context: Context) -> None:
    results.comparison_is(context.world, context.world.answer, records(context.table))
