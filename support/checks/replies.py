"""Samples of replies: what was asked, what came back, which tools were used on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.world import World

KIND, LAST = "sample", "the last"


@dataclass(frozen=True)
class Use:
    """One tool call as the assistant told of it; arguments that are no JSON are text."""

    name: str
    arguments: Any
    outcome: str

    def __str__(self) -> str:
        return f"{self.name}({self.arguments}): {self.outcome}"


@dataclass(frozen=True)
class Reply:
    """One attempt of a sample. `unasked` says why the model could not be asked; then nothing else counts."""

    number: int
    """From 1, in the order of asking."""
    to: str
    """Who asked."""
    asked: str
    text: str = ""
    uses: Sequence[Use] = ()
    code: str | None = None
    """The error that the user was told of; None for a reply that ended as it should."""
    unasked: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    """What the row of a table says of this attempt besides the question."""
    first_chunk_s: float | None = None
    """Seconds until its first piece came; None without any."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Of a document: what its answer says of it."""

    @property
    def place(self) -> str:
        """What it is called in messages."""
        return f"reply {self.number} to {self.to}"

    def transcript(self) -> str:
        """Who said what, as evidence."""
        lines = [f"{self.to}: {self.asked}", *(f"  [{use}]" for use in self.uses)]
        lines.append(f"not asked: {self.unasked}" if self.unasked else f"assistant: {self.text}")
        return "\n".join([*lines, f"error: {self.code}"] if self.code and not self.unasked else lines)


@dataclass(frozen=True)
class Sample:
    """The replies of one scenario's `When`."""

    replies: Sequence[Reply]

    @property
    def asked(self) -> list[Reply]:
        """Those that were asked."""
        return [reply for reply in self.replies if reply.unasked is None]

    def texts(self) -> dict[str, list[str]]:
        """What was replied, by who asked."""
        found: dict[str, list[str]] = {}
        for reply in self.asked:
            found.setdefault(reply.to, []).append(reply.text)
        return found


def keep(world: World, sample: Sample) -> None:
    """Remember what was replied."""
    world.remember(KIND, LAST, sample)


def sample(world: World) -> Sample:
    """The replies of this scenario; a clear error when nothing was asked."""
    found: Sample = world.recall(KIND, LAST)
    return found
