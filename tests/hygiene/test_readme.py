"""Proves that the README names only what there is: commands, make targets, files, and the settings as they are."""

import re

import pytest
from behave.configuration import Configuration
from typer.testing import CliRunner

from support.cli import app
from support.running.configuration import OPTIONS, read
from support.running.selection import Selection
from support.running.sharding import Shard
from support.settings import Settings
from tests.hygiene.suite import ROOT, features

README = (ROOT / "README.md").read_text(encoding="utf-8")


def acceptance(*arguments: str) -> str:
    """What the console script prints."""
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_the_table_of_settings_is_fresh() -> None:
    table = acceptance("settings", "--markdown").strip()
    assert "`ACCEPTANCE_TARGET`" in table
    assert table in README, "put the output of `acceptance settings --markdown` into README.md"


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bacceptance ([a-z]+)", README)) - {"tests"}))
def test_every_command_of_the_console_script_exists(command: str) -> None:
    assert acceptance(command, "--help").lstrip().startswith("Usage:")


def test_every_make_target_exists() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)", README)) - {"lists"} <= set(targets)


def test_every_file_exists() -> None:
    made_by_runs = {"allure-results/", "junit/", "rerun.txt", "spending.json", ".env", ".venv/"}
    named = set(re.findall(r"[`\s]((?:\.?[\w-]+/)+[\w.-]*)", README)) | set(re.findall(r"`([\w-]+\.[a-z]+)`", README))
    meant = {name for name in named if "NAME" not in name and "<" not in name} - made_by_runs
    assert {name for name in meant if not (ROOT / name).exists() and not name.startswith(".venv")} == set()


def test_every_option_exists() -> None:
    assert set(re.findall(r"-D (\w+)=", README)) - {"name"} <= {*OPTIONS, *Settings.model_fields}


EXAMPLES = re.findall(r"^    behave (.*?)(?:\s+#.*)?$", README, re.MULTILINE)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_selects_something(example: str) -> None:
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', example)]
    config = Configuration(words)
    read(config.userdata)
    files = {word for word in words if word.endswith(".feature")}
    assert config.paths == (sorted(files) or ["features"])
    meant = [feature for feature in features() if not files or feature.filename in files]
    assert len(meant) == len(files or features())
    assert Selection(meant, config, shard=Shard.parse(config.userdata.get("shard", "1/1"))).keys
