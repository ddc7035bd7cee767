"""Hooks that fail where a tag or the variable TORTURE_BREAK=HOOK says so. Nothing here is about a product."""

import os
import sys

import allure
from behave import fixture, use_fixture

BROKEN = "told to break"


def _break_if_told(context, hook, tags):
    """Raise in a hook for a tag such as `@break.after_scenario`, `@assert.…`, `@exit.…`."""
    if f"break.{hook}" in tags:
        raise RuntimeError(f"{BROKEN} in {hook}")
    if f"assert.{hook}" in tags:
        raise AssertionError(f"{BROKEN} in {hook}")
    if f"exit.{hook}" in tags:
        sys.exit(3)


def _run_level(context, hook):
    _break_if_told(context, hook, {f"break.{os.environ.get('TORTURE_BREAK')}"})


def broken_cleanup():
    raise RuntimeError(f"{BROKEN} in a cleanup")


def other_broken_cleanup():
    raise ValueError("another cleanup breaks too")


def noisy_cleanup():
    print("cleanup speaks")  # noqa: T201
    allure.attach("from a cleanup", name="cleanup evidence")
    allure.attach("<p>told", name="a page", attachment_type=allure.attachment_type.HTML)


@fixture
def breaks_in_set_up(context):
    raise RuntimeError(f"{BROKEN} in a fixture")
    yield


@fixture
def breaks_in_tear_down(context):
    yield
    raise RuntimeError(f"{BROKEN} when a fixture ends")


def before_all(context):
    context.config.setup_logging()
    allure.attach("from before_all", name="before_all evidence")
    if os.environ.get("TORTURE_BREAK") == "cleanup_all":
        context.add_cleanup(broken_cleanup)
    _run_level(context, "before_all")


def after_all(context):
    allure.attach("from after_all", name="after_all evidence")
    _run_level(context, "after_all")


def before_feature(context, feature):
    allure.attach(f"from before_feature of {feature.name}", name="before_feature evidence")
    if "skip.feature" in feature.tags:
        feature.skip("the whole feature is out of order")
    if "cleanup.feature" in feature.tags:
        context.add_cleanup(broken_cleanup)
    _break_if_told(context, "before_feature", feature.tags)


def after_feature(context, feature):
    allure.attach(f"from after_feature of {feature.name}", name="after_feature evidence")
    _break_if_told(context, "after_feature", feature.tags)


def before_rule(context, rule):
    _break_if_told(context, "before_rule", rule.tags)


def after_rule(context, rule):
    _break_if_told(context, "after_rule", rule.tags)


def before_tag(context, tag):
    if tag == "fixture.breaks_in_set_up":
        use_fixture(breaks_in_set_up, context)
    if tag == "fixture.breaks_in_tear_down":
        use_fixture(breaks_in_tear_down, context)
    if tag == "break.before_tag":
        raise RuntimeError(f"{BROKEN} in before_tag")


def after_tag(context, tag):
    if tag == "break.after_tag":
        raise RuntimeError(f"{BROKEN} in after_tag")


def before_scenario(context, scenario):
    tags = scenario.effective_tags
    if "skip.reason" in tags:
        scenario.skip("the target lacks tools")
    if "skip.silent" in tags:
        scenario.skip()
    if "cleanup.breaks" in tags:
        context.add_cleanup(other_broken_cleanup)
        context.add_cleanup(broken_cleanup)
    if "cleanup.speaks" in tags:
        context.add_cleanup(noisy_cleanup)
    if "hook.speaks" in tags:
        allure.dynamic.title("A title given in a hook")
        allure.attach("from before_scenario", name="before_scenario evidence")
    _break_if_told(context, "before_scenario", tags)


def after_scenario(context, scenario):
    tags = scenario.effective_tags
    if "hook.speaks" in tags:
        allure.attach("from after_scenario", name="after_scenario evidence")
    _break_if_told(context, "after_scenario", tags)


def before_step(context, step):
    if step.name == "a step whose before_step hook breaks":
        raise RuntimeError(f"{BROKEN} in before_step")


def after_step(context, step):
    if step.name in ("a step whose after_step hook breaks", "a check fails and its after_step hook breaks"):
        raise RuntimeError(f"{BROKEN} in after_step")
    if step.name == "a step whose hook attaches":
        allure.attach("from after_step", name="after_step evidence")
