"""Proves that a batch of spans or datapoints costs the platform a few queries, however many it holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from support.backends.evaluation_platform import batches, collector, events, storage
from support.backends.evaluation_platform.spans import Span

TRACE = secrets.token_hex(16)


def spans_of(count: int) -> list[Span]:
    """Spans within each other, the innermost first, each with an event id of its own."""
    ids = [secrets.token_hex(8) for _ in range(count)]
    told: list[dict[str, Any]] = [{"honeyhive_event_id": f"own-{span_id}"} for span_id in ids]
    parents = [*ids[1:], None]
    return [Span(TRACE, *each, 1, 2, own) for each, own in zip(zip(ids, parents, ids, strict=True), told, strict=True)]


def queries_of(store: storage.Store, work: Callable[[sa.Connection], object]) -> int:
    made: list[str] = []

    def count(*seen: Any) -> None:
        made.append(seen[2])

    sa.event.listen(store.engine, "before_cursor_execute", count)
    with store.writing() as db:
        work(db)
    sa.event.remove(store.engine, "before_cursor_execute", count)
    return len(made)


def queries_to_take(store: storage.Store, project: str, received: list[Span]) -> int:
    def take(db: sa.Connection) -> None:
        assert collector.take(db, project, received) == 0

    return queries_of(store, take)


def test_a_batch_costs_as_many_queries_as_a_single_span(tmp_path: Path) -> None:
    store = storage.Store.open(str(tmp_path / "platform.db"))
    one, many = (queries_to_take(store, str(count), spans_of(count)) for count in (1, 200))
    assert many == one
    with store.reading() as db:
        assert len(events.of_sessions(db, "200", {event["session_id"] for event in kept(db)})) == 201
    store.close()


def test_in_one_batch_a_child_that_comes_first_finds_its_parent(tmp_path: Path) -> None:
    store = storage.Store.open(str(tmp_path / "platform.db"))
    received = spans_of(3)
    queries_to_take(store, "200", received)
    with store.reading() as db:
        parents = {event["event_name"]: event["parent_id"] for event in kept(db) if event["event_type"] != "session"}
        session = next(event["event_id"] for event in kept(db) if event["event_type"] == "session")
    inner, middle, outer = received
    assert parents == {
        inner.name: f"own-{middle.span_id}",
        middle.name: f"own-{outer.span_id}",
        outer.name: session,
    }
    store.close()


def kept(db: sa.Connection) -> list[events.Document]:
    return [dict(one) for one in db.scalars(sa.select(events.EVENTS.c.document).where(events.scope("200")))]


def test_linking_many_datapoints_costs_as_many_queries_as_linking_one(tmp_path: Path) -> None:
    store = storage.Store.open(str(tmp_path / "platform.db"))

    def queries_to_store(count: int) -> int:
        good = [{"inputs": {"n": number}, "linked_datasets": ["d"]} for number in range(count)]
        return queries_of(store, lambda db: batches.store_good(db, str(count), good, None))

    assert queries_to_store(200) == queries_to_store(1)
    store.close()
