"""Proves that a log that is not exactly what was asked and answered is found out, whatever is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from support.checks import call_logging as checks
from support.clients.call_logging import Log
from support.clients.model import Received
from support.deeds.call_logging import PROGRAM, Asked, Machine, Program
from support.processes.interpreters import Run
from support.world import World

HTTPX = Asked("httpx", "How late is it?", ("Five ", "o'clock."), tag="clock")
STREAM = Asked("httpx stream", "And now?", ("Six.",), takes_s=0.2)
BEGUN = 1_800_000_000.0
HOST = "127.0.0.1:4000"
ROWS = [{"asked by": "httpx"}, {"asked by": "httpx stream"}]


def body(each: Asked) -> dict[str, Any]:
    return {"model": each.model, "messages": [{"role": "user", "content": each.question}], "max_tokens": 9}


def received(number: int, each: Asked) -> Received:
    told: dict[str, Any] = dict.fromkeys(Received.model_fields)
    told |= {"number": number, "request_id": "r", "method": "POST", "path": "/v1/chat/completions"}
    told |= {"headers": {"host": HOST}, "started": BEGUN, "stream": each.streams, "chunks": 0, "hung_up": False}
    return Received(**{**told, "cut": False, "body": body(each), "messages": body(each)["messages"]})


def record(it: Program, each: Asked) -> dict[str, Any]:
    file, line = it.line(each.way)
    return {
        "durationMs": 300,
        "tag": each.tag,
        "input": body(each)["messages"],
        "output": {"content": each.answer},
        "model": each.model,
        "modelParams": {"max_tokens": 9},
        "startTimeMs": int(BEGUN * 1000),
        "endTimeMs": int(BEGUN * 1000) + 300,
        "url": f"http://{HOST}/v1/chat/completions",
        "location": {"file": file, "lineNumber": line},
    }


@pytest.fixture
def it(tmp_path: Path) -> Program:
    (tmp_path / "program").symlink_to(PROGRAM)
    calls = [
        {"question": each.question, "answer": each.answer, "error": None, "begun": BEGUN, "ended": BEGUN + 0.4}
        for each in (HTTPX, STREAM)
    ]
    report = {"refusal": None, "before": [], "sdk alone": [], "pid": 7, "calls": calls}
    return Program(
        Path("python"),
        tmp_path,
        {},
        {},
        asked=[HTTPX, STREAM],
        runs=[Run(7, 0, "", ("trainloop_llm_logging", "requests", "httpx"), 1.0)],
        reports=[report],
        received=[received(1, HTTPX), received(2, STREAM)],
    )


@pytest.fixture
def world(it: Program) -> World:
    world = World(cast("Any", SimpleNamespace()), "test")
    world.remember("logging program", "it", it)
    write(it, [record(it, HTTPX), record(it, STREAM)])
    return world


def write(it: Program, records: list[dict[str, Any]], registry: Mapping[str, Any] | None = None) -> None:
    folder = it.folder / "data"
    (folder / "events").mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{json.dumps(each)}\n" for each in records)
    (folder / "events" / "1800000000000.jsonl").write_text(lines, encoding="utf-8")
    entries: dict[str, dict[str, Any]] = {}
    for each in records:
        file, line = each["location"]["file"], each["location"]["lineNumber"]
        entry = {"lineNumber": line, "tag": each["tag"] or "untagged", "firstSeen": "f", "lastSeen": "l", "count": 1}
        entries.setdefault(file, {})[line] = entry
    (folder / "_registry.json").write_text(json.dumps(registry or {"schema": 1, "files": entries}), encoding="utf-8")


def test_a_log_that_is_right_is_right(world: World) -> None:
    checks.holds(world, ROWS, None, in_order=True)
    checks.holds(world, [*reversed(ROWS)], None, in_order=False)
    checks.counted(world)
    checks.undisturbed(world)


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, tuple[Change, str]] = {
    "another model": (lambda one: one.update(model="gpt-4o"), "expected the model"),
    "another question": (lambda one: one["input"][0].update(content="Hm?"), "expected the input"),
    "another role": (lambda one: one["input"][0].update(role="system"), "expected the input"),
    "half an answer": (lambda one: one["output"].update(content="Five "), "expected the answer"),
    "no tag": (lambda one: one.update(tag=""), "expected the tag 'clock'"),
    "other parameters": (lambda one: one.update(modelParams={}), "expected parameters as sent"),
    "another line": (lambda one: one["location"].update(lineNumber="1"), "expected the line"),
    "another file": (lambda one: one["location"].update(file="/x.py"), "expected the file"),
    "another host": (lambda one: one.update(url="http://localhost:4000/v1/chat/completions"), "host and path"),
    "a duration that is not that of its times": (lambda one: one.update(durationMs=299), "duration in ms"),
    "times outside the call": (
        lambda one: one.update(startTimeMs=one["startTimeMs"] - 9, endTimeMs=one["endTimeMs"] - 9),
        "expected times within",
    ),
    "a field too many": (lambda one: one.update(status=200), "documented schema"),
    "a field too few": (lambda one: one.pop("url"), "documented schema"),
    "a number as text": (lambda one: one.update(durationMs="300"), "documented schema"),
    "a negative duration": (lambda one: one.update(durationMs=-1), "documented schema"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_record_that_is_wrong_is_found_out(world: World, it: Program, wrong: str) -> None:
    change, says = WRONG[wrong]
    first, second = record(it, HTTPX), record(it, STREAM)
    change(first)
    write(it, [first, second])
    with pytest.raises(AssertionError, match=says):
        checks.holds(world, ROWS, None, in_order=True)


def test_a_duration_shorter_than_the_answer_took_is_found_out(world: World, it: Program) -> None:
    late = record(it, STREAM)
    late.update(durationMs=100, endTimeMs=late["startTimeMs"] + 100)
    write(it, [record(it, HTTPX), late])
    with pytest.raises(AssertionError, match="expected 200 ms at least, is 100 ms"):
        checks.holds(world, ROWS, None, in_order=True)


@pytest.mark.parametrize(
    ("records", "says"),
    [([0], "expected 2 records, there are 1"), ([0, 1, 1], "there are 3"), ([1, 0], "expected the input")],
)
def test_records_that_are_lost_doubled_or_swapped_are_found_out(
    world: World, it: Program, records: list[int], says: str
) -> None:
    right = [record(it, HTTPX), record(it, STREAM)]
    write(it, [right[number] for number in records])
    with pytest.raises(AssertionError, match=says):
        checks.holds(world, ROWS, None, in_order=True)


def test_a_torn_line_is_found_out(world: World, it: Program) -> None:
    file = it.folder / "data" / "events" / "1800000000000.jsonl"
    file.write_text(file.read_text()[:-1], encoding="utf-8")
    with pytest.raises(AssertionError, match="line 2 of the log breaks off"):
        checks.holds(world, ROWS, None, in_order=True)


@pytest.mark.parametrize("stranger", ["data/notes.txt", "elsewhere/events/1.jsonl"])
def test_what_else_was_written_is_found_out(world: World, it: Program, stranger: str) -> None:
    (it.folder / stranger).parent.mkdir(parents=True, exist_ok=True)
    (it.folder / stranger).touch()
    with pytest.raises(AssertionError, match=r"expected (nothing but events|no other log)"):
        checks.holds(world, ROWS, None, in_order=True)


def test_a_log_where_none_should_be_is_found_out(world: World, it: Program) -> None:
    with pytest.raises(AssertionError, match=r"expected no log at all, there are \['data/events"):
        checks.no_log(world)
    it.folder = it.folder / "program"
    checks.no_log(world)


def test_a_program_that_was_refused_or_asked_nothing_proves_no_silence(world: World, it: Program) -> None:
    it.folder = it.folder / "program"
    it.received.clear()
    with pytest.raises(AssertionError, match="expected the number of calls"):
        checks.no_log(world)
    it.reports[0]["refusal"] = {"type": "ValueError", "text": "no folder"}
    with pytest.raises(AssertionError, match="the SDK refused to be initialised"):
        checks.no_log(world)


def test_a_registry_of_a_log_that_lacks_a_call_is_found_out(world: World, it: Program) -> None:
    write(it, [record(it, HTTPX)])
    with pytest.raises(AssertionError, match="of 2 calls 1 are in the log"):
        checks.counted(world)


def test_an_address_without_its_port_is_found_out(world: World, it: Program) -> None:
    first = {**record(it, HTTPX), "url": "http://127.0.0.1/v1/chat/completions"}
    write(it, [first, record(it, STREAM)])
    checks.holds(world, ROWS, None, in_order=True)
    with pytest.raises(AssertionError, match=r"expected an address at .*4000"):
        checks.holds(world, [{**ROWS[0], "address": "in full"}, ROWS[1]], None, in_order=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda entry: entry.update(count=2), "does not count every call"),
        (lambda entry: entry.update(tag="untagged"), "expected the registry to know the tags"),
        (lambda entry: entry.update(lineNumber="1"), "under another line"),
        (lambda entry: entry.pop("lastSeen"), "does not count every call"),
    ],
)
def test_a_registry_that_is_wrong_is_found_out(world: World, it: Program, change: Change, says: str) -> None:
    file, line = it.line("httpx")
    registry = json.loads((it.folder / "data" / "_registry.json").read_text())
    change(registry["files"][file][line])
    write(it, [record(it, HTTPX), record(it, STREAM)], registry)
    with pytest.raises(AssertionError, match=says):
        checks.counted(world)


@pytest.mark.parametrize(
    ("imported", "before", "says"),
    [
        (("httpx", "trainloop_llm_logging"), [], r"these were before: \['httpx'\]"),
        (("openai", "trainloop_llm_logging.exporter"), [], r"these were before: \['openai'\]"),
        (("requests",), [], r"these were before: \['requests'\]"),
        (("trainloop_llm_logging", "httpx"), ["httpx"], "expected no HTTP library before"),
    ],
)
def test_an_sdk_that_did_not_come_first_is_found_out(
    world: World, it: Program, imported: tuple[str, ...], before: list[str], says: str
) -> None:
    it.runs, it.reports[0]["before"] = [Run(7, 0, "", imported, 1.0)], before
    with pytest.raises(AssertionError, match=says):
        checks.came_first(world)


def test_a_process_that_was_not_its_own_is_found_out(world: World, it: Program) -> None:
    it.reports[0]["pid"] = 8
    with pytest.raises(AssertionError, match="a process of its own"):
        checks.came_first(world)


def test_a_refusal_is_looked_at_word_by_word(world: World, it: Program) -> None:
    it.folder = it.folder / "program"
    with pytest.raises(AssertionError, match="expected the SDK to refuse, it was initialised"):
        checks.refused(world, "RuntimeError", "httpx")
    it.reports[0]["refusal"] = {"type": "RuntimeError", "text": "before importing 'httpx'"}
    checks.refused(world, "RuntimeError", "'httpx'")
    for kind, words in (("ValueError", "'httpx'"), ("RuntimeError", "'openai'")):
        with pytest.raises(AssertionError, match=r"expected (ValueError|it to say)"):
            checks.refused(world, kind, words)


def test_a_program_that_is_disturbed_is_found_out(world: World, it: Program) -> None:
    it.reports[0]["calls"][0]["answer"] = "Six."
    with pytest.raises(AssertionError, match="expected the answer to the program"):
        checks.undisturbed(world)


def test_a_tag_that_left_the_program_is_found_out(world: World, it: Program) -> None:
    headers = {**it.received[0].headers, "x-trainloop-tag": "clock"}
    it.received[0] = it.received[0].model_copy(update={"headers": headers})
    with pytest.raises(AssertionError, match="the model saw the header x-trainloop-tag"):
        checks.undisturbed(world)


def test_a_call_that_was_made_twice_is_found_out(world: World, it: Program) -> None:
    it.received.append(it.received[0])
    with pytest.raises(AssertionError, match="number of calls"):
        checks.undisturbed(world)


def test_files_are_read_in_the_order_of_their_times(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    for name in ("1000", "999"):
        (tmp_path / "events" / f"{name}.jsonl").write_text(f'"{name}"\n', encoding="utf-8")
    assert Log(tmp_path).lines() == ['"999"\n', '"1000"\n']


@pytest.mark.parametrize(
    ("output", "code", "right"),
    [("a  b\nc  d\n", 0, True), ("a  b\n", 0, False), ("a  b\nc  d\n", 1, False), ("a  b\nc  d\ne  f\n", 0, False)],
)
def test_what_a_command_says_is_compared_line_by_line(tmp_path: Path, output: str, code: int, right: bool) -> None:
    world = World(cast("Any", SimpleNamespace()), "test")
    world.remember("machine", "it", Machine(tmp_path, Run(1, code, output, (), 1.0)))
    if right:
        checks.says(world, [("a", "b"), ("c", "d")], exactly=True)
    else:
        with pytest.raises(AssertionError, match=r"expected"):
            checks.says(world, [("a", "b"), ("c", "d")], exactly=True)


def test_what_a_command_left_behind_is_found_out(tmp_path: Path) -> None:
    machine = Machine(tmp_path, Run(1, 0, "", (), 1.0))
    machine.temporary.mkdir()
    world = World(cast("Any", SimpleNamespace()), "test")
    world.remember("machine", "it", machine)
    checks.left_nothing(world)
    (machine.temporary / "call-logging-x").mkdir()
    with pytest.raises(AssertionError, match=r"there is \['call-logging-x'\]"):
        checks.left_nothing(world)


def test_an_interpreter_that_tells_nothing_of_its_imports_proves_no_order(world: World, it: Program) -> None:
    it.runs[:] = [Run(7, 0, "", (), 1.0)]
    with pytest.raises(AssertionError, match="nothing of trainloop_llm_logging"):
        checks.came_first(world)


def test_a_port_or_an_id_is_no_status(world: World, it: Program) -> None:
    it.asked[:] = [Asked("httpx", "How late is it?", ("Five ",), status=404)]
    it.received[:] = it.received[:1]
    it.reports[0]["calls"][0]["error"] = {"type": "RuntimeError", "text": "http://127.0.0.1:40412 failed, req_9404a"}
    with pytest.raises(AssertionError, match="an error that says 404"):
        checks.undisturbed(world)
