"""The results of several runs, such as the shares of one, in one folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from support.reporting import results_folder

FACTS = ("environment.properties", "executor.json")
"""What is the same for all shares: the first one's is taken."""


class MergeError(Exception):
    """Folders that cannot be merged."""


def merge(folders: Sequence[Path], into: Path) -> int:
    """Copy all results into one folder, which is emptied first; answers how many scenarios it holds.

    Raises MergeError for a folder without results or with one that cannot be read, for a scenario that is in two of
    them, and where a folder would be merged into itself.
    """
    seen: dict[str, Path] = {}
    for folder in folders:
        if folder.resolve() == into.resolve():
            raise MergeError(f"{folder} would be emptied before it is merged: name another folder with --into")
        results = sorted(folder.glob("*-result.json"))
        if not results:
            raise MergeError(f"{folder}: there are no results of a run")
        for file in results:
            scenario = _scenario(file)
            if scenario in seen:
                raise MergeError(f"{folder} and {seen[scenario]} hold the same scenario: are they shares of one run?")
            seen[scenario] = folder
    results_folder.prepare(into)
    for number, folder in enumerate(folders, start=1):
        for file in folder.iterdir():
            target = into / (f"{number}-{file.name}" if file.name.endswith("-perf.json") else file.name)
            if file.is_file() and not (file.name in FACTS and target.exists()):
                shutil.copy2(file, target)
    return len(seen)


def _scenario(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["historyId"])
    except (OSError, ValueError, LookupError, TypeError) as fault:
        raise MergeError(f"{file} is no result of a scenario: run the share again, or remove the file") from fault
