"""The system prompt is nobody's business: a reply that begins to recite it goes on without those sentences."""

from __future__ import annotations

from collections.abc import Iterator

PLACEHOLDER = "[...]"
_SHORTEST = 40
_RECOGNISED = 24
"""So many characters of a confidential line are enough to hold the text back."""


def confidential(prompt: str) -> list[str]:
    """The lines of a prompt that must not be told; a short one may be anybody's words."""
    lines = (line.strip().removeprefix("- ") for line in prompt.splitlines())
    return [folded(line) for line in lines if len(line) >= _SHORTEST]


def folded(text: str) -> str:
    """A text for comparison, as long as before."""
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


class Guard:
    """Sees the text of one reply as it comes, and says what of it may go out."""

    def __init__(self, prompt: str) -> None:
        self.lines = confidential(prompt)
        self.told = False
        """Whether something was kept back for good."""
        self._out = ""
        self._held = ""

    def release(self, text: str) -> str:
        """What may go out now; the rest is held until it is clear what it becomes."""
        self._held = self.censored(self._held + text)
        suspect = max((len(part) for part in self._suspects()), default=0)
        free = max(0, len(self._held) - suspect)
        released, self._held = self._held[:free], self._held[free:]
        self._out = (self._out + released)[-_SHORTEST * 20 :]
        return released

    def rest(self) -> str:
        """What was held and turned out to be harmless; to be asked at the end of an answer."""
        rest, self._held = self._held, ""
        return rest

    def censored(self, text: str) -> str:
        """A text without confidential lines, as it follows what went out before."""
        for line in self.lines:
            whole = folded(self._out + text)
            while (at := whole.find(line)) >= 0 and at + len(line) > len(self._out):
                self.told = True
                begins = max(0, at - len(self._out))
                text = text[:begins] + PLACEHOLDER + text[at + len(line) - len(self._out) :]
                self._out = self._out if at >= len(self._out) else ""
                whole = folded(self._out + text)
        return text

    def _suspects(self) -> Iterator[str]:
        """Ends of the text with which a confidential line may have begun."""
        seen = folded(self._out + self._held)
        for line in self.lines:
            at = seen.rfind(line[:_RECOGNISED])
            if at >= 0 and line.startswith(seen[at:]):
                yield seen[max(at, len(self._out)) :]
