"""What the scripted model says in a rehearsal of real AI, scenario by scenario.

A rehearsal runs every line of a `@real_ai` scenario but the real model. A file here goes with a feature; in it a table
goes with a scenario, by its title:

    [["A client under stress is met with empathy"]]
    when = { system_contains = "Jaimee" }           # fields of the model's conditions; left out: any request
    turns = [{ text = "That sounds exhausting." }]  # turns as the model takes them, one for each request …
    repeat = true                                   # … and from the start again; false: once

    [["A client under stress is met with empathy"]]
    judge = "empathetic"                            # the judge of this criterion …
    passes = ["sounds exhausting"]                  # … passes replies that hold one of these, and quotes it,
    fails = ["is commonly caused"]                  # … and fails those that hold one of these

What is on neither list has no answer, so that a reply that nobody wrote is decided by nobody.
"""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from support.clients.model import Condition, ScriptedModel, Turn

FOLDER = Path(__file__).parent
EVERYWHERE = "everywhere"
"""The file whose scripts hold for every scenario, behind the scenario's own."""


class RehearsalError(Exception):
    """A script that cannot be used: the file, the scenario and the fault."""


class Script(BaseModel):
    """One entry of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Condition = Condition()
    turns: Sequence[Turn] = ()
    repeat: bool = True
    judge: str | None = None
    passes: Sequence[str] = ()
    fails: Sequence[str] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Script:
        if bool(self.turns) == bool(self.judge):
            raise ValueError("has turns, or a judge with what passes and fails")
        return self

    def put_to(self, model: ScriptedModel) -> None:
        """Have the model play it."""
        if self.judge is None:
            model.script(*self.turns, when=self.when, repeat=self.repeat)
            return
        header = {"x-client-request-id": f"judge/*/{self.judge}/*"}
        for verdict, quote in self._verdicts():
            when = Condition(header=header, last_user_contains=quote)
            model.script(Turn.saying(_opinion(verdict, quote)), when=when, repeat=True)

    def _verdicts(self) -> Iterator[tuple[str, str]]:
        """What fails comes first: a reply that holds both fails."""
        yield from (("fail", quote) for quote in self.fails)
        yield from (("pass", quote) for quote in self.passes)


@functools.cache
def scripts() -> Mapping[str, Sequence[Script]]:
    """Every scenario's scripts by its title. Raises RehearsalError."""
    found: dict[str, Sequence[Script]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for title, entries in _read(path).items():
            if title in found:
                raise RehearsalError(f'{path}: "{title}" is rehearsed in another file, too')
            found[title] = [_checked(path, title, entry) for entry in entries]
    return found


def prompt(model: ScriptedModel, title: str) -> None:
    """Have the scripted model play a scenario; one without scripts gets those that hold everywhere."""
    for script in (*scripts().get(title, ()), *scripts().get(EVERYWHERE, ())):
        script.put_to(model)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise RehearsalError(f"{path}: {fault}") from fault


def _checked(path: Path, title: str, entry: Any) -> Script:
    try:
        return Script.model_validate(entry)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RehearsalError(f'{path}: "{title}": {where}: {first["msg"]}') from fault


def _opinion(verdict: str, quote: str) -> str:
    told = {
        "criterion": "REHEARSAL: this verdict was written beforehand.",
        "quotes": [quote],
        "reasoning": "REHEARSAL: the script knows this passage.",
        "verdict": verdict,
    }
    return json.dumps(told)
