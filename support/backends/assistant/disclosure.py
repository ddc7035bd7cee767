"""The system prompt is nobody's business: a reply that begins to recite it goes on without those sentences."""

from __future__ import annotations

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
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


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

    def censored(self, text: str) -> str:
        """A text without confidential lines, as it follows what went out before."""
        seen = self._out + folded(text)
        for line in self.lines:
            while (at := seen.find(line)) >= 0:
                self.told = True
                begins, ends = max(0, at - len(self._out)), at + len(line) - len(self._out)
                text = text[:begins] + PLACEHOLDER + text[ends:]
                if at < len(self._out):
                    self._out = ""
                seen = self._out + folded(text)
        return text

    def divided(self, text: str) -> tuple[str, str]:
        """A text, without and with the end in which a confidential line may have begun."""
        seen = self._out + folded(text)
        suspect = min((at for line in self.lines if (at := _begun(line, seen)) >= 0), default=len(seen))
        free = max(0, suspect - len(self._out))
        return text[:free], text[free:]


def _begun(line: str, seen: str) -> int:
    """Where a line may have begun in the end of what was seen; -1: it has not."""
    at = seen.rfind(line[:_RECOGNISED])
    return at if at >= 0 and line.startswith(seen[at:]) else -1
