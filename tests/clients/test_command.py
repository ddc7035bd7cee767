"""Proves that a command run as a black box is seen from outside: what it says, reads, writes and starts."""

from collections.abc import Iterator

import pytest

from support.clients.command import Box, Commands


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    made = Commands([])
    yield made
    made.close()


@pytest.fixture
def suite(commands: Commands) -> Iterator[Box]:
    box = commands.box("suite")
    yield box
    box.close()


def test_settings_are_told_in_every_place_and_shown(suite: Box) -> None:
    suite.told.argument = {"target": "a"}
    suite.told.command_line = {"hh_project": "b"}
    suite.told.environment = {"HH_API_KEY": "hush-key"}
    suite.told.dotenv = {"CI": "yes"}
    suite.told.file = {"load": True}
    ended = suite.show()
    assert ended.exit_code == 0
    origins = {name: shown.origin for name, shown in ended.settings.items() if shown.origin != "default"}
    assert origins == {
        "target": "argument",
        "hh_project": "command line",
        "hh_api_key": "environment variable HH_API_KEY",
        "ci": ".env line 1",
        "load": "file acceptance.json",
    }
    assert suite.secrets == ["hush-key"]
    assert ended.deeds == (("reads", ".env"), ("reads", "acceptance.json"))
    assert not ended.started


def test_what_is_written_and_started_is_noticed(suite: Box) -> None:
    assert "writes written.json" in suite.show("--write", "written.json").started
    (suite.folder / "features").mkdir()
    (suite.folder / "steps").mkdir()
    suite.put("environment.py", "")
    suite.put("features/a.feature", "Feature: A\n  Scenario: B\n    When c\n")
    suite.put("steps/a.py", "from behave import when\n@when('c')\ndef c(context): pass\n")
    ended = suite.run(["--runner", "support.running.runner:Runner", "-f", "plain", "features"], "behave")
    assert any(deed.startswith("starts a process") for deed in ended.started), ended
    assert ended.exit_code == 0


def test_a_cold_start_does_the_same(suite: Box) -> None:
    suite.told.environment = {"ACCEPTANCE_TARGTE": "a"}
    ended = suite.run_cold()
    assert (ended.exit_code, ended.output.count("did you mean ACCEPTANCE_TARGET?")) == (2, 1)


def test_a_command_that_does_not_end_is_ended(commands: Commands) -> None:
    box = commands.box("evaluation platform")
    ended = box.run([])
    assert ended.exit_code is None
    assert any(deed.startswith("listens") for deed in ended.started)
    box.close()
