"""The log that the call-logging SDK keeps, as a stranger reads it: files of JSON lines, and a registry beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Milliseconds = int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Location(_Strict):
    """Where in the program a call was made."""

    file: str = Field(min_length=1)
    line_number: str = Field(alias="lineNumber", pattern=r"^\d+$")


class Output(_Strict):
    """What the model said."""

    content: str


class Record(_Strict):
    """One line of the log. Times are unix milliseconds. `tag` is empty for a call without one."""

    duration_ms: Milliseconds = Field(alias="durationMs", ge=0)
    tag: str
    input: list[dict[str, JsonValue]]
    output: Output
    model: str = Field(min_length=1)
    model_params: dict[str, JsonValue] = Field(alias="modelParams")
    start_time_ms: Milliseconds = Field(alias="startTimeMs", gt=0)
    end_time_ms: Milliseconds = Field(alias="endTimeMs", gt=0)
    url: str
    location: Location


class Entry(_Strict):
    """What the registry knows of one line of a program."""

    line_number: str = Field(alias="lineNumber", pattern=r"^\d+$")
    tag: str
    first_seen: str = Field(alias="firstSeen")
    last_seen: str = Field(alias="lastSeen")
    count: int = Field(gt=0)


class Registry(_Strict):
    """The registry: entries by file and line."""

    version: Literal[1] = Field(alias="schema")
    files: dict[str, dict[str, Entry]]

    @property
    def entries(self) -> Mapping[tuple[str, str], Entry]:
        """The entries by file and line."""
        return {(file, line): entry for file, lines in self.files.items() for line, entry in lines.items()}


@dataclass(frozen=True)
class Log:
    """The data folder of a program that logs."""

    folder: Path

    def lines(self) -> list[str]:
        """Every line of every file of events, in the order of the files and of the lines."""
        files = sorted((self.folder / "events").glob("*.jsonl"), key=lambda file: int(file.stem))
        return [line for file in files for line in file.read_text(encoding="utf-8").splitlines(keepends=True)]

    def plain(self) -> list[dict[str, Any]]:
        """Every line as JSON. Raises ValueError for one that is none."""
        return [json.loads(line) for line in self.lines()]

    def records(self) -> list[Record]:
        """Every line, checked. Raises ValidationError for one that is not of the documented schema."""
        return [Record.model_validate_json(line) for line in self.lines()]

    def registry(self) -> Registry:
        """The registry, checked. Raises ValidationError, FileNotFoundError."""
        return Registry.model_validate_json((self.folder / "_registry.json").read_text(encoding="utf-8"))

    def files(self) -> list[str]:
        """Every file in the folder, by its path in it; empty when there is no folder."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())
