"""Proves the walk of docs/adopting.md with an assistant at an address: a persona and a crowd of a team's own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from support.backends.assistant.personas import PersonaFaultError, read
from tests.hygiene.suite import ROOT
from tests.test_adopting import ASSISTANT, PAGE, PERSONA, PLATFORM, run, staging

NIGHT, MONDAY = re.findall(r"```gherkin\n(.*?)```", PAGE, re.DOTALL)[1:]
SYSTEMS = {**PLATFORM, "model": 3, "practice": 8, "redis": 1, "assistant": 1}
CROWD_OF_PEOPLE = """
  @OURS-5
  Scenario: People who are made up in a practice that is not ours
    When 2 practitioners begin a session, all at once
    Then nothing failed

  @OURS-6 @needs.practice.control
  Scenario: People who are made up where they can be
    When 2 practitioners begin a session, all at once
    Then nothing failed
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A folder outside of the repository with the page's files."""
    for name, text in (
        ("clinic.toml", ASSISTANT),
        ("personas/night_nurse.toml", PERSONA),
        ("features/assistant/night.feature", NIGHT),
        ("features/load/monday.feature", MONDAY + CROWD_OF_PEOPLE),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_persona_and_a_crowd_of_one_s_own_are_asked_at_an_address(ours: Path) -> None:
    answers, sent, people, skipped = (
        "The night nurse answers in whispers",
        "Three programs send their spans at once, and none is lost",
        "People who are made up in a practice that is not ours",
        "People who are made up where they can be",
    )
    with staging(ours, systems=SYSTEMS, ASSISTANT_PERSONAS=str(ours / "personas")) as keys:
        model = keys["SCRIPTED_MODEL_CONTROL"]
        unsaid = run(ours, keys, str(ours / "features/assistant"), target="clinic")[1][answers]
        order = {"turns": [{"text": "Hush"}], "repeat": True}
        httpx.post(f"{model}/scripts", json=order).raise_for_status()
        code, told = run(ours, keys, "-D", "load=yes", str(ours / "features"), target="clinic")
        asked = httpx.get(f"{model}/received").json()["requests"][-1]
        (ours / "features/assistant/night.feature").write_text(NIGHT.replace('"night_nurse"', '"day_nurse"'))
        unknown = run(ours, keys, str(ours / "features/assistant"), target="clinic")[1][answers]
    assert (unsaid[0], "after the error" in unsaid[1]) == ("failed", True)
    assert (code, told[answers], told[sent]) == (1, ("passed", ""), ("passed", ""))
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("gpt-4o-mini", 0.2, 300)
    assert "in whispers" in str(asked["system"] or asked["messages"])
    assert told[people][0] == "broken"
    assert "the target clinic names no practice, which this scenario uses" in told[people][1]
    assert told[skipped][0] == "skipped"
    assert unknown[0] == "broken"
    assert 'Dr. Lee cannot chat with "day_nurse": ' in unknown[1]
    assert "night_nurse" in unknown[1]


def test_a_persona_file_that_cannot_be_used_ends_the_start_without_a_traceback(ours: Path) -> None:
    (ours / "personas" / "night_nurse.toml").write_text(PERSONA.replace("tools =", "tols ="), encoding="utf-8")
    command = [sys.executable, "-m", "support", "backends", "--only", "assistant"]
    environment = {"PYTHONPATH": str(ROOT), "ASSISTANT_PERSONAS": str(ours / "personas")}
    ran = subprocess.run(
        command, cwd=ours, env=environment, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert "The personas of the assistant cannot be used: 1 problem\n" in ran.stderr
    assert "  - tols (night_nurse.toml): Extra inputs are not permitted; did you mean tools?\n" in ran.stderr


@pytest.mark.parametrize(
    ("before", "after", "problems"),
    [
        ("[voice]", "[voices]", ["voice (n.toml): Field required; docs/persona.md", "voices (n.toml): Extra inputs"]),
        ('"get_user_profile"', '"get_user_profle"', ["tools (n.toml): there is no get_user_profle; did you mean get_"]),
        ("[voice]", '[pages.c]\ntools = ["x"]\n[voice]', ["pages.c.tools (n.toml): x is not among its tools; name it"]),
        ("= 300", "= ", ["TOML (n.toml): Invalid value (at line 4"]),
    ],
)
def test_each_fault_of_a_persona_file_is_told_by_its_field(before: str, after: str, problems: list[str]) -> None:
    with pytest.raises(PersonaFaultError) as caught:
        read("n", PERSONA.replace(before, after))
    assert [str(each)[: len(wanted)] for each, wanted in zip(caught.value.problems, problems, strict=True)] == problems
