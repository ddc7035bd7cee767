"""Progress while a run goes on: a bar on a terminal, one line a scenario elsewhere; failures at once, in full."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

from behave.formatter.base import Formatter
from behave.model import Scenario
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from support.reporting.outcomes import Outcome

MARKS = {"passed": "✓", "failed": "✗", "broken": "!", "skipped": "-", "not run": "?"}


class ProgressFormatter(Formatter):  # type: ignore[misc]
    """Told by our runner of every start and end, in the order in which they happen, whichever worker ran them."""

    name = "live"
    description = "Bar with remaining time on a terminal, one line a scenario elsewhere; failures at once"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._voice: _Bar | _Lines | None = None

    def run_started(self, total: int, _jobs: int) -> None:
        """`total` scenarios are about to be run."""
        on_terminal = sys.stderr.isatty() and self.stdout_mode
        self._voice = _Bar(total) if on_terminal else _Lines(total, self.open())

    def scenario_started(self, scenario: Scenario) -> None:
        """A scenario begins."""
        if self._voice:
            self._voice.started(scenario)

    def scenario_finished(self, scenario: Scenario, seconds: float) -> None:
        """A scenario has its final status."""
        if self._voice:
            self._voice.finished(Outcome.of(scenario, seconds))

    def run_finished(self) -> None:
        """Nothing more comes."""
        if self._voice:
            self._voice.close()


class _Lines:
    """`[ 58/300 19% eta 00:21] ✓ title (0.05s)`, one line a scenario."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total = total
        self._stream = stream
        self._done = 0
        self._began = time.monotonic()

    def started(self, scenario: Scenario) -> None:
        """Nothing: the line comes with the verdict."""

    def finished(self, outcome: Outcome) -> None:
        self._done += 1
        left = (time.monotonic() - self._began) / self._done * (self._total - self._done)
        width = len(str(self._total))
        where = f"[{self._done:{width}}/{self._total} {100 * self._done // self._total:3}%"
        eta = f"eta {int(left // 60):02}:{int(left % 60):02}]"
        self._stream.write(f"{where} {eta} {_verdict_line(outcome)}\n")
        self._stream.write(_detail(outcome))
        self._stream.flush()

    def close(self) -> None:
        """Nothing is held open."""


class _Bar:
    """A bar on the real stderr. It refreshes only when told: the parent must have no thread, since it forks."""

    def __init__(self, total: int) -> None:
        columns = (
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        )
        console = Console(file=sys.__stderr__)
        self._progress = Progress(*columns, console=console, auto_refresh=False, transient=True, expand=True)
        self._counts: dict[str, int] = {}
        self._task: TaskID = self._progress.add_task("", total=total, counts="")
        self._progress.start()

    def started(self, scenario: Scenario) -> None:
        self._progress.update(self._task, description=escape(scenario.name))
        self._progress.refresh()

    def finished(self, outcome: Outcome) -> None:
        self._counts[outcome.verdict] = self._counts.get(outcome.verdict, 0) + 1
        counts = " ".join(f"{MARKS[verdict]}{count}" for verdict, count in self._counts.items())
        self._progress.update(self._task, advance=1, counts=counts)
        if outcome.is_red:
            text = f"{_verdict_line(outcome)}\n{_detail(outcome)}"
            self._progress.console.print(text, style="red", markup=False, highlight=False, end="")
        self._progress.refresh()

    def close(self) -> None:
        self._progress.stop()


def _verdict_line(outcome: Outcome) -> str:
    reason = f" [{outcome.message}]" if outcome.verdict == "skipped" and outcome.message else ""
    return f"{MARKS[outcome.verdict]} {outcome.name} ({outcome.seconds:.2f}s){reason}"


def _detail(outcome: Outcome) -> str:
    if not outcome.is_red:
        return ""
    why = outcome.trace if outcome.verdict == "broken" and outcome.trace else outcome.message
    lines = [f"{outcome.verdict}: {outcome.location}", outcome.step, *why.splitlines()]
    return "".join(f"    {line}\n" for line in lines if line)
