"""Sentences about metrics: running them, their scores, their versions."""

from behave import step, then, when
from behave.runner import Context

from support.checks import results
from support.checks.tables import pairs, records
from support.deeds import metrics
from support.deeds.people import Person


@when('{who:Person} runs the metric "{label}" on an event with')
def runs(context: Context, who: Person, label: str) -> None:
    metrics.run(context.world, who, label, pairs(context.table))


@step('{who:Person} {keeps:Keeps} the version "{version}" of the metric "{label}" with')
def keeps_version(context: Context, who: Person, keeps: str, version: str, label: str) -> None:
    metrics.keep_version(context.world, who, version, label, pairs(context.table))


@step('{who:Person} {deploys:Deploys} the version "{version}" of the metric "{label}"')
def deploys(context: Context, who: Person, deploys: str, version: str, label: str) -> None:
    metrics.deploy(context.world, who, version, label)


@then("the score is {score}")
def score_is(context: Context, score: str) -> None:
    results.score_is(context.world.answer, score)


@then('the versions of the metric "{label}" are exactly, in this order')
def versions_are(context: Context, label: str) -> None:
    results.versions_are(context.world, label, records(context.table))
