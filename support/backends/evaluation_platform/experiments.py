"""Experiment runs: what is stored of them, and which sessions belong to them.

A session belongs to a run by its `metadata.run_id`, or because the run names it (`event_ids`, `session_ids`); it
belongs to a datapoint by its `metadata.datapoint_id`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from . import aggregation, events, ids, metrics, search, storage
from .aggregation import Event, Measurement, Range
from .errors import conflict, not_found, unknown_reference
from .tables import DATASETS

EXTERNAL = "EXT-"
MERGED = ("metadata", "results", "configuration", "passing_ranges")
LISTS = ("event_ids", "session_ids", "datapoint_ids", "evaluators")
SORTABLE = ("created_at", "updated_at", "name", "status")
DEFAULT_LIMIT = 20
MAX_LIMIT = 100

RUNS = storage.resource(
    "runs",
    sa.Column("name", sa.Text),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("dataset_id", sa.String(255)),
    sa.Column("document", storage.Document, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sessions of a run have come to."""

    sessions: list[dict[str, Any]]
    events: list[dict[str, Any]]
    measurements: list[Measurement]
    datapoints: dict[str, str | None]


# Writing -------------------------------------------------------------------------------------------------------------


def create(db: sa.Connection, project: str, sent: Mapping[str, Any]) -> storage.Row:
    """Store a run under the id that the client chose, or a fresh one. Raises Problem 404 (dataset), 409 (id in use)."""
    run_id = sent.get("run_id") or str(uuid.uuid4())
    if storage.find(db, RUNS, project, run_id) is not None:
        raise conflict("run_id", f"there is a run {run_id!r} already")
    document = complete({**sent, "run_id": run_id})
    check_dataset(db, project, document["dataset_id"])
    storage.insert(db, RUNS, project, {"id": run_id, **columns_of(document)})
    return get(db, project, run_id)


def complete(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A whole run from what was sent of it; a dataset of the client's own (EXT-…) is only noted in the metadata."""
    dataset = sent.get("dataset_id")
    metadata = dict(sent.get("metadata") or {})
    if dataset and dataset.startswith(EXTERNAL):
        metadata, dataset = {**metadata, "offline_dataset_id": dataset}, None
    return {
        "run_id": sent["run_id"],
        "name": sent.get("name"),
        "description": sent.get("description"),
        "status": sent.get("status") or "pending",
        "dataset_id": dataset,
        **{name: dict(sent.get(name) or {}) for name in MERGED},
        **{name: list(sent.get(name) or []) for name in LISTS},
        "metadata": metadata,
    }


def check_dataset(db: sa.Connection, project: str, dataset_id: str | None) -> None:
    """Raises Problem 404 for a dataset that the project does not have."""
    if dataset_id is not None and storage.find(db, DATASETS, project, dataset_id) is None:
        raise unknown_reference("dataset_id", "dataset", dataset_id)


def columns_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the database must be able to find a run by."""
    return {**{name: document[name] for name in ("name", "status", "dataset_id")}, "document": dict(document)}


def update(db: sa.Connection, project: str, run_id: str, changes: Mapping[str, Any]) -> storage.Row:
    """Change what was sent and keep the rest. Raises Problem 404."""
    document = merge(get(db, project, run_id)["document"], changes)
    storage.change(db, RUNS, project, run_id, columns_of(document))
    return get(db, project, run_id)


def merge(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The run with the changes: objects are merged, lists and texts replaced; null changes nothing."""
    sent = {name: value for name, value in changes.items() if value is not None}
    return {
        **document,
        **{name: {**document[name], **value} if name in MERGED else value for name, value in sent.items()},
    }


def delete(db: sa.Connection, project: str, run_id: str) -> None:
    """Delete a run; its sessions stay. Raises Problem 404."""
    if not storage.remove(db, RUNS, project, run_id):
        raise not_found("run", run_id)


# Reading -------------------------------------------------------------------------------------------------------------


def get(db: sa.Connection, project: str, run_id: str) -> storage.Row:
    """One run. Raises Problem 404."""
    found = storage.find(db, RUNS, project, run_id)
    if found is None:
        raise not_found("run", run_id)
    return found


@dataclass(frozen=True, slots=True)
class Listing:
    """Which runs, and in which order."""

    dataset_id: str | None = None
    run_ids: Sequence[str] | None = None
    name: str | None = None
    status: str | None = None
    span: search.TimeRange = search.ALWAYS
    sort_by: str = "created_at"
    descending: bool = True


def list_all(db: sa.Connection, project: str, listing: Listing) -> list[storage.Row]:
    """Every run that is meant, in the order that is asked (newest first), id as tie-break."""
    query = filter_runs(storage.of_project(RUNS, project), listing)
    column = RUNS.c[listing.sort_by]
    order = column.desc() if listing.descending else column.asc()
    return list(db.execute(query.order_by(order, RUNS.c.id.desc())).mappings())


def filter_runs(query: sa.Select[Any], listing: Listing) -> sa.Select[Any]:
    """Only the runs that meet every filter."""
    query = filter_by_status(filter_by_name(query, listing.name), listing.status)
    if listing.dataset_id is not None:
        query = query.where(RUNS.c.dataset_id == listing.dataset_id)
    if listing.run_ids is not None:
        query = query.where(RUNS.c.id.in_(listing.run_ids))
    if listing.span.since is not None:
        query = query.where(RUNS.c.created_at >= listing.span.since * 1000)
    if listing.span.until is not None:
        query = query.where(RUNS.c.created_at <= listing.span.until * 1000)
    return query


def filter_by_name(query: sa.Select[Any], name: str | None) -> sa.Select[Any]:
    """Only runs with this text in their name, whatever its case."""
    return query if name is None else query.where(RUNS.c.name.icontains(name, autoescape=True))


def filter_by_status(query: sa.Select[Any], status: str | None) -> sa.Select[Any]:
    """Only runs of this status."""
    return query if status is None else query.where(RUNS.c.status == status)


def count(db: sa.Connection, project: str) -> int:
    """How many runs the project has."""
    return int(db.scalar(sa.select(sa.func.count()).where(RUNS.c.project_id == project)) or 0)


def pagination(total: int, unfiltered: int, limit: int, page: int) -> dict[str, Any]:
    """Where a page stands in its list."""
    pages = -(-total // limit)
    return {
        "page": page,
        "limit": limit,
        "total": total,
        "total_unfiltered": unfiltered,
        "total_pages": pages,
        "has_next": page < pages,
        "has_prev": 1 < page <= pages + 1,
    }


def shown(db: sa.Connection, project: str, row: storage.Row) -> dict[str, Any]:
    """A run as the wire shows it."""
    document = row["document"]
    return {
        "id": row["id"],
        **document,
        "metrics": {},
        "is_active": True,
        "created_at": ids.iso(row["created_at"]),
        "updated_at": ids.iso(row["updated_at"]),
        "scope_type": "project",
        "scope_id": project,
        "dataset_name": dataset_name(db, project, document["dataset_id"]),
    }


def dataset_name(db: sa.Connection, project: str, dataset_id: str | None) -> str | None:
    """The name of a run's dataset, as long as there is one."""
    row = storage.find(db, DATASETS, project, dataset_id) if dataset_id else None
    return None if row is None else str(row["name"])


# Sessions and results ------------------------------------------------------------------------------------------------


def outcome_of(
    db: sa.Connection, project: str, run: storage.Row, conditions: Iterable[search.Condition] = ()
) -> Outcome:
    """The sessions of a run with all their events and values; with conditions, only of events that meet them."""
    sessions = sessions_of(db, project, run)
    datapoints = {session["session_id"]: datapoint_id_of(session) for session in sessions}
    found = events.of_sessions(db, project, datapoints)
    wanted = list(conditions)
    kept = [event for event in found if search.matches_all(event, wanted)]
    return Outcome(sessions, kept, aggregation.measurements_of(kept, datapoints), datapoints)


def sessions_of(db: sa.Connection, project: str, run: storage.Row) -> list[dict[str, Any]]:
    """The sessions that belong to a run, each once, oldest first."""
    named = [*run["document"]["event_ids"], *run["document"]["session_ids"]]
    found = {session["session_id"]: session for session in events.of_run(db, project, run["id"])}
    for event in events.of_sessions(db, project, named):
        if event["event_type"] == "session":
            found.setdefault(event["session_id"], event)
    return sorted(found.values(), key=lambda session: (session["start_time"], session["session_id"]))


def only_of_run(
    db: sa.Connection, project: str, run_id: str | None, found: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Of these events those that belong to a run, when one is given. Raises Problem 404."""
    if run_id is None:
        return found
    sessions = {session["session_id"] for session in sessions_of(db, project, get(db, project, run_id))}
    return [event for event in found if event["session_id"] in sessions]


def datapoint_id_of(session: Event) -> str | None:
    """The datapoint that a session was run on."""
    found = session["metadata"].get("datapoint_id")
    return found if isinstance(found, str) else None


def ranges_of(db: sa.Connection, project: str, run: storage.Row) -> dict[str, Range]:
    """The range of every metric that has one: the run's own, else the threshold of the project's metric."""
    thresholds = {row["name"]: row["definition"].get("threshold") for row in metrics.list_all(db, project)}
    stated = {**thresholds, **run["document"]["passing_ranges"]}
    ranges = {name: aggregation.range_from(raw) for name, raw in stated.items()}
    return {name: found for name, found in ranges.items() if found is not None}


def result_of(run: Mapping[str, Any], outcome: Outcome, ranges: Mapping[str, Range], function: str) -> dict[str, Any]:
    """The result of a run, every metric aggregated; `run` is the run as it is shown."""
    series = aggregation.grouped(outcome.measurements)
    datapoints = [
        aggregation.datapoint_of(datapoint, session, measurements_in(outcome, session), ranges)
        for session, datapoint in outcome.datapoints.items()
    ]
    passed, failed = split(datapoints)
    return {
        "status": run["status"],
        "success": not failed,
        "error": None,
        "passed": passed,
        "failed": failed,
        "metrics": {
            "aggregation_function": function,
            "details": aggregation.details_of(series, function, ranges),
        },
        "datapoints": datapoints,
        "event_details": [
            {"event_name": name, "event_type": kind} for name, kind in aggregation.event_kinds(outcome.events)
        ],
        "run_object": run,
    }


def measurements_in(outcome: Outcome, session_id: str) -> list[Measurement]:
    """The values of one session."""
    return [one for one in outcome.measurements if one.session_id == session_id]


def split(datapoints: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """The datapoints (or sessions without one) that passed, and the others; one that ran twice must pass twice."""
    verdicts: dict[str, bool] = {}
    for one in datapoints:
        subject = one["datapoint_id"] or one["session_id"]
        verdicts[subject] = verdicts.get(subject, True) and one["passed"]
    return [key for key, good in verdicts.items() if good], [key for key, good in verdicts.items() if not good]


def metric_names(outcomes: Iterable[Outcome]) -> list[str]:
    """The names of all metrics that these runs have values of."""
    return sorted({one.metric for outcome in outcomes for one in outcome.measurements})


def events_by_datapoint(
    outcome: Outcome, event_type: str | None, event_name: str | None
) -> dict[str, list[dict[str, Any]]]:
    """The events of a run by datapoint, of one type and name where asked; the sessions when nothing is asked."""
    wanted_type = event_type or (None if event_name else "session")
    found: dict[str, list[dict[str, Any]]] = {}
    for event in outcome.events:
        datapoint = outcome.datapoints.get(event["session_id"])
        if datapoint is None or wanted_type not in (None, event["event_type"]):
            continue
        if event_name in (None, event["event_name"]):
            found.setdefault(datapoint, []).append(event)
    return found


def measured_events(outcome: Outcome, span: search.TimeRange) -> list[dict[str, Any]]:
    """The events of a run that carry metrics, as `/metrics` shows them."""
    return [
        {
            "event_id": event["event_id"],
            "event_name": event["event_name"],
            "event_type": event["event_type"],
            "session_id": event["session_id"],
            "metadata": {"datapoint_id": outcome.datapoints.get(event["session_id"])},
            "metrics": event["metrics"],
        }
        for event in outcome.events
        if event["metrics"] and search.within(event, span)
    ]
