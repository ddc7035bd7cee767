"""Finding clients, and what is known of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import people, storage, summaries
from ..answers import answer, page
from ..calls import Call, new_router
from ..fields import Id, Limit50, Query, Text

router = new_router()


class ClientSearch(Query):
    """Parameters of GET /haystack/search-clients."""

    query: Text
    limit: Limit50 = 10
    include_demographics: bool = False
    include_assignments: bool = False


class SummaryQuery(Query):
    """Parameters of GET /haystack/client-summary."""

    client_id: Id
    include_recent_sessions: bool = True


@router.get("/haystack/search-clients")
def search_clients(query: Annotated[ClientSearch, QueryParameters()], call: Call) -> Response:
    """Clients by any part of the name, inactive ones too."""
    with call.reading() as db:
        found = people.in_order(people.named_like(storage.every(db, call.practice, people.CLIENTS), query.query))
        lines = [
            summaries.client_line(
                db,
                call.practice,
                client,
                demographics=query.include_demographics,
                assignments=query.include_assignments,
            )
            for client in page(found, query.limit)
        ]
    return answer({"query": query.query, "total": len(found), "clients": lines})


@router.get("/haystack/client-summary")
def client_summary(query: Annotated[SummaryQuery, QueryParameters()], call: Call) -> Response:
    """What is known of a client."""
    with call.reading() as db:
        known = summaries.client_summary(
            db, call.practice, query.client_id, with_sessions=query.include_recent_sessions
        )
    return answer(known)
