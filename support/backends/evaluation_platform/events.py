"""Events and sessions: what is stored of them, how it is merged, found and deleted.

A session is an event of type `session` whose event id is its session id. Ids are scoped by project. An update of an
event that is not there yet is kept and applied when the event arrives (a span may be later than what enriches it).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import sqlalchemy as sa

from . import due, ids, search, storage
from .errors import Problem, conflict, invalid, not_found

Document = dict[str, Any]

EVENT_TYPES = ("session", "model", "tool", "chain", "generic")
OBJECTS = ("config", "inputs", "outputs", "metadata", "feedback", "metrics", "user_properties")

EVENTS = storage.resource(
    "events",
    sa.Column("session_id", sa.String(255), nullable=False),
    sa.Column("parent_id", sa.String(255)),
    sa.Column("event_type", sa.String(16), nullable=False),
    sa.Column("event_name", sa.Text),
    sa.Column("start_time", sa.Float, nullable=False),
    sa.Column("run_id", sa.String(255)),
    sa.Column("document", storage.Document, nullable=False),
    sa.Index("ix_events_session", "project_id", "session_id"),
    sa.Index("ix_events_parent", "project_id", "parent_id"),
    sa.Index("ix_events_run", "project_id", "run_id"),
    sa.Index("ix_events_start", "project_id", "start_time"),
)
PENDING = storage.resource(
    "pending_updates",
    sa.Column("event_id", sa.String(255), nullable=False),
    sa.Column("changes", storage.Document, nullable=False),
    sa.Index("ix_pending_updates_event", "project_id", "event_id"),
)
SPANS = storage.resource(
    "spans", sa.Column("event_id", sa.String(255), nullable=False), sa.Index("ix_spans_event", "project_id", "event_id")
)
"""Which event each span has become; the id is trace and span."""

COLUMNS = {"event_id": "id", "session_id": "session_id", "parent_id": "parent_id", "event_type": "event_type"}
COLUMNS |= {"event_name": "event_name", "metadata.run_id": "run_id"}
"""The fields that the database can compare by itself."""


@dataclass(slots=True)
class Batch:
    """What became of a batch: the ids of what was stored, in order, and the faults of the rest by their index."""

    event_ids: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    session_id: str | None = None


# Making --------------------------------------------------------------------------------------------------------------


def new_event_id() -> str:
    """A fresh id, of the form that the SDK expects of sessions."""
    return str(uuid.uuid4())


def complete(project: str, sent: Mapping[str, Any]) -> Document:
    """An event as it is stored, from what was sent of it: every field there, ids and times filled in."""
    kind = sent.get("event_type") or "generic"
    event_id = sent.get("event_id") or (sent.get("session_id") if kind == "session" else None) or new_event_id()
    session_id = event_id if kind == "session" else sent.get("session_id") or new_event_id()
    start, end, duration = complete_times(sent.get("start_time"), sent.get("end_time"), sent.get("duration"))
    return {
        "project_id": project,
        "source": sent.get("source"),
        "event_name": sent.get("event_name") or kind,
        "event_type": kind,
        "event_id": event_id,
        "session_id": session_id,
        "parent_id": parent_of(kind, session_id, sent.get("parent_id")),
        "children_ids": list(sent.get("children_ids") or []),
        **{name: dict(sent.get(name) or {}) for name in OBJECTS},
        "error": sent.get("error"),
        "start_time": start,
        "end_time": end,
        "duration": duration,
    }


def parent_of(event_type: str, session_id: str, parent_id: str | None) -> str | None:
    """An event's parent: what was sent, else its session; a session has none."""
    return None if event_type == "session" else parent_id or session_id


def complete_times(start: float | None, end: float | None, duration: float | None) -> tuple[float, float, float]:
    """(start, end, duration) in milliseconds, what is missing taken from the rest, or from the clock."""
    if start is None:
        start = end - (duration or 0) if end is not None else ids.now() // 1000 - (duration or 0)
    if end is None:
        end = start + (duration or 0)
    return start, end, duration if duration is not None else max(end - start, 0)


def check_times(document: Mapping[str, Any]) -> None:
    """Raises Problem 400 for what ends before it starts."""
    if document["end_time"] < document["start_time"]:
        raise invalid("end_time", f"must not lie before start_time, {document['start_time']}")


def check_changed_times(known: Document, changes: Mapping[str, Any]) -> None:
    """The same, should these changes move the end of an event that is stored."""
    if changes.get("end_time") is not None:
        check_times(merge(known, changes))


def columns_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the database must be able to find an event by."""
    run = document["metadata"].get("run_id")
    return {
        "session_id": document["session_id"],
        "parent_id": document["parent_id"],
        "event_type": document["event_type"],
        "event_name": document["event_name"],
        "start_time": float(document["start_time"]),
        "run_id": run if isinstance(run, str) else None,
        "document": document,
    }


# Writing -------------------------------------------------------------------------------------------------------------


def create(db: sa.Connection, project: str, sent: Mapping[str, Any]) -> Document:
    """Store a new event (its session on the way).

    Raises Problem 400 for an event under its session's id, or one that ends before it starts, 404 for another project,
    409 for an id in use.
    """
    check_project(project, sent)
    document = complete(project, sent)
    check_times(document)
    if document["event_type"] != "session" and document["event_id"] == document["session_id"]:
        raise invalid("event_id", "must not be the id of the event's session")
    if storage.find(db, EVENTS, project, document["event_id"]) is not None:
        raise conflict("event_id", f"there is an event {document['event_id']!r} already")
    if document["event_type"] != "session":
        ensure_session(db, project, document["session_id"], {"session_name": document["event_name"]})
    return add(db, project, document)


def add(db: sa.Connection, project: str, document: Document) -> Document:
    """Store a complete event, with the updates that were waiting for it, and have it scored."""
    return add_all(db, project, [document])[0]


def add_all(db: sa.Connection, project: str, documents: Sequence[Document]) -> list[Document]:
    """Store complete events, in order, as `add` does: a few queries, however many events."""
    documents = apply_pending(db, project, documents)
    rows = [{"id": document["event_id"], **columns_of(document)} for document in documents]
    storage.insert_all(db, EVENTS, project, rows)
    due.enqueue(db, project, documents)
    return documents


def check_project(project: str, sent: Mapping[str, Any]) -> None:
    """Raises Problem 404 when the event names another project than the key's."""
    if sent.get("project_id") not in (None, project):
        raise not_found("project", str(sent["project_id"]))


def start_session(db: sa.Connection, project: str, sent: Mapping[str, Any]) -> Document:
    """Start a session, or go on with one that is known: what is sent is merged into it.

    Raises Problem 400 when it would end before it starts, 404 for another project, 409 when the id is an event's.
    """
    check_project(project, sent)
    session_id = sent.get("session_id") or new_event_id()
    fields = session_fields(session_id, sent)
    known = storage.find(db, EVENTS, project, session_id)
    if known is None:
        document = complete(project, fields)
        check_times(document)
        return add(db, project, document)
    check_session(known)
    check_changed_times(known["document"], fields)
    return change(db, project, known["document"], fields)


def session_fields(session_id: str, sent: Mapping[str, Any]) -> Document:
    """The fields of the event that a session is, without what was not sent."""
    fields = {name: value for name, value in sent.items() if name not in ("session_name", "project", "project_id")}
    fields |= {"event_id": session_id, "session_id": session_id, "event_type": "session"}
    name = sent.get("session_name") or sent.get("event_name")
    return {key: value for key, value in {**fields, "event_name": name}.items() if value is not None}


def ensure_session(db: sa.Connection, project: str, session_id: str, properties: Mapping[str, Any]) -> None:
    """Create the session of an event that arrives first. Raises Problem 409 when the id is an event's."""
    known = storage.find(db, EVENTS, project, session_id)
    if known is None:
        add(db, project, new_session(project, session_id, properties))
    else:
        check_session(known)


def check_session(known: storage.Row) -> None:
    """Raises Problem 409 unless this event is a session."""
    if known["event_type"] != "session":
        raise conflict("session_id", f"{known['id']!r} is the id of an event of type {known['event_type']}")


def new_session(project: str, session_id: str, properties: Mapping[str, Any]) -> Document:
    """The session of an event that arrives first, complete."""
    return complete(project, session_fields(session_id, properties))


def create_batch(
    db: sa.Connection, project: str, events: Sequence[Mapping[str, Any] | Problem], session: Mapping[str, Any] | None
) -> Batch:
    """Store what is good of a batch and report the rest; a Problem in the list is an event refused already.

    With `session` (its properties) all events belong to that one session; its id may be given with them.
    """
    batch = Batch()
    if session is not None and any(not isinstance(one, Problem) for one in events):
        batch.session_id = start_session(db, project, session)["session_id"]
    for index, sent in enumerate(events):
        try:
            if isinstance(sent, Problem):
                raise sent
            placed = {**sent, "session_id": batch.session_id} if batch.session_id else sent
            batch.event_ids.append(create(db, project, placed)["event_id"])
        except Problem as refused:
            batch.errors.append(report_refused(index, refused))
    return batch


def report_refused(index: int, refused: Problem) -> dict[str, Any]:
    """How an event of a batch that could not be stored is reported."""
    return {"index": index, "field": refused.message.partition(":")[0], "message": refused.message}


def update(db: sa.Connection, project: str, event_id: str, changes: Mapping[str, Any]) -> None:
    """Merge changes into an event, or keep them until it arrives. Raises Problem 400 for an end before the start."""
    known = find(db, project, event_id)
    if known is None:
        keep_pending(db, project, event_id, changes)
    else:
        check_changed_times(known, changes)
        change(db, project, known, changes)


def change(db: sa.Connection, project: str, known: Document, changes: Mapping[str, Any]) -> Document:
    """Merge changes into a stored event and store the result."""
    merged = merge(known, changes)
    storage.change(db, EVENTS, project, merged["event_id"], columns_of(merged))
    return merged


def merge(event: Mapping[str, Any], changes: Mapping[str, Any]) -> Document:
    """The event with the changes: objects are merged at every depth, the rest is replaced, null changes nothing."""
    merged = dict(event)
    for name, value in changes.items():
        if value is None:
            continue
        before = merged.get(name)
        merged[name] = merge_values(before, value) if isinstance(before, dict) else value
    ended, lasted = (changes.get(name) is not None for name in ("end_time", "duration"))
    if ended:
        merged["duration"] = merged["duration"] if lasted else max(merged["end_time"] - merged["start_time"], 0)
    elif lasted or merged["end_time"] < merged["start_time"]:  # of a session that is started once more, later
        merged["end_time"] = merged["start_time"] + merged["duration"]
    return merged


def merge_values(before: Any, after: Any) -> Any:
    """Two objects merged; of anything else the later."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    return {**before, **{key: merge_values(before.get(key), value) for key, value in after.items()}}


def keep_pending(db: sa.Connection, project: str, event_id: str, changes: Mapping[str, Any]) -> None:
    """Keep an update until its event arrives."""
    storage.insert(db, PENDING, project, {"event_id": event_id, "changes": dict(changes)})


def apply_pending(db: sa.Connection, project: str, documents: Sequence[Document]) -> list[Document]:
    """The events with every update that was waiting for them, in the order in which they came."""
    waiting: dict[str, list[Document]] = defaultdict(list)
    for part in storage.in_parts([document["event_id"] for document in documents]):
        mine = sa.and_(PENDING.c.project_id == project, PENDING.c.event_id.in_(part))
        for row in db.execute(sa.select(PENDING).where(mine).order_by(PENDING.c.created_at)):
            waiting[row.event_id].append(row.changes)
        if waiting:
            db.execute(sa.delete(PENDING).where(mine))
    return [not_over_before_it_began(reduce(merge, waiting[each["event_id"]], each)) for each in documents]


def not_over_before_it_began(document: Document) -> Document:
    """The event; it ends when it starts where an update that came before it said that it had ended earlier."""
    return {**document, "end_time": max(document["end_time"], document["start_time"])}


def delete_session(db: sa.Connection, project: str, session_id: str) -> int:
    """Delete a session with all its events; how many events that were. Raises Problem 404."""
    found = find(db, project, session_id)
    if found is None or found["event_type"] != "session":
        raise not_found("session", session_id)
    return delete_events_of(db, project, session_id)


def delete_events_of(db: sa.Connection, project: str, session_id: str) -> int:
    """Delete every event of a session, with what is kept for it elsewhere; how many events that were."""
    mine = sa.and_(EVENTS.c.project_id == project, EVENTS.c.session_id == session_id)
    for table in (SPANS, PENDING, due.JOBS):
        belongs = table.c.event_id.in_(sa.select(EVENTS.c.id).where(mine))
        db.execute(sa.delete(table).where(table.c.project_id == project, belongs))
    return db.execute(sa.delete(EVENTS).where(mine)).rowcount


# Reading -------------------------------------------------------------------------------------------------------------


def find(db: sa.Connection, project: str, event_id: str) -> Document | None:
    """One event of this project, or None."""
    row = storage.find(db, EVENTS, project, event_id)
    return None if row is None else dict(row["document"])


def which_exist(db: sa.Connection, project: str, event_ids: Iterable[str]) -> set[str]:
    """Those of the ids that are ids of events of this project."""
    found: set[str] = set()
    for part in storage.in_parts(sorted(event_ids)):
        found.update(db.scalars(sa.select(EVENTS.c.id).where(scope(project), EVENTS.c.id.in_(part))))
    return found


def children_of(db: sa.Connection, project: str, parent_ids: Iterable[str]) -> list[Document]:
    """The events that name one of these as their parent."""
    found: list[Document] = []
    for part in storage.in_parts(sorted(parent_ids)):
        query = sa.select(EVENTS.c.document).where(scope(project), EVENTS.c.parent_id.in_(part))
        found += [dict(one) for one in db.scalars(query)]
    return found


def get(db: sa.Connection, project: str, event_id: str) -> Document:
    """One event of this project. Raises Problem 404."""
    found = find(db, project, event_id)
    if found is None:
        raise not_found("event", event_id)
    return found


def find_matching(
    db: sa.Connection, project: str, conditions: Sequence[search.Condition], span: search.TimeRange
) -> list[Document]:
    """Every event that matches, in the order of a search."""
    query = narrow(sa.select(EVENTS.c.created_at, EVENTS.c.document).where(scope(project)), conditions, span)
    found = [
        (int(row.created_at), row.document)
        for row in db.execute(query)
        if search.matches_all(row.document, conditions) and search.within(row.document, span)
    ]
    return [dict(event) for event in search.newest_first(found)]


def scope(project: str) -> sa.ColumnElement[bool]:
    """Only this project's events."""
    return EVENTS.c.project_id == project


def narrow(query: sa.Select[Any], conditions: Iterable[search.Condition], span: search.TimeRange) -> sa.Select[Any]:
    """Leave to the database what it can decide exactly as `search` would; the rest is decided there."""
    for condition in conditions:
        column = COLUMNS.get(condition.field)
        if column and condition.operator == "is" and condition.type == "string":
            query = query.where(EVENTS.c[column] == condition.value)
    if span.since is not None:
        query = query.where(EVENTS.c.start_time >= span.since)
    if span.until is not None:
        query = query.where(EVENTS.c.start_time <= span.until)
    return query


def of_sessions(db: sa.Connection, project: str, session_ids: Iterable[str]) -> list[Document]:
    """All events of these sessions, the session itself among them, oldest first."""
    found: list[Document] = []
    for part in storage.in_parts(list(dict.fromkeys(session_ids))):
        query = sa.select(EVENTS.c.document).where(scope(project), EVENTS.c.session_id.in_(part))
        found += [dict(one) for one in db.scalars(query.order_by(EVENTS.c.start_time, EVENTS.c.created_at))]
    return found


def of_run(db: sa.Connection, project: str, run_id: str) -> list[Document]:
    """The sessions that say of themselves that they belong to a run, oldest first."""
    query = sa.select(EVENTS.c.document).where(
        scope(project), EVENTS.c.run_id == run_id, EVENTS.c.event_type == "session"
    )
    return [dict(one) for one in db.scalars(query.order_by(EVENTS.c.start_time, EVENTS.c.created_at))]


def fields_seen(events: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The schema of events: every dotted path below their objects, with the type of the events that have it."""
    seen = {
        (f"{name}.{key}", event["event_type"])
        for event in events
        for name in OBJECTS
        for key in (event.get(name) or {})
    }
    return [{"name": name, "event_type": kind} for name, kind in sorted(seen)]
