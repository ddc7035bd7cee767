"""Sentences about crowds: who comes, for how long, and how they are served."""

import re

from behave import given, register_type, then, when
from behave.runner import Context
from parse import with_pattern

from support.checks import load as checks
from support.checks.tables import lines, pairs, records
from support.deeds import load
from support.deeds.load import DEEDS, MEASURED, SOAK, Lasting


@with_pattern("|".join(re.sub(r"\(\?P<\w+>", "(?:", words) for words in DEEDS))
def doing(text: str) -> str:
    return text


@with_pattern("|".join(MEASURED))
def measured(text: str) -> str:
    return text


@with_pattern("(?:, played by 2 workers|)")
def workers(text: str) -> int:
    return 2 if text else 0


@with_pattern(f", all at once| for (?:[\\d.]+ seconds|{SOAK}), [\\d.]+ more of them every second")
def lasting(text: str) -> Lasting:
    return Lasting.of(text)


@with_pattern(r"[\d.]+ (?:ms|s)")
def limit(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"ms": 1, "s": 1000}[unit]


register_type(CrowdDoes=doing, CrowdMeasured=measured, CrowdWorkers=workers, CrowdLasts=lasting, Milliseconds=limit)


@given("the assistant expects a crowd")
def expects_a_crowd(context: Context) -> None:
    load.expect_crowd(context.world, pairs(context.table) if context.table else ())


@given("the model will, for each question")
def model_will_for_each(context: Context) -> None:
    load.script(context.world, map(dict, records(context.table)))


@when("{count:d} {does:CrowdDoes}{lasts:CrowdLasts}{workers:CrowdWorkers}")
def crowd_comes(context: Context, count: int, does: str, lasts: Lasting, workers: int) -> None:
    load.come(context.world, context.scenario.name, count, does, lasts, workers)


@then("nothing failed")
def nothing_failed(context: Context) -> None:
    checks.none_failed(context.world)


@then("{share:d} of 100 {what:CrowdMeasured} came within {limit_ms:Milliseconds}")
def came_within(context: Context, share: int, what: str, limit_ms: float) -> None:
    checks.came_within(context.world, share, what, limit_ms)


@then("{count:d} of them were connected at once, and nobody is any more")
def were_connected(context: Context, count: int) -> None:
    checks.were_connected(context.world, count)


@then("the assistant grows by at most {most:g} KB with each reply, and by at most {in_all:g} MB in all")
def memory_is_steady(context: Context, most: float, in_all: float) -> None:
    checks.memory_is_steady(context.world, most, in_all)


@then("the practice was asked these for each reply, as whoever had the question, and nothing else")
def asked_for_each_reply(context: Context) -> None:
    checks.asked_for_each_reply(context.world, [line[0] for line in lines(context.table)])


@then("the model was asked {count:d} times for each of them, {most:d} at a time")
def each_has_own_limit(context: Context, count: int, most: int) -> None:
    checks.each_has_own_limit(context.world, count, most)


@then("Redis keeps {count:d} sessions, each of somebody else")
def keeps_sessions(context: Context, count: int) -> None:
    checks.keeps_sessions(context.world, count)


@then("they were played by {count:d} workers")
def played_by(context: Context, count: int) -> None:
    checks.played_by(context.world, count)
