"""How a scenario or a step ended, read from behave's model alone: status, message and trace as the report tells them.

It is the one place that maps behave's statuses; Allure, JUnit and whoever counts agree because they ask here. The
model is all it needs, so it answers the same in a worker and in the parent, which knows workers' scenarios by record.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import behave
from behave.configuration import Configuration
from behave.model import Rule, Scenario, Step
from behave.model_type import Status
from behave.runner_util import make_undefined_step_snippet

Verdict = Literal["passed", "failed", "broken", "skipped"]

MACHINERY = (str(Path(behave.__file__).parent), str(Path(__file__).parent))
"""Folders whose frames at the top of a traceback say nothing: behave's and the report's own."""

VERDICTS: dict[Status, Verdict] = {
    Status.passed: "passed",
    Status.pending_warn: "passed",
    Status.xpassed: "passed",
    Status.failed: "failed",
    Status.skipped: "skipped",
}
"""A scenario's statuses; every other one (error, hook and cleanup error, undefined, pending, never run) is broken."""

STEP_VERDICTS: dict[Status, Verdict] = VERDICTS | {
    Status.pending_warn: "skipped",
    Status.untested: "skipped",
    Status.untested_pending: "skipped",
    Status.untested_undefined: "skipped",
}
"""A step's statuses; a pending step that is let pass did nothing, so it is shown skipped inside a passed scenario."""


@dataclass(frozen=True)
class Ending:
    """A verdict in Allure's words, why (empty for a plain pass), and the traceback (None without one)."""

    verdict: Verdict
    message: str = ""
    trace: str | None = None


def describe(exception: BaseException) -> str:
    """An assertion's own text; any other exception with its class name."""
    text = str(exception).strip()
    if isinstance(exception, AssertionError):
        return text or "an assertion without a message failed"
    return f"{type(exception).__name__}: {text}" if text else type(exception).__name__


def trace_of(exception: BaseException | None, frames: TracebackType | None) -> str | None:
    """The traceback with its causes, without the leading frames of the machinery; None when the exception has none."""
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(MACHINERY):
        frames = frames.tb_next
    if exception is None or frames is None:
        return None
    return "".join(traceback.format_exception(type(exception), exception, frames))


def step_ending(step: Step) -> Ending:
    """How one step ended."""
    verdict = STEP_VERDICTS.get(step.status, "broken")
    return Ending(verdict, step_message(step), trace_of(step.exception, step.exc_traceback))


def step_message(step: Step) -> str:
    """Why a step did not pass, in words; empty for one that passed or was not reached."""
    if step.status is Status.undefined:
        snippet = make_undefined_step_snippet(step).strip()
        return f'undefined step: "{step.keyword} {step.name}"\n\nIt can be defined as\n\n{snippet}'
    if step.status is Status.pending_warn:
        return "pending: the step is defined and not implemented, which @wip lets pass"
    if not step.status.has_failed():
        return ""
    parts = [describe(step.exception)] if step.exception is not None else []
    if step.status is Status.pending:
        parts = ["pending: " + (parts[0] if parts else "the step is defined and not implemented")]
    told = (step.error_message or "").strip()
    if step.hook_failed and told:
        # An after_step hook may fail behind a failed step: the step's own words stay, the hook's follow.
        parts = [*(part for part in parts if part not in told), told]
    return "\n".join(parts) or told or step.status.name


def scenario_ending(scenario: Scenario, *, not_run: str = "not run") -> Ending:
    """How a scenario ended. `not_run` is what is said of one that was chosen and never run."""
    status = scenario.status
    steps = list(scenario.all_steps)
    red = [step for step in steps if step.status.has_failed()]
    trace = _trace(scenario, red)
    if status.is_untested():
        return Ending("broken", scenario.error_message or not_run, trace)
    verdict = VERDICTS.get(status, "broken")
    if verdict == "skipped":
        return Ending(verdict, scenario.skip_reason or "skipped without a reason", trace)
    if verdict == "passed":
        pending = [f'"{step.keyword} {step.name}"' for step in steps if step.status is Status.pending_warn]
        note = f"passed with pending steps, which @wip lets pass: {', '.join(pending)}" if pending else ""
        return Ending(verdict, note)
    return Ending(verdict, _message(scenario, red) or status.name, trace)


def _message(scenario: Scenario, red: list[Step]) -> str:
    own = (scenario.error_message or "").strip()
    told = [text for text in map(step_message, red) if text not in own]
    # A hook or cleanup fails beside the steps; any other message of the scenario's own is the verdict on them.
    own_first = not (scenario.hook_failed or scenario.status is Status.cleanup_error)
    parts = [own, *told] if own_first else [*told, own]
    return "\n\n".join(part for part in parts if part)


def _trace(scenario: Scenario, red: list[Step]) -> str | None:
    for statement in (*red, scenario):
        trace = trace_of(statement.exception, statement.exc_traceback)
        if trace is not None:
            return trace
    return None


def is_chosen(scenario: Scenario, config: Configuration) -> bool:
    """Whether tags, names and locations choose a scenario. To be asked before any hook has run.

    behave marks what a location (`file:line`) leaves out as skipped, without a reason; so may a hook, later.
    """
    return bool(
        scenario.should_run_with_tags(config.tag_expression)
        and scenario.should_run_with_name_select(config)
        and (not scenario.should_skip or scenario.skip_reason)
    )


def why_not_run(scenario: Scenario, otherwise: str) -> str:
    """Why a chosen scenario was never run: the failed hook of its rule or feature, else what the run itself says."""
    holder: Any = scenario.parent
    while holder is not None:
        if getattr(holder, "hook_failed", False):
            kind = "rule" if isinstance(holder, Rule) else "feature"
            return f"a hook of its {kind} failed: {(holder.error_message or '').strip()}"
        holder = getattr(holder, "parent", None)
    return otherwise
