"""The practice itself, and its practitioners."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import people
from ..answers import answer, page
from ..calls import Call, new_router
from ..fields import Activity, CamelQuery, Limit200, Name

router = new_router()


class PractitionersQuery(CamelQuery):
    """Parameters of GET /practitioners."""

    status: Activity | None = None
    role: Name | None = None
    limit: Limit200 = 50


@router.get("/practice")
def get_practice(call: Call) -> Response:
    """The practice."""
    with call.reading() as db:
        shown = people.practice_shown(db, call.practice)
    return answer(shown)


@router.get("/practitioners")
def list_practitioners(query: Annotated[PractitionersQuery, QueryParameters()], call: Call) -> Response:
    """Practitioners by status and role, by name."""
    with call.reading() as db:
        found = people.find_practitioners(db, call.practice, status=query.status, role=query.role)
        shown = [people.practitioner_shown(db, call.practice, each) for each in page(found, query.limit)]
    return answer({"total": len(found), "practitioners": shown})
