"""What one scenario knows: people and named things, the last answer, how to undo, and the systems it may talk to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.running.undo import Undo, Undoing

if TYPE_CHECKING:
    from support.clients.evaluation_platform.platform import Platform
    from support.running.worker import Worker


@dataclass
class World:
    """One per scenario, made fresh before it and thrown away after it. Steps reach it as `context.world`."""

    worker: Worker
    mark: str
    """Unique per run and scenario; part of every name that the scenario creates."""
    undoing: Undo = field(default_factory=Undo)
    answer: Any = None
    """The outcome of the last operation: a value, or a Refusal."""
    tellings: list[Callable[[], object]] = field(default_factory=list)
    """What is told of the scenario at its end, as evidence, before anything is undone."""
    advice: list[str] = field(default_factory=list)
    """What the step that runs would have decided, had its judge been calibrated: shown, and never a verdict."""
    first_chunks: list[float] = field(default_factory=list)
    """Seconds that people waited for the first piece of each reply."""
    _things: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def platform(self) -> Platform:
        """The evaluation platform, as the project that this worker's scenarios live in."""
        return self.worker.platform

    def unique(self, label: str) -> str:
        """The name under which the thing that the prose calls `label` is created: the same label, the same name."""
        return f"{label} [{self.mark}]"

    def label(self, name: str) -> str:
        """The prose's label of a unique name; a name that this scenario did not make is returned as it is."""
        return name.removesuffix(f" [{self.mark}]")

    def undo(self, description: str, action: Callable[[], object]) -> Undoing:
        """Register how a creation is taken back; run in reverse after the scenario, also when it fails."""
        return self.undoing.register(description, action)

    def advise(self, what: str) -> None:
        """Note a verdict that may not count: its step is skipped, and a scenario that else passes is, too."""
        self.advice.append(what)

    def remember(self, kind: str, label: str, value: Any) -> None:
        """Keep a thing under the name that the prose gives it."""
        self._things[kind, label] = value

    def named(self, kind: str) -> dict[str, Any]:
        """Everything of a kind that the prose has named, by its label, in the order of naming."""
        return {label: value for (known, label), value in self._things.items() if known == kind}

    def recall(self, kind: str, label: str) -> Any:
        """The thing that the prose calls `label`; a clear error when no step has made it."""
        if (kind, label) not in self._things:
            known = ", ".join(f'{k} "{n}"' for k, n in self._things) or "nothing"
            message = f'no step has made the {kind} "{label}"; this scenario knows {known}'
            raise LookupError(message)
        return self._things[kind, label]
