"""Sentences about events: searching them, and both kinds of client."""

from behave import given, then, when
from behave.runner import Context

from support.checks import results
from support.checks.tables import lines, pairs, records
from support.deeds import events
from support.deeds.people import Person


@when("{who:Person} searches the events for")
def searches(context: Context, who: Person) -> None:
    events.search(context.world, who, lines(context.table))


@when('{who:Person} records an event under the id of the {kind:Thing} "{label}"')
def records_under_the_id(context: Context, who: Person, kind: str, label: str) -> None:
    events.record_under_the_id(context.world, who, kind, label)


@given('{who:Person} has told of the event "{label}", which is yet to come')
def has_told_beforehand(context: Context, who: Person, label: str) -> None:
    events.tell_beforehand(context.world, who, label, pairs(context.table))


@when('{who:Person} records the session "{label}" together with these events')
def records_session(context: Context, who: Person, label: str) -> None:
    events.record_session(context.world, who, label, records(context.table))


@when("Ada does the same work through the synchronous and the asynchronous client")
def works_both_ways(context: Context) -> None:
    events.work_both_ways(context.world)


@then("both were given the same answers")
def both_were_told_the_same(context: Context) -> None:
    results.both_were_told_the_same(context.world.answer)
