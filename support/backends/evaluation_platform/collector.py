"""Taking spans in: each becomes an event of its session, once. What was answered 200 is stored and stored only once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from . import events, otlp, spans, storage
from .spans import Span

QUERY_BATCH = 500


def take(db: sa.Connection, project: str, received: Sequence[Span]) -> int:
    """Store the spans that are not stored yet; how many were refused because their ids are invalid."""
    valid = [span for span in received if otlp.is_valid(span)]
    known = stored_spans(db, project, valid)
    for span in valid:
        if is_new(span, known):
            known[span_key(span)] = store_span(db, project, span, known)
    return len(received) - len(valid)


def is_new(span: Span, known: Mapping[str, str]) -> bool:
    """Whether a span has not been stored yet: the first write of a trace and span id wins."""
    return span_key(span) not in known


def span_key(span: Span) -> str:
    """What identifies a span within its project."""
    return f"{span.trace_id}:{span.span_id}"


def stored_spans(db: sa.Connection, project: str, received: Sequence[Span]) -> dict[str, str]:
    """The event ids of those of these spans, and of their parents, that are stored already."""
    keys = {span_key(span) for span in received}
    keys |= {f"{span.trace_id}:{span.parent_span_id}" for span in received if span.parent_span_id}
    wanted, found = sorted(keys), {}
    for start in range(0, len(wanted), QUERY_BATCH):
        part = events.SPANS.c.id.in_(wanted[start : start + QUERY_BATCH])
        rows = db.execute(
            sa.select(events.SPANS.c.id, events.SPANS.c.event_id).where(events.SPANS.c.project_id == project, part)
        )
        found.update({row.id: row.event_id for row in rows})
    return found


def store_span(db: sa.Connection, project: str, span: Span, known: Mapping[str, str]) -> str:
    """Store the event that a span is, and its session where that is unknown; the event's id."""
    event = {**spans.as_event(span), "parent_id": parent_event(span, known)}
    storage.insert(db, events.SPANS, project, {"id": span_key(span), "event_id": event["event_id"]})
    events.ensure_session(db, project, event["session_id"], spans.session_properties(span))
    if events.find(db, project, event["event_id"]) is None:
        events.add(db, project, events.complete(project, event))
        adopt_children(db, project, span, event["event_id"])
    return str(event["event_id"])


def parent_event(span: Span, known: Mapping[str, str]) -> str | None:
    """The event of the span's parent; a root has none of its own, so that its session becomes its parent."""
    if span.parent_span_id is None:
        return None
    derived = spans.derived_id(span.trace_id, span.parent_span_id)
    return known.get(f"{span.trace_id}:{span.parent_span_id}", derived)


def adopt_children(db: sa.Connection, project: str, span: Span, event_id: str) -> None:
    """Tell the children that came before a span which id it gave itself."""
    derived = spans.derived_id(span.trace_id, span.span_id)
    if event_id == derived:
        return
    orphans = sa.select(events.EVENTS.c.document).where(events.scope(project), events.EVENTS.c.parent_id == derived)
    for child in list(db.scalars(orphans)):
        events.change(db, project, child, {"parent_id": event_id})


def answer(encoding: str, refused: int) -> bytes:
    """The body of the answer."""
    why = "spans whose trace or span id is missing, zero or not hexadecimal were refused" if refused else ""
    return otlp.response(encoding, refused, why)
