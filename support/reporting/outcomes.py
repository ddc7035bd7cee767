"""Outcomes: how each selected scenario ended, as plain data; also as a file of JSON lines (`-D results=FILE`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from behave.model import Rule, Scenario, ScenarioOutline
from behave.model_type import Status

from support.reporting.endings import scenario_ending

Verdict = Literal["passed", "failed", "broken", "skipped", "not run"]


@dataclass(frozen=True)
class Outcome:
    """One scenario's end. `verdict` broken: could not be asked. `step` is the first red one. Wall seconds."""

    file: str
    line: int
    feature: str
    rule: str | None
    name: str
    tags: tuple[str, ...]
    verdict: Verdict
    status: str
    step: str
    message: str
    trace: str
    seconds: float
    server_errors: int = 0
    step_failed: bool = False
    """Whether an observation failed, whatever the hooks made of the scenario afterwards."""

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
        ending = scenario_ending(scenario)
        red = next((step for step in scenario.all_steps if step.status.has_failed()), None)
        return Outcome(
            file=scenario.filename,
            line=scenario.line,
            feature=scenario.feature.name,
            rule=rule_of(scenario),
            name=scenario.name.strip(),
            tags=tuple(sorted(map(str, scenario.effective_tags))),
            verdict="not run" if scenario.status.is_untested() else ending.verdict,
            status=scenario.status.name,
            step=f"{red.keyword} {red.name}" if red else "",
            message=ending.message,
            trace=ending.trace or "",
            seconds=seconds,
            server_errors=getattr(scenario, "server_errors", 0),
            step_failed=any(step.status is Status.failed for step in scenario.all_steps),
        )


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


def write(path: Path, outcomes: Sequence[Outcome]) -> None:
    """One JSON object a line, in the order of the files. In ASCII: Unicode knows more ends of a line than JSON does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"location": outcome.location, **asdict(outcome)}) for outcome in outcomes)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
