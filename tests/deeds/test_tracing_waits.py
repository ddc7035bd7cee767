"""Proves that what was exported is stored before anything is deleted, on a platform that answers before it stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from support.clients.evaluation_platform.collector import Exported, SpanSent
from support.clients.evaluation_platform.interface import Event, Page
from support.deeds import things, tracing
from support.deeds.people import ADA

LATE = 3
"""Looks after which a span is seen."""


class Slow:
    """A world of one person, whose platform stores the span of a session only after some looks."""

    def __init__(self, visible_within_s: float, *, loses: bool = False) -> None:
        self.answer = Exported()
        self.looks, self.undone = 0, list[Callable[[], None]]()
        limits = SimpleNamespace(visible_within_s=visible_within_s)
        self.worker = SimpleNamespace(evaluation_platform=SimpleNamespace(limits=limits))
        self.platform = SimpleNamespace(second=SimpleNamespace(events=self))
        self._kept: dict[str, dict[str, Any]] = defaultdict(dict)
        self._loses = loses

    def list(self, *, session: str, limit: int, page: int) -> Page[Event]:
        self.looks += 1
        seen = self.looks > LATE and not self._loses
        stored = (Event(id="1", session=session, type="tool", name="answer"),) if seen else ()
        return Page[Event](items=stored if page == 1 else ())

    def named(self, kind: str) -> dict[str, Any]:
        return dict(self._kept[kind])

    def remember(self, kind: str, label: str, what: Any) -> None:
        self._kept[kind][label] = what

    def undo(self, _name: str, deed: Callable[[], None]) -> None:
        self.undone.append(deed)


def exported(world: Any) -> None:
    span = SpanSent(b"1" * 16, b"2" * 8, "answer", attributes={"session.id": "chat"})
    tracing._let_it_be_stored_before_it_is_deleted(world, ADA, [span])


def test_the_undoing_waits_until_a_span_is_seen_and_for_each_export_once() -> None:
    world: Any = Slow(5)
    exported(world)
    assert world.looks == 0, "the export itself does not wait"
    (wait,) = world.undone
    wait()
    assert world.looks > LATE
    looked = world.looks
    things.settle(world)
    assert world.looks == looked


def test_what_never_comes_is_waited_for_once_in_a_scenario() -> None:
    world: Any = Slow(0.01, loses=True)
    world.remember("lost", "spans", True)
    exported(world)
    things.settle(world)
    assert world.looks == 1


def test_a_platform_that_stores_before_it_answers_is_not_looked_at() -> None:
    world: Any = Slow(0)
    exported(world)
    assert world.undone == []
