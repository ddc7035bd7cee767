"""Moods: clients report and read their own, practitioners read those of a client."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import moods
from ..accounts import CLIENTS, EVERYBODY
from ..answers import answer, created
from ..calls import Call, CallContext, new_router
from ..errors import forbidden, invalid
from ..fields import CamelBody, CamelQuery, Id, Limit100, Line, Name

router = new_router(EVERYBODY)
clients_router = new_router(CLIENTS)


class MoodsQuery(CamelQuery):
    """Parameters of GET /client-mood/recent."""

    client_id: Id | None = None
    limit: Limit100 = 10


class NewMood(CamelBody):
    """Body of POST /client-mood."""

    mood: Name
    scale: Annotated[int, Field(ge=1, le=10)]
    note: Line | None = None


@router.get("/client-mood/recent")
def recent_moods(query: Annotated[MoodsQuery, QueryParameters()], call: Call) -> Response:
    """The last moods of the caller, or of a practitioner's client."""
    with call.reading() as db:
        found = moods.recent(db, call.practice, _whose(query, call), query.limit)
    return answer(found)


@clients_router.post("/client-mood")
def report_mood(body: NewMood, call: Call) -> Response:
    """Report one's own mood."""
    with call.writing() as db:
        stored = moods.add(db, call.practice, call.person, body.sent())
    return created(moods.shown(stored))


def _whose(query: MoodsQuery, call: CallContext) -> str:
    if call.is_client:
        if query.client_id not in (None, call.person):
            raise forbidden("clientId: a client reads the own moods only")
        return call.person
    if query.client_id is None:
        raise invalid("clientId", "field required")
    return query.client_id
