"""Sentences about configuring our own commands: what they are told, what they follow, what they refuse."""

from behave import given, step, then, when
from behave.runner import Context

from support.checks import configuration as checks
from support.checks.tables import lines, records
from support.deeds import configuration
from support.deeds.configuration import box


@given("the {subject:Subject} is told")
def is_told(context: Context, subject: str) -> None:
    configuration.tell(context.world, subject, lines(context.table)[1:])


@given("a valid configuration of the {subject:Subject}")
def is_told_all(context: Context, subject: str) -> None:
    configuration.tell_valid(context.world, subject)


@given('the {subject:Subject} has the file "{file}"')
def has_file(context: Context, subject: str, file: str) -> None:
    configuration.write_file(context.world, subject, file, context.text)


@given("it is running")
def is_running(context: Context) -> None:
    configuration.run(context.world)
    checks.serves(context.world.answer)


@given("nothing is told to the {subject:Subject}")
def is_told_nothing(context: Context, subject: str) -> None:
    box(context.world, subject)


@when("it is {how:Rendering}")
def is_rendered(context: Context, how: str) -> None:
    configuration.render(context.world, how)


@when("it is started from a cold shell")
def is_started_cold(context: Context) -> None:
    configuration.start_cold(context.world)


@when("it is started with {setting} as {cell}")
def is_started_with(context: Context, setting: str, cell: str) -> None:
    configuration.mutate(context.world, setting, cell)


@when("it is asked for its settings again and again, each time without the most explicit place")
def is_asked_in_turn(context: Context) -> None:
    configuration.show_in_turn(context.world)


@when("it is started for good")
def is_started_for_good(context: Context) -> None:
    configuration.run(context.world)


@step("its files {become:Become}")
def files_become(context: Context, become: str) -> None:
    configuration.change_files(context.world, lines(context.table)[1:])


@when("it is started anew")
def is_started_anew(context: Context) -> None:
    configuration.run_anew(context.world)


@when('its configuration is written to a file "{suffix}" and read back from nowhere else')
def makes_the_round_trip(context: Context, suffix: str) -> None:
    configuration.round_trip(context.world, suffix)


@then("it refuses before it starts anything, in under a second, telling no secret and exactly these faults")
def refuses(context: Context) -> None:
    checks.refused(box(context.world), context.world.answer, records(context.table))


@then("it shows")
def shows(context: Context) -> None:
    checks.shows(context.world.answer, records(context.table))


@then('each time the most explicit place left is followed for "{setting}" ("{variable}"), and "{default}" at last')
def follows_in_turn(context: Context, setting: str, variable: str, default: str) -> None:
    checks.followed_in_turn(context.world.answer, setting, variable, default)


@then("its secrets are masked wherever they would stand")
def tells_no_secret(context: Context) -> None:
    checks.tells_no_secret(box(context.world), context.world.answer)


@then("it survives, secrets included")
def survives(context: Context) -> None:
    checks.survived(box(context.world), context.world.answer)


@then("every setting has the default and the meaning that the README tells")
def has_documented_defaults(context: Context) -> None:
    checks.defaults_are_documented(context.world.answer)


@then("it takes at most {size:d} bytes at once")
def takes_at_most(context: Context, size: int) -> None:
    checks.takes_at_most(context.world.recall("running", "it"), size)


@then("it serves")
def it_serves(context: Context) -> None:
    checks.serves(context.world.recall("running", "it"))


@then("it has read {files:Quoted} once each, before it started anything")
def has_read_once(context: Context, files: list[str]) -> None:
    checks.read_once_first(context.world.answer.deeds, files)
