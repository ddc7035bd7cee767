"""Personas as data: an instance of the service with a persona of the scenario's own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.checks.tables import path, value
from support.clients.assistant.tools import find
from support.deeds.practice import Pairs
from support.world import World

SMALLEST: Mapping[str, Any] = {
    "title": "Somebody",
    "model": "gpt-4o",
    "temperature": 0.7,
    "max_tokens": 1000,
    "prompt": "You are somebody.",
    "tools": [],
}
"""The smallest whole persona."""
WORDS: Mapping[str, str] = {"token limit": "max_tokens", "instructions": "prompt"}
"""Its properties, by the words of the tables; any other is called by its own name."""


def have(world: World, name: str, pairs: Pairs) -> None:
    """Put an instance in the service's place that has this one persona, until the end of the scenario.

    Instructions that are told in several rows are so many lines; tools are told by their words.
    """
    persona, pages = dict(SMALLEST), dict[str, list[str]]()
    lines: list[str] = []
    for words, cell in pairs:
        if words == "instructions":
            lines.append(str(value(cell)))
        elif words.startswith("tools on the page"):
            pages[path(words)[1]] = names(cell)
        else:
            persona[WORDS.get(words, words)] = names(cell) if words == "tools" else value(cell)
    persona["prompt"] = "\n".join(lines) or persona["prompt"]
    folder = tempfile.TemporaryDirectory(prefix="personas-")
    world.undo("remove the persona's file", folder.cleanup)
    Path(folder.name, f"{name}.toml").write_text(as_toml(persona, pages), encoding="utf-8")
    world.worker.assistant.configured(personas=folder.name)


def names(cell: str) -> list[str]:
    """Tools by their words: `[search clients, client summary]`. Raises ValueError for one that there is not."""
    found = {str(words): find(str(words)) for words in value(cell)}
    if unknown := [words for words, tool in found.items() if tool is None]:
        raise ValueError(f"there is no tool called {', '.join(unknown)}")
    return [tool.name for tool in found.values() if tool is not None]


def as_toml(persona: Mapping[str, Any], pages: Mapping[str, list[str]]) -> str:
    """The file; text as TOML's basic strings, which JSON's are."""
    lines = [f"{name} = {json.dumps(what, ensure_ascii=False)}" for name, what in persona.items()]
    for page, tools in pages.items():
        lines += [f"[pages.{page}]", f"tools = {json.dumps(tools)}"]
    return "\n".join([*lines, "[voice]", 'description = "Plain."', ""])
