"""Features that a team keeps outside of the suite: run with its sentences and hooks, and with sentences of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from behave.exception import ConfigError

from support.configuring import nearest
from support.running.systems import ROOMS

ROOT = Path(__file__).parents[2]
STEPS, HOOKS = "steps", "environment.py"


def outside(features: Iterable[str]) -> list[Path]:
    """Of these feature files those that are neither the suite's nor of a project with hooks of its own.

    Raises ConfigError for one whose folder does not say which systems it is about.
    """
    files = [Path(each).resolve() for each in features]
    ours = [file for file in files if not file.is_relative_to(ROOT) and not _is_of_another_project(file)]
    for file in ours:
        if file.parent.name not in ROOMS:
            message = f"{file}: its folder must be named as what it is about; {nearest(file.parent.name, ROOMS)}"
            raise ConfigError(message)
    return ours


def _is_of_another_project(file: Path) -> bool:
    """Whether the folder that behave would take for its project, the nearest with hooks or sentences, has hooks."""
    projects = (folder for folder in file.parents if (folder / HOOKS).is_file() or (folder / STEPS).is_dir())
    return any((folder / HOOKS).is_file() for folder in islice(projects, 1))


def sentences(features: Iterable[Path]) -> list[str]:
    """The folders of sentences beside the folders of these features: X/steps, X/features/steps of X/features/SYSTEM."""
    folders = dict.fromkeys(folder / STEPS for file in features for folder in file.parents[1:3])
    return [str(folder) for folder in folders if folder.is_dir()]
