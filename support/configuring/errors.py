"""What is wrong with a configuration, all at once, in words that help."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault: the field (dotted where nested), where its value came from, what is wrong, what to do."""

    field: str
    origin: str
    fault: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line."""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.field} ({self.origin}): {self.fault}{remedy}"


class ConfigurationError(ValueError):
    """A configuration was refused. `problems` holds every fault found; none of them shows a secret."""

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{subject}: {len(self.problems)} problem{'s' * (len(self.problems) != 1)}{lines}")


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy that names the known name most like this one, or all of them when none is like it."""
    names = sorted(known)
    close = difflib.get_close_matches(name.lower(), [candidate.lower() for candidate in names], n=1)
    match = [candidate for candidate in names if candidate.lower() in close]
    if match:
        return f"did you mean {match[0]}?"
    return f"known are {', '.join(names)}" if names else ""
