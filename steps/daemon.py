"""Sentences about the tool daemon: agents that connect and call its tools, its operator, and the model behind it."""

from behave import given, step, then, when
from behave.runner import Context

from support.checks import tool_daemon as checks
from support.checks.tables import pairs, records
from support.deeds import daemon_watch as watch
from support.deeds import tool_daemon as daemon
from support.deeds.tool_daemon import calls


@given("the tool daemon{more:Said}")
def there_is_a_daemon(context: Context, more: bool) -> None:
    daemon.start(context.world, pairs(context.table, needed=more))


@given("the model answers, one after another")
def model_answers(context: Context) -> None:
    daemon.script(context.world, records(context.table))


@given("{agents:Agents} {be:Be} connected")
def are_connected(context: Context, agents: list[str], be: str) -> None:
    daemon.settle(context.world, agents)


@step("the {name:Agent} {goes:Going}")
def goes(context: Context, name: str, goes: str) -> None:
    daemon.GOINGS[goes](context.world, name)


@when("the {name:Agent} says something every {interval:g} seconds, for {seconds:g} seconds")
def says_something(context: Context, name: str, interval: float, seconds: float) -> None:
    daemon.chatter(context.world, name, interval, seconds)


@step('the {name:Agent} {how:Calling} "{tool}"{times:Repeatedly}{more:Said}')
def calls_tool(context: Context, name: str, how: str, tool: str, times: int, more: bool) -> None:
    daemon.call(context.world, name, how, tool, times, pairs(context.table, needed=more))


@when("the tool daemon is told to end")
def is_told_to_end(context: Context) -> None:
    daemon.stop(context.world)


@when("these calls are made at once")
def are_called_at_once(context: Context) -> None:
    daemon.call_at_once(context.world, records(context.table))


@when("the {name:Agent} sends")
def sends(context: Context, name: str) -> None:
    daemon.send(context.world, name, context.text)


@then('the {name:Agent} is answered "{text}"')
def is_answered(context: Context, name: str, text: str) -> None:
    checks.answered(calls(context.world, name)[-1].result(), text)


@then("the {name:Agent} is told")
def is_told(context: Context, name: str) -> None:
    checks.told(watch.told(context.world, name), pairs(context.table))


@then("the {name:Agent}'s {all_of:Calls} as {code:Code}{saying:Saying}")
def call_fails(context: Context, name: str, all_of: bool, code: str, saying: tuple[str, str] | None) -> None:
    made = calls(context.world, name)
    checks.failed([each.result() for each in (made if all_of else made[-1:])], code, saying)


@then("it took {least:g} to {most:g} seconds")
def took(context: Context, least: float, most: float) -> None:
    checks.took(watch.last_call(context.world).result(), least, most)


@then("the {name:Agent}'s call is told from its acceptance to one result")
def is_told_in_order(context: Context, name: str) -> None:
    checks.accepted(calls(context.world, name)[-1])


@then("the {name:Agent} was promised an answer within {seconds:g} seconds")
def was_promised(context: Context, name: str, seconds: float) -> None:
    checks.promised(calls(context.world, name)[-1], seconds)


@then("the {name:Agent} finds exactly these tools")
def finds_tools(context: Context, name: str) -> None:
    checks.offered(context.world.answer, records(context.table))


@then("the {name:Agent} is sent away{when_:Within}{saying:Saying}")
def is_sent_away(context: Context, name: str, when_: tuple[float, float] | int | None, saying: object) -> None:
    watch.see_off(context.world, name, when_, saying)


@then("{agents:Agents} {be:Be} {how:Served}")
def are_served(context: Context, agents: list[str], be: str, how: str) -> None:
    watch.see_served(context.world, agents, how)


@step("{count:d} {are:Sessions} open")
def sessions_are_open(context: Context, count: int, are: str) -> None:
    watch.see_health(context.world, [("sessions", str(count))])


@then("the tool daemon has ended in good order")
def has_ended(context: Context) -> None:
    watch.see_end(context.world)


@then("the health file is fresh and true")
def health_file_is_fresh(context: Context) -> None:
    watch.see_fresh(context.world)


@step("the circuit is {state:Circuit}{when_:Within}")
def circuit_is(context: Context, state: str, when_: tuple[float, float] | None) -> None:
    watch.see_circuit(context.world, state, when_)


@then("the model was asked {times:Times}{pauses:Pauses}")
def model_was_asked(context: Context, times: int, pauses: list[float]) -> None:
    checks.asked(daemon.model(context.world).received(), times, pauses)


@then("the {name:Agent} hears {what:Heartbeat}")
def hears(context: Context, name: str, what: tuple[float, str | None] | None) -> None:
    call = calls(context.world, name)[-1]
    checks.heard(call, *what) if what else checks.nothing_heard(call)


@then("the progress goes through {steps:d} steps, with the time so far and the time left")
def goes_through(context: Context, steps: int) -> None:
    checks.goes_through(watch.last_call(context.world), steps)


@then("the metrics tell of exactly these calls")
def metrics_tell(context: Context) -> None:
    watch.see_metrics(context.world, records(context.table))


@then("the log tells of the {name:Agent}'s call, in this order and nothing else")
def log_tells(context: Context, name: str) -> None:
    watch.see_log(context.world, calls(context.world, name)[-1], records(context.table))


@then("{what:Secret} is masked in what the {name:Agent} is told, and in the daemon's files")
def is_masked(context: Context, what: str, name: str) -> None:
    watch.see_masked(context.world, name, what)


@then("every line of the log is of one form, from")
def log_is_of_one_form(context: Context) -> None:
    watch.see_form(context.world, [component for ((_, component),) in records(context.table)])


@then("the log lies in {count:d} parts of at most {size:d} bytes, the oldest lines gone")
def log_is_rotated(context: Context, count: int, size: int) -> None:
    watch.see_rotation(context.world, count, size)


@when("a standard MCP client comes through the shim, taking these steps")
def mcp_client_comes(context: Context) -> None:
    daemon.visit(context.world, records(context.table))


@then("of its steps came")
def mcp_client_got(context: Context) -> None:
    watch.see_visit(context.world, records(context.table))
