"""The ledger of known bugs: scenarios that must run, must fail exactly as recorded, and turn red when they pass.

`support/known_bugs.toml` holds one `[[bug]]` per entry: `id`, `file`, `scenario` (title of the scenario or outline),
optional `rule` and `row` (the row's values by heading), `target` (one, or a list), `fails_with = { step, message }` and
`link`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from behave.model import Feature, Scenario
from behave.model_core import FileLocation
from behave.model_type import Status
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from support.configuring import nearest
from support.reporting.outcomes import identity, rule_of
from support.targets.models import FOLDER

LEDGER = Path(__file__).resolve().parent.parent / "known_bugs.toml"
FEATURES = LEDGER.parent.parent / "features"


class LedgerError(Exception):
    """The ledger cannot be used: the file, the entry, the fault and the remedy."""


class FailsWith(BaseModel):
    """The recorded failure: the step's text (without keyword) and a part of its message."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    step: str
    message: str


class KnownBug(BaseModel):
    """One entry of the ledger."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    file: str
    scenario: str
    rule: str | None = None
    row: dict[str, str] | None = None
    target: tuple[str, ...]
    fails_with: FailsWith
    link: str

    @field_validator("target", mode="before")
    @classmethod
    def _one_or_several(cls, target: object) -> object:
        return (target,) if isinstance(target, str) else target

    def is_about(self, scenario: Scenario) -> bool:
        """Whether this entry records that scenario."""
        title, row = identity(scenario)
        return (
            Path(scenario.filename).as_posix().endswith(self.file)
            and title == self.scenario
            and rule_of(scenario) == self.rule
            and (self.row is None or self.row == row)
        )

    def remedy(self, scenarios: Sequence[Scenario]) -> str:
        """What to correct, of an entry that is about none of these scenarios of its file."""
        meant = [scenario for scenario in scenarios if identity(scenario)[0] == self.scenario]
        if not meant:
            titles = {identity(scenario)[0] for scenario in scenarios}
            return f"no scenario is {self.scenario!r}; {nearest(self.scenario, titles)}"
        rules = dict.fromkeys(rule_of(scenario) for scenario in meant)  # each once, in their order
        if self.rule in rules:
            return f"no row is {self.row}; correct it"
        return " or ".join(f"write rule = {json.dumps(rule)}" if rule else "strike rule" for rule in rules)

    def fails_as_recorded(self, scenario: Scenario) -> bool:
        """Whether the scenario failed at the recorded step, by an assertion with the recorded message."""
        for step in scenario.all_steps:
            if step.status is Status.failed and isinstance(step.exception, AssertionError):
                return bool(step.name == self.fails_with.step and self.fails_with.message in str(step.exception))
        return False


def load(path: Path) -> list[KnownBug]:
    """Every entry. A missing file is an empty ledger. Raises LedgerError naming file and entry."""
    if not path.exists():
        return []
    bugs = []
    for number, entry in enumerate(_entries(path), 1):
        try:
            bugs.append(KnownBug.model_validate(entry))
        except ValidationError as fault:
            where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in fault.errors())
            message = f"{path}: [[bug]] number {number} ({entry.get('id', 'without id')}): {where}"
            raise LedgerError(message) from fault
    return bugs


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        ledger = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        message = f"{path} cannot be read ({fault.strerror}); correct -D known_bugs=…"
        raise LedgerError(message) from fault
    except ValueError as fault:  # no TOML, or no UTF-8
        message = f"{path}: {fault}; mend the file"
        raise LedgerError(message) from fault
    entries = ledger.pop("bug", [])
    if ledger or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        message = f"{path}: {next(iter(ledger), 'bug')!r} is no list of known bugs; begin each of them with [[bug]]"
        raise LedgerError(message)
    return entries


def for_run(
    userdata: Mapping[str, str], target: str, features: Sequence[Feature], locations: Sequence[FileLocation]
) -> list[KnownBug]:
    """The ledger of a run, checked; `-D known_bugs=FILE` names another file.

    Every entry, for whatever target, must name targets and a feature that there are: those of the suite, of this run,
    and beside the ledger. One for this target about a file that was parsed whole must name a scenario in it. Raises
    LedgerError.
    """
    path = Path(userdata.get("known_bugs", LEDGER))
    if "known_bugs" in userdata and not path.exists():
        message = f"{path}: there is no such ledger of known bugs; correct -D known_bugs=…"
        raise LedgerError(message)
    every = load(path)
    _check_targets(path, every, target)
    _check_files(path, every, features)
    bugs = [bug for bug in every if target in bug.target]
    in_part = {location.filename for location in locations if location.line}
    whole = [feature for feature in features if feature.filename not in in_part]
    for bug in bugs:
        parsed = [feature for feature in whole if Path(feature.filename).as_posix().endswith(bug.file)]
        scenarios = [scenario for feature in parsed for scenario in feature.walk_scenarios()]
        if parsed and not any(bug.is_about(scenario) for scenario in scenarios):
            message = f"{path}: {bug.id} names no scenario of {bug.file}: {bug.remedy(scenarios)}, or strike it"
            raise LedgerError(message)
    return bugs


def _check_targets(path: Path, bugs: Sequence[KnownBug], target: str) -> None:
    """Raises LedgerError for an entry whose target there is not: nothing would ever be looked up for it."""
    there = {each.name.partition(".")[0] for each in FOLDER.glob("*.toml*")} - {"capabilities"}
    known = {target, *there, *(each.stem for each in path.parent.glob("*.toml") if each != path)}
    for bug in bugs:
        for name in bug.target:
            if name not in known:
                remedy = f"{nearest(name, known)} One of your own is found beside the ledger"
                message = f"{path}: {bug.id}: there is no target {name!r}; {remedy}"
                raise LedgerError(message)


def _check_files(path: Path, bugs: Sequence[KnownBug], features: Sequence[Feature]) -> None:
    """Raises LedgerError for an entry about a feature that there is not."""
    known = [Path(feature.filename).as_posix() for feature in features]
    if strange := [bug for bug in bugs if not _ends_any(known, bug.file)]:
        folders = {folder.resolve() for folder in (FEATURES, Path("features"), path.parent / "features")}
        found = [each for folder in folders for each in folder.rglob("*.feature")]
        known += [each.as_posix() for each in found]
        for bug in strange:
            if not _ends_any(known, bug.file):
                names = {"/".join(Path(each).parts[-2:]) for each in known}
                remedy = f"{nearest(bug.file, names)} One of your own is found beside the ledger, in features/"
                message = f"{path}: {bug.id}: there is no feature {bug.file}; {remedy}"
                raise LedgerError(message)


def _ends_any(paths: Sequence[str], end: str) -> bool:
    return any(each.endswith(end) for each in paths)
