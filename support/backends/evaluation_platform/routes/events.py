"""Events, in every form that the SDK has for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import ValidationError

from .. import errors, events, experiments, model_events, search
from ..answers import answer
from ..calls import Call, CallContext, new_router
from ..fields import Body, Object, Query
from .event_bodies import EventFields, EventUpdate, Identifier, ModelEventFields, SessionProperties

router = new_router()


class LegacyEvent(Body):
    """Body of POST /events."""

    event: EventFields


class LegacyModelEvent(Body):
    """Body of POST /events/model."""

    model_event: ModelEventFields


class LegacyUpdate(EventUpdate):
    """Body of PUT /events."""

    event_id: Identifier


class EventBatch(Body):
    """Body of a batch: each event is checked by itself, so that one bad does not lose the others."""

    events: list[Any]
    single_session: bool | None = None
    is_single_session: bool | None = None
    session: SessionProperties | None = None
    session_properties: SessionProperties | None = None


class ModelEventBatch(Body):
    """Body of POST /events/model/batch."""

    model_events: list[Any]
    single_session: bool | None = None
    is_single_session: bool | None = None
    session: SessionProperties | None = None
    session_properties: SessionProperties | None = None


class SearchBody(Body):
    """Body of POST /v1/events/search and /v1/events/export."""

    project: str | None = None
    filters: Any = None
    dateRange: Any = None  # noqa: N815 - the wire's name
    projections: Any = None
    limit: Any = None
    page: Any = None
    ignore_order: bool | None = None
    evaluation_id: str | None = None


class SchemaQuery(Query):
    """Parameters of GET /v1/events/schema."""

    dateRange: str | None = None  # noqa: N815 - the wire's name
    evaluation_id: str | None = None


@router.post("/events")
def create_legacy(body: LegacyEvent, call: Call) -> Response:
    """Store an event."""
    return _created(call, body.event.sent())


@router.post("/v1/events")
def create(body: EventFields, call: Call) -> Response:
    """Store an event."""
    return _created(call, body.sent())


@router.post("/events/model")
def create_model(body: LegacyModelEvent, call: Call) -> Response:
    """Store a model event from the terms of a model call."""
    return _created(call, model_events.as_event(body.model_event.sent()))


@router.put("/events")
def update_legacy(body: LegacyUpdate, call: Call) -> Response:
    """Merge changes into an event."""
    return _updated(call, body.event_id, body)


@router.put("/v1/events/{event_id}")
def update(event_id: Identifier, body: EventUpdate, call: Call) -> Response:
    """Merge changes into an event."""
    return _updated(call, event_id, body)


@router.post("/events/batch")
@router.post("/v1/events/batch")
def create_batch(body: EventBatch, call: Call) -> Response:
    """Store the good ones of a batch and report the others by index."""
    checked = [check_event(one) for one in body.events]
    return answer_batch(store_batch(call, checked, single_session(body)))


@router.post("/events/model/batch")
def create_model_batch(body: ModelEventBatch, call: Call) -> Response:
    """Store the good ones of a batch of model calls and report the others by index."""
    checked = [check_model_event(one) for one in body.model_events]
    return answer_batch(store_batch(call, checked, single_session(body)))


@router.post("/v1/events/search")
@router.post("/v1/events/export")
def find(body: SearchBody, call: Call) -> Response:
    """A page of the events that match."""
    conditions = search.parse_conditions(body.filters)
    span = search.parse_range(body.dateRange)
    limit, page = search.parse_paging(body.limit, body.page)
    paths = search.parse_projections(body.projections)
    with call.reading() as db:
        found = events.find_matching(db, call.project, conditions, span)
        found = experiments.only_of_run(db, call.project, body.evaluation_id, found)
    shown = [search.project(event, paths) for event in search.one_page(found, limit, page)]
    return answer({"events": shown, "totalEvents": len(found), "count": len(found)})


@router.get("/v1/events/schema")
def schema(query: Annotated[SchemaQuery, QueryParameters()], call: Call) -> Response:
    """Which fields the events have."""
    span = search.parse_range(query.dateRange)
    with call.reading() as db:
        found = events.find_matching(db, call.project, [], span)
        found = experiments.only_of_run(db, call.project, query.evaluation_id, found)
    return answer(answer_schema(found))


@router.get("/v1/events/{event_id}")
def get(event_id: str, call: Call) -> Response:
    """One event."""
    with call.reading() as db:
        return answer({"event": events.get(db, call.project, event_id)})


def answer_schema(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of these events and the datasets that they name."""
    named = [event["metadata"].get("dataset_id") for event in found]
    return {
        "fields": events.fields_seen(found),
        "datasets": sorted({one for one in named if isinstance(one, str)}),
        "mappings": {},
    }


def check_event(raw: Any) -> Object | errors.Problem:
    """One event of a batch, checked; the Problem is answered with its index."""
    return _check(EventFields, raw)


def check_model_event(raw: Any) -> Object | errors.Problem:
    """One model event of a batch, checked."""
    checked = _check(ModelEventFields, raw)
    return checked if isinstance(checked, errors.Problem) else model_events.as_event(checked)


def _check(model: type[Body], raw: Any) -> Object | errors.Problem:
    if not isinstance(raw, Mapping):
        return errors.invalid("event", "must be an object")
    try:
        return model.model_validate(raw).sent()
    except ValidationError as fault:
        return errors.Problem(400, errors.describe(fault.errors()))


def single_session(body: EventBatch | ModelEventBatch) -> Object | None:
    """The properties of the one session of a batch, None when each event has its own."""
    properties = body.session_properties or body.session
    if not (body.is_single_session or body.single_session or properties):
        return None
    return properties.sent() if properties else {}


def store_batch(call: CallContext, checked: list[Object | errors.Problem], session: Object | None) -> events.Batch:
    """Store a batch in one transaction, of which nothing stays when no event is good: Problem 400."""
    if session is not None and "session_id" not in session:
        named = {one["session_id"] for one in checked if not isinstance(one, errors.Problem) and one.get("session_id")}
        session = {**session, **({"session_id": named.pop()} if len(named) == 1 else {})}
    with call.writing() as db:
        batch = events.create_batch(db, call.project, checked, session)
        if batch.errors and not batch.event_ids:
            first = batch.errors[0]
            raise errors.Problem(400, f"events.{first['index']}.{first['message']}", errors=batch.errors)
    return batch


def answer_batch(batch: events.Batch) -> Response:
    """What was stored of a batch; what was refused is told by index."""
    body: Object = {"event_ids": batch.event_ids, "session_id": batch.session_id, "success": not batch.errors}
    return answer({**body, "errors": batch.errors} if batch.errors else body)


def _created(call: CallContext, sent: Object) -> Response:
    with call.writing() as db:
        event = events.create(db, call.project, sent)
    return answer({"success": True, "event_id": event["event_id"]})


def _updated(call: CallContext, event_id: str, body: EventUpdate) -> Response:
    changes = {name: value for name, value in body.sent().items() if name != "event_id"}
    with call.writing() as db:
        events.update(db, call.project, event_id, changes)
    return answer({"success": True, "event_id": event_id})
