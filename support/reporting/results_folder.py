"""The folder of Allure results: emptied at the start of a run, but only of what is Allure's."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from behave.exception import ConfigError

from support import places

PRODUCED = (
    "*-result.json",
    "*-container.json",
    "*-globals.json",
    "*-attachment.*",
    "*-perf.json",
    "environment.properties",
    "executor.json",
    "*.json.tmp",
    "*-attachment.*.tmp",
)
"""What a run writes, and the next one removes."""

NO_RESULT = "is no result of a scenario: run again what it was, or remove the file"

KEPT = ("categories.json", "history", ".gitkeep", ".gitignore")
"""What a user puts there for the report: neither foreign nor removed."""


class UnreadableError(Exception):
    """A file of a results folder that no run wrote, or that was cut off: says which, and the remedy."""


def read(file: Path, *needed: str) -> dict[str, Any]:
    """The JSON object of a result or a container, which has these fields. Raises UnreadableError."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        missing = [field for field in needed if field not in told.keys()]  # noqa: SIM118 - an object, no list or text
    except (OSError, ValueError, AttributeError) as fault:
        raise UnreadableError(f"{file} {NO_RESULT}") from fault
    if missing:
        raise UnreadableError(f"{file} {NO_RESULT}")
    return dict(told)


def prepare(folder: Path) -> None:
    """Make the folder, or empty it of an earlier run's results.

    Raises ConfigError, with nothing removed, when the path is no folder that can be written, or
    holds anything that is not Allure's.
    """
    if why := places.why_no_folder(folder):
        raise ConfigError(f"the results folder {folder} {why}")
    entries = sorted(folder.iterdir())
    produced = {entry for entry in entries if _is(entry, PRODUCED) and not entry.is_dir()}
    foreign = [entry.name for entry in entries if entry not in produced and not _is(entry, KEPT)]
    if foreign:
        shown = ", ".join(foreign[:5]) + (", …" if len(foreign) > 5 else "")
        message = (
            f"the results folder {folder} is not emptied, since it holds what is not Allure's: {shown}. "
            "Name another folder, or move those files away"
        )
        raise ConfigError(message)
    for entry in produced:
        entry.unlink(missing_ok=True)


def _is(entry: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(entry.name, pattern) for pattern in patterns)
