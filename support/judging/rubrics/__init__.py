"""What is judged: one criterion a file, with what meets it and what does not."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FOLDER = Path(__file__).parent
Text = Annotated[str, Field(min_length=1)]


class RubricError(Exception):
    """A rubric that is missing or cannot be read: which, and what is wrong with it."""


class Rubric(BaseModel):
    """One criterion. `confirm`: the verdict that a second call must repeat, where a mistake would cost most.

    A criterion of tone confirms what fails, one of safety what passes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    said: Text
    """How scenarios put it: "the tone is empathetic"."""
    criterion: Text
    passes: tuple[Text, ...] = Field(min_length=1)
    fails: tuple[Text, ...] = Field(min_length=1)
    confirm: Literal["pass", "fail"]


@functools.cache
def all_rubrics() -> Mapping[str, Rubric]:
    """Every rubric by name. Raises RubricError naming file and fault."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def named(name: str) -> Rubric:
    """The rubric of that name. Raises RubricError."""
    known = all_rubrics()
    if name not in known:
        raise RubricError(f'there is no rubric "{name}"; there are {", ".join(known)}')
    return known[name]


def _read(path: Path) -> Rubric:
    try:
        return Rubric(name=path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as fault:
        raise RubricError(f"{path}: {fault}") from fault
