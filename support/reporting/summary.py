"""The end of a run on the console: counts, the slowest ten, why scenarios were skipped, what is red, how to rerun."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.reporting.outcomes import Outcome, Verdict

SLOWEST = 10
RERUN_FILE = Path("rerun.txt")
LOCATIONS_ON_ONE_LINE = 5


@dataclass(frozen=True)
class Summary:
    """What is told of a whole run. `seconds` is the wall time of the workers, their start-up included."""

    outcomes: Sequence[Outcome]
    problems: Sequence[str]
    notices: Sequence[str]
    seconds: float
    jobs: int
    places: Sequence[str] = ()
    """Where the data of the report lies."""
    bill: Sequence[str] = ()
    """What real models have cost."""
    said: Sequence[str] = ()
    """The options (`-D name=value`) that another run needs to ask the same."""

    @property
    def is_red(self) -> bool:
        """Red: a scenario that failed, broke or was not run, or a problem outside any scenario."""
        return bool(self.problems) or any(outcome.is_red for outcome in self.outcomes)

    def lines(self) -> list[str]:
        """The summary as lines of text."""
        red = [outcome for outcome in self.outcomes if outcome.is_red]
        return [
            "",
            *self._slowest(),
            *self._skipped(),
            *(f"note: {notice}" for notice in self.notices),
            *self._red(red),
            *(f"PROBLEM: {problem}" for problem in self.problems),
            *self.bill,
            *(f"report data: {_short(place)}" for place in self.places),
            self._counts(),
        ]

    def keep_red(self) -> str:
        """Keep the red locations in rerun.txt, in the form that behave takes; says why where that cannot be."""
        red = [outcome for outcome in self.outcomes if outcome.is_red]
        try:
            if red:
                RERUN_FILE.write_text("".join(f"{outcome.location}\n" for outcome in red), encoding="utf-8")
            else:
                RERUN_FILE.unlink(missing_ok=True)
        except OSError as fault:  # a folder that is read-only, say; the verdict of the run does not hang on it
            return f"note: {RERUN_FILE} cannot be written ({fault.strerror}); the list above names what is red"
        return ""

    def _counts(self) -> str:
        counts = Counter(outcome.verdict for outcome in self.outcomes)
        order: tuple[Verdict, ...] = ("passed", "failed", "broken", "skipped", "not run")
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in order if counts[verdict] or verdict in order[:2])
        rate = len(self.outcomes) / self.seconds if self.seconds else 0.0
        workers = f"{self.jobs} worker{'s' if self.jobs > 1 else ''}"
        return f"{told} in {self.seconds:.2f} s ({rate:.0f} scenarios a second, {workers})"

    def _slowest(self) -> list[str]:
        slowest = sorted(self.outcomes, key=lambda outcome: -outcome.seconds)[:SLOWEST]
        return ["slowest:", *(f"  {o.seconds:6.2f} s  {o.location}  {o.name}" for o in slowest if o.seconds)]

    def _skipped(self) -> list[str]:
        reasons = Counter(o.message or "no reason given" for o in self.outcomes if o.verdict == "skipped")
        return ["skipped:", *(f"  {count:3} x {reason}" for reason, count in reasons.most_common())] if reasons else []

    def _red(self, red: Sequence[Outcome]) -> list[str]:
        if not red:
            return []
        few = len(red) <= LOCATIONS_ON_ONE_LINE
        words = [*(outcome.location for outcome in red)] if few else [f"@{RERUN_FILE}"]
        again = shlex.join([*words, *(word for option in self.said for word in ("-D", option))])
        return ["red:", *(f"  {o.verdict:7} {o.location}  {o.name}" for o in red), f"run them again: behave {again}"]


def _short(place: str) -> str:
    """A path as seen from here, when it lies below."""
    path = Path(place)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else place
