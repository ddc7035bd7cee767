"""Logs that lose what they are read for, and a shim that keeps things to itself."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from support.defects import defect, home


@defect("daemon-logs.breaker-writes-otherwise", breaks=["TD-30"], at="logs:line")
def breaker_writes_otherwise(original: Any) -> Any:
    """One component writes lines of a form of its own."""

    def line(record: Any) -> Any:
        said = original(record)
        if said["component"] != "breaker":
            return said
        return {"time": record.created, "severity": said["level"], "text": said["message"], **said}

    return line


@defect("daemon-logs.local-time", breaks=["TD-30"], at="logs:line", spreads=["TD"])
def local_time(original: Any) -> Any:
    """Lines do not say in which time zone their time is."""
    return lambda record: {**original(record), "timestamp": original(record)["timestamp"].removesuffix("+00:00")}


@defect("daemon-logs.tokens-says-nothing", breaks=["TD-30"], at="logs:tell")
def tokens_says_nothing(original: Any) -> Any:
    """One component writes to nowhere."""
    return lambda component, *rest, **more: None if component == "tokens" else original(component, *rest, **more)


@defect("daemon-logs.request-id-is-lost-at-the-provider", breaks=["TD-31"], at="logs:line", spreads=["TD-33"])
def request_id_is_lost(original: Any) -> Any:
    """What happens at the provider cannot be told to belong to a call."""

    def line(record: Any) -> Any:
        said = original(record)
        return {**said, "request_id": None} if said["component"] == "provider" else said

    return line


@defect("daemon-logs.request-id-of-another", breaks=["TD-31"], at="logs:bound", spreads=["TD"])
def request_id_of_another(original: Any) -> Any:
    """Calls that run beside each other are written under the name of the last one."""
    last: list[str] = []

    def bound() -> Any:
        said = original()
        if said["request_id"]:
            last[:] = last if len(last) and last[0] != said["request_id"] else [said["request_id"]]
        return {**said, "request_id": last[0] if last and said["request_id"] else said["request_id"]}

    return bound


@defect("daemon-logs.request-id-is-not-passed-on", breaks=["TD-31"], at="providers:Provider.complete")
def request_id_is_not_passed_on(original: Any) -> Any:
    """The provider is asked in nobody's name, so that its log and the daemon's cannot be put together."""

    async def complete(self: Any, ask: Any) -> Any:
        logs = home(original).logs
        token = logs.request_id.set("nobody")
        try:
            return await original(self, ask)
        finally:
            logs.request_id.reset(token)

    return complete


@defect("daemon-logs.never-rotated", breaks=["TD-32"], at="logs:rotating")
def never_rotated(_original: Any) -> Any:
    """The log grows until the disk is full."""

    def rotating(path: Any, _settings: Any) -> Any:
        path.parent.mkdir(parents=True, exist_ok=True)
        return logging.FileHandler(path, encoding="utf-8")

    return rotating


@defect("daemon-logs.one-part-too-many", breaks=["TD-32"], at="logs:rotating")
def one_part_too_many(original: Any) -> Any:
    """One old part more than told is kept."""
    return lambda path, settings: original(path, settings.model_copy(update={"log_count": settings.log_count + 1}))


@defect("daemon-errors.cause-is-lost", breaks=["TD-33"], at="logs:causes", spreads=["TD-34"])
def cause_is_lost(original: Any) -> Any:
    """Of an error only the last word is told, and not what had caused it."""
    return lambda error: original(error)[:1]


@defect("daemon-errors.are-not-logged", breaks=["TD-33"], at="logs:failure", spreads=["TD-31"])
def are_not_logged(_original: Any) -> Any:
    """An error reaches the agent, and the log says nothing of it."""
    return lambda *_, **__: None


@defect("daemon-errors.agents-are-told-nothing", breaks=["TD-33"], at="refusals:failed", spreads=["TD"])
def agents_are_told_nothing(original: Any) -> Any:
    """An agent is told that something went wrong, and not what."""
    return lambda tool, _causes: original(tool, ["internal error"])


@defect("daemon-errors.agents-are-told-the-key", breaks=["TD-101"], at="logs:words")
def agents_are_told_the_key(_original: Any) -> Any:
    """What a provider says is passed on to agents word by word, though it quotes the key."""
    return str


@defect("daemon-logs.mask-nothing", breaks=["TD-101"], at="logs:masked")
def mask_nothing(_original: Any) -> Any:
    """Agents and files are told whatever stands in an error."""
    return lambda value: value


# The shim


@defect("shim.progress-is-lost", breaks=["TD-34"], at="shim:report")
def progress_is_lost(_original: Any) -> Any:
    """An MCP client hears nothing of the progress."""

    async def report(_asked: Any, _heartbeat: Any) -> None:
        """Say nothing."""

    return report


@defect("shim.cancelling-is-not-passed-on", breaks=["TD-34"], at="shim:Shim.call_tool")
def cancelling_is_not_passed_on(original: Any) -> Any:
    """A call that an MCP client cancels runs on in the daemon."""
    kept: set[Any] = set()

    async def call_tool(self: Any, asked: Any, call: Any) -> Any:
        task = asyncio.ensure_future(original(self, asked, call))
        kept.add(task)
        return await asyncio.shield(task)

    return call_tool


@defect("shim.failures-are-successes", breaks=["TD-34"], at="shim:failed")
def failures_are_successes(original: Any) -> Any:
    """A tool that failed is told to the MCP client as one that did not."""
    return lambda text: original(text).model_copy(update={"is_error": False})


@defect("shim.tells-another-name", breaks=["TD-31", "TD-34"], at="shim:Shim.follow", spreads=["TD-30"])
def tells_another_name(original: Any) -> Any:
    """The shim logs a call under another name than the daemon."""

    async def follow(self: Any, daemon: Any, asked: Any) -> Any:
        home(original).logs.of_request("shim-of-its-own")
        return await original(self, daemon, asked)

    return follow
