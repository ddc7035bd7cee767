"""The assistant's tools in words: which call to the practice each makes, how its arguments and results are called."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "/api/v1"


class Tool(BaseModel):
    """One tool; see tools.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    asks: str = ""
    then: str = ""
    sends: Mapping[str, str] = Field(default_factory=dict)
    words: Mapping[str, str] = Field(default_factory=dict)
    gives: Mapping[str, str] = Field(default_factory=dict)

    @property
    def spoken(self) -> str:
        """What it is called: `client summary` for get_client_summary."""
        return self.name.removeprefix("get_").replace("_", " ")

    def argument(self, words: str) -> str:
        """The argument that is called so; words that are none are made a name, since a model may invent arguments."""
        plain = words.replace(" ", "_")
        if words in self.words:
            return self.words[words]
        known = {*self.sends.values(), *re.findall(r"\{(\w+)\}", self.asks)}
        return next((name for name in (plain, f"{plain}_id") if name in known), USUAL.get(plain, plain))

    def said(self, argument: str) -> str:
        """How an argument is called: the opposite of `argument`."""
        other = {name: words for words, name in self.words.items()}
        return other.get(argument, argument.removesuffix("_id").replace("_", " "))

    def path(self, what: str, name: str | None = None) -> str:
        """Where its result holds something; of a list the entry that is named, or the first.

        Raises:
            ValueError: it holds no such thing; tells what it does.

        """
        if what not in self.gives:
            raise ValueError(f"{self.spoken} gives no {what}; it gives {', '.join(self.gives) or 'nothing'}")
        place = f"[{{}}={name}]" if name is not None else "[0]"
        return re.sub(r"\[([a-z]\w*)\]", lambda found: place.format(found[1]), f"result.{self.gives[what]}")


USUAL: Mapping[str, str] = {
    thing: f"{thing}_id"
    for thing in (
        *("client", "session", "conversation", "assignment", "template", "document", "homework"),
        *("appointment", "invoice", "note", "reminder", "practitioner"),
    )
}
"""Arguments that are ids, by the thing that they name."""


class Call(BaseModel):
    """One call to the practice in words: what was asked, with the arguments by their words, and whether it is known."""

    model_config = ConfigDict(frozen=True)

    names: tuple[str, ...]
    """The words of the tools that make such a call."""
    arguments: Mapping[str, Any]

    @property
    def spoken(self) -> str:
        """What it is called."""
        return self.names[0]


@functools.cache
def tools() -> Mapping[str, Tool]:
    """Every tool by name."""
    with Path(__file__).with_name("tools.toml").open("rb") as file:
        return {name: Tool(name=name, **entry) for name, entry in tomllib.load(file).items()}


def find(words: str) -> Tool | None:
    """The tool that is called so; None for a name in quotes, or one that no tool has."""
    plain = words.strip().replace(" ", "_")
    known = tools()
    return known.get(plain) or known.get(f"get_{plain}")


def understand(method: str, path: str, query: Mapping[str, Any], body: Any) -> Call:
    """A request that the practice received, in words. One that no tool makes is told as it is."""
    found = []
    for tool in tools().values():
        for asks, sends in ((tool.asks, tool.sends), (tool.then, {"content": "content"})):
            if asks and (ids := _matched(asks, method, path)) is not None:
                found.append((tool, ids, sends))
    asked, stray = (query, body) if method == "GET" or body is None else (body, query)
    given = dict(_flat(asked if isinstance(asked, Mapping) else {"body": asked}))
    if stray:  # where nobody looks for it
        return Call(names=(f"{method} {path}, in the wrong place {stray}",), arguments=given)
    for tool, ids, sends in found:
        if {name.partition(".")[0] for name in given} <= {*sends, "timezone"}:
            named = {tool.said(sends.get(name, name)): value for name, value in given.items()}
            names = tuple(dict.fromkeys(other.spoken for other, _, _ in found))
            return Call(names=names, arguments={**{tool.said(name): value for name, value in ids.items()}, **named})
    return Call(names=(f"{method} {path}",), arguments=given)


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Arguments, those within an object by `object.name`."""
    for name, what in given.items():
        if isinstance(what, dict):
            yield from ((f"{name}.{part}", each) for part, each in what.items())
        else:
            yield name, what


def _matched(asks: str, method: str, path: str) -> dict[str, str] | None:
    wanted_method, _, template = asks.partition(" ")
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(PREFIX + template))
    found = re.fullmatch(pattern, path) if wanted_method == method else None
    return found.groupdict() if found else None
