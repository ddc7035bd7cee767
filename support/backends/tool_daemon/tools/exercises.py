"""Tools that say what they are told, take their time, or fail: for whoever builds or tries out a client."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated, Literal

from pydantic import Field

from .. import logs
from ..outcome import Outcome
from .base import Arguments, Context, Tool

COMPONENT = "tools"


class Echo(Arguments):
    """Arguments of `echo`."""

    text: str = Field(description="what is to be said")


async def echo(_context: Context, arguments: Echo) -> Outcome:
    """Say what was told."""
    return Outcome(arguments.text)


class Slow(Arguments):
    """Arguments of `slow`."""

    task: str = Field("wait", description="what it is about; shows in the answer")
    steps: Annotated[int, Field(ge=1, le=1000)] = Field(3, description="how many steps it takes")
    seconds: Annotated[float, Field(ge=0, le=3600)] = Field(1.0, description="how long all of them take together")
    stubborn: bool = Field(False, description="goes on when it is told to stop for the first time")


async def slow(context: Context, arguments: Slow) -> Outcome:
    """Take some time, step by step."""
    stubborn = arguments.stubborn
    for step in range(1, arguments.steps + 1):
        context.progress.at(step, arguments.steps)
        stubborn = await rest(arguments.seconds / arguments.steps, stubborn=stubborn)
    return Outcome(f"{arguments.task}: done in {arguments.steps} steps")


async def rest(seconds: float, *, stubborn: bool) -> bool:
    """Wait. A stubborn one hears the first order to stop, and goes on; answers whether it still is stubborn."""
    ending = asyncio.ensure_future(asyncio.sleep(seconds))
    if stubborn:
        with contextlib.suppress(asyncio.CancelledError):  # being stubborn is what it was asked for
            await asyncio.shield(ending)
            return True
    await ending
    return False


class Fail(Arguments):
    """Arguments of `fail`."""

    message: str = Field("it was asked to fail", description="what the error says")
    kind: Literal["error", "chained"] = Field("chained", description="an error, or one that was caused by another")


class ExerciseError(RuntimeError):
    """What `fail` fails with."""


async def fail(_context: Context, arguments: Fail) -> Outcome:
    """Fail as told."""
    if arguments.kind == "error":
        raise ExerciseError(arguments.message)
    try:
        read_what_is_not_there()
    except OSError as cause:
        logs.debug(COMPONENT, "about to fail as asked")
        raise ExerciseError(arguments.message) from cause
    raise AssertionError("unreachable: there is no such file")


def read_what_is_not_there() -> None:
    """A fault of the kind that tools meet."""
    raise FileNotFoundError(2, "No such file or directory", "minutes-of-march.txt")


ECHO = Tool("echo", "Answers with the text that it is given.", Echo, __name__, "echo")
SLOW = Tool("slow", "Takes a while, in several steps, and reports its progress.", Slow, __name__, "slow")
FAIL = Tool("fail", "Fails with the message that it is given.", Fail, __name__, "fail", repeatable=True)
