"""What is asserted of a program's log: exactly what was asked and answered, by three accounts, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from support.clients.call_logging import Record
from support.deeds.call_logging import Asked, Machine, Program, program
from support.processes.interpreters import Run
from support.reporting.evidence import shortened
from support.world import World

SLACK_S = 0.005
"""Clocks are read in whole milliseconds."""
SHOWN = 400
"""Characters of a value in a message."""
ANYTHING = "(anything)"
SDK, GUARDED = "trainloop_llm_logging", ("requests", "httpx", "httpx2", "openai", "anthropic", "litellm", "aiohttp")
Rows = Sequence[Mapping[str, str]]


def holds(world: World, rows: Rows, place: str | None, *, in_order: bool) -> None:
    """The log holds a record of each of these calls, as it was, in the documented schema, and nothing else.

    A row names the call by the way in which it was asked; of its other columns, those that are filled count, too.
    What was asked and answered is known by the program's account, by the script and, of a scripted model, by its own.

    Raises:
        AssertionError: any of it does not hold.

    """
    it = program(world)
    came_first(world)
    expected = [_meant(it, row) for row in rows]
    expected = [pair for pair in expected for _ in range(pair[0].times * len(it.runs))]
    records = _records(it, place)
    shown = "\n".join(f"  {_short(record.input)} -> {_short(record.output.content)}" for record in records)
    wanted = f"{len(expected)} record{'' if len(expected) == 1 else 's'}"
    assert len(records) == len(expected), f"expected {wanted}, there are {len(records)}:\n{shown}"
    unmatched = list(records)
    for each, row in expected:
        record = unmatched[0] if in_order else _of(each, unmatched)
        unmatched.remove(record)
        _is_of(it, record, each, row)
    _nothing_else(it, place)


def _meant(it: Program, row: Mapping[str, str]) -> tuple[Asked, Mapping[str, str]]:
    meant = [
        each
        for each in it.asked
        if each.way == row["asked by"] and row.get("question", each.question) in ("", each.question)
    ]
    if len(meant) != 1:
        raise LookupError(f"{len(meant)} calls were asked by {row['asked by']}: name it by its question, too")
    return meant[0], row


def _of(each: Asked, records: Sequence[Record]) -> Record:
    found = next((record for record in records if _question(record) == each.question), None)
    assert found is not None, f"no further record has the question {each.question!r}"
    return found


def _question(record: Record) -> Any:
    return record.input[-1].get("content") if record.input else None


def _records(it: Program, place: str | None) -> list[Record]:
    log = it.log(place)
    for number, line in enumerate(log.lines(), 1):
        assert line.endswith("\n"), f"line {number} of the log breaks off: {_short(line)}"
    try:
        return log.records()
    except ValidationError as fault:
        raise AssertionError(f"a line of the log is not of the documented schema: {_short(str(fault))}") from fault


def _is_of(it: Program, record: Record, each: Asked, row: Mapping[str, str]) -> None:
    """One record tells one call, as it was."""
    where = f"the record of {each.way}"
    messages = [{"role": "user", "content": each.question}]
    _same(where, "input", record.input, messages)
    _same(where, "model", record.model, each.model)
    _same(where, "tag", record.tag, row.get("tag") or each.tag)
    if row.get("answer") != ANYTHING:
        said = {call["answer"] for call in it.calls(each.question)}
        expected = " or ".join(map(_short, said))
        found = record.output.content
        assert found in said, f"{where}: expected the answer {expected}, is {_short(found)}"
        if not it.real:
            _same(where, "answer", record.output.content, each.answer)
    if not it.real:
        bodies = [call.body for call in it.received if call.messages == messages]
        sent = [{k: v for k, v in body.items() if k not in ("messages", "model")} for body in bodies]
        assert record.model_params in sent, f"{where}: expected parameters as sent, {sent}, are {record.model_params}"
    _took_its_time(it, record, each, where)
    _was_asked_there(it, record, each, row, where)


def _same(where: str, what: str, actual: object, expected: object) -> None:
    assert actual == expected, f"{where}: expected the {what} {_short(expected)}, is {_short(actual)}"


def _short(what: object) -> str:
    """A value as a message shows it."""
    return shortened(repr(what), SHOWN)


def _took_its_time(it: Program, record: Record, each: Asked, where: str) -> None:
    """Its times lie within a call as the program's own clock saw it, and its duration is theirs."""
    _same(where, "duration in ms", record.duration_ms, record.end_time_ms - record.start_time_ms)
    begun, ended = record.start_time_ms / 1000, record.end_time_ms / 1000
    calls = [(call["begun"], call["ended"]) for call in it.calls(each.question)]
    fits = [one for one in calls if one[0] - SLACK_S <= begun and ended <= one[1] + SLACK_S]
    assert fits, f"{where}: expected times within one of the calls {calls}, are {begun} to {ended}"
    least = each.takes_s * 1000
    assert record.duration_ms >= least, f"{where}: expected {least:g} ms at least, is {record.duration_ms} ms"


def _was_asked_there(it: Program, record: Record, each: Asked, row: Mapping[str, str], where: str) -> None:
    """Its location is the line of the program that asked, of a stream the program; its address that of the model."""
    file, line = it.line(each.way)
    _same(where, "file", record.location.file, file)
    if not each.streams:
        _same(where, "line", record.location.line_number, line)
    if not it.real:
        path = "/v1/messages" if "anthropic" in each.way.lower() else "/v1/chat/completions"
        url = urlsplit(record.url)
        _same(where, "host and path", (url.hostname, url.path), (each.at, path))
        if row.get("address") == "in full":
            ports = {call.headers["host"] for call in it.received}
            assert url.netloc in ports, f"{where}: expected an address at {ports}, is {record.url}"


def _nothing_else(it: Program, place: str | None) -> None:
    """The folder of the log holds one file of events and the registry; there is no other log anywhere."""
    log = it.log(place)
    files = log.files()
    strangers = [name for name in files if name != "_registry.json" and not name.startswith("events/")]
    assert not strangers, f"expected nothing but events and a registry in the log, there are {strangers}"
    others = [path for path in it.folder.rglob("*.jsonl") if log.folder not in path.parents]
    assert not others, f"expected no other log, there is {others}"


def no_log(world: World) -> None:
    """Nothing at all was written, no event and no registry, by a program that was logging, and answered.

    Raises:
        AssertionError: something was, or the SDK refused, or nobody asked.

    """
    came_first(world)
    undisturbed(world)
    nothing_written(world)


def nothing_written(world: World) -> None:
    """Nothing at all was written: no event, no registry.

    Raises:
        AssertionError: something was.

    """
    it = program(world)
    found = [str(path.relative_to(it.folder)) for path in it.folder.rglob("*.jsonl")]
    found += [str(path.relative_to(it.folder)) for path in it.folder.rglob("_registry.json")]
    assert not found, f"expected no log at all, there are {found}"


def counted(world: World, place: str | None = None) -> None:
    """The registry has an entry for every line of the program in the log, with its last tag and how often it called.

    Raises:
        AssertionError: it has not, or is no registry at all.

    """
    it = program(world)
    log = it.log(place)
    records = log.records()
    asked = sum(each.times for each in it.asked) * len(it.runs)
    assert len(records) == asked > 0, f"of {asked} calls {len(records)} are in the log, so that this proves nothing"
    counts = Counter((record.location.file, record.location.line_number) for record in records)
    tags = {(record.location.file, record.location.line_number): record.tag for record in records}
    try:
        entries = log.registry().entries
    except (ValidationError, FileNotFoundError) as fault:
        raise AssertionError(f"the registry does not count every call: {fault}") from fault
    told = {place: entry.count for place, entry in entries.items()}
    assert told == counts, f"the registry does not count every call: expected {dict(counts)}, it has {told}"
    named = {place: entry.tag for place, entry in entries.items()}
    wanted = {place: tag or "untagged" for place, tag in tags.items()}
    assert named == wanted, f"expected the registry to know the tags {wanted}, it has {named}"
    misplaced = [entry for place, entry in entries.items() if entry.line_number != place[1]]
    assert not misplaced, f"entries of the registry stand under another line than theirs: {misplaced}"


def refused(world: World, kind: str, saying: str) -> None:
    """Every program's SDK refused to be initialised, by this error, and nothing was written.

    Raises:
        AssertionError: it was initialised, or refused for another reason.

    """
    for report in program(world).reports:
        refusal = report["refusal"]
        assert refusal is not None, "expected the SDK to refuse, it was initialised"
        assert refusal["type"] == kind, f"expected {kind}, was {refusal['type']}: {refusal['text']}"
        assert saying in refusal["text"], f'expected it to say "{saying}", it says: {refusal["text"]}'
    nothing_written(world)


def came_first(world: World) -> None:
    """The SDK was initialised before any HTTP library was imported: by the program's account and the interpreter's.

    Raises:
        AssertionError: it was not, or refused.

    """
    it = program(world)
    assert it.runs, "no program has run"
    pids = {report["pid"] for report in it.reports} & {run.pid for run in it.runs}
    assert len(pids) == len(it.runs), "expected a process of its own for each program"
    for run, report in zip(it.runs, it.reports, strict=True):
        assert report["refusal"] is None, f"the SDK refused to be initialised: {report['refusal']}"
        for when in ("before", "sdk alone"):
            assert not report[when], f"expected no HTTP library before the SDK is initialised, there are {report[when]}"
        order = list(run.imported)
        began = next((at for at, name in enumerate(order) if name.partition(".")[0] == SDK), len(order))
        early = [name for name in GUARDED if name in order[:began]]
        assert not early, f"expected {SDK} to be imported first, these were before: {early}"
        assert began < len(order), f"the interpreter tells nothing of {SDK} among its {len(order)} imports"


def undisturbed(world: World) -> None:
    """The program was answered as if nobody logged, and the model was asked nothing more and saw no tag.

    Raises:
        AssertionError: an answer or an error was another, or the model saw the tag.

    """
    it = program(world)
    for each in it.asked:
        for call in it.calls(each.question):
            if each.status is None:
                _same(each.way, "answer to the program", call["answer"], each.answer)
            else:
                said = (call["error"] or {}).get("text", "nothing")
                assert re.search(rf"\b{each.status}\b", said), (
                    f"expected an error that says {each.status}, the program met {said}"
                )
    calls = sum(each.times for each in it.asked) * len(it.runs)
    _same("the model", "number of calls", len(it.received), calls)
    tagged = [name for call in it.received for name in call.headers if "trainloop" in name.lower()]
    assert not tagged, f"expected no tag to leave the program, the model saw the header {tagged[0]}"


def held(world: World, counts: Sequence[int]) -> None:
    """So many records the log held right after each of the calls.

    Raises:
        AssertionError: it held others.

    """
    (report,) = program(world).reports
    _same("the log", "records after each call", [call["written"] for call in report["calls"]], list(counts))


def has_status(world: World, status: int) -> None:
    """Every record tells the status of the answer.

    Raises:
        AssertionError: one does not.

    """
    lines = program(world).log().plain()
    assert lines, "expected a record, there is none"
    told = [line.get("status", "no status") for line in lines]
    assert told == [status] * len(lines), f"expected the status {status} in every record, there is {told}"


def _ended(world: World) -> Run:
    machine: Machine = world.recall("machine", "it")
    assert machine.ended is not None, "no command was run"
    return machine.ended


def says(world: World, wanted: Sequence[Sequence[str]], *, exactly: bool) -> None:
    """The command ended well and said these lines, column by column, and nothing else; or, at least, these words.

    Raises:
        AssertionError: it ended otherwise, or said something else.

    """
    ended = _ended(world)
    assert ended.exit_code == 0, f"expected it to end well, it ended with exit code {ended.exit_code}:\n{ended.output}"
    if exactly:
        said = [tuple(re.split(r"  +", line)) for line in ended.output.splitlines()]
        assert said == list(wanted), f"expected {list(wanted)}, it says:\n{ended.output}"
        return
    lacking = [cell for line in wanted for cell in line if cell not in ended.output]
    assert not lacking, f"expected it to say {lacking}, it says:\n{ended.output}"


def is_refused(world: World, words: str) -> None:
    """The command was refused in words, before it ran anything.

    Raises:
        AssertionError: it was not, or in other words, or with a traceback.

    """
    ended = _ended(world)
    assert ended.exit_code == 2, (
        f"expected it to be refused, it ended with exit code {ended.exit_code}:\n{ended.output}"
    )
    assert words in ended.output, f'expected it to say "{words}", it says:\n{ended.output}'
    assert "Traceback" not in ended.output, f"a mistake of the user's is answered with a traceback:\n{ended.output}"


def left_nothing(world: World) -> None:
    """Nothing is left of what the command had written to the place for temporary folders.

    Raises:
        AssertionError: something is.

    """
    machine: Machine = world.recall("machine", "it")
    _ended(world)
    left = [path.name for path in machine.temporary.iterdir()]
    assert not left, f"expected an empty folder, there is {left}"
