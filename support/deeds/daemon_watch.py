"""Looking at the tool daemon from all sides: as its agents, by its files, by an observer of its own, by the model."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from support.checks import tool_daemon as checks
from support.checks.matching import check_value
from support.checks.tables import value
from support.clients.tool_daemon import Agent, Call
from support.deeds.tool_daemon import QUOTING, SECRETS, Pairs, Visit, agent, calls, daemon, model
from support.reporting import evidence
from support.world import World

LOGS = ("daemon.log", "shim.log")


def last_call(world: World) -> Call:
    """The call that was begun last."""
    made: list[Call] = list(world.named("call").values())
    return made[-1]


def told(world: World, name: str) -> Any:
    """What an agent was told last: by a tool that answers with a structure, or by the daemon itself."""
    if isinstance(world.answer, Call):
        result = calls(world, name)[-1].result()
        return result.error if result.text is None else result.content
    return world.answer


def see_off(world: World, name: str, how: Any, saying: Any) -> None:
    """The agent is sent away: with a reason, at a time (least, most), or with a code."""
    who = agent(world, name)
    farewell = checks.sent_away(who, saying, how if isinstance(how, int) else None)
    if isinstance(how, tuple):
        checks.after(farewell, who, *how)


def see_served(world: World, names: Sequence[str], how: str) -> None:
    """These agents are served, or still wait for an answer."""
    if how == "still waiting":
        for name in names:
            checks.waiting(calls(world, name))
    else:
        checks.served([agent(world, name) for name in names])
        sessions = [each.session for each in world.named("agent").values() if each.session]
        assert len(set(sessions)) == len(sessions), f"agents share a session: {sessions}"


def see_health(world: World, rows: Pairs) -> None:
    """The health file, written from now on, shows this."""
    system, begun = daemon(world), time.time()

    def look() -> Mapping[str, Any]:
        shown = system.report()
        assert shown["t"] >= begun, "it was not written anew"
        checks.told(shown, rows)
        return shown

    evidence.attach_json("health file", checks.soon(look, "the health file"))


def see_fresh(world: World) -> None:
    """The health file is complete and true, and is written anew again and again.

    Raises:
        AssertionError: an entry is missing or wrong, or the file is not renewed.

    """
    system = daemon(world)
    first = checks.soon(system.report, "the health file")
    checks.whole(first, pid=system.embedded.pid, port=int(system.embedded.address.rpartition(":")[2]))

    def look() -> None:
        assert system.report()["t"] > first["t"], f"the health file is still that of {first['t']}"

    checks.soon(look, "a newer health file")


def see_end(world: World) -> None:
    """The daemon's process has ended by itself: it has said so last, and has taken its health file away."""
    system = daemon(world)
    assert not system.embedded.alive(), "its process still runs"
    check_value("the last line of the log", system.lines("daemon.log")[-1]["message"], "daemon stopped")
    assert not (system.folder / "health.json").exists(), "the health file of a daemon that has ended is still there"


def observed(world: World) -> Mapping[str, Any]:
    """What the daemon reports to an observer that comes straight to it, past the proxy, for just one question."""
    system = daemon(world)
    with Agent(system.embedded.address, "observer") as observer:
        observer.hello(system.token)
        found: Mapping[str, Any] = observer.begin("health", {}).result().content
    evidence.attach_json("the daemon's report", found)
    return found


def see_circuit(world: World, state: str, when: tuple[float, float] | None = None) -> None:
    """The circuit of the first provider is so, at once or (half-open) after its time of recovery.

    `when`: between so many seconds after the last call was begun, which is before the circuit can have opened.
    """

    def look() -> None:
        shown = observed(world)["providers"]["openai"]
        assert shown["circuit"] == state, f"the circuit is {shown['circuit']}, not {state}: {shown}"

    if state == "half-open":
        checks.soon(look, "the circuit is half-open")
        if when:
            checks.within(time.monotonic() - last_call(world).begun, *when, "the circuit was half-open")
    else:
        look()


def log(world: World) -> list[dict[str, Any]]:
    """All lines of the log, the shim's included."""
    return [line for name in LOGS for line in daemon(world).lines(name)]


def see_log(world: World, call: Call, rows: Sequence[Pairs]) -> None:
    """The log tells of a call, once its last line is written."""

    def look() -> list[dict[str, Any]]:
        lines = log(world)
        checks.lines_of(lines, call, rows)
        return lines

    evidence.attach_json("log", checks.soon(look, "the lines of the call"))
    asked_as = {each.headers.get("x-client-request-id") for each in model(world).received(api="chat")}
    assert asked_as <= {call.request_id}, f"the model was asked in the name of {asked_as}, not of {call.request_id}"


def see_masked(world: World, name: str, what: str) -> None:
    """An agent and the log are told of what the model said, and neither they nor any other file of this secret."""
    folder, secret = daemon(world).folder, SECRETS[what](world)
    files = [*folder.glob("*.log*"), *folder.glob("*.jsonl*")]
    told = {file.name: file.read_text(encoding="utf-8") for file in files}
    told[name] = json.dumps([frame.message for frame in agent(world, name).frames])
    leaks = [place for place, text in told.items() if secret in text]
    assert not leaks, f"{what} is told to {leaks}"
    silent = [place for place in (name, "daemon.log") if f"{QUOTING}*" not in told[place]]
    assert not silent, f"nothing of what the model said is told to {silent}"


def see_form(world: World, components: Sequence[str]) -> None:
    """Every line of every log is of one form."""
    checks.of_one_form(log(world), components)
    own, shims = ({line["request_id"] for line in daemon(world).lines(name)} for name in LOGS)
    assert shims - {None} <= own, f"the daemon tells nothing of the shim's calls {shims - own}"


def see_rotation(world: World, count: int, size: int) -> None:
    """The log is rotated by size, and so many parts are kept."""
    system = daemon(world)

    def look() -> None:
        checks.rotated(system.parts("daemon.log"), system.lines("daemon.log"), count, size, last_call(world))

    checks.soon(look, "the rotated log")


def see_metrics(world: World, rows: Sequence[Pairs]) -> None:
    """The metrics tell of these calls, and so does the daemon's own count."""
    made: list[Call] = list(world.named("call").values())
    system = daemon(world)

    def look() -> list[dict[str, Any]]:
        lines = system.lines("metrics.jsonl")
        checks.measured(lines, made, rows)
        return lines

    evidence.attach_json("metrics", checks.soon(look, "the lines of the calls"))
    if made:
        checks.counted(observed(world)["metrics"], made, len(world.named("agent")) + 1)


def see_visit(world: World, rows: Sequence[Pairs]) -> None:
    """What came of an MCP client's steps, one row a step; an empty cell is not looked at."""
    visit: Visit = world.answer
    assert len(visit.answers) == len(rows), f"{len(rows)} steps were expected, {len(visit.answers)} were taken"
    for answer, row in zip(visit.answers, rows, strict=True):
        for words, cell in row:
            if cell:
                checks.came(answer, words, value(cell))
