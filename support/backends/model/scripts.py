"""Scripts: what the model will answer, to whom, in which order. The control port takes them; see control.py."""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from support.backends.spoiling import SentHeaders

from . import references
from .asked import Api, Asked
from .gates import Gate
from .refusals import unscripted

Finish = Literal["stop", "length", "tool_calls", "content_filter"]
Delay = Annotated[float, Field(ge=0, le=600)]
ToolName = Annotated[str, Field(min_length=1, max_length=128)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ScriptedCall(_Strict):
    """A tool call; `arguments` as text are sent as they are, valid JSON or not."""

    name: ToolName
    arguments: dict[str, JsonValue] | str = Field(default_factory=dict)
    id: Annotated[str, Field(min_length=1)] | None = None

    @field_validator("arguments")
    @classmethod
    def _references(cls, arguments: Any) -> Any:
        return _checked(arguments)


class ScriptedError(_Strict):
    """An error answer; without a body it is the provider's own for that status, with `message` in it."""

    status: Annotated[int, Field(ge=400, le=599)]
    message: str | None = None
    code: str | None = None
    type: str | None = None
    param: str | None = None
    body: JsonValue = None
    headers: SentHeaders = Field(default_factory=dict)
    retry_after: Annotated[float, Field(ge=0, le=3600)] | None = None


class Turn(_Strict):
    """One answer."""

    text: str | list[str] | None = None
    tool_calls: list[ScriptedCall] = Field(default_factory=list)
    refusal: Annotated[str, Field(min_length=1)] | None = None
    empty: bool = False
    finish: Finish | None = None
    error: ScriptedError | None = None
    malformed: bool | str = False
    delay_s: Delay = 0.0
    chunk_delay_s: Delay = 0.0
    cut_after: Annotated[int, Field(ge=0)] | None = None

    @field_validator("text")
    @classmethod
    def _references(cls, text: Any) -> Any:
        return _checked(text)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        says = self.text is not None or bool(self.tool_calls) or self.refusal is not None
        spoilt = self.error is not None or self.malformed is not False
        kinds = [says, self.empty, self.error is not None, self.malformed is not False]
        if sum(kinds) > 1:
            raise ValueError("text with tool_calls or refusal, empty, error, malformed: only one of them")
        if not (any(kinds) or self.finish):
            raise ValueError("needs text, tool_calls, refusal, empty, finish, error or malformed")
        if spoilt and (self.finish or self.cut_after is not None or self.chunk_delay_s):
            raise ValueError("finish, cut_after and chunk_delay_s have no meaning with error or malformed")
        if self.refusal is not None and (self.text is not None or self.tool_calls):
            raise ValueError("refusal goes with neither text nor tool_calls")
        return self


class Condition(_Strict):
    """Which requests a script answers: all that is given must hold. Upper and lower case are told apart."""

    system_contains: str | None = None
    last_user_contains: str | None = None
    any_user_contains: str | None = None
    tool_result: bool | ToolName | None = None
    model: str | None = None
    api: Api | None = None
    header: dict[str, str] = Field(default_factory=dict)
    offers_tool: ToolName | None = None

    def holds(self, asked: Asked) -> bool:
        """Whether it holds for this request."""
        return all(
            (
                self.system_contains is None or self.system_contains in asked.system,
                self.last_user_contains is None or self.last_user_contains in "".join(asked.user_texts[-1:]),
                self.any_user_contains is None or any(self.any_user_contains in text for text in asked.user_texts),
                self.tool_result is None or _ends_with_result(self.tool_result, asked),
                self.model is None or self.model == asked.model,
                self.api is None or self.api == asked.api,
                all(_header_is(asked, name, pattern) for name, pattern in self.header.items()),
                self.offers_tool is None or any(tool.name == self.offers_tool for tool in asked.tools),
            )
        )

    def brief(self) -> str:
        """In one line."""
        given = self.model_dump(exclude_defaults=True)
        return ", ".join(f"{name} {value!r}" for name, value in given.items()) or "any request"


class Script(_Strict):
    """Turns, taken in order by the requests that `when` holds for; with `repeat`, from the start again."""

    name: Annotated[str, Field(min_length=1)] | None = None
    when: Condition = Field(default_factory=Condition)
    turns: Annotated[list[Turn], Field(min_length=1)]
    repeat: bool = False
    held_until: Annotated[int, Field(ge=1, le=1000)] | Literal["opened"] | None = None

    def gate(self) -> Gate | None:
        """A gate before its answers, closed; None when they are not held."""
        if self.held_until is None:
            return None
        return Gate(None if self.held_until == "opened" else self.held_until)


@dataclass
class Standing:
    """A script in force, and how far it got."""

    id: str
    script: Script
    gate: Gate | None
    taken: int = 0

    @property
    def name(self) -> str:
        """Its name, or else its id."""
        return self.script.name or self.id

    @property
    def left(self) -> int | None:
        """How many turns are left; None: without end."""
        return None if self.script.repeat else len(self.script.turns) - self.taken

    @property
    def bound(self) -> bool:
        """Whether it answers certain requests only."""
        return self.script.when != Condition()

    def shown(self) -> dict[str, Any]:
        """As the control port shows it."""
        return {
            "id": self.id,
            "taken": self.taken,
            "left": self.left,
            **self.script.model_dump(exclude_defaults=True),
            "name": self.name,
        }


@dataclass(frozen=True)
class Cue:
    """The turn that answers a request: of which script, and the how-manieth (from 1) that this script gives."""

    script: str
    script_id: str
    number: int
    turn: Turn
    gate: Gate | None = None


class Scripts:
    """The scripts in force, oldest first."""

    def __init__(self) -> None:
        self.standing: list[Standing] = []
        self._numbers = itertools.count(1)

    def add(self, script: Script) -> Standing:
        """Put a script in force."""
        standing = Standing(f"script-{next(self._numbers)}", script, script.gate())
        self.standing.append(standing)
        return standing

    def take(self, asked: Asked) -> Cue:
        """The next turn for this request, which is thereby used up. Raises Refusal when no script has one."""
        found = next(self.matching(asked), None)
        if found is None:
            raise unscripted(self._unmatched(asked), "no_script")
        turns = found.script.turns
        turn = turns[found.taken % len(turns)]
        found.taken += 1
        return Cue(found.name, found.id, found.taken, turn, found.gate)

    def matching(self, asked: Asked) -> Iterator[Standing]:
        """The scripts with turns left that answer this request: bound ones before unbound ones, then the oldest."""
        for standing in sorted(self.standing, key=lambda each: not each.bound):
            if standing.left != 0 and standing.script.when.holds(asked):
                yield standing

    def open_gates(self) -> int:
        """Let go all answers that are held, now and later; how many gates there are."""
        gates = [standing.gate for standing in self.standing if standing.gate is not None]
        for gate in gates:
            gate.open()
        return len(gates)

    def remove(self, script_id: str) -> bool:
        """Take a script out of force; False when there is none of that id."""
        kept = [standing for standing in self.standing if standing.id != script_id]
        removed = len(kept) < len(self.standing)
        self.standing[:] = kept
        return removed

    def clear(self) -> int:
        """Take all out of force; how many."""
        count = len(self.standing)
        self.standing.clear()
        return count

    def _unmatched(self, asked: Asked) -> str:
        left = [f"{each.name} ({each.script.when.brief()})" for each in self.standing if each.left != 0]
        used = [each.name for each in self.standing if each.left == 0]
        told = f"scripts with turns left: {'; '.join(left) or 'none'}"
        if used:
            told += f"; used up: {', '.join(used)}"
        return f"The scripted model has no answer to this {asked.brief()}. {told[0].upper()}{told[1:]}."


def _checked(template: Any) -> Any:
    try:
        references.check(template)
    except references.ReferenceFaultError as fault:
        raise ValueError(str(fault)) from None
    return template


def _ends_with_result(wanted: bool | str, asked: Asked) -> bool:
    if isinstance(wanted, bool):
        return bool(asked.fresh_results) is wanted
    return any(result.tool == wanted for result in asked.fresh_results)


def _header_is(asked: Asked, name: str, pattern: str) -> bool:
    value = asked.headers.get(name.lower())
    return value is not None and fnmatch.fnmatchcase(value, pattern)
