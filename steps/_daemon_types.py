"""What stands for values in the sentences about the tool daemon."""

import re

from behave import register_type
from parse import with_pattern

from support.checks.tool_daemon import CODES
from support.deeds.tool_daemon import CALLS, GOINGS, NAMES, SECRETS

AGENT = "|".join(NAMES)


@with_pattern(AGENT)
def agent(text: str) -> str:
    """Who uses the tool daemon."""
    return text


@with_pattern(rf"the (?:{AGENT})(?:(?:, | and )the (?:{AGENT}))*")
def agents(text: str) -> list[str]:
    """Several of them: `the planner, the reviewer and the writer`."""
    return re.findall(AGENT, text)


@with_pattern("is|are")
def be(text: str) -> str:
    return text


@with_pattern("|".join(sorted(GOINGS, key=len, reverse=True)))
def going(text: str) -> str:
    """What an agent does about its connection."""
    return text


@with_pattern("|".join(CALLS))
def calling(text: str) -> str:
    """Whether a call is waited for."""
    return text


@with_pattern(r"(?: \d+ times|)")
def repeatedly(text: str) -> int:
    return int(text.split(maxsplit=1)[0]) if text else 1


@with_pattern("call fails|calls all fail")
def calls(text: str) -> bool:
    """Whether all of an agent's calls are meant, or the last."""
    return text == "calls all fail"


@with_pattern("|".join(CODES))
def code(text: str) -> str:
    """Why the daemon did not carry out a call."""
    return text


@with_pattern(r"(?: after [\d.]+ to [\d.]+ seconds| with the code \d+|)")
def within(text: str) -> tuple[float, float] | int | None:
    """When a connection was ended, or with which code."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    return int(numbers[0]) if numbers else None


@with_pattern("served|still served|still waiting")
def served(text: str) -> str:
    return text


@with_pattern("session is|sessions are")
def sessions(text: str) -> str:
    return text


@with_pattern("closed|open|half-open")
def circuit(text: str) -> str:
    return text


@with_pattern(r"(?:, after pauses of [\d., and]+ seconds|)")
def pauses(text: str) -> list[float]:
    """The pauses before each repetition, in seconds."""
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


@with_pattern(r"of (?:the progress|the expert analysis) every [\d.]+ seconds|of no progress")
def heartbeat(text: str) -> tuple[float, str | None] | None:
    """The interval of heartbeats, and what they say if they are special; none for silence."""
    if found := re.search(r"every ([\d.]+)", text):
        return float(found[1]), "expert analysis" if "expert" in text else None
    return None


@with_pattern("|".join(SECRETS))
def secret(text: str) -> str:
    """What nobody may read."""
    return text


register_type(
    Agent=agent,
    Agents=agents,
    Be=be,
    Going=going,
    Calling=calling,
    Repeatedly=repeatedly,
    Calls=calls,
    Code=code,
    Within=within,
    Served=served,
    Sessions=sessions,
    Circuit=circuit,
    Pauses=pauses,
    Heartbeat=heartbeat,
    Secret=secret,
)
