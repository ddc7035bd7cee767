"""Undo: every creation registers how it is taken back, at once; all of it is run in reverse, whatever fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Undoing:
    """One registered undo. `done()` forgets it, for what the scenario itself has taken back."""

    description: str
    action: Callable[[], object]
    forgotten: bool = False

    def done(self) -> None:
        """The scenario itself has undone it: nothing is left to do."""
        self.forgotten = True


@dataclass(frozen=True)
class UndoFailure:
    """What could not be taken back, and why."""

    description: str
    cause: Exception

    def __str__(self) -> str:
        return f"{self.description}: {type(self.cause).__name__}: {self.cause}"


@dataclass
class Undo:
    """The undo list of one scenario, last in, first out."""

    _list: list[Undoing] = field(default_factory=list)

    def register(self, description: str, action: Callable[[], object]) -> Undoing:
        """Register right after (or, where the answer may be lost, right before) a creation."""
        undoing = Undoing(description, action)
        self._list.append(undoing)
        return undoing

    def run(self) -> list[UndoFailure]:
        """Run everything in reverse; answer what failed. A failure never keeps the others from running."""
        failures = []
        while self._list:
            undoing = self._list.pop()
            if undoing.forgotten:
                continue
            try:
                undoing.action()
            except Exception as cause:  # noqa: BLE001 - every undo must get its turn, and each failure is told
                failures.append(UndoFailure(undoing.description, cause))
        return failures
