"""Stepwise analysis of a question against given material, judged by an expert (a second look by the model)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Annotated, ParamSpec, TypeVar

from pydantic import Field

from ..expert import Opinion
from ..outcome import Outcome
from ..providers import Answer, Ask
from .base import Arguments, Context, Tool

EXPERT = "You are an expert reviewer. Say whether the material supports an answer to the question, and which."
WORD = re.compile(r"\w+")
LARGE = 50_000
"""Characters: reading fewer holds up nobody."""
P = ParamSpec("P")
T = TypeVar("T")


class Analyze(Arguments):
    """Arguments of `analyze`."""

    question: Annotated[str, Field(min_length=1)] = Field(description="what is to be found out")
    material: str = Field("", description="what to find it in")
    steps: Annotated[int, Field(ge=1, le=50)] = Field(3, description="in how many parts the material is read")
    use_assistant_model: bool = Field(True, description="whether an expert judges what was found")


async def at_once(work: Callable[P, T], /, *told: P.args, **named: P.kwargs) -> T:
    """The same as in a thread, here."""
    await asyncio.sleep(0)
    return work(*told, **named)


async def analyze(context: Context, arguments: Analyze) -> Outcome:
    """Read the material part by part for what bears on the question, then ask the expert.

    Large material takes seconds, in which other clients want to be served: it is read in a thread. Small is not,
    so that of two who ask the same the first to come is the first at the expert.
    """
    findings = []
    read = asyncio.to_thread if len(arguments.material) > LARGE else at_once
    pieces = await read(parts, arguments.material, arguments.steps)
    for number, part in enumerate(pieces, start=1):
        context.progress.at(number, len(pieces) + arguments.use_assistant_model)
        findings.append({"step": number, "found": await read(relevant, arguments.question, part)})
    opinion = Opinion("skipped")
    if arguments.use_assistant_model:
        context.progress.at(len(pieces) + 1, len(pieces) + 1)
        opinion = await judged(context, arguments)
    text = json.dumps({"question": arguments.question, "findings": findings, "expert": opinion.shown()})
    return Outcome(text, opinion.lasting, degraded=opinion.how == "degraded")


async def judged(context: Context, arguments: Analyze) -> Opinion:
    """The expert's opinion on a question and its material, whoever asked for it first."""

    async def ask() -> Answer:
        return await context.state.providers.ask(Ask(f"{arguments.question}\n\n{arguments.material}", EXPERT))

    async def beat(_elapsed: float) -> None:
        await context.tell("expert analysis under way")

    return await context.state.expert.judge([arguments.question, arguments.material], ask, beat)


def parts(material: str, count: int) -> list[str]:
    """The material's sentences in `count` parts of about the same size."""
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+", material) if sentence]
    return [
        " ".join(sentences[index * len(sentences) // count : (index + 1) * len(sentences) // count])
        for index in range(count)
    ]


def relevant(question: str, part: str) -> list[str]:
    """The sentences of a part that share a longer word with the question."""
    wanted = {word for word in WORD.findall(question.lower()) if len(word) > 3}
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+", part) if sentence]
    return [
        sentence for sentence in sentences if any(word.group() in wanted for word in WORD.finditer(sentence.lower()))
    ]


ANALYZE = Tool(
    "analyze",
    "Analyses a question against material step by step; an expert model validates the result.",
    Analyze,
    __name__,
    "analyze",
    provider=True,
)
