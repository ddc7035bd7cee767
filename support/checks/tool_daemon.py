"""What is asserted of the tool daemon: what agents were told and when, who may stay, what its files and model say."""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from support.checks.matching import check_text, check_value
from support.checks.tables import parts, value
from support.checks.waiting import eventually
from support.clients.model import Received
from support.clients.tool_daemon import Agent, Call, Farewell, Frame, Result

Pairs = Sequence[tuple[str, str]]
CODES: Mapping[str, str] = {
    "unknown": "TOOL_NOT_FOUND",
    "too much": "OVER_CAPACITY",
    "a duplicate": "DUPLICATE",
    "timed out": "TIMEOUT",
    "failed": "EXEC_ERROR",
}
"""The words of the features for the daemon's codes."""
NOT_RUN = ("TOOL_NOT_FOUND", "OVER_CAPACITY", "DUPLICATE")
"""With these codes a call is refused before its tool is run, and takes no time of it."""
SOON_S = 3.0
"""Within this time everything is done that needs no time, however busy the machine is."""
EARLY_S = 0.005
"""By so much clocks may differ on what came first."""
LATE_S = 0.5
"""By so much a pause may be longer than it should, on a busy machine."""
MUCH_LATER_S = 2.0
"""By so much a repetition may be later than it should, on a machine that is busy with everything at once."""
ROUNDING_S = 0.002
FEWEST = 0.5
"""Of the heartbeats that there should be, so many at least are heard on a busy machine."""
HEALTH = ("t", "pid", "host", "port", "started_at", "sessions", "global_capacity", "global_inflight")
FORM = ("timestamp", "level", "component", "request_id", "session_id", "message")
"""What every line of a log begins with, in this order."""


# What an agent was told


def answered(result: Result, text: str) -> None:
    """The call went well, and the answer is this text.

    Raises:
        AssertionError: it failed, or another text was answered.

    """
    assert result.error is None, f"expected {text!r}, the call failed: {result.error}"
    check_value("the answer", result.text, text)


def told(content: Any, rows: Pairs) -> None:
    """A structured answer says at least this; `expert: how` is the entry `how` of `expert`.

    Raises:
        AssertionError: an entry is missing, or another value.

    """
    for words, cell in rows:
        found = _at(content, words)
        wanted = value(cell)
        if isinstance(wanted, list):
            check_value(words, found, wanted)
        elif isinstance(found, str) and isinstance(wanted, str):
            check_text(words, found, holds=[wanted])
        else:
            check_value(words, found, wanted)


def _at(content: Any, words: str) -> Any:
    found = content
    for step in words.split(": "):
        if isinstance(found, list):
            assert int(step) < len(found), f"{words}: there are {len(found)} entries: {found}"
            found = found[int(step)]
            continue
        name = step if step in found else step.replace(" ", "_")
        assert name in found, f"{words}: there is no {step}; there are {list(found)}"
        found = found[name]
    return found


def failed(results: Iterable[Result], words: str, saying: tuple[str, str] | None) -> None:
    """All these calls failed with this code; the message, or another entry of the error, holds the words.

    Raises:
        AssertionError: one went well, failed otherwise, or says something else.

    """
    made = list(results)
    assert made, f"expected a call that fails with {CODES[words]}, none was made"
    for result in made:
        assert result.error is not None, f"expected {CODES[words]}, the call was answered: {result.text!r}"
        check_value("the error's code", result.code, CODES[words])
        if saying is not None:
            assert saying[1] in str(result.error), f"expected an error {saying[0]} {saying[1]!r}, was {result.error}"


def took(result: Result, least: float, most: float) -> None:
    """The answer came in this time.

    Raises:
        AssertionError: it came earlier, or later.

    """
    within(result.seconds, least, most, "the answer came")


def within(seconds: float, least: float, most: float, what: str) -> None:
    """A time lies between two others.

    Raises:
        AssertionError: it does not.

    """
    assert least - EARLY_S <= seconds <= most, f"{what} after {seconds:.3f} s, not after {least:g} to {most:g} s"


def accepted(call: Call) -> None:
    """The call was told as the contract has it: accepted, acknowledged, progress, one result, and nothing after that.

    Raises:
        AssertionError: something is missing, or out of order.

    """
    ops = [str(frame.message["op"]) for frame in call.frames]
    assert ops[:2] == ["progress", "call_tool_ack"], f"expected a first word and an acknowledgement, heard {ops}"
    assert "note" in call.frames[0].message, f"the first word says nothing: {call.frames[0].message}"
    assert ops.count("call_tool_res") == 1, f"expected one result, heard {ops}"
    assert ops[-1] == "call_tool_res", f"something came after the result: {ops}"
    assert set(ops[2:-1]) <= {"progress"}, f"between acknowledgement and result there is more than progress: {ops}"
    result = call.frames[-1].message
    if "error" not in result:
        check_value("outputs", result["outputs"], [{"type": "text", "text": result["text"]}])


# Who may stay


def served(agents: Sequence[Agent]) -> None:
    """Each agent was made welcome, with a session that nobody else has, and is answered.

    Raises:
        AssertionError: one was refused, has another's session, or gets no answer.

    """
    for agent in agents:
        assert agent.welcome is not None, f"the {agent.name} never said hello"
        assert agent.welcome.get("ok") is True, f"the {agent.name} was refused: {agent.welcome}"
        check_value("the session's version of UUID", uuid.UUID(str(agent.session)).version, 4)
        assert agent.health()["sessions"] >= len(agents), "the daemon counts fewer sessions than there are"
    sessions = [agent.session for agent in agents]
    assert len(set(sessions)) == len(sessions), f"agents share a session: {sessions}"


def waiting(calls: Sequence[Call]) -> None:
    """The agent's last call is under way: accepted, not answered, and its connection stands.

    Raises:
        AssertionError: it is answered, or the connection has ended.

    """
    last = calls[-1]
    assert not last.over, f"the call is answered already: {last.frames[-1].message}"
    assert last.agent.farewell is None, f"the connection has ended: {last.agent.farewell}"


def sent_away(agent: Agent, saying: tuple[str, str] | None, code: int | None = None) -> Farewell:
    """The daemon ended the connection, gave a reason, and used this code.

    Raises:
        AssertionError: it did not, or for another reason.

    """
    farewell = agent.sent_away(SOON_S)
    if saying is not None:
        check_text("the reason", farewell.reason, holds=[saying[1]])
    if code is not None:
        check_value("the close code", farewell.code, code)
    return farewell


def after(farewell: Farewell, agent: Agent, least: float, most: float) -> None:
    """The connection ended so long after the agent's last word, or its coming if it said none.

    Raises:
        AssertionError: it ended earlier, or later.

    """
    within(farewell.at - agent.spoke_at, least, most, "it was sent away")


# Progress


def heard(call: Call, interval: float, note: str | None) -> None:
    """Heartbeats came at the interval, from the first to the result; with `note`, those that say it.

    The times are the daemon's own: a beat is never early, and never beside the interval by more than a busy machine
    explains.

    Raises:
        AssertionError: there are too few or too many, or they came at other times.

    """
    beats = [frame.message for frame in call.progress if note is None or note in str(frame.message.get("note"))]
    seconds = call.result().seconds
    most, least = int((seconds + EARLY_S) / interval), int(FEWEST * (seconds - interval) / interval)
    assert least >= 1, f"the call took only {seconds:.3f} s, too short for an interval of {interval:g} s"
    times = [beat["elapsed"] for beat in beats]
    assert least <= len(beats) <= most, f"expected {least} to {most} in {seconds:.3f} s, heard {len(beats)}: {times}"
    for number, elapsed in enumerate(times, start=1):
        assert elapsed >= number * interval - EARLY_S - ROUNDING_S, f"number {number} came early: {times}"
    first_heard = call.progress[0].at - call.begun if note is None else times[0]
    assert first_heard <= interval + LATE_S, f"the first came after {first_heard:.3f} s"


def nothing_heard(call: Call) -> None:
    """No heartbeat came.

    Raises:
        AssertionError: one did.

    """
    assert not call.progress, f"expected no heartbeat in {call.result().seconds:.3f} s, heard {call.progress}"


def goes_through(call: Call, steps: int) -> None:
    """The heartbeats go through all steps in order, and tell how long it has taken and may still take.

    Raises:
        AssertionError: a step is missing or out of order, a time is missing or far from the truth.

    """
    beats = [frame.message for frame in call.progress]
    check_value("the steps heard of", sorted({beat["step"] for beat in beats}), list(range(1, steps + 1)))
    check_value("the steps in all", {beat["total_steps"] for beat in beats} == {steps}, True)
    for before, now in pairwise(beats):
        assert before["step"] <= now["step"], f"a step back: {before}, {now}"
        assert before["elapsed"] < now["elapsed"], f"time stands still: {before}, {now}"
    for frame in call.progress:
        _tells_the_time(frame, call)


def _tells_the_time(frame: Frame, call: Call) -> None:
    beat, seconds = frame.message, call.result().seconds
    heard_after = frame.at - call.begun
    assert 0 < beat["elapsed"] <= heard_after + EARLY_S, f"elapsed is not the time so far ({heard_after:.3f} s): {beat}"
    assert beat["elapsed"] >= heard_after - LATE_S, f"elapsed is not the time so far ({heard_after:.3f} s): {beat}"
    left = beat["estimated_remaining"]
    if beat["step"] == 1:
        assert left is None, f"nothing is known of the time left in the first step: {beat}"
        return
    assert left is not None, f"the time left is not told: {beat}"
    truth = seconds - beat["elapsed"]
    assert abs(left - truth) <= max(0.5 * seconds, LATE_S / 2), f"the time left is about {truth:.3f} s: {beat}"


# Files


def lines_of(lines: Sequence[Mapping[str, Any]], call: Call, rows: Sequence[Pairs]) -> None:
    """The lines that bear the call's request id tell this, in this order and nothing else; the session's is on them.

    Raises:
        AssertionError: a line is missing, out of order, of another form, or surplus.

    """
    own = [line for line in lines if line.get("request_id") == call.request_id]
    wanted = [dict(row) for row in rows]
    shown = "\n".join(f"  {line['component']}: {line['message']}" for line in own) or "  nothing"
    assert len(own) == len(wanted), f"expected {len(wanted)} lines of {call.request_id}, there are:\n{shown}"
    for line, want in zip(own, wanted, strict=True):
        check_value("the component", line["component"], want["component"])
        check_text(f"a line of {line['component']}", line["message"], holds=[want["tells"]])
        check_value("the session", line["session_id"], call.agent.session)
        if want.get("level"):
            check_value("the level", line["level"], want["level"])
        if want.get("cause"):
            check_text("the cause", " ".join(line["error"]), holds=[want["cause"]])


def _caller(known: Mapping[str, Call], line: Mapping[str, Any]) -> str:
    call = known.get(line["request_id"])
    return call.agent.name if call is not None else str(line["request_id"]).partition("-")[0]


def offered(tools: Sequence[Mapping[str, Any]], rows: Sequence[Pairs]) -> None:
    """These tools are offered, in this order, each described, and each with exactly these arguments.

    Raises:
        AssertionError: a tool is missing, surplus or not described, or takes something else.

    """
    wanted = [(tool, [words.replace(" ", "_") for words in parts(takes)]) for (_, tool), (_, takes) in rows]
    check_value("tools", [[tool["name"], list(tool["inputSchema"]["properties"])] for tool in tools], wanted)
    silent = [tool["name"] for tool in tools if not tool["description"]]
    assert not silent, f"these tools are not described: {silent}"


def promised(call: Call, seconds: float) -> None:
    """The acknowledgement tells the daemon's time limit.

    Raises:
        AssertionError: it tells another.

    """
    check_value("the acknowledgement", call.accepted().message.get("timeout"), seconds)


def whole(shown: Mapping[str, Any], pid: int, port: int) -> None:
    """The health file has exactly the entries of the contract, and they are true.

    Raises:
        AssertionError: one is missing or surplus, or says something else.

    """
    check_value("the entries", sorted(shown), sorted(HEALTH))
    check_value("process, host and port", [shown[name] for name in ("pid", "host", "port")], [pid, "127.0.0.1", port])
    assert shown["started_at"] <= shown["t"] <= time.time(), f"written before it started, or in the future: {shown}"


def counted(metrics: Mapping[str, Any], calls: Sequence[Call], sessions: int) -> None:
    """The daemon's own counts are those of its agents: sessions, calls, errors by code, durations by tool.

    Raises:
        AssertionError: one is not.

    """
    check_value("sessions opened", metrics["sessions"]["opened"], sessions)
    check_value("calls", metrics["calls"]["total"], len(calls))
    known = [call for call in calls if call.over]
    codes = Counter(code for call in known if (code := call.result().code))
    check_value("errors", metrics["errors"], {"total": codes.total(), "by_code": dict(codes)})
    ran = Counter(call.tool for call in calls if not call.over or call.result().code not in NOT_RUN)
    check_value("the tools timed", sorted(metrics["durations"]), sorted(ran))
    timed = sum(shown["count"] for shown in metrics["durations"].values())
    check_value("calls timed, or answered from the cache", timed + metrics["cached"], ran.total())
    for tool, shown in metrics["durations"].items():
        longest = max(call.result().seconds for call in known if call.tool == tool)
        assert 0 < shown["mean"] <= shown["longest"] <= longest + EARLY_S, f"{tool}: {shown}, by its agents {longest}"


def of_one_form(lines: Sequence[Mapping[str, Any]], components: Sequence[str]) -> None:
    """Every line begins alike, and all these components have written.

    Raises:
        AssertionError: a line is of another form, or a component has written nothing.

    """
    assert lines, "the log is empty"
    for line in lines:
        check_value(f"the form of {line}", list(line)[: len(FORM)], list(FORM))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["timestamp"]), line
        assert line["level"] in {"DEBUG", "INFO", "WARNING", "ERROR"}, line
        assert isinstance(line["message"], str), line
        assert all(line[name] is None or isinstance(line[name], str) for name in ("request_id", "session_id")), line
    missing = set(components) - {line["component"] for line in lines}
    assert not missing, f"nothing is told by {sorted(missing)}; by {sorted({line['component'] for line in lines})}"


def rotated(parts: Mapping[str, int], lines: Sequence[Mapping[str, Any]], count: int, size: int, last: Call) -> None:
    """The log lies in so many parts, none longer than that; the newest lines are there, the oldest are gone.

    Raises:
        AssertionError: there are more or fewer parts, one is too long, or the wrong lines are gone.

    """
    check_value("the number of parts", len(parts), count)
    assert max(parts.values()) <= size, f"a part is longer than {size} bytes: {parts}"
    ids = {line["request_id"] for line in lines}
    assert last.request_id in ids, f"the last call, {last.request_id}, is not in the log: {sorted(map(str, ids))}"
    assert not any("daemon started" in line["message"] for line in lines), f"the oldest line is still there: {parts}"
    times = [line["timestamp"] for line in lines]
    assert times == sorted(times), "the parts are not in order"


def measured(lines: Sequence[Mapping[str, Any]], calls: Sequence[Call], rows: Sequence[Pairs]) -> None:
    """The metrics tell of exactly these calls, in this order, as their agents have met them, with true durations.

    Raises:
        AssertionError: a call is missing or surplus, or is told otherwise than its agent met it.

    """
    known = {call.request_id: call for call in calls}
    found = [
        {"agent": _caller(known, line), **{name: line[name] for name in ("tool", "outcome", "code")}} for line in lines
    ]
    wanted = [{words: CODES.get(cell, cell) or None for words, cell in row} for row in rows]
    check_value("the calls of the metrics", found, [{"code": None, **want} for want in wanted])
    for line in lines:
        call = known.get(line["request_id"])
        if call is not None and call.agent.farewell is None:
            result = call.result()
            check_value("the code", line["code"], result.code)
            least = float(call.arguments.get("seconds", 0.0)) if result.code is None else 0.0
            within(line["seconds"], least, result.seconds + EARLY_S, f"by the metrics {line['tool']} ended")


# An MCP client


def came(answer: Mapping[str, Any], words: str, wanted: Any) -> None:
    """What came of one step of an MCP client.

    Raises:
        AssertionError: something else did.

    """
    match words:
        case "tools":
            check_value("the tools", [tool["name"] for tool in answer["tools"]], wanted)
            lacking = [tool["name"] for tool in answer["tools"] if tool["input_schema"].get("type") != "object"]
            assert not lacking, f"these tools do not say what they take: {lacking}"
        case "progress at least":
            _rises(answer["progress"], wanted)
        case "text":
            check_text("the answer", answer["text"], holds=[wanted])
        case _:
            check_value(words, answer.get(words), wanted)


def _rises(progress: Sequence[Mapping[str, Any]], least: int) -> None:
    assert len(progress) >= least, f"expected progress {least} times, heard {progress}"
    done = [each["progress"] for each in progress]
    assert done == sorted(set(done)), f"the progress does not rise: {done}"
    assert all("step" in str(each["message"]) for each in progress), f"the steps are not told: {progress}"


# The model


def asked(received: Sequence[Received], times: int, pauses: Sequence[float] = ()) -> None:
    """The model was asked so often, and again after these pauses, by its own record.

    Raises:
        AssertionError: it was asked more or less often, or sooner or much later.

    """
    requests = [each for each in received if each.api == "chat"]
    found = [str(each.messages[-1]["content"]) for each in requests]
    assert len(requests) == times, f"expected {times} requests, the model got {len(requests)}: {found}"
    for (before, now), least in zip(pairwise(requests), pauses, strict=bool(pauses)):
        assert before.ended is not None, f"asked again before the answer: {found}"
        within(now.started - before.ended, least, least + MUCH_LATER_S, "it was asked again")


def soon(probe: Any, what: str) -> Any:
    """What is seen as soon as it is there."""
    return eventually(probe, within=SOON_S, what=what).value
