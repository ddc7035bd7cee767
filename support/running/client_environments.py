"""The interpreter environments that the selected scenarios need: made before the run, once on a machine, in the parent.

A scenario names client versions in its sentences; what cannot be had is a reason to skip it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from behave.exception import ConfigError
from behave.model import Scenario

from support.environments import Environment, UnavailableError, is_made, make, named_in

FOLDER = "call_logging"
"""The features whose sentences name client versions."""


@dataclass(frozen=True)
class Clients:
    """The environments of a run: the interpreter of each by its name, and why the others cannot be had."""

    pythons: Mapping[str, Path] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def reason_to_skip(self, scenario: Scenario) -> str | None:
        """Why a scenario cannot be run: a version that it names cannot be had."""
        for environment in wanted_by(scenario):
            if why := self.missing.get(environment.name):
                told = ", ".join(f"{package} {version}" for package, version in environment.packages.items())
                return f"the environment with {told} cannot be had: {why}"
        return None


def wanted_by(scenario: Scenario) -> list[Environment]:
    """The environments whose versions a scenario's sentences name. Raises ConfigError for versions that none holds."""
    if Path(scenario.filename).parent.name != FOLDER:
        return []
    try:
        return [environment for step in scenario.all_steps for environment in named_in(step.name)]
    except LookupError as fault:
        raise ConfigError(f"{scenario.location}: {fault}") from fault


def prepare(scenarios: Iterable[Scenario]) -> Clients:
    """Have every environment that is needed; what must be made is told line by line, since it takes seconds."""
    wanted = {environment.name: environment for scenario in scenarios for environment in wanted_by(scenario)}
    unmade = [name for name, environment in wanted.items() if not is_made(environment)]
    pythons, missing = {}, {}
    for name, environment in wanted.items():
        begun = time.monotonic()
        if name in unmade:
            told = ", ".join(f"{package} {version}" for package, version in environment.packages.items())
            _tell(f"making client environment {unmade.index(name) + 1} of {len(unmade)}: {told}")
        try:
            pythons[name] = make(environment)
        except UnavailableError as reason:
            missing[name] = str(reason)
        if name in unmade:
            ended = f"cannot be had: {missing[name]}" if name in missing else "made, and kept for later runs"
            _tell(f"    {ended} ({time.monotonic() - begun:.1f} s)")
    return Clients(pythons, missing)


def _tell(line: str) -> None:
    print(line, file=sys.__stderr__, flush=True)
