"""The last word on a scenario, after its hooks and cleanups: emptiness and the ledger of known bugs."""

from __future__ import annotations

from collections.abc import Sequence

from behave.model import Scenario
from behave.model_type import Status

from support.reporting.endings import scenario_ending
from support.running.known_bugs import KnownBug


def settle(scenario: Scenario, bugs: Sequence[KnownBug]) -> None:
    """Set the final status: an empty scenario is an error, a known bug is skipped or, when fixed or changed, failed."""
    if not scenario.steps and not (scenario.status.has_failed() or scenario.status is Status.skipped):
        _fail(
            scenario,
            Status.error,
            "the scenario has no step: it asserts nothing. A mistyped keyword becomes description",
        )
        return
    if scenario.status is Status.cleanup_error and not scenario.error_message:
        scenario.error_message = _cleanup_error(scenario)
    advised = getattr(scenario, "advised", ())
    if advised and scenario.status is Status.skipped:
        scenario.set_status(_of_decided_steps(scenario))
    if scenario.status is not Status.skipped and (unasked := getattr(scenario, "unasked", ())):
        _fail(scenario, Status.error, f"could not be asked: {'; '.join(dict.fromkeys(unasked))}")
        return
    if scenario.status is not Status.skipped and (too_late := getattr(scenario, "too_late", None)):
        _fail(scenario, Status.failed, too_late)
    if advised and scenario.status is Status.passed:
        scenario.skip_reason = "; ".join(advised)
        scenario.should_skip = True
        scenario.set_status(Status.skipped)
    bug = next((bug for bug in bugs if bug.is_about(scenario)), None)
    if bug is not None:
        _settle_known(scenario, bug)


def _of_decided_steps(scenario: Scenario) -> Status:
    """What the steps say without those that only an advisory judge could decide: behave stops at the first of them."""
    red = next((step for step in scenario.all_steps if step.status.has_failed()), None)
    if red is None:
        return Status.passed
    return Status.failed if red.status.is_failure() else Status.error


def _cleanup_error(scenario: Scenario) -> str:
    """What a cleanup raised: behave only prints it, and the print is captured."""
    told = [line for line in scenario.captured.output.splitlines() if line.startswith("CLEANUP-ERROR")]
    return "\n".join(told) or "a cleanup failed, and what it raised was not captured"


def _settle_known(scenario: Scenario, bug: KnownBug) -> None:
    status = scenario.status
    if status is Status.passed:
        _fail(scenario, Status.failed, f"known bug {bug.id} is fixed: strike it from the ledger ({bug.link})")
    elif status is Status.failed and bug.fails_as_recorded(scenario):
        scenario.skip_reason = f"known bug {bug.id}: {bug.fails_with.message} ({bug.link})"
        scenario.should_skip = True
        scenario.set_status(Status.skipped)
    elif status is Status.failed:
        now = scenario_ending(scenario).message
        recorded = f'at "{bug.fails_with.step}": {bug.fails_with.message}'
        _fail(
            scenario,
            Status.failed,
            f"known bug {bug.id} fails otherwise than recorded. Recorded: {recorded}. Now: {now}",
        )


def _fail(scenario: Scenario, status: Status, text: str) -> None:
    scenario.error_message = text
    scenario.exception = AssertionError(text) if status is Status.failed else RuntimeError(text)
    scenario.set_status(status)
