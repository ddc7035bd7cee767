"""What happened, over a carrier: sessions and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .carrying import Call, expect_object, refusal
from .interface import (
    Accepted,
    BatchOutcome,
    Condition,
    Created,
    Deleted,
    Event,
    Fields,
    Malformation,
    NotOffered,
    Page,
    Refusal,
    Updated,
)
from .things import MALFORMED, ThingsOverCarrier, batch_outcome, json_or_text, need
from .translation import to_wire


class _EventLike(ThingsOverCarrier[Event]):
    """What sessions and events share: both are read, changed and found as events."""

    operations, listed_as, read_as, model = "events", "events", "event", Event

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Things`."""
        return self._search([_is(name, value) for name, value in filters.items()], limit=limit, page=page)

    def _search(
        self,
        conditions: Sequence[Condition],
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Page[Event] | Refusal:
        dates = {name: value for name, value in (("$gte", since), ("$lte", until)) if value is not None}
        optional = {"dateRange": dates or None, "limit": limit, "page": page}
        body = {"filters": [_condition(condition) for condition in conditions]}
        answer = self._send(
            "search", body=body | {name: value for name, value in optional.items() if value is not None}
        )
        if isinstance(answer, Refusal):
            return answer
        return self._page(answer, "search").model_copy(update={"page": page, "limit": limit})

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=expect_object("events.update", answer).get("success", True) is True)


def _is(field: str, value: Any) -> Condition:
    kind = "boolean" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "string"
    return Condition(field=field, operator="is", value=value, type=kind)


def _condition(condition: Condition) -> dict[str, Any]:
    head, dot, rest = condition.field.partition(".")
    field = next(iter(to_wire("event", {head: None}))) + dot + rest
    return {"field": field, "operator": condition.operator, "value": condition.value, "type": condition.type}


class EventsOverCarrier(_EventLike):
    """See `interface.Events`."""

    key = "event"

    def create_many(
        self, events: Sequence[Any], *, single_session: bool | None = None, session: Fields | None = None
    ) -> BatchOutcome | Refusal:
        """See `interface.Events`."""
        body: dict[str, Any] = {"events": [self._body(row) if isinstance(row, Mapping) else row for row in events]}
        if single_session is not None:
            body["single_session"] = single_session
        if session is not None:
            body["session_properties"] = to_wire("session", session)
        answer = self._send("create_many", body=body)
        return answer if isinstance(answer, Refusal) else batch_outcome(answer, "event_ids", "events.create_many")

    def search(
        self,
        conditions: Sequence[Condition] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Page[Event] | Refusal:
        """See `interface.Events`."""
        return self._search(conditions, since=since, until=until, limit=limit, page=page)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """Events go with their session."""
        raise NotOffered(f"an event cannot be deleted alone ({thing_id}); delete its session")

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "event_id", "events.create", str))


class SessionsOverCarrier(_EventLike):
    """See `interface.Sessions`. A session is started and deleted as one, and read as the event that it is."""

    key = "session"

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        answer = self._carrier.send(Call("sessions.create", body=self._body(fields)))
        if isinstance(answer, Refusal):
            return self._explained(answer)
        return Created(id=need(answer, "session_id", "sessions.create", str))

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`."""
        answer = self._send("update", {"id": thing_id}, body=to_wire("event", changes))
        return answer if isinstance(answer, Refusal) else self._updated(thing_id, answer)

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Sessions`."""
        return super().list(limit=limit, page=page, **{"type": "session", **filters})

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._carrier.send(Call("sessions.delete", {"id": thing_id}))
        if isinstance(answer, Refusal):
            return self._explained(answer)
        return Deleted(id=thing_id, confirmed=need(answer, "success", "sessions.delete") is True)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        status, text = self._carrier.send_bytes("sessions.create", *MALFORMED[how])
        return Accepted(status=status, body=text) if status < 400 else refusal(status, json_or_text(text))
