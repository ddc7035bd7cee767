"""The results of several runs, such as the shares of one, in one folder."""

from __future__ import annotations

import json
import re
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.reporting import results_folder
from support.running.sharding import Shard

FACTS = "environment.properties"
SAME_FOR_ALL = (FACTS, "executor.json")
"""What is the same for all shares: the first one's is taken."""
SHARE = re.compile(r"^shard = (\d+/\d+)$", re.MULTILINE)


class MergeError(Exception):
    """Folders that cannot be merged."""


@dataclass(frozen=True)
class Merged:
    """How many scenarios were merged, and which shares of the run, such as "3/4", were not among the folders."""

    scenarios: int
    missing: tuple[str, ...]


def merge(folders: Sequence[Path], into: Path) -> Merged:
    """Copy all results into one folder, which is emptied first; it says itself which shares it lacks.

    Raises MergeError for a folder without results, for a scenario that is in two of them, for shares of different runs,
    and where a folder would be merged into itself; UnreadableError for a result that cannot be read.
    """
    seen: dict[str, Path] = {}
    for folder in folders:
        if folder.resolve() == into.resolve():
            raise MergeError(f"{folder} would be emptied before it is merged: name another folder with --into")
        results = sorted(folder.glob("*-result.json"))
        if not results:
            raise MergeError(f"{folder}: there are no results of a run")
        for file in results:
            scenario = str(results_folder.read(file, "historyId")["historyId"])
            if scenario in seen:
                raise MergeError(f"{folder} and {seen[scenario]} hold the same scenario: are they shares of one run?")
            seen[scenario] = folder
    shares = {folder: share for folder in folders if (share := _share(folder))}
    missing = _missing(shares)
    results_folder.prepare(into)
    for number, folder in enumerate(folders, start=1):
        for file in folder.iterdir():
            target = into / (f"{number}-{file.name}" if file.name.endswith("-perf.json") else file.name)
            if file.is_file() and not (file.name in SAME_FOR_ALL and target.exists()):
                shutil.copy2(file, target)
    _tell(into, sorted(shares.values(), key=lambda share: share.number), missing)
    return Merged(len(seen), missing)


def _share(folder: Path) -> Shard | None:
    """Which share of a run these results are; None for a whole one."""
    facts = folder / FACTS
    found = SHARE.search(facts.read_text(encoding="utf-8", errors="replace")) if facts.is_file() else None
    return Shard.parse(found[1]) if found else None


def _missing(shares: Mapping[Path, Shard]) -> tuple[str, ...]:
    """The shares that are not here. Raises MergeError for shares of runs that were split differently."""
    for folder, share in shares.items():
        first, one = next(iter(shares.items()))
        if share.of != one.of:
            raise MergeError(f"{first} is share {one}, and {folder} {share}: merge one run")
    numbers = {share.number for share in shares.values()}
    of = max((share.of for share in shares.values()), default=0)
    return tuple(str(Shard(number, of)) for number in range(1, of + 1) if number not in numbers)


def _tell(into: Path, shares: Sequence[Shard], missing: Sequence[str]) -> None:
    """Say in the merged results which shares they are, and as an error of the run which they lack."""
    if not shares:
        return
    told = ", ".join(map(str, shares)) + (f"; missing: {', '.join(missing)}" if missing else "")
    facts = (into / FACTS).read_text(encoding="utf-8")
    (into / FACTS).write_text(SHARE.sub(f"shard = {told}", facts), encoding="utf-8")
    if missing:
        error = {"message": f"{lacking(missing)}: not all scenarios are here", "timestamp": int(time.time() * 1000)}
        file = into / f"{uuid.uuid4()}-globals.json"
        file.write_text(json.dumps({"attachments": [], "errors": [error]}), encoding="utf-8")


def lacking(missing: Sequence[str]) -> str:
    """In words that these shares are missing."""
    share, are = ("share", "is") if len(missing) == 1 else ("shares", "are")
    return f"the {share} {', '.join(missing)} {are} missing"
