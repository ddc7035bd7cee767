"""Proves that what was exported or made is seen before it is deleted or denied, on a platform that shows it late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from support.clients.evaluation_platform.collector import Exported, SpanSent
from support.clients.evaluation_platform.interface import Event, Page
from support.clients.evaluation_platform.nouns import noun
from support.deeds import things, tracing
from support.deeds.people import ADA, NOOR

LATE = 3
"""Looks after which a span is seen."""
NAMED = {"session.id": "chat"}


class Slow:
    """A world of two teams, whose platform shows the one span of the first only after some looks."""

    def __init__(self, visible_within_s: float, *, loses: bool = False) -> None:
        self.answer: Any = Exported()
        self.looks, self.undone = 0, list[Callable[[], None]]()
        limits = SimpleNamespace(visible_within_s=visible_within_s)
        self.worker = SimpleNamespace(evaluation_platform=SimpleNamespace(limits=limits, claims=()))
        ours = SimpleNamespace(events=self, of=lambda _kind: self)
        theirs = SimpleNamespace(of=lambda _kind: SimpleNamespace(list=self.told, find=self.told, get=self.told))
        self.platform = SimpleNamespace(second=ours, main=ours, foreign=SimpleNamespace(main=theirs))
        self._kept: dict[str, dict[str, Any]] = defaultdict(dict)
        self._loses = loses

    def list(self, *, session: str = "chat", name: str = "answer", limit: int = 0, page: int = 1) -> Page[Event]:
        self.looks += 1
        seen = self.looks > LATE and not self._loses
        stored = (Event(id="1", session=session, type="tool", name=name),) if seen else ()
        return Page[Event](items=stored if page == 1 else ())

    def told(self, *_: Any) -> int:
        """What somebody else is told: after how many looks of the owner's."""
        return self.looks

    def unique(self, label: str) -> str:
        return label

    def named(self, kind: str) -> dict[str, Any]:
        return dict(self._kept[kind])

    def remember(self, kind: str, label: str, what: Any) -> None:
        self._kept[kind][label] = what

    def recall(self, kind: str, label: str) -> Any:
        return self._kept[kind][label]

    def undo(self, _name: str, deed: Callable[[], None]) -> None:
        self.undone.append(deed)


def exported(world: Any, attributes: Mapping[str, str] = NAMED) -> None:
    span = SpanSent(b"1" * 16, b"2" * 8, "answer", attributes=dict(attributes))
    tracing._let_it_be_stored(world, ADA, [span], partial(tracing._keep_what_became_of, world, [("answer", span)]))


def test_the_undoing_waits_until_a_span_is_seen_and_for_each_export_once() -> None:
    world: Any = Slow(5)
    exported(world)
    assert world.looks == 0, "the export itself does not wait"
    world.undone[0]()
    assert world.looks > LATE
    looked = world.looks
    things.settle(world)
    assert world.looks == looked


def test_what_never_comes_is_waited_for_once_in_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "TOLERANCE", 0.1)
    world: Any = Slow(0.01, loses=True)
    for _ in range(2):
        tracing._let_it_be_stored(world, ADA, [SpanSent(b"1" * 16, b"2" * 8, "answer", attributes=dict(NAMED))])
    first, second = world.named("sent spans").values()
    first()
    assert world.looks > 1, "the first is waited for"
    world.looks = 0
    second()
    assert world.looks == 1


@pytest.mark.parametrize("attributes", [NAMED, {}], ids=["of a session", "of no session"])
def test_which_event_a_span_became_is_known_once_it_is_seen(attributes: Mapping[str, str]) -> None:
    world: Any = Slow(5)
    exported(world, attributes)
    assert things.known(world, "event", "answer") == "1"
    assert world.recall("session", "its own") == "chat", "nobody has named it here"


def test_a_platform_that_stores_before_it_answers_is_not_waited_for() -> None:
    world: Any = Slow(0)
    world.looks = LATE
    exported(world)
    assert world.named("event") == {"answer": "1"}
    assert world.looks == LATE + 1


@pytest.mark.parametrize("deed", [things.list_things, things.look_for, things.open_thing])
def test_nobody_else_looks_before_the_owner_sees_it(deed: Callable[..., None]) -> None:
    world: Any = Slow(5)
    things.keep(world, ADA, noun("event"), "answer", "1")
    deed(world, NOOR, "event", *([] if deed is things.list_things else ["answer"]))
    assert world.answer == LATE + 1


def test_that_the_owner_never_sees_it_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(things, "TOLERANCE", 0.01)
    world: Any = Slow(0.01, loses=True)
    things.keep(world, ADA, noun("event"), "answer", "1")
    with pytest.raises(AssertionError, match=r'the event "answer", which Ada made: .* its owner does not see it'):
        things.list_things(world, NOOR, "event")


def test_who_looks_for_things_of_their_own_does_not_wait() -> None:
    world: Any = Slow(5)
    things.keep(world, NOOR, noun("event"), "answer", "1")
    things.list_things(world, NOOR, "event")
    assert world.answer == 0
