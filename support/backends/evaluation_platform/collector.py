"""Taking spans in: each becomes an event of its session, once. What was answered 200 is stored and stored only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from . import events, otlp, spans, storage
from .spans import Span


def take(db: sa.Connection, project: str, received: Sequence[Span]) -> int:
    """Store the spans that are not stored yet; how many were refused because their ids are invalid."""
    valid = [span for span in received if otlp.is_valid(span)]
    known = stored_spans(db, project, valid)
    store_spans(db, project, new_spans(valid, known), known)
    return len(received) - len(valid)


def new_spans(received: Iterable[Span], known: dict[str, str]) -> list[tuple[Span, events.Document]]:
    """The spans that are not stored yet, with their events; they are put to the known ones.

    The first write of a trace and span id wins.
    """
    fresh = []
    for span in received:
        if span_key(span) not in known:
            event = spans.as_event(span)
            known[span_key(span)] = event["event_id"]
            fresh.append((span, event))
    return fresh


def span_key(span: Span) -> str:
    """What identifies a span within its project."""
    return f"{span.trace_id}:{span.span_id}"


def stored_spans(db: sa.Connection, project: str, received: Sequence[Span]) -> dict[str, str]:
    """The event ids of those of these spans, and of their parents, that are stored already."""
    keys = {span_key(span) for span in received}
    keys |= {f"{span.trace_id}:{span.parent_span_id}" for span in received if span.parent_span_id}
    table, found = events.SPANS, {}
    for part in storage.in_parts(sorted(keys)):
        mine = sa.and_(table.c.project_id == project, table.c.id.in_(part))
        found.update({row.id: row.event_id for row in db.execute(sa.select(table.c.id, table.c.event_id).where(mine))})
    return found


def store_spans(
    db: sa.Connection, project: str, fresh: Sequence[tuple[Span, events.Document]], known: dict[str, str]
) -> None:
    """Store the events that spans are, and the sessions that are unknown: a few queries, however many spans."""
    derived = {spans.derived_id(span.trace_id, span.span_id) for span, _ in fresh}
    named = {event[name] for _, event in fresh for name in ("session_id", "event_id")}
    there = events.which_exist(db, project, named | derived)
    made: list[events.Document] = []
    for span, event in fresh:
        if event["session_id"] not in there:
            made.append(events.new_session(project, event["session_id"], spans.session_properties(span)))
            there.add(event["session_id"])
    give_free_ids(fresh, known, there)
    rows = [{"id": span_key(span), "event_id": event["event_id"]} for span, event in fresh]
    storage.insert_all(db, events.SPANS, project, rows)
    made += [events.complete(project, {**event, "parent_id": parent_event(span, known)}) for span, event in fresh]
    adopt_children(db, project, fresh)
    events.add_all(db, project, made)


def give_free_ids(fresh: Iterable[tuple[Span, events.Document]], known: dict[str, str], taken: set[str]) -> None:
    """Give each event an id of its own: the one that it names, unless another has that, or else the span's.

    Two spans that name one id are two events: what is acknowledged is kept.
    """
    for span, event in fresh:
        choices = (event["event_id"], spans.derived_id(span.trace_id, span.span_id), events.new_event_id())
        event["event_id"] = known[span_key(span)] = next(one for one in choices if one not in taken)
        taken.add(event["event_id"])


def parent_event(span: Span, known: Mapping[str, str]) -> str | None:
    """The event of the span's parent; a root has none of its own, so that its session becomes its parent."""
    if span.parent_span_id is None:
        return None
    derived = spans.derived_id(span.trace_id, span.parent_span_id)
    return known.get(f"{span.trace_id}:{span.parent_span_id}", derived)


def adopt_children(db: sa.Connection, project: str, parents: Sequence[tuple[Span, events.Document]]) -> None:
    """Tell the children that came in an earlier batch which id their parent gave itself."""
    named = {spans.derived_id(span.trace_id, span.span_id): event["event_id"] for span, event in parents}
    named = {derived: event_id for derived, event_id in named.items() if derived != event_id}
    for child in events.children_of(db, project, named):
        events.change(db, project, child, {"parent_id": named[child["parent_id"]]})


def answer(encoding: str, refused: int) -> bytes:
    """The body of the answer."""
    why = "spans whose trace or span id is missing, zero or not hexadecimal were refused" if refused else ""
    return otlp.response(encoding, refused, why)
