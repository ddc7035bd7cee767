"""What parent and workers say to each other over their pipe; all of it plain data."""

from __future__ import annotations

from dataclasses import dataclass

from support.running.records import ContainerRecord, ScenarioRecord
from support.running.selection import Key


@dataclass(frozen=True)
class Ready:
    """The worker has its systems and takes units."""


@dataclass(frozen=True)
class Unable:
    """The worker cannot work at all: the error of before_all."""

    reason: str


@dataclass(frozen=True)
class Started:
    """A scenario begins."""

    key: Key


@dataclass(frozen=True)
class Finished:
    """A scenario has its final status."""

    key: Key
    record: ScenarioRecord


@dataclass(frozen=True)
class UnitDone:
    """A unit is through: how the hooks of its feature, and of its rules by their line, ended."""

    feature: int
    containers: tuple[tuple[int | None, ContainerRecord], ...]
    goes_on: bool
    """False when the worker takes no further unit (interrupted, or aborted by a step)."""


@dataclass(frozen=True)
class Problem:
    """Something outside any scenario that makes the run red."""

    text: str


@dataclass(frozen=True)
class Notice:
    """Something to be told at the end that does not change the verdict."""

    text: str


Message = Ready | Unable | Started | Finished | UnitDone | Problem | Notice
