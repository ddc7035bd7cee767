"""The journal of one proxy: what was recorded and not yet drained. Touched on the wire's own thread only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from support.wire.records import Conversation, Exchange, Passage

if TYPE_CHECKING:
    from support.wire.framing import ConversationRecorder
    from support.wire.recorder import Recording

Observer = Callable[[Passage], None]
"""Told of every piece of an answer after it was forwarded, on the wire's thread: be quick, never block."""


class Journal:
    """Collects the records of every connection of one proxy."""

    def __init__(
        self,
        system: str,
        body_limit: int,
        observers: Iterable[Observer],
        next_id: Callable[[], int],
        listeners: Iterable[Observer] = (),
    ) -> None:
        self.system = system
        self.address = ""
        self.body_limit = body_limit
        self.next_id = next_id
        self.failures: list[Exception] = []
        self._observers = tuple(observers)
        self._listeners = tuple(listeners)
        self._open: dict[int, Recording] = {}
        self._ended: list[Exchange] = []
        self._conversations: dict[int, ConversationRecorder] = {}

    @property
    def observed(self) -> bool:
        """Whether anybody watches the answers."""
        return bool(self._observers)

    def began(self, recording: Recording) -> None:
        """Remember an exchange whose answer is still awaited."""
        self._open[recording.id] = recording

    def ended(self, exchange: Exchange) -> None:
        """Keep a finished exchange for the next drain."""
        self._open.pop(exchange.id, None)
        self._ended.append(exchange)

    def upgraded(self, conversation: ConversationRecorder) -> None:
        """Follow a WebSocket connection from its upgrade on."""
        self._conversations[conversation.id] = conversation

    def passed(self, exchange_id: int, method: str, path: str, data: bytes) -> None:
        """Show a piece of an answer to the observers."""
        if self._observers:
            self._show(self._observers, Passage(exchange_id, self.system, method, path, data))

    def asked(self, exchange_id: int, method: str, path: str, data: bytes) -> None:
        """Show a piece of a request's body to the listeners."""
        if self._listeners:
            self._show(self._listeners, Passage(exchange_id, self.system, method, path, data))

    def _show(self, watchers: Iterable[Observer], passage: Passage) -> None:
        for observer in watchers:
            try:
                observer(passage)
            except Exception as error:  # noqa: BLE001 - traffic goes on; drain() raises it in the caller's thread
                self.failures.append(error)

    def open_exchanges(self, now: float) -> list[Exchange]:
        """Exchanges begun and not finished, as far as they got."""
        return [recording.snapshot(now) for recording in self._open.values()]

    def drain(self) -> list[Exchange]:
        """Hand over the finished exchanges, in the order in which they ended."""
        ended, self._ended = self._ended, []
        return ended

    def drain_conversations(self) -> list[Conversation]:
        """Hand over the frames since the last drain; an ended conversation is handed over once more, then forgotten."""
        drained = [recorder.drain() for recorder in self._conversations.values()]
        for conversation in drained:
            if conversation.ended:
                del self._conversations[conversation.id]
        return [conversation for conversation in drained if conversation.frames or conversation.ended]

    def drain_failures(self) -> list[Exception]:
        """Hand over what went wrong while recording."""
        failures, self.failures = self.failures, []
        return failures
