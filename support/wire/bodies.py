"""A body while it passes: counted whole, kept up to a bound."""

from __future__ import annotations

from support.wire.records import Body


class GrowingBody:
    """Counts every byte and keeps the first `limit`."""

    __slots__ = ("_kept", "_length", "_limit", "complete")

    def __init__(self, limit: int) -> None:
        self._kept = bytearray()
        self._limit = limit
        self._length = 0
        self.complete = False

    def add(self, data: bytes | bytearray) -> None:
        """Count these bytes and keep those that still fit."""
        self._length += len(data)
        room = self._limit - len(self._kept)
        if room > 0:
            self._kept += data[:room]

    def snapshot(self) -> Body:
        """The body as far as it came."""
        return Body(bytes(self._kept), self._length, self.complete)
