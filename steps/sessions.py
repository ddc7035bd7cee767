"""Sentences about sessions, many chats at once, what Redis keeps, and how many of somebody's requests run at a time."""

from behave import given, step, then, when
from behave.runner import Context

from support.checks import sessions as checks
from support.checks.tables import lines, pairs
from support.deeds import sessions
from support.deeds.practice import Colleague


@step("{who:Colleague} {deed:Keeping} {which:SessionOf}")
def keeps_or_deletes(context: Context, who: Colleague, deed: str, which: str) -> None:
    sessions.keep_or_delete(context.world, who, deed, which)


@when("{who:Colleague} begins {count:d} sessions at once with {persona:Persona}")
def begins_many(context: Context, who: Colleague, count: int, persona: str) -> None:
    sessions.begin_many(context.world, who, count, persona)


@given("{who:Colleague} has {count:d} chats with {persona:Persona}")
def has_many(context: Context, who: Colleague, count: int, persona: str) -> None:
    sessions.start_many(context.world, who, count, persona)


@when('{who:Colleague} asks "{text}" in all of them at once')
def asks_everywhere(context: Context, who: Colleague, text: str) -> None:
    sessions.ask_everywhere(context.world, who, text)


@when("{who:Colleague} asks, one right after another")
def asks_in_order(context: Context, who: Colleague) -> None:
    sessions.ask_in_order(context.world, who, pairs(context.table))


@when("{who:Colleague} leaves it alone until it ends")
def leaves_alone(context: Context, who: Colleague) -> None:
    sessions.outlast(context.world, who)


@then("the session had lasted {least:g} to {most:g} seconds")
def had_lasted(context: Context, least: float, most: float) -> None:
    checks.lasted(context.world, least, most)


@given("the session of {who:Colleague} has {minutes:d} minutes left")
def has_left(context: Context, who: Colleague, minutes: int) -> None:
    sessions.shorten(context.world, who, minutes)


@then("the answer tells of a session with exactly")
def answer_tells(context: Context) -> None:
    checks.tells_of(context.world, pairs(context.table))


@then("{count:d} different sessions are there")
def are_there(context: Context, count: int) -> None:
    checks.different_sessions(context.world, count)


@then("Redis keeps {kind:RedisKept} of {who:Colleague} {minutes:ForMinutes}")
def redis_keeps(context: Context, kind: str, who: Colleague, minutes: float | None) -> None:
    checks.redis_keeps(context.world, kind, who, minutes)


@then("Redis holds the token of {who:Colleague} nowhere")
def token_is_nowhere(context: Context, who: Colleague) -> None:
    checks.token_is_nowhere(context.world, who)


@then("the assistant keeps {count:d} records of its own, for {who:Colleague} to see")
def keeps_in_memory(context: Context, count: int, who: Colleague) -> None:
    checks.kept_in_memory(context.world, who, count)


@then("the model was asked {count:d} times for {who:Colleague}, {most:d} at a time")
def asked_at_a_time(context: Context, count: int, who: Colleague, most: int) -> None:
    checks.ran_at_a_time(context.world, who, count, most)


@then("the model was asked for {who:Colleague}, in this order, and nothing else")
def asked_in_this_order(context: Context, who: Colleague) -> None:
    checks.asked_in_order(context.world, who, [row[0] for row in lines(context.table)])


@then("all places of {who:Colleague} are free again")
def places_are_free(context: Context, who: Colleague) -> None:
    checks.places_are_free(context.world, who)


@then("the assistant keeps limits of {count:d} users, and {who:Colleague} holds {held:d} places")
def keeps_limits(context: Context, count: int, who: Colleague, held: int) -> None:
    checks.keeps_limits(context.world, count, who, held)
