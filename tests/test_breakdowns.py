"""Proves that a log is read on from where it was read last, and that every form of a traceback in it is told."""

import json
import traceback
from pathlib import Path

import pytest

from support.running.breakdowns import Logs


def _told(failure: BaseException) -> str:
    return "".join(traceback.format_exception(failure))


def _raise() -> None:
    try:
        raise KeyError("inner")
    except KeyError as inner:
        raise ValueError("the outer") from inner


def _raised() -> Exception:
    with pytest.raises(ValueError, match="outer") as raised:
        _raise()
    return raised.value


def _group() -> Exception:
    with pytest.raises(ExceptionGroup) as raised:
        raise ExceptionGroup("many", [_raised()])
    return raised.value


def test_every_failure_is_told_once(tmp_path: Path) -> None:
    log, logs = tmp_path / "log", Logs()
    assert logs.news(log) == [], "nothing was logged yet"
    log.write_text("INFO: begun\nWARNING: a failure that was foreseen: KeyError: 'x'\n")
    assert logs.news(log) == []
    with log.open("a") as file:
        file.write(f"ERROR: it broke\n{_told(_raised())}INFO: it goes on\n")
    assert logs.news(log) == ["KeyError: 'inner'", "ValueError: the outer"]
    assert logs.news(log) == []


def test_a_log_that_was_begun_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    log, logs = tmp_path / "log", Logs()
    log.write_text("x" * 5000)
    logs.news(log)
    log.write_text(_told(_raised()))
    assert logs.news(log) == ["KeyError: 'inner'", "ValueError: the outer"]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (_raised(), ["KeyError: 'inner'", "ValueError: the outer"]),
        (_group(), ["ExceptionGroup: many (1 sub-exception)", "KeyError: 'inner'", "ValueError: the outer"]),
    ],
)
def test_a_traceback_within_a_line_of_json_is_told_too(tmp_path: Path, failure: Exception, told: list[str]) -> None:
    log = tmp_path / "log"
    log.write_text(json.dumps({"message": "it broke", "traceback": _told(failure)}) + "\n")
    assert Logs().news(log) == told
