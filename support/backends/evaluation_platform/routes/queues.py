"""Annotation queues."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import queues, search
from ..answers import answer
from ..calls import Call, new_router
from ..errors import invalid
from ..fields import Body, Name, Query
from .metrics import Filters

router = new_router()


class NewQueue(Body):
    """Body of POST /v1/queues."""

    name: Name
    description: str | None = None
    filters: Filters | None = None
    enabled: bool | None = None
    event_ids: list[str] | None = None


class QueueChanges(Body):
    """Body of PUT /v1/queues/{id}: what is sent is changed."""

    id: str
    name: Name | None = None
    description: str | None = None
    filters: Filters | None = None
    enabled: bool | None = None
    add_event_ids: list[str] | None = None
    remove_event_ids: list[str] | None = None


class QueuesQuery(Query):
    """Parameters of GET /v1/queues."""

    enabled: bool | None = None


@router.get("/v1/queues")
def list_all(query: Annotated[QueuesQuery, QueryParameters()], call: Call) -> Response:
    """The queues of the project."""
    with call.reading() as db:
        rows = queues.list_all(db, call.project, query.enabled)
    return answer({"queues": [queues.shown(row) for row in rows]})


@router.post("/v1/queues")
def create(body: NewQueue, call: Call) -> Response:
    """Create a queue: 201, as nothing else here."""
    sent = _checked(body)
    with call.writing() as db:
        row = queues.create(db, call.project, sent)
    return answer({"queue": queues.shown(row), "message": "the queue was created"}, 201)


@router.get("/v1/queues/{queue_id}")
def get(queue_id: str, call: Call) -> Response:
    """One queue."""
    with call.reading() as db:
        return answer(queues.shown(queues.get(db, call.project, queue_id)))


@router.put("/v1/queues/{queue_id}")
def update(queue_id: str, body: QueueChanges, call: Call) -> Response:
    """Change a queue."""
    if body.id != queue_id:
        raise invalid("id", "must be the id in the path")
    changes = _checked(body)
    with call.writing() as db:
        row = queues.update(db, call.project, queue_id, changes)
    return answer({"queue": queues.shown(row), "message": "the queue was changed"})


@router.delete("/v1/queues/{queue_id}")
def delete(queue_id: str, call: Call) -> Response:
    """Delete a queue."""
    with call.writing() as db:
        queues.delete(db, call.project, queue_id)
    return answer({"message": "the queue was deleted"})


def _checked(body: NewQueue | QueueChanges) -> dict[str, Any]:
    sent = body.sent()
    if sent.get("filters"):
        search.parse_conditions(sent["filters"], "filters.filterArray")
    return sent
