"""The system prompt is nobody's business: a reply that recites it, or a good part of it, goes on without that.

Only letters and digits are compared, upper and lower case alike, so that quoting, bullets, emphasis and other line
breaks change nothing; and the prompt in base64 is the prompt, too. What is told in other words cannot be recognised.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = "[...]"
SENTENCE = 32
"""Letters of the shortest sentence that is kept back as a whole; a shorter one may be anybody's words."""
PART = 60
"""Letters of any part of the prompt that is kept back: what good replies say as well (whom to call) is shorter."""
SUSPICIOUS = 16
"""So many letters of the prompt at the end of what has come are enough to hold them until it is clear what follows."""
_END_OF_SENTENCE = re.compile(r"[.:!?]\s|\n")


@dataclass(frozen=True)
class Seen:
    """A text as it is compared: its letters and digits, folded, and where each of them stood."""

    letters: str
    places: Sequence[int]


def seen_as(text: str) -> Seen:
    """A text for comparison, however it is written."""
    found = [(place, letter.lower()[0]) for place, letter in enumerate(text) if letter.isalnum()]
    return Seen("".join(letter for _, letter in found), [place for place, _ in found])


class Secret:
    """What must not be told of a prompt. `sentences` are recognised whole, of `text` every part of PART letters."""

    def __init__(self, prompt: str) -> None:
        found = [seen_as(sentence).letters for sentence in _END_OF_SENTENCE.split(prompt)]
        self.sentences = {sentence[:SENTENCE]: sentence for sentence in found if len(sentence) >= SENTENCE}
        plain = "\n".join(seen_as(line).letters for line in prompt.splitlines() if len(line) >= SENTENCE)
        self.text = "\n".join([plain, *(seen_as(each).letters for each in encoded(prompt))])
        self.parts = {part for line in self.text.split("\n") for part in every(line, PART)}
        self.beginnings = {*self.sentences, *(part[:SENTENCE] for part in self.parts)}

    def runs(self, letters: str) -> Iterator[tuple[int, int]]:
        """Where something of it begins and ends in these letters, as far as it goes."""
        at = 0
        while at < len(letters):
            end = self._recognised(letters, at)
            if end is None:
                at += 1
                continue
            yield at, end
            at = end

    def begun(self, letters: str) -> int:
        """How many letters at the end of these it may begin with."""
        if len(letters) < SUSPICIOUS or letters[-SUSPICIOUS:] not in self.text:
            return 0
        longest = range(min(len(letters), PART), SUSPICIOUS - 1, -1)
        return next(count for count in longest if letters[-count:] in self.text)

    def _recognised(self, letters: str, at: int) -> int | None:
        beginning = letters[at : at + SENTENCE]
        if beginning not in self.beginnings:
            return None
        end = at + PART
        if letters[at:end] in self.parts:
            while end < len(letters) and letters[at : end + 1] in self.text:
                end += 1
            return end
        sentence = self.sentences.get(beginning, "\n")
        return at + len(sentence) if letters.startswith(sentence, at) else None


@functools.lru_cache(maxsize=32)
def secret_of(prompt: str) -> Secret:
    """What must not be told of a prompt; personas have few, and replies are many."""
    return Secret(prompt)


def every(line: str, length: int) -> Iterator[str]:
    """Every part of a line that is so long."""
    return (line[at : at + length] for at in range(len(line) - length + 1))


def encoded(prompt: str) -> Iterator[str]:
    """The prompt in base64, by each of the three places at which a part of it may begin."""
    for ahead in range(3):
        yield base64.b64encode(b" " * ahead + prompt.encode(errors="replace")).decode()


class Guard:
    """Sees the text of one reply as it comes, and says what of it may go out."""

    def __init__(self, prompt: str) -> None:
        self.secret = secret_of(prompt)
        self.told = False
        """Whether something was kept back for good."""
        self._out = ""
        """The end of what went out: as much of it as something may have begun in."""
        self._held = ""

    def release(self, text: str) -> str:
        """What may go out now; the rest is held until it is clear what it becomes."""
        self._held += text
        return self._let_go(at_end=False)

    def rest(self) -> str:
        """What was held and turned out to be harmless; to be asked at the end of an answer."""
        return self._let_go(at_end=True)

    def cleared(self, value: Any) -> Any:
        """A JSON value that is told as a whole, nothing of the prompt in any text of it."""
        if isinstance(value, str):
            return self.censored(value)[0]
        if isinstance(value, list):
            return [self.cleared(each) for each in value]
        if isinstance(value, Mapping):
            return {self.cleared(name): self.cleared(each) for name, each in value.items()}
        return value

    def censored(self, text: str, before: str = "") -> tuple[str, int]:
        """A text without what must not be told, as it follows what went out before, and where the last of it ended."""
        seen, told, done = seen_as(before + text), "", 0
        for begins, ends in self.secret.runs(seen.letters):
            start = max(0, seen.places[begins] - len(before))
            end = seen.places[ends - 1] + 1 - len(before)
            if end <= 0:
                continue
            told, done = told + text[done:start] + PLACEHOLDER, end
        return told + text[done:], done

    def _let_go(self, *, at_end: bool) -> str:
        free = len(self._held) if at_end else self._free()
        going, self._held = self._held[:free], self._held[free:]
        if not going:
            return ""
        released, done = self.censored(going, self._out)
        self.told = self.told or done > 0
        self._out = going[done:] if done else (self._out + going)[-4 * PART :]
        return released

    def _free(self) -> int:
        """How much of what is held is clear: all but the end in which something may be told, or have begun."""
        seen = seen_as(self._out + self._held)
        runs = list(self.secret.runs(seen.letters))
        last = runs[-1] if runs else (0, 0)
        if runs and last[1] == len(seen.letters):
            begins = last[0]
        else:
            begins = len(seen.letters) - self.secret.begun(seen.letters[last[1] :])
        if begins >= len(seen.letters):
            return len(self._held)
        return max(0, seen.places[begins] - len(self._out))
