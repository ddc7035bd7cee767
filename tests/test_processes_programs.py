"""Proves that programs answer from processes of their own, and that failing and hanging ones are told apart."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import programs
from support.processes.forkserver import ForkServer, ProcessError
from tests.processes_helpers import descriptors, runs

TARGETS = "tests.throwaway.targets"


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer([TARGETS, "support.processes.children"]) as server:
        yield server


def test_a_program_answers_and_ends_like_any_program(server: ForkServer) -> None:
    result = programs.run(server, f"{TARGETS}:double", {"number": 21}, {"MODE": "trial"}, 5)
    assert result.answer == {"double": 42, "mode": "trial"}
    assert result.exit_code == 0
    assert 0 < result.seconds < 5
    for line in ("doubling", "thread joined", "flushed at exit"):
        assert line in result.output


def test_an_answer_may_be_larger_than_a_pipe(server: ForkServer) -> None:
    size = 3_000_000
    assert programs.run(server, f"{TARGETS}:large", {"size": size}, {}, 10).answer == {"text": "x" * size}


def test_a_program_that_raises_is_a_result_without_an_answer(server: ForkServer) -> None:
    result = programs.run(server, f"{TARGETS}:fail", {}, {}, 5)
    assert result.exit_code == 1
    assert "ValueError: cannot go on" in result.output
    with pytest.raises(ProcessError, match="gave no answer, exit code 1"):
        _ = result.answer


def test_a_program_that_hangs_is_killed_and_reported(server: ForkServer, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with pytest.raises(programs.ProgramTimeoutError, match=r"did not end within 0\.5 s and was killed") as caught:
        programs.run(server, f"{TARGETS}:hang", {"pid_file": str(pid_file)}, {}, 0.5)
    assert "waiting for ever" in str(caught.value)
    assert not runs(int(pid_file.read_text()))


def test_programs_do_not_see_the_users_settings(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "MODE", "the user's own")
    assert programs.run(server, f"{TARGETS}:double", {"number": 1}, {}, 5).answer["mode"] is None


def test_programs_leave_no_descriptor(server: ForkServer) -> None:
    before = descriptors()
    for _ in range(3):
        programs.run(server, f"{TARGETS}:double", {"number": 1}, {}, 5)
    assert descriptors() == before
