"""Proves that every scenario of real AI about the assistant is rehearsed, and that each script is of one of them."""

from pathlib import Path

import pytest

from support import rehearsal
from support.rehearsal import RehearsalError, Script
from tests.hygiene.suite import scenarios

ROOM = "real_assistant"


def test_every_scenario_is_rehearsed_and_every_script_has_a_scenario() -> None:
    asking = {each.scenario.name: each.path.parent.name for each in scenarios() if "real_ai" in each.tags}
    here = {title for title, room in asking.items() if room == ROOM}
    scripts = set(rehearsal.scripts()) - {rehearsal.EVERYWHERE}
    assert here
    assert here - scripts == set()
    assert scripts - set(asking) == set()


def test_every_scenario_of_that_room_asks_a_real_model() -> None:
    assert [each.place for each in scenarios() if each.path.parent.name == ROOM and "real_ai" not in each.tags] == []


def test_whoever_is_judged_is_passed_and_failed_by_something_that_is_said() -> None:
    """A scripted judge that knows no way to fail would prove nothing."""
    for title, scripts in rehearsal.scripts().items():
        said = " ".join(str(turn.text) for script in scripts for turn in script.turns)
        for script in scripts:
            if script.judge is not None:
                assert script.fails, title
                assert all(quote in said for quote in script.passes), title
                assert not any(quote in said for quote in script.fails), title


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[["a"]]\nturns = 7', r'x\.toml: "a": turns'),
        ('[["a"]]\nrepeat = true', "has turns, or a judge"),
        ('[["a"]]\njudge = "empathetic"\nturns = [{ text = "x" }]', "has turns, or a judge"),
        ('[["a"]]\nwhen = { mood = "good" }\nturns = [{ text = "x" }]', "mood"),
        ("[[a", r"x\.toml"),
    ],
)
def test_a_spoilt_script_is_refused_by_its_file(
    text: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.toml").write_text(text)
    monkeypatch.setattr(rehearsal, "FOLDER", tmp_path)
    rehearsal.scripts.cache_clear()
    try:
        with pytest.raises(RehearsalError, match=fault):
            rehearsal.scripts()
    finally:
        rehearsal.scripts.cache_clear()


def test_a_reply_that_holds_both_fails() -> None:
    script = Script(judge="empathetic", passes=["kind"], fails=["cold"])
    assert [verdict for verdict, _ in script._verdicts()] == ["fail", "pass"]
