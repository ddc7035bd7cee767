"""Scoring events as they arrive: the metrics with `enabled_in_prod` whose filters an event meets.

What is to be computed is stored in the same transaction as the event, and worked off by one thread: an event is
answered at once, no score is lost when the platform is killed, and a slow metric holds nobody up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from . import events, metric_runner, metrics, storage
from .due import JOBS
from .settings import Settings

POLL_SECONDS = 0.05

_log = logging.getLogger(__name__)


def next_job(db: sa.Connection) -> storage.Row | None:
    """The oldest job."""
    return db.execute(sa.select(JOBS).order_by(JOBS.c.created_at).limit(1)).mappings().first()


def score_event(store: storage.Store, settings: Settings, job: storage.Row) -> None:
    """Compute one metric for one event and write it to the event, together with the end of the job."""
    project = job["project_id"]
    with store.reading() as db:
        event = events.find(db, project, job["event_id"])
        metric = storage.find(db, metrics.METRICS, project, job["metric_id"])
    found = score_of(store, settings, project, metric["definition"], event) if event and metric else {}
    with store.writing() as db:
        if found and events.find(db, project, job["event_id"]) is not None:
            events.update(db, project, job["event_id"], {"metrics": found})
        storage.remove(db, JOBS, project, job["id"])


def score_of(
    store: storage.Store, settings: Settings, project: str, metric: Mapping[str, Any], event: Mapping[str, Any]
) -> dict[str, Any]:
    """What is written to an event's metrics: value and explanation, or only why there is no value."""
    try:
        score = metric_runner.compute(metric, event, settings, children_in(store, project))
    except metric_runner.MetricError as cause:
        return {f"{metric['name']}_explanation": f"failed: {cause}"}
    explanation = {} if score.explanation is None else {f"{metric['name']}_explanation": score.explanation}
    return {metric["name"]: score.value, **explanation}


def children_in(store: storage.Store, project: str) -> metric_runner.Lookup:
    """Finds the child metrics of a composite in a project, by id, else by name."""

    def lookup(child: Mapping[str, Any]) -> Mapping[str, Any] | None:
        with store.reading() as db:
            row = storage.find(db, metrics.METRICS, project, child["id"]) if child.get("id") else None
            row = row or metrics.named(db, project, child["name"])
        return None if row is None else dict(row["definition"])

    return lookup


@contextmanager
def scoring(store: storage.Store, settings: Settings) -> Iterator[None]:
    """Work off the jobs in a thread of its own while the block runs; the rest stays stored."""
    ended = threading.Event()
    worker = threading.Thread(target=_work, args=(store, settings, ended), name="scoring", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join(settings.metric_seconds + 1)


def _work(store: storage.Store, settings: Settings, ended: threading.Event) -> None:
    while not ended.wait(0 if _work_once(store, settings) else POLL_SECONDS):
        pass


def _work_once(store: storage.Store, settings: Settings) -> bool:
    with store.reading() as db:
        job = next_job(db)
    if job is None:
        return False
    try:
        score_event(store, settings, job)
    except Exception:  # noqa: BLE001 - a job that breaks the worker would be tried for ever and hold up all others
        _log.exception("metric %s of event %s could not be scored", job["metric_id"], job["event_id"])
        with store.writing() as db:
            storage.remove(db, JOBS, job["project_id"], job["id"])
    return True
