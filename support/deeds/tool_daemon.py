"""Deeds of agents that use the tool daemon, of its operator, and of an MCP client behind the shim."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support.checks.tables import value
from support.clients.model import Condition, Failure, ScriptedModel, Turn
from support.clients.tool_daemon import Agent, Call
from support.processes.commands import seeded
from support.reporting import evidence
from support.running.systems.model import ModelUnderTest
from support.running.systems.tool_daemon import DaemonUnderTest
from support.world import World

Pairs = Sequence[tuple[str, str]]
NAMES = ("planner", "reviewer", "writer", "operator")
"""The agents that the features tell of."""
NEW_TOKEN = "the-token-of-tomorrow"  # noqa: S105 - it is rotated to, in a daemon that lives as long as a scenario
FLOOD, LONG = 10, 2_000_000
"""Calls, and characters in the answer of each: together more than the buffers of two connections hold."""
BRISK: Mapping[str, Any] = {"health_interval": 0.02}
"""What every instance is told, so that scenarios need not wait for its files."""
ALWAYS = "always"
SHIM = "tool_daemon.shim"


def daemon(world: World) -> DaemonUnderTest:
    """The tool daemon; a LookupError when the feature's folder did not ask for one."""
    system = world.worker.systems.get(DaemonUnderTest.name)
    if not isinstance(system, DaemonUnderTest):
        raise LookupError("no tool daemon was started: name it for the feature's folder in running/systems ROOMS")
    return system


def model(world: World) -> ScriptedModel:
    """The model that the daemon asks, as it is told what to say."""
    return model_under_test(world).scripted


def model_under_test(world: World) -> ModelUnderTest:
    """The model that the daemon asks."""
    system = world.worker.systems.get(ModelUnderTest.name)
    if not isinstance(system, ModelUnderTest):
        raise LookupError("no model was started: name it for the feature's folder in running/systems ROOMS")
    return system


def agent(world: World, name: str) -> Agent:
    """An agent that a step has connected."""
    found: Agent = world.recall("agent", name)
    return found


def calls(world: World, name: str) -> list[Call]:
    """All calls that an agent has made, in order."""
    return [call for call in world.named("call").values() if call.agent.name == name]


# The daemon and its model


def start(world: World, settings: Pairs = ()) -> None:
    """A fresh daemon with these settings. A remote one is taken as it is, and can be told nothing."""
    system = daemon(world)
    if not system.target.embedded:
        if settings:
            raise LookupError("a remote tool daemon has settings of its own: tag the scenario @needs.daemon.settings")
        return
    told = {words.replace(" ", "_"): value(cell) for words, cell in settings}
    if told.pop("fallback_provider", False):
        told |= system.fallback()
    world.undo("stop the tool daemon", system.begin({**BRISK, **told}))


SECRETS: Mapping[str, Callable[[World], str]] = {
    "the key": lambda world: model_under_test(world).key,
    "the token": lambda world: daemon(world).token,
}
"""What nobody may read, in the words of the features."""
QUOTING = "You have sent "


def script(world: World, rows: Sequence[Pairs]) -> None:
    """What the model answers: a text, or a status; `times` (a number, or always), `after` seconds, to whom.

    A status may come with a message that is `quoting` a secret.
    """
    for row in rows:
        told = dict(row)
        delay = float(told.get("after") or 0)
        said = value(told["answer"])
        failing = isinstance(said, int)
        quoted = f"{QUOTING}{SECRETS[told['quoting']](world)}" if told.get("quoting") else None
        turn = (
            Turn(error=Failure(status=said, message=quoted), delay_s=delay)
            if failing
            else Turn.saying(said, delay_s=delay)
        )
        times = told.get("times") or "1"
        condition = Condition(last_user_contains=told.get("asked about") or None, model=told.get("model") or None)
        model(world).script(*[turn] * (1 if times == ALWAYS else int(times)), repeat=times == ALWAYS, when=condition)


# Agents come and go


def connect(world: World, name: str) -> Agent:
    """Open a connection, and say nothing yet."""
    made = Agent(daemon(world).address, name)
    world.undo(f"disconnect the {name}", made.close)
    world.remember("agent", name, made)
    return made


def join(world: World, name: str, token: str | None = None) -> None:
    """Connect and say hello; whether that is accepted is for others to say."""
    connect(world, name).hello(daemon(world).token if token is None else token)


def settle(world: World, names: Sequence[str]) -> None:
    """Agents that are connected. Raises AssertionError when one is refused."""
    for name in names:
        join(world, name)
        assert agent(world, name).session, f"the {name} was refused: {agent(world, name).welcome}"


def _first(text: str) -> Callable[[World, str], None]:
    def say(world: World, name: str) -> None:
        connect(world, name).say(text)

    return say


def rotate(world: World, name: str, *, rightly: bool = True) -> None:
    """Change the token."""
    old = daemon(world).token if rightly else "not-the-token"
    world.answer = agent(world, name).ask({"op": "rotate_token", "old": old, "new": NEW_TOKEN}, "rotate_token_res")


def overflow(world: World, name: str) -> None:
    """Read nothing any more, and ask for more than lies on the way between two programs."""
    who = agent(world, name)
    who.stop_reading()
    for number in range(FLOOD):
        begin(world, name, "echo", [("text", chr(ord("a") + number) * LONG)])


def stop(world: World) -> None:
    """Tell the daemon to end, as an operator does."""
    daemon(world).embedded.stop()


def hear(world: World, answer: Any) -> None:
    """Keep what an agent was told."""
    world.answer = answer


GOINGS: Mapping[str, Callable[[World, str], Any]] = {
    "connects": join,
    "connects with a wrong token": lambda world, name: join(world, name, "not-the-token"),
    "connects with the new token": lambda world, name: join(world, name, NEW_TOKEN),
    "connects with the old token": join,
    "connects without a word": connect,
    "connects with noise": _first("noise"),
    "connects with a question first": _first(json.dumps({"op": "list_tools"})),
    "has left": lambda world, name: agent(world, name).close(),
    "leaves": lambda world, name: agent(world, name).close(),
    "has vanished": lambda world, name: agent(world, name).vanish(),
    "vanishes": lambda world, name: agent(world, name).vanish(),
    "asks for much and reads nothing": overflow,
    "falls silent": lambda world, name: world.remember("silence", name, agent(world, name)),
    "has changed the token": rotate,
    "changes the token": rotate,
    "changes the token without knowing it": lambda world, name: rotate(world, name, rightly=False),
    "asks how the daemon is": lambda world, name: hear(world, agent(world, name).health()),
    "asks for the tools": lambda world, name: hear(world, agent(world, name).tools()),
}
"""What an agent can do about its connection, in the words of the features."""


def chatter(world: World, name: str, interval: float, seconds: float) -> None:
    """Say something at every interval, for so long."""
    ended = threading.Event()
    for _ in range(round(seconds / interval)):
        agent(world, name).health()
        ended.wait(interval)


# Calls


def arguments(rows: Pairs) -> dict[str, Any]:
    """A call's arguments from a table."""
    return {words.replace(" ", "_"): value(cell) for words, cell in rows}


def begin(world: World, name: str, tool: str, rows: Pairs = ()) -> Call:
    """Begin a call and wait for nothing."""
    call = agent(world, name).begin(tool, arguments(rows))
    world.remember("call", call.request_id, call)
    world.answer = call
    return call


def under_way(world: World, name: str, tool: str, rows: Pairs = ()) -> None:
    """Begin a call, and see that it is accepted."""
    begin(world, name, tool, rows).accepted()


def carry_out(world: World, name: str, tool: str, rows: Pairs = ()) -> None:
    """Call, and wait for the result."""
    begin(world, name, tool, rows).result()


CALLS: Mapping[str, Callable[[World, str, str, Pairs], Any]] = {
    "calls": carry_out,
    "has called": carry_out,
    "is calling": under_way,
}


def call(world: World, name: str, how: str, tool: str, times: int, rows: Pairs) -> None:
    """Call a tool, once or again and again."""
    for _ in range(times):
        CALLS[how](world, name, tool, rows)


def call_at_once(world: World, rows: Sequence[Pairs]) -> None:
    """Begin all these calls, each of the agent that its row names, and wait for all results."""
    begun = []
    for row in rows:
        (_, name), (_, tool), *rest = row
        begun.append(begin(world, name, tool, [(words, cell) for words, cell in rest if cell]))
    for each in begun:
        each.result()


def send(world: World, name: str, text: str) -> None:
    """Send a frame as it is, and keep the answer."""
    who = agent(world, name)
    seen = len(who.frames)
    who.say(text)
    world.answer = who.await_frame("error", since=seen).message


# An MCP client


@dataclass(frozen=True)
class Visit:
    """What an MCP client did through the shim: its answers by step, and all that passed, line by line."""

    answers: Sequence[Mapping[str, Any]]
    transcript: str


def visit(world: World, rows: Sequence[Pairs]) -> None:
    """Run an MCP client, in a process of its own, that takes these steps."""
    system = daemon(world)
    steps = [{words: value(cell) for words, cell in row if cell} for row in rows]
    told = {
        "command": seeded(SHIM, system.name, system.defects),
        "steps": steps,
        "environment": {
            **system.environment(),
            "DAEMON_LOG_DIRECTORY": str(system.folder),
            "DAEMON_LOG_LEVEL": "DEBUG",
        },
    }
    answer = world.worker.program("mcp_client", told).answer
    evidence.attach("transcript of the MCP session", answer["transcript"])
    world.answer = Visit(answer["answers"], answer["transcript"])
