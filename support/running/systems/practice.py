"""The practice API as a worker holds it."""

from __future__ import annotations

import secrets
from typing import Any

from support.clients.practice import (
    NewAppointment,
    NewAssignment,
    NewClient,
    NewConversation,
    NewDocument,
    NewInvoice,
    NewItem,
    NewMessage,
    NewMood,
    NewNote,
    NewPractice,
    NewPractitioner,
    NewReminder,
    NewSegment,
    NewSession,
    NewTemplate,
    PracticeControl,
    PracticeReader,
    SeededPractice,
)
from support.reporting.redaction import register_passing_secret, register_secret
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.targets import connection

_FUTURE: Any = "2030-01-07T10:00:00Z"


class PracticeUnderTest(SystemUnderTest):
    """Everybody reaches it through the proxy. Each scenario seeds practices of its own, and deletes them."""

    name = "practice"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._orders: PracticeControl | None = None
        self.neighbour: SeededPractice | None = None
        """The canary's practice: there is one client of everything, and no scenario speaks for it."""
        if self.target.embedded:
            self.start_embedded({})
            self.neighbour = self.orders.seed(_neighbour(around.canary.value))
            for person in self.neighbour.people():
                register_secret(person.token)
        else:
            self.proxy.start(connection(around.target, self.name, around.settings).address)

    @property
    def address(self) -> str:
        """Where every client finds it: the proxy."""
        return self.proxy.address

    @property
    def orders(self) -> PracticeControl:
        """Seeds practices, reads what was received, orders faults. Raises LookupError for a remote practice API."""
        control = self.embedded.control
        if self._orders is None or self._orders.control != control:
            self._end_orders()
            self._orders = PracticeControl(control, on_secret=register_passing_secret)
        return self._orders

    def reader(self, practice: SeededPractice) -> PracticeReader:
        """Reads what a practice has stored, as its administrator, past the proxy. Close it."""
        return PracticeReader(self.embedded.address, practice.administrator)

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it."""
        return {"NESTJS_API_URL": self.address}

    def refresh(self) -> None:
        """Forget what the last scenario's practices were asked."""
        if self.backend is not None and self.backend.alive():
            self.orders.forget()

    def ordered_failures(self) -> int:
        """Hits of its faults that reset or answer 5xx."""
        if self.backend is None or not self.backend.alive():
            return 0
        return sum(fault.hits for fault in self.orders.faults() if fault.reset or (fault.status or 0) >= 500)

    def calm(self) -> None:
        """End the faults of its proxy and those that it was ordered."""
        super().calm()
        if self.backend is not None and self.backend.alive():
            self.orders.clear_faults()

    def counts(self) -> Counts:
        """By practice and kind, the canary's included. Nothing of a remote one, which others may use."""
        if self.backend is None:
            return {}
        counted: dict[str, dict[str, int]] = self.control("GET", "/counts")["practices"]
        return {practice: {"practice": 1, **kinds} for practice, kinds in counted.items()}

    def sweep(self) -> None:
        """Delete every practice but the canary's."""
        if self.backend is not None:
            for practice in self.orders.practices():
                if self.neighbour is None or practice != self.neighbour.id:
                    self.orders.delete(practice)

    def close(self) -> None:
        """Close the clients."""
        self._end_orders()
        super().close()

    def _end_orders(self) -> None:
        if self._orders is not None:
            self._orders.close()
            self._orders = None


def _neighbour(canary: str) -> NewPractice:
    """A practice with one of everything, all of it marked; seeded past the proxy, so that nothing sees it."""
    client = NewClient(
        name=canary,
        email=f"{canary}-{secrets.token_hex(2)}@example.org",
        pronouns=canary,
        assignments=[NewAssignment(title=canary, instructions=canary)],
        conversations=[NewConversation(title=canary, messages=[NewMessage(role="user", content=canary)])],
        sessions=[NewSession(title=canary, notes=canary, segments=[NewSegment(speaker=canary, text=canary)])],
        moods=[NewMood(mood=canary, scale=5, note=canary)],
        documents=[NewDocument(name=canary, content=canary)],
        notes=[NewNote(content=canary)],
        appointments=[NewAppointment(starts_at=_FUTURE, note=canary)],
        invoices=[NewInvoice(items=[NewItem(description=canary, unit_cents=100)])],
        reminders=[NewReminder(text=canary, due_at=_FUTURE)],
    )
    return NewPractice(
        name=canary,
        practitioners=[NewPractitioner(name=canary)],
        clients=[client],
        templates=[NewTemplate(name=canary, description=canary, content=canary)],
    )
