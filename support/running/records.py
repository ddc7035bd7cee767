"""What a worker tells the parent of a finished scenario or feature part, and how the parent puts it into its own model.

The parent holds the same parsed features as its workers (they are forked), so a record needs only what changed. Every
text is redacted here, so that no formatter or reporter of the parent, whoever wrote it, can tell a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from behave.capture import Captured
from behave.model import Feature, Rule, Scenario
from behave.model_type import Status

from support.reporting.redaction import redact_text

Captures = list[tuple[str | None, bool, str, str, str]]


@dataclass(frozen=True)
class Fault:
    """An exception that can cross a process boundary: its kind, message and traceback as text."""

    kind: str
    is_assertion: bool
    message: str

    @staticmethod
    def of(exception: BaseException | None) -> Fault | None:
        """The fault of an exception, None for none."""
        if exception is None:
            return None
        return Fault(type(exception).__name__, isinstance(exception, AssertionError), redact_text(str(exception)))

    def exception(self) -> Exception:
        """A stand-in of the same class name, for formatters and reporters that look at it."""
        base = AssertionError if self.is_assertion else Exception
        made: Exception = type(self.kind, (base,), {})(self.message)
        return made


@dataclass(frozen=True)
class StepRecord:
    """How one step ended. Duration in seconds."""

    status: str
    duration: float
    hook_failed: bool
    error_message: str | None
    fault: Fault | None
    captured: Captures


@dataclass(frozen=True)
class ScenarioRecord:
    """How one scenario ended, after its hooks, its cleanups and the ledger of known bugs. Seconds."""

    status: str
    seconds: float
    hook_failed: bool
    error_message: str | None
    fault: Fault | None
    skip_reason: str | None
    steps: tuple[StepRecord, ...]
    captured: Captures
    server_errors: int
    """Answers 5xx that no fault was ordered for: a system that crashes proves no promise broken."""
    first_chunks: tuple[float, ...] = ()
    """Seconds that people waited for the first piece of each reply."""
    not_undone: tuple[str, ...] = ()
    """What it made and could not take back, each with the reason."""


@dataclass(frozen=True)
class ContainerRecord:
    """How the hooks of a feature or rule ended; its status otherwise follows from its scenarios."""

    status: str
    hook_failed: bool
    error_message: str | None
    fault: Fault | None


def _redacted(text: str | None) -> str | None:
    return redact_text(text) if text else text


def _captures(statement: Any) -> Captures:
    return [(c.name, c.failed, *map(redact_text, (c.stdout, c.stderr, c.log))) for c in statement.captured.captures]


def _restore_captures(statement: Any, captures: Captures) -> None:
    for name, failed, stdout, stderr, log in captures:
        part = Captured(stdout=stdout, stderr=stderr, log=log, name=name, failed=failed)
        statement.captured.add_captured(part, use_merge=False)


def record_scenario(scenario: Scenario, seconds: float) -> ScenarioRecord:
    """What happened to a scenario, in plain data."""
    steps = tuple(
        StepRecord(
            s.status.name, s.duration, s.hook_failed, _redacted(s.error_message), Fault.of(s.exception), _captures(s)
        )
        for s in scenario.all_steps
    )
    return ScenarioRecord(
        status=scenario.status.name,
        seconds=seconds,
        hook_failed=scenario.hook_failed,
        error_message=_redacted(scenario.error_message),
        fault=Fault.of(scenario.exception),
        skip_reason=_redacted(scenario.skip_reason),
        steps=steps,
        captured=_captures(scenario),
        server_errors=getattr(scenario, "server_errors", 0),
        first_chunks=tuple(getattr(scenario, "first_chunks", ())),
        not_undone=tuple(map(redact_text, getattr(scenario, "not_undone", ()))),
    )


def restore_scenario(scenario: Scenario, record: ScenarioRecord) -> None:
    """Put a record into the parent's scenario, so that any formatter or reporter tells what happened."""
    for step, told in zip(scenario.all_steps, record.steps, strict=True):
        step.status = Status.from_name(told.status)
        step.duration = told.duration
        step.hook_failed = told.hook_failed
        step.error_message = told.error_message
        step.exception = told.fault.exception() if told.fault else None
        _restore_captures(step, told.captured)
    scenario.hook_failed = record.hook_failed
    scenario.error_message = record.error_message
    scenario.exception = record.fault.exception() if record.fault else None
    scenario.skip_reason = record.skip_reason
    scenario.should_skip = record.status == Status.skipped.name
    scenario.server_errors = record.server_errors
    scenario.first_chunks = record.first_chunks
    scenario.not_undone = record.not_undone
    _restore_captures(scenario, record.captured)
    scenario.clear_status()
    scenario.set_status(Status.from_name(record.status))


def record_container(container: Feature | Rule) -> ContainerRecord:
    """How a feature's or rule's own hooks and cleanups ended."""
    fault = Fault.of(container.exception)
    return ContainerRecord(container.status.name, container.hook_failed, _redacted(container.error_message), fault)


def restore_container(container: Feature | Rule, record: ContainerRecord) -> None:
    """Keep a failure of hooks or cleanups; several parts of one feature may each bring one."""
    own = (Status.hook_error.name, Status.cleanup_error.name)
    if record.hook_failed or record.status in own:
        container.hook_failed = container.hook_failed or record.hook_failed
        container.error_message = record.error_message
        container.exception = record.fault.exception() if record.fault else None
        if record.status == Status.cleanup_error.name:
            container.set_status(Status.cleanup_error)
