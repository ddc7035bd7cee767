"""Sentences about programs that log their calls to a model, and about the command that runs their matrix."""

from behave import given, then, when
from behave.runner import Context

from support.checks import call_logging as checks
from support.checks.tables import lines, pairs, records
from support.deeds import call_logging
from support.deeds.call_logging import Clients


@given("a program with {clients:Clients}")
def there_is_a_program(context: Context, clients: Clients) -> None:
    call_logging.prepare(context.world, clients, pairs(context.table, needed=context.table is not None))


@when("it asks the model")
def asks(context: Context) -> None:
    call_logging.ask(context.world, [dict(row) for row in records(context.table)])


@when("{count:d} of it ask the model at once")
def ask_at_once(context: Context, count: int) -> None:
    call_logging.ask(context.world, [dict(row) for row in records(context.table)], at_once=count)


@then("the log{place:Place} holds exactly, {order:Order}")
def log_holds(context: Context, place: str | None, order: str) -> None:
    rows = [dict(row) for row in records(context.table)]
    checks.holds(context.world, rows, place, in_order=order == "in this order")


@then("no log is written")
def no_log(context: Context) -> None:
    checks.no_log(context.world)


@then("the registry counts every call")
def registry_counts(context: Context) -> None:
    checks.counted(context.world)


@then('the SDK refuses with {error:w}, saying "{words}", and writes nothing')
def sdk_refuses(context: Context, error: str, words: str) -> None:
    checks.refused(context.world, error, words)


@then("the SDK was initialised before any HTTP library was imported")
def sdk_came_first(context: Context) -> None:
    checks.came_first(context.world)


@then("the program is answered as if nobody logged")
def is_undisturbed(context: Context) -> None:
    checks.undisturbed(context.world)


@then("after each call the log held {counts:Counts} records")
def log_held(context: Context, counts: list[int]) -> None:
    checks.held(context.world, counts)


@then("every record tells the status {status:d}")
def tells_status(context: Context, status: int) -> None:
    checks.has_status(context.world, status)


@given("a machine with {clients:Clients}")
def there_is_a_machine(context: Context, clients: Clients) -> None:
    call_logging.settle(context.world, clients)


@when('"{command}" is run')
def is_run(context: Context, command: str) -> None:
    call_logging.command(context.world, command)


@then("it ends well and says {extent:Extent}")
def says(context: Context, extent: bool) -> None:
    checks.says(context.world, lines(context.table), exactly=extent)


@then('it is refused, saying "{words}"')
def is_refused(context: Context, words: str) -> None:
    checks.is_refused(context.world, words)


@then("its temporary folder is empty")
def leaves_nothing(context: Context) -> None:
    checks.left_nothing(context.world)
