"""Finding a target by name, and from it the address and key of a system."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from support.configuring import ConfigurationError, Problem, environment_name, load, nearest
from support.environments import is_made
from support.settings import Settings
from support.targets.models import FOLDER, SystemTarget, Target


@dataclass(frozen=True)
class Connection:
    """How a remote system is reached.

    `project` is None where the key alone tells it, `foreign_key` where no other team's is given.
    """

    address: str
    key: SecretStr
    project: str | None
    foreign_key: SecretStr | None = None


def names(folder: Path = FOLDER) -> list[str]:
    """The targets that can be chosen by name."""
    return sorted(path.stem for path in folder.glob("*.toml") if path.stem != "capabilities")


def find(target: str, folder: Path = FOLDER) -> Target:
    """The target of that name, or of that file when it ends in `.toml`; ConfigurationError when it is none."""
    path = Path(target) if target.endswith(".toml") else folder / f"{target}.toml"
    if not target.endswith(".toml") and target not in names(folder):
        fault = f"there is no target {target!r}"
        raise ConfigurationError(
            "The target is refused", [Problem("target", target, fault, nearest(target, names(folder)))]
        )
    found = load(Target, file=path, environment={}).value
    if found.name != path.stem:
        fault = f"is {found.name!r}, which is not the file's name"
        problem = Problem("name", f"file {path}", fault, f'write name = "{path.stem}", or rename the file')
        raise ConfigurationError("The target is refused", [problem])
    return found


def check(target: Target, settings: Settings) -> None:
    """Refuse a target whose systems lack settings or are not installed, before anything starts.

    Raises ConfigurationError for all of them.
    """
    problems = [problem for system in target.systems for problem in _lacking(target, system, settings)]
    if problems:
        raise ConfigurationError(f"The target {target.name} cannot be reached", problems)
    absent = [name for name, system in target.systems.items() if not _is_there(target, system)]
    if absent:
        fault, remedy = "is not installed on this machine", f"run `acceptance target install {target.name}`"
        raise ConfigurationError(
            f"The target {target.name} cannot be started",
            [Problem(name, f"target {target.name}", fault, remedy) for name in absent],
        )


def _is_there(target: Target, system: SystemTarget) -> bool:
    return system.installed is None or is_made(system.installed.kept_as(target.name))


def _lacking(target: Target, system: str, settings: Settings) -> list[Problem]:
    values, wanted = _by_variable(settings), target.systems[system].settings
    lacking = [
        Problem(
            name, "not given", f"the target {target.name} needs it for {system}", "set it in the environment or .env"
        )
        for name in (wanted.address, wanted.key, wanted.project)
        if name and not values[name]
    ]
    if wanted.key and wanted.foreign_key and values[wanted.key] and values[wanted.key] == values[wanted.foreign_key]:
        remedy = "give that of another project, or none"
        lacking.append(Problem(wanted.foreign_key, "given", f"is the same key as {wanted.key}", remedy))
    return lacking


def _by_variable(settings: Settings) -> dict[str, Any]:
    return {environment_name(info): getattr(settings, name) for name, info in Settings.model_fields.items()}


def connection(target: Target, system: str, settings: Settings) -> Connection:
    """Address, key and project of a system that is not embedded; ConfigurationError names every setting that lacks."""
    wanted: SystemTarget = target.systems[system]
    values = _by_variable(settings)
    if problems := _lacking(target, system, settings):
        raise ConfigurationError(f"The target {target.name} cannot be reached", problems)
    address = wanted.address or (values[wanted.settings.address] if wanted.settings.address else None)
    if address is None or wanted.settings.key is None:
        raise ValueError(f"{system} of the target {target.name} is started here: its launcher knows its address")
    project, foreign = (
        values[name] if name else None for name in (wanted.settings.project, wanted.settings.foreign_key)
    )
    return Connection(address, values[wanted.settings.key], project, foreign)
