"""From a turn of a script to an answer: references filled, limits kept, tokens counted, in no provider's words."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from . import references, tokens
from .asked import Asked, Call
from .refusals import unscripted
from .scripts import Cue, Finish, ScriptedCall
from .tokens import Usage

_WORD = re.compile(r"\s*\S+\s*|\s+")
_ARGUMENTS_PIECE = 16
_CALL_ID = {"chat": "call_", "responses": "call_", "messages": "toolu_"}


@dataclass(frozen=True)
class Answer:
    """What the model says. `chunks` are the pieces in which a stream sends the text."""

    chunks: tuple[str, ...]
    calls: tuple[Call, ...]
    finish: Finish
    usage: Usage
    refusal: str | None = None
    stop_sequence: str | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.chunks)


def compose(cue: Cue, asked: Asked) -> Answer:
    """The answer that this turn gives to this request. Raises Refusal for a reference that leads nowhere."""
    turn = cue.turn
    try:
        chunks = _chunks(turn.text, asked)
        calls = tuple(_call(call, asked) for call in turn.tool_calls)
    except references.ReferenceFaultError as fault:
        raise unscripted(f"{cue.script}, turn {cue.number}: {fault}", "no_such_result") from None
    finish = turn.finish or ("tool_calls" if calls else "stop")
    answer = Answer(chunks, calls, finish, Usage(0, 0), turn.refusal)
    return counted(limited(answer, asked), asked)


def limited(answer: Answer, asked: Asked) -> Answer:
    """Cut as a model would cut it: before the first stop sequence, and after the most tokens allowed."""
    return within_tokens(before_stop(answer, asked.stop), asked.max_tokens)


def before_stop(answer: Answer, stop: Sequence[str]) -> Answer:
    """Without the first stop sequence and what follows it."""
    found = [(answer.text.index(sequence), sequence) for sequence in stop if sequence in answer.text]
    if not found:
        return answer
    place, sequence = min(found)
    return replace(answer, chunks=_first(answer.chunks, place), stop_sequence=sequence)


def within_tokens(answer: Answer, most: int | None) -> Answer:
    """At most that many tokens of text, and then the finish reason is length."""
    if most is None or tokens.of_text(answer.text) <= most:
        return answer
    return replace(answer, chunks=_first(answer.chunks, most * tokens.CHARACTERS), finish="length", stop_sequence=None)


def counted(answer: Answer, asked: Asked) -> Answer:
    """With its usage."""
    completion = tokens.of_answer(answer.text + (answer.refusal or ""), answer.calls)
    return replace(answer, usage=Usage(tokens.of_prompt(asked), completion))


def pieces(arguments: str) -> list[str]:
    """The pieces in which a stream sends a call's arguments."""
    return [arguments[start : start + _ARGUMENTS_PIECE] for start in range(0, len(arguments), _ARGUMENTS_PIECE)]


def words(text: str) -> tuple[str, ...]:
    """A text in the chunks of a stream: a word each, with the space behind it."""
    return tuple(_WORD.findall(text))


def new_id(prefix: str) -> str:
    """An id as the provider's look."""
    return f"{prefix}{secrets.token_hex(12)}"


def _chunks(text: str | list[str] | None, asked: Asked) -> tuple[str, ...]:
    if text is None:
        return ()
    if isinstance(text, str):
        return words(references.as_text(references.filled(text, asked)))
    return tuple(references.as_text(references.filled(chunk, asked)) for chunk in text)


def _call(scripted: ScriptedCall, asked: Asked) -> Call:
    filled = references.filled(scripted.arguments, asked)
    arguments = filled if isinstance(filled, str) else json.dumps(filled, ensure_ascii=False)
    return Call(scripted.id or new_id(_CALL_ID[asked.api]), scripted.name, arguments)


def _first(chunks: Sequence[str], characters: int) -> tuple[str, ...]:
    return tuple(_cut(chunks, characters))


def _cut(chunks: Sequence[str], characters: int) -> Iterator[str]:
    for chunk in chunks:
        if characters <= 0:
            return
        yield chunk[:characters]
        characters -= len(chunk)
