"""Sentences about documents and summaries: having them written, what they say, what they were written from."""

from behave import step, then, when
from behave.runner import Context

from support.checks import written
from support.checks.tables import lines, pairs, records
from support.deeds import documents
from support.deeds.practice import Colleague


@step("{who:Colleague} has a document written")
def has_document_written(context: Context, who: Colleague) -> None:
    documents.write(context.world, who, pairs(context.table) if context.table else [])


@when("these documents are written{at_once:AtOnce}")
def are_written(context: Context, at_once: bool) -> None:
    documents.write_all(context.world, records(context.table), at_once=at_once)


@when("{who:Colleague} has these conversations summarised")
def has_summarised(context: Context, who: Colleague) -> None:
    documents.summarise(context.world, who, records(context.table))


@then("the {what:Written} says exactly")
def written_says(context: Context, what: str) -> None:
    written.says_exactly(context.world, context.text)


@then("the documents say, in this order")
def documents_say(context: Context) -> None:
    written.all_say(context.world, [row[0] for row in lines(context.table)])


@then("the {what:Written} tells of itself exactly")
def written_tells(context: Context, what: str) -> None:
    written.tells_of_itself(context.world, pairs(context.table))


@then("it was written from these, in this order")
def was_written_from(context: Context) -> None:
    written.written_from(context.world, [row[0] for row in lines(context.table)])


@then('the model was told of "{words}" and {others:Apart}')
def was_told_apart(context: Context, words: str, others: tuple[str, bool]) -> None:
    written.told_apart(context.world, words, *others)


@then("it tells nothing of the inside")
def tells_nothing_inside(context: Context) -> None:
    written.discreet(context.world.answer)
