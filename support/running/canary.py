"""A tenant that no scenario speaks for: whatever of it is in an answer, or is passed on to another system, leaked."""

from __future__ import annotations

import secrets
from collections import defaultdict

from support.wire.records import Passage


class Canary:
    """A value that exists only in a foreign project, and a watch on everything that passes the wire."""

    def __init__(self) -> None:
        self.value = f"canary-{secrets.token_hex(8)}"
        self._answers, self._requests = Watch(self.value), Watch(self.value)

    def watch(self, passage: Passage) -> None:
        """Look at a piece of an answer. Runs on the wire's thread."""
        self._answers.look(passage)

    def watch_requests(self, passage: Passage) -> None:
        """Look at a piece of a request's body: what one system passes on to another. Runs on the wire's thread."""
        self._requests.look(passage)

    def sightings(self) -> list[str]:
        """In the answers to what it was seen since the last call: method and path."""
        return self._answers.seen()

    def passed_on(self) -> list[str]:
        """In which requests it was seen since the last call: method and path."""
        return self._requests.seen()


class Watch:
    """Looks for a value in pieces of many streams; one torn between two pieces is found, too."""

    def __init__(self, value: str) -> None:
        self._needle = value.encode()
        self._tails: dict[int, bytes] = defaultdict(bytes)
        self._seen: list[str] = []

    def look(self, passage: Passage) -> None:
        """Look at the next piece of a stream."""
        text = self._tails[passage.id] + passage.data
        if self._needle in text:
            self._seen.append(f"{passage.method} {passage.path} of {passage.system}")
        self._tails[passage.id] = text[1 - len(self._needle) :]

    def seen(self) -> list[str]:
        """Where it was seen since the last call."""
        seen, self._seen = self._seen, []
        self._tails.clear()
        return list(dict.fromkeys(seen))
