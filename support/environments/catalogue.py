"""Which environments there are: `clients.toml`, and beside it the lock of each."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Environment:
    """One set of client versions. `lock` is a requirements file with everything that belongs to it, pinned."""

    name: str
    packages: Mapping[str, str]
    lock: str

    @property
    def key(self) -> str:
        """What tells it from any other: everything in it, the interpreter that it is for, the kind of machine."""
        told = "\n".join((self.lock, sys.version, sys.base_prefix, platform.machine()))
        return f"{self.name}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    @property
    def requirements(self) -> str:
        """The versions that were chosen, as pip writes them."""
        return "".join(f"{package}=={version}\n" for package, version in self.packages.items())

    def holds(self, wanted: Mapping[str, str]) -> bool:
        """Whether all of these versions are in it."""
        return wanted.items() <= self.packages.items()


@cache
def catalogue(folder: Path = HERE) -> tuple[Environment, ...]:
    """Every environment, in the order of the file."""
    told = tomllib.loads((folder / "clients.toml").read_text(encoding="utf-8"))
    return tuple(Environment(name, packages, lock_of(name, folder)) for name, packages in told.items())


def lock_file(name: str, folder: Path = HERE) -> Path:
    """Where the lock of an environment is kept."""
    return folder / "locks" / f"{name}.txt"


def lock_of(name: str, folder: Path = HERE) -> str:
    """Everything that belongs to an environment, pinned; empty where that was never done."""
    file = lock_file(name, folder)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def holding(wanted: Mapping[str, str]) -> Environment:
    """The first environment that holds these versions. Raises LookupError when there is none."""
    for environment in catalogue():
        if environment.holds(wanted):
            return environment
    told = " and ".join(f"{package} {version}" for package, version in wanted.items())
    raise LookupError(f"no environment of {HERE.name}/clients.toml holds {told or 'nothing'}")


def named_in(text: str) -> list[Environment]:
    """The environments that a sentence names by client versions: `openai 2.54.0 and httpx 0.28.1` is one.

    A client with several versions names several. Raises LookupError for versions that no environment holds.
    """
    known = {package for environment in catalogue() for package in environment.packages}
    pairs = [pair for pair in re.findall(r"([a-z][\w.-]*) (\d[\w.]*\w)", text) if pair[0] in known]
    if len({package for package, _ in pairs}) < len(pairs):
        return [holding({package: version}) for package, version in pairs]
    return [holding(dict(pairs))] if pairs else []
