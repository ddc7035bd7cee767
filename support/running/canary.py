"""A tenant that no scenario speaks for: whatever of it turns up in an answer has leaked."""

from __future__ import annotations

import secrets
from collections import defaultdict

from support.wire.records import Passage


class Canary:
    """A value that exists only in a foreign project, and a watch on every answer that passes the wire."""

    def __init__(self) -> None:
        self.value = f"canary-{secrets.token_hex(8)}"
        self._needle = self.value.encode()
        self._tails: dict[int, bytes] = defaultdict(bytes)
        self._seen: list[str] = []

    def watch(self, passage: Passage) -> None:
        """Look at a piece of an answer; a value torn between two pieces is found too. Runs on the wire's thread."""
        text = self._tails[passage.id] + passage.data
        if self._needle in text:
            self._seen.append(f"{passage.method} {passage.path} of {passage.system}")
        self._tails[passage.id] = text[1 - len(self._needle) :]

    def sightings(self) -> list[str]:
        """Where it was seen since the last call: method and path of the answers."""
        seen, self._seen = self._seen, []
        self._tails.clear()
        return list(dict.fromkeys(seen))
