"""Proves that the features about configuration leave out no setting of the suite or of a backend, and that the README's
tables of settings are those that the commands print."""

import importlib
from functools import cache
from pathlib import Path

import pytest
from behave.model import ScenarioOutline
from pydantic import BaseModel

from support.clients.command import SUBJECTS
from support.configuring import environment_name, markdown, rows
from support.processes.commands import ACCEPTANCE
from support.settings import Settings
from tests.hygiene.suite import ROOT, features, scenarios

BACKENDS = sorted(path.parent.name for path in (ROOT / "support/backends").glob("*/settings.py"))


def model(program: str) -> type[BaseModel]:
    if program == ACCEPTANCE:
        return Settings
    found: type[BaseModel] = importlib.import_module(f"support.backends.{program}.settings").Settings
    return found


MODELS = {name: model(each.program) for name, each in SUBJECTS.items() if each.show}
SETTINGS = [
    (subject, name, environment_name(info))
    for subject, each in MODELS.items()
    for name, info in each.model_fields.items()
    if name != "configuration_file"
]


@cache
def examples(file: str, title: str) -> list[dict[str, str]]:
    """The rows of all outlines of a file whose title has these words."""
    assert features()
    return [
        dict(zip(row.headings, row.cells, strict=True))
        for each in scenarios()
        if each.path.name == file and title in each.scenario.name and isinstance(each.scenario, ScenarioOutline)
        for table in each.scenario.examples
        for row in table.table.rows
    ]


def test_every_backend_is_a_subject() -> None:
    assert sorted({each.program for each in SUBJECTS.values()} - {ACCEPTANCE}) == BACKENDS


@pytest.mark.parametrize(("subject", "setting", "variable"), SETTINGS)
def test_precedence_is_shown_for_every_setting(subject: str, setting: str, variable: str) -> None:
    found = [
        row
        for row in examples("precedence.feature", "is taken from the most explicit place")
        if (row["subject"], row.get("setting"), row["variable"]) == (subject, setting, variable)
    ]
    assert len(found) == 1


@pytest.mark.parametrize(("subject", "setting", "_variable"), SETTINGS)
def test_every_setting_is_mutated(subject: str, setting: str, _variable: str) -> None:
    assert [
        row
        for row in examples("refusals.feature", "refuses <setting> as <value>")
        if (row["subject"], row["setting"]) == (subject, setting)
    ]


@pytest.mark.parametrize("subject", MODELS)
def test_which_file_is_read_is_shown_for_every_command(subject: str) -> None:
    variable = environment_name(MODELS[subject].model_fields["configuration_file"])
    assert {"subject": subject, "variable": variable} in examples("precedence.feature", "Which file")


@pytest.mark.parametrize("subject", MODELS)
def test_the_readme_has_the_table_that_the_command_prints(subject: str) -> None:
    table = markdown(rows(MODELS[subject].model_construct(), {}))
    assert table in Path(ROOT, "README.md").read_text(encoding="utf-8")
