"""Sentences about users' programs: what they do, what goes wrong around them, and what becomes of them."""

from behave import given, then, when
from behave.runner import Context

from support.checks import resilience as checks
from support.checks.tables import pairs, records
from support.deeds import resilience


@given("a program that {deed:Deed}{more:Said}")
def there_is_a_program(context: Context, deed: str, more: bool) -> None:
    resilience.prepare(context.world, deed, pairs(context.table, needed=more))


@given("the network before its server {trouble:Trouble}")
def network_is_in_trouble(context: Context, trouble: str) -> None:
    resilience.trouble(context.world, trouble)


@given("its server answers, one after another")
def server_answers(context: Context) -> None:
    resilience.answer_wrongly(context.world, map(list, records(context.table)))


@when("it runs{again:Again}")
def it_runs(context: Context, again: bool) -> None:
    resilience.run(context.world, again=again)


@when("a program sends together these events{mending:Mending}")
def sends_together(context: Context, mending: bool) -> None:
    resilience.send_together(context.world, records(context.table), mending=mending)


@then("it meets {error:Error}{saying:Saying}")
def meets(context: Context, error: str, saying: tuple[str, str] | None) -> None:
    checks.met(context.world, error, saying)


@then("it meets {error:Error} after {least:g} to {most:g} seconds")
def meets_in_time(context: Context, error: str, least: float, most: float) -> None:
    checks.in_time(context.world, error, least, most)


@then("the error names the host{alone:Alone} and no key")
def names_the_host(context: Context, alone: bool) -> None:
    checks.names_the_host(context.world, by_itself=alone)


@then("it is served{over:Over}")
def is_served(context: Context, over: bool) -> None:
    checks.served(context.world, at_last=over)


@then("its server was asked {times:Times}")
def was_asked(context: Context, times: int) -> None:
    checks.was_asked(context.world, times)


@then("its server was asked again after {least:g} to {most:g} seconds")
def was_asked_again(context: Context, least: float, most: float) -> None:
    checks.paused(context.world, least, most)


@then("each pause is about twice as long as the one before")
def pauses_double(context: Context) -> None:
    checks.backed_off(context.world)


@then("the pauses of the callers differ by at least {least:g} seconds")
def pauses_differ(context: Context, least: float) -> None:
    checks.spread(context.world, least)


@then("all of its {steps:d} steps are done")
def work_is_done(context: Context, steps: int) -> None:
    checks.worked_on(context.world, steps)


@then("it is told once that {count:d} steps are not recorded")
def is_told_once(context: Context, count: int) -> None:
    checks.told_once(context.world, count)
