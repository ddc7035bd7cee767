"""Sentences about runs of this suite that ask a real model: their scenarios, their verdicts, their bill."""

from behave import given, then
from behave.runner import Context

from support.checks import real_ai as checks
from support.checks.tables import lines, pairs, records
from support.deeds import real_ai


@given("a run of this suite{more:Said}")
def there_is_a_run(context: Context, more: bool) -> None:
    real_ai.prepare(context.world, pairs(context.table, needed=more))


@given("its scenarios")
def it_has_scenarios(context: Context) -> None:
    real_ai.has_scenarios(context.world, map(dict, records(context.table)))


@then("its scenarios end so, and it is {red:Red}")
def scenarios_end_so(context: Context, red: bool) -> None:
    checks.ended_so(context.world, map(dict, records(context.table)))
    checks.is_red(context.world, red=red)


@then("its {place:TellingPlace} says{ordered:Ordered}")
def it_says(context: Context, place: str, ordered: bool) -> None:
    checks.says(context.world, place, [phrase for (phrase,) in lines(context.table)], ordered=ordered)


@then("its bill says exactly")
def bill_says(context: Context) -> None:
    checks.billed(context.world, map(dict, records(context.table)))


@then("by the model's own count it has cost {extent:CostExtent} {amount:Amount} dollars")
def it_has_cost(context: Context, extent: bool, amount: str) -> None:
    checks.has_cost(context.world, amount, exactly=extent)


@then("nothing of it goes on")
def nothing_goes_on(context: Context) -> None:
    checks.nothing_goes_on(context.world)
