"""Sentences about tracing: programs that are traced, what the collector takes, and what is stored of a trace."""

from behave import given, register_type, step, then, when
from behave.runner import Context
from parse import with_pattern

from support.checks import tracing as stored
from support.checks.tables import records
from support.clients.evaluation_platform.collector import FORMS
from support.deeds import tracing
from support.deeds.people import PEOPLE, Person


@with_pattern("|".join(tracing.TRACERS))
def tracer(text: str) -> str:
    return text


@with_pattern("|".join(tracing.APPLICATIONS))
def application(text: str) -> str:
    return text


@with_pattern("|".join(tracing.OUTAGES))
def outage(text: str) -> str:
    return text


@with_pattern("collector|platform")
def service(text: str) -> str:
    """The collector is a part of the platform."""
    return text


@with_pattern("|".join(FORMS))
def form(text: str) -> str:
    return text


@with_pattern("has exported|exports")
def exports(text: str) -> str:
    """What is a Given in one scenario is the When of another."""
    return text


@with_pattern("(?:, at most [0-9]+ at a time|, packed|, giving up after [0-9.]+ s)*")
def way(text: str) -> tracing.Way:
    return tracing.Way.of(text)


@with_pattern("(?:, with a key that the model does not know|)")
def known_key(text: str) -> bool:
    return not text


@with_pattern("once|twice")
def times(text: str) -> int:
    return {"once": 1, "twice": 2}[text]


register_type(
    Tracer=tracer,
    Application=application,
    Outage=outage,
    Service=service,
    Form=form,
    Exports=exports,
    Way=way,
    KnownKey=known_key,
    Times=times,
)


@given("the {_:Service} {outage:Outage}")
def service_suffers(context: Context, _: str, outage: str) -> None:
    tracing.suffer(context.world, outage)


@when('a program with {tracer:Tracer} works in the session "{label}"')
def program_works(context: Context, tracer: str, label: str) -> None:
    tracing.trace_steps(context.world, tracer, label, records(context.table))


@when('a program with {tracer:Tracer} traces {count:d} spans in the session "{label}"{way:Way}')
def program_traces(context: Context, tracer: str, count: int, label: str, way: tracing.Way) -> None:
    tracing.trace_many(context.world, tracer, count, label, way)


@when("a program with {tracer:Tracer} traces at once for")
def program_traces_for(context: Context, tracer: str) -> None:
    rows = [(PEOPLE[who], tenant) for (_, who), (_, tenant) in records(context.table)]
    tracing.trace_tenants(context.world, tracer, rows)


@when('{application:Application} is asked "{question}" in the session "{label}"{known:KnownKey}')
def is_asked(context: Context, application: str, question: str, label: str, known: bool) -> None:
    tracing.ask(context.world, application, question, label, known_key=known)


@step("{who:Person} {exports:Exports} as {form:Form}")
def exports_spans(context: Context, who: Person, exports: str, form: str) -> None:
    tracing.export(context.world, who, form, records(context.table))


@given('{who:Person} {exports:Exports} as {form:Form} {count:d} spans of the session "{label}"')
def exports_many(context: Context, who: Person, exports: str, form: str, count: int, label: str) -> None:
    tracing.export_many(context.world, who, form, count, label)


@when("a run of this suite starts a session in each of these scenarios")
def run_starts_sessions(context: Context) -> None:
    tracing.run_suite(context.world, records(context.table))


@then("the run reports exactly, in this order")
def run_reports(context: Context) -> None:
    stored.run_reports(context.world, records(context.table))


@then('the model events of the session "{label}" tell the tokens that the model counted')
def tokens_are_told(context: Context, label: str) -> None:
    asked = tracing.model_of(context.world).scripted.received()
    stored.counted_by_model(context.world, label, asked)


@step('the session "{label}" holds exactly, {order:Order}')
def session_holds_exactly(context: Context, label: str, order: str) -> None:
    stored.holds_exactly(context.world, label, order, records(context.table))


@then('{who:Person} finds that the session "{label}" holds exactly, {order:Order}')
def finds_that_session_holds_exactly(context: Context, who: Person, label: str, order: str) -> None:
    stored.holds_exactly(context.world, label, order, records(context.table), person=who)


@then('the session "{label}" holds {count:d} events, each of them once')
def session_holds_each_once(context: Context, label: str, count: int) -> None:
    stored.holds_each_once(context.world, label, count)


@then('the event "{name}" of the session "{label}" failed, saying "{words}"')
def event_failed(context: Context, name: str, label: str, words: str) -> None:
    stored.failed_saying(context.world, name, label, words)


@then('every event of the session "{label}" holds "{text}" in what went in or came out')
def every_event_holds(context: Context, label: str, text: str) -> None:
    stored.all_carry(context.world, label, tracing.with_unique_id(context.world, text))


@then('{who:Person} finds the events of "{tenant}" and no others, by every way of reading')
def finds_only(context: Context, who: Person, tenant: str) -> None:
    ours = who.platform(context.world)
    stored.only_own_found(context.world, ours.main, ours.second, tenant)


@then('the model was asked {times:Times} "{question}"')
def model_was_asked(context: Context, times: int, question: str) -> None:
    asked = tracing.model_of(context.world).scripted.received()
    stored.model_asked(context.world, asked, times, tracing.with_unique_id(context.world, question))


@then('the program answers "{text}"')
def program_answers(context: Context, text: str) -> None:
    stored.answers(context.world, tracing.with_unique_id(context.world, text))


@then('the program met a failure, saying "{message}", and went on')
def program_went_on(context: Context, message: str) -> None:
    stored.went_on(context.world, message)


@then("its work took at most {work:g} s, and its end at most {end:g} s more")
def was_not_slowed(context: Context, work: float, end: float) -> None:
    stored.was_not_slowed(context.world, work, end)


@then("the program says that {count:d} spans are lost")
def says_that_spans_are_lost(context: Context, count: int) -> None:
    stored.loss_reported(context.world, count)


@then("they went out in {count:d} batches")
def went_out_in_batches(context: Context, count: int) -> None:
    stored.in_batches(context.world, count)


@then('those of "{label}" were sent within {sent:d} s and stored within {kept:d} s of each other')
def were_fast_enough(context: Context, label: str, sent: int, kept: int) -> None:
    stored.fast_enough(context.world, label, sent, kept)


@then('the collector says that {count:d} span was refused, saying "{words}"')
def says_that_some_were_refused(context: Context, count: int, words: str) -> None:
    stored.partly_taken(context.world.answer, count, words)
