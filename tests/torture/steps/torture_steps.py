"""Steps that end in every way a step can end."""

import asyncio
import logging
import os
import signal
import sys
import threading

import allure
from behave import step, then, when
from behave.api.pending_step import StepNotImplementedError


@step("a step passes")
def passes(context):
    pass


@step("a check fails")
@step("a check fails and its after_step hook breaks")
def fails(context):
    print("printed before the check")  # noqa: T201
    print("complained before the check", file=sys.stderr)  # noqa: T201
    logging.getLogger("torture").warning("logged before the check")
    raise AssertionError("expected 3 datasets, found 2")


@step("a check fails without a message")
def fails_silently(context):
    assert False  # noqa: B011, PT015


@step('the value is "{value}"')
def value_is(context, value):
    assert value == "right", f"expected right, found {value}"


@step("a step breaks")
def breaks(context):
    try:
        int("x")
    except ValueError as cause:
        raise ConnectionError("platform.example refused") from cause


@step("a step that nobody has written yet")
def pending(context):
    raise StepNotImplementedError("to be written")


@step("a step whose before_step hook breaks")
@step("a step whose after_step hook breaks")
@step("a step whose hook attaches")
def with_hook(context):
    pass


@step("the scenario is skipped in the middle")
def skipped(context):
    context.scenario.skip("the weather forbids it")


@step("the scenario is skipped after a failed check")
def skipped_after_failure(context):
    context.scenario.skip("too late")
    raise AssertionError("failed first")


@step("something asynchronous passes")
async def asynchronous(context):
    await asyncio.sleep(0)


@step("something asynchronous fails")
async def asynchronous_failure(context):
    await asyncio.sleep(0)
    raise AssertionError("expected the task to end well")


@step("other steps pass inside")
def nested(context):
    context.execute_steps("Given a step passes\nThen a step passes")


@step("other steps fail inside")
def nested_failure(context):
    context.execute_steps("Given a step passes\nThen a check fails")


@step("this table")
def table(context):
    assert context.table.headings == ["name", "size"]


@step("this text")
def text(context):
    assert context.text


@when("evidence is attached, in sub-steps and from a thread")
def evidence(context):
    with allure.step("an outer sub-step"):
        allure.attach("inner body", name="inner evidence")
        with allure.step("an inner sub-step"):
            pass
    thread = threading.Thread(target=lambda: allure.attach("thread body", name="thread evidence"))
    thread.start()
    thread.join()
    allure.attach("step body", name="step evidence")


@when("a sub-step breaks")
def broken_sub_step(context):
    with allure.step("this one breaks"):
        raise RuntimeError("broken inside")


@then("the scenario describes itself")
def describes_itself(context):
    allure.dynamic.title("A title of its own")
    allure.dynamic.description("A description of its own")
    allure.dynamic.severity("critical")
    allure.dynamic.label("owner", "Maya")
    allure.dynamic.tag("extra")
    allure.dynamic.parameter("budget", 3)
    allure.dynamic.link("https://example.com/spec", name="the specification")
    allure.dynamic.feature("A feature of its own")


@step("the program exits with {code:d}")
def exits(context, code):
    sys.exit(code)


@step("the user interrupts")
def interrupts(context):
    raise KeyboardInterrupt


@step("the worker is killed")
def killed(context):
    os.kill(os.getpid(), signal.SIGKILL)
