"""Outcomes: how each selected scenario ended, as plain data; also as a file of JSON lines (`-D results=FILE`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from behave.model import Rule, Scenario, ScenarioOutline
from behave.model_type import Status

BROKEN = (Status.error, Status.hook_error, Status.cleanup_error, Status.undefined, Status.pending)
RED = (Status.failed, *BROKEN)


@dataclass(frozen=True)
class Outcome:
    """One scenario's end. `verdict`: passed, failed, broken (could not be asked), skipped or not run. Wall seconds."""

    file: str
    line: int
    feature: str
    rule: str | None
    name: str
    tags: tuple[str, ...]
    verdict: str
    status: str
    message: str
    seconds: float
    server_errors: int = 0

    @property
    def location(self) -> str:
        """What behave takes to run this scenario again."""
        return f"{self.file}:{self.line}"

    @property
    def is_red(self) -> bool:
        """Whether this outcome makes the run red."""
        return self.verdict in ("failed", "broken", "not run")

    @staticmethod
    def of(scenario: Scenario, seconds: float) -> Outcome:
        """The outcome of a scenario whose status is final."""
        return Outcome(
            file=scenario.filename,
            line=scenario.line,
            feature=scenario.feature.name,
            rule=rule_of(scenario),
            name=scenario.name,
            tags=tuple(sorted(map(str, scenario.effective_tags))),
            verdict=_verdict(scenario.status),
            status=scenario.status.name,
            message=message(scenario),
            seconds=seconds,
            server_errors=getattr(scenario, "server_errors", 0),
        )


def _verdict(status: Status) -> str:
    if status in BROKEN:
        return "broken"
    if status in (Status.passed, Status.failed, Status.skipped):
        return str(status.name)
    return "passed" if status is Status.pending_warn else "not run"


def rule_of(scenario: Scenario) -> str | None:
    """The name of the rule that holds a scenario or outline row, None without one."""
    parent: Any = scenario.parent
    while parent is not None:
        if isinstance(parent, Rule):
            return str(parent.name)
        parent = getattr(parent, "parent", None)
    return None


def identity(scenario: Scenario) -> tuple[str, dict[str, str] | None]:
    """A scenario's title and, for a row of an outline, the outline's title and the row's values."""
    row = getattr(scenario, "_row", None)
    if row is None:
        return str(scenario.name), None
    parent: Any = scenario.parent
    title = parent.name if isinstance(parent, ScenarioOutline) else scenario.name.split(" -- ")[0]
    return str(title), dict(row.items())


def message(scenario: Scenario) -> str:
    """Why a scenario ended as it did, in words: its own message, that of its first red step, or its skip reason."""
    if scenario.status is Status.skipped:
        return scenario.skip_reason or ""
    if scenario.error_message:
        return str(scenario.error_message)
    for step in scenario.all_steps:
        if step.status in RED:
            if step.status is Status.undefined:
                return f'undefined step: "{step.keyword} {step.name}"'
            return f"{step.keyword} {step.name}\n{_own_frames(step.error_message) or step.status.name}"
    if scenario.status is Status.cleanup_error:
        # behave only prints what a cleanup raised; the print is captured.
        told = [line for line in scenario.captured.output.splitlines() if line.startswith("CLEANUP-ERROR")]
        return "\n".join(told) or "a cleanup failed"
    return ""


def _own_frames(error: str | None) -> str:
    """A traceback without the frames of behave, which tell a reader nothing."""
    kept, skipping = [], False
    for line in (error or "").splitlines():
        if line.startswith('  File "'):
            skipping = "/behave/" in line.split('"')[1]
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


def write(path: Path, outcomes: Sequence[Outcome]) -> None:
    """One JSON object a line, in the order of the files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"location": outcome.location, **asdict(outcome)}, ensure_ascii=False) for outcome in outcomes)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
