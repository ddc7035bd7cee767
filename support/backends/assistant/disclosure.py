"""The system prompt is nobody's business: a reply that begins to recite it goes on without those sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = "[...]"
_SHORTEST = 40
_RECOGNISED = 24
"""So many characters of a confidential line are enough to hold the text back."""
_SPACE = re.compile(r"\s+")
_SIGN = re.compile(r"\s+|\S")


def confidential(prompt: str) -> list[str]:
    """The lines of a prompt that must not be told; a short one may be anybody's words."""
    lines = (line.strip().removeprefix("- ") for line in prompt.splitlines())
    return [seen_as(line).text for line in lines if len(line) >= _SHORTEST]


def folded(text: str) -> str:
    """A text for comparison, as long as before."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


@dataclass(frozen=True)
class Seen:
    """A text as it is compared: folded, every run of white space one space; and where each of its signs stood."""

    text: str
    places: Sequence[int]


def seen_as(text: str) -> Seen:
    """A text for comparison, however its lines are broken."""
    plain = folded(text)
    even = _SPACE.sub(" ", plain)
    if len(even) == len(plain):
        return Seen(even, range(len(plain) + 1))
    return Seen(even, [*(sign.start() for sign in _SIGN.finditer(plain)), len(plain)])


def without(text: str, lines: Sequence[str]) -> str:
    """A whole text without confidential lines."""
    for line in lines:
        while (at := (seen := seen_as(text)).text.find(line)) >= 0:
            text = text[: seen.places[at]] + PLACEHOLDER + text[seen.places[at + len(line)] :]
    return text


class Guard:
    """Sees the text of one reply as it comes, and says what of it may go out."""

    def __init__(self, prompt: str) -> None:
        self.lines = confidential(prompt)
        self.told = False
        """Whether something was kept back for good."""
        self._longest = max(map(len, self.lines), default=0)
        self._out = ""
        """The end of what went out, folded: as much of it as a line may have begun in."""
        self._held = ""

    def release(self, text: str) -> str:
        """What may go out now; the rest is held until it is clear what it becomes."""
        self._held = self.censored(self._held + text)
        released, self._held = self.divided(self._held)
        if self._longest:
            self._out = (self._out + folded(released))[-self._longest :]
        return released

    def rest(self) -> str:
        """What was held and turned out to be harmless; to be asked at the end of an answer."""
        rest, self._held = self._held, ""
        return rest

    def cleared(self, value: Any) -> Any:
        """A JSON value that is told as a whole, every text in it without confidential lines."""
        if isinstance(value, str):
            return without(value, self.lines)
        if isinstance(value, list):
            return [self.cleared(each) for each in value]
        if isinstance(value, Mapping):
            return {self.cleared(name): self.cleared(each) for name, each in value.items()}
        return value

    def censored(self, text: str) -> str:
        """A text without confidential lines, as it follows what went out before."""
        seen = seen_as(self._out + text)
        for line in self.lines:
            while (at := seen.text.find(line)) >= 0:
                self.told = True
                begins, ends = seen.places[at], seen.places[at + len(line)]
                out = len(self._out)
                text = text[: max(0, begins - out)] + PLACEHOLDER + text[ends - out :]
                if begins < out:
                    self._out = ""
                seen = seen_as(self._out + text)
        return text

    def divided(self, text: str) -> tuple[str, str]:
        """A text, without and with the end in which a confidential line may have begun."""
        seen = seen_as(self._out + text)
        suspect = min((at for line in self.lines if (at := _begun(line, seen.text)) >= 0), default=len(seen.text))
        free = max(0, seen.places[suspect] - len(self._out))
        return text[:free], text[free:]


def _begun(line: str, seen: str) -> int:
    """Where a line may have begun in the end of what was seen; -1: it has not."""
    at = seen.rfind(line[:_RECOGNISED])
    return at if at >= 0 and line.startswith(seen[at:]) else -1
