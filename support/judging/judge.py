"""A judge: one call for a criterion, a second one where a mistake would cost most."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from support.judging import opinions, prompt
from support.judging.opinions import Opinion, Verdict
from support.judging.rubrics import Rubric
from support.judging.transcripts import Transcript


class UnaskedError(Exception):
    """A judge could not be asked, after all retries; the message says why. Nobody's verdict."""


class Asking(Protocol):
    """How a judge's model is asked: the real client, see `support.judging.client`."""

    def __call__(self, request: dict[str, Any], request_id: str, /) -> tuple[str | None, str]:
        """The text of the answer and the reason for its end. Raises UnaskedError."""


@dataclass(frozen=True)
class Decision:
    """What a judge says in the end, with the opinions that led to it. `why` explains what is inconclusive."""

    verdict: Verdict
    opinions: Sequence[Opinion]
    why: str = ""

    def told(self) -> str:
        """In a few lines, as evidence."""
        lines = [f"{self.verdict}{f': {self.why}' if self.why else ''}"]
        for opinion in self.opinions:
            lines += [f"  {opinion.verdict}: {opinion.reasoning or opinion.fault}"]
            lines += [f'    "{quote}"' for quote in opinion.quotes]
        return "\n".join(lines)


@dataclass(frozen=True)
class Judge:
    """Judges by one rubric with one model."""

    rubric: Rubric
    model: str
    ask: Asking

    @cached_property
    def identity(self) -> str:
        """The hash of all that shapes its verdicts: another prompt, rubric or model is another judge."""
        return identity(self.rubric, self.model)

    def decide(self, transcript: Transcript, name: str) -> Decision:
        """Judge a reply. `name` begins the ids of its calls: `<name>/1`, and `<name>/2` where one is confirmed.

        Raises:
            UnaskedError: the model could not be asked.

        """
        first = self._opinion(transcript, f"{name}/1")
        if first.verdict != self.rubric.confirm:
            return Decision(first.verdict, [first], first.fault)
        second = self._opinion(transcript, f"{name}/2")
        if second.verdict == first.verdict:
            return Decision(first.verdict, [first, second])
        return Decision(
            "inconclusive", [first, second], f"{first.verdict} was not confirmed: asked again, {second.verdict}"
        )

    def _opinion(self, transcript: Transcript, request_id: str) -> Opinion:
        answer, finish = self.ask(request(self.rubric, self.model, transcript), request_id)
        return opinions.read(answer, transcript.reply, finish=finish)


def request(rubric: Rubric, model: str, transcript: Transcript) -> dict[str, Any]:
    """What the model is asked, as the arguments of a chat completion."""
    return {
        "model": model,
        "messages": prompt.messages(rubric, transcript),
        "temperature": prompt.TEMPERATURE,
        "max_tokens": prompt.MAX_TOKENS,
        "response_format": prompt.FORMAT,
    }


def identity(rubric: Rubric, model: str) -> str:
    """The SHA-256 of model, prompt, rubric, temperature, shape of the answer and parser; 64 hexadecimal digits."""
    parts = {
        "model": model,
        "system": prompt.SYSTEM,
        "task": prompt.TASK,
        "rubric": rubric.model_dump(mode="json"),
        "temperature": prompt.TEMPERATURE,
        "max_tokens": prompt.MAX_TOKENS,
        "format": prompt.FORMAT,
        "parser": opinions.PARSER,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
