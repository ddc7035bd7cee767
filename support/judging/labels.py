"""Labelled sets: replies of which it is known whether they meet a criterion, and who says so.

`labelled/<criterion>.jsonl` holds an item a line. What a person says outweighs what anybody else says, and of several
people the last; an item that no person has labelled is provisional.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from support.judging.transcripts import Transcript

FOLDER = Path(__file__).parent / "labelled"
LEAST_ITEMS = 60
"""Fewer say too little about a judge."""

Answer = Literal["pass", "fail"]
Text = Annotated[str, Field(min_length=1)]


class LabelError(Exception):
    """A labelled set that is missing or cannot be read: the file, the line and the fault."""


class Label(BaseModel):
    """Who says what, when. `person` is false for a program, whatever it calls itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Answer
    by: Text
    person: bool
    on: date


class Item(BaseModel):
    """A reply to what somebody said. `kind` tells what makes it hard: a near miss, an attempt at injection."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    kind: Text
    asked: Text
    reply: Text
    labels: tuple[Label, ...] = Field(min_length=1)

    @property
    def best(self) -> Label:
        """The label that counts."""
        return max(enumerate(self.labels), key=lambda numbered: (numbered[1].person, numbered[0]))[1]

    @property
    def label(self) -> Answer:
        """What the label that counts says."""
        return self.best.label

    @property
    def provisional(self) -> bool:
        """Whether no person has labelled it."""
        return not self.best.person

    @property
    def transcript(self) -> Transcript:
        """As a judge is shown it: without the label."""
        return Transcript.of(self.asked, self.reply)


class LabelledSet(BaseModel):
    """All items of one criterion, in the order of the file."""

    model_config = ConfigDict(frozen=True)

    criterion: str
    items: tuple[Item, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> LabelledSet:
        ids = [item.id for item in self.items]
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"several items are called {', '.join(sorted(twice))}")
        return self

    @property
    def provisional(self) -> int:
        """How many items no person has labelled."""
        return sum(item.provisional for item in self.items)

    @property
    def base_rate(self) -> float:
        """The share of items that pass."""
        return sum(item.label == "pass" for item in self.items) / len(self.items)

    @property
    def fingerprint(self) -> str:
        """A hash of texts and labels: a calibration holds for exactly these. Who labelled them is not part of it."""
        told = [(item.id, item.asked, item.reply, item.label) for item in self.items]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def labelled(self, item_id: str, label: Label) -> LabelledSet:
        """With one more label."""
        items = tuple(
            item.model_copy(update={"labels": (*item.labels, label)}) if item.id == item_id else item
            for item in self.items
        )
        return self.model_copy(update={"items": items})


def path(criterion: str, folder: Path = FOLDER) -> Path:
    """Where the set of a criterion stands."""
    return folder / f"{criterion}.jsonl"


def load(criterion: str, folder: Path = FOLDER) -> LabelledSet:
    """The labelled set of a criterion. Raises LabelError."""
    file = path(criterion, folder)
    if not file.is_file():
        raise LabelError(f'{file}: there is no labelled set for "{criterion}"')
    items = []
    # By "\n" alone: a reply may hold other signs that end a line, which JSON leaves as they are.
    for number, line in enumerate(file.read_text(encoding="utf-8").removesuffix("\n").split("\n"), 1):
        try:
            items.append(Item.model_validate_json(line))
        except ValidationError as fault:
            raise LabelError(f"{file}, line {number}: {_first(fault)}") from fault
    try:
        return LabelledSet(criterion=criterion, items=tuple(items))
    except ValidationError as fault:
        raise LabelError(f"{file}: {_first(fault)}") from fault


def save(labelled: LabelledSet, folder: Path = FOLDER) -> None:
    """Write a set; the file is replaced in one go, so that an interruption loses nothing."""
    file = path(labelled.criterion, folder)
    fresh = file.with_suffix(".new")
    fresh.write_text(_lines(labelled.items), encoding="utf-8")
    fresh.replace(file)


def _lines(items: Sequence[Item]) -> str:
    return "".join(f"{json.dumps(item.model_dump(mode='json'), ensure_ascii=False)}\n" for item in items)


def _first(fault: ValidationError) -> str:
    first = fault.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
