"""Policy violations: practitioners report them, administrators read them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import violations
from ..accounts import ADMINISTRATORS
from ..answers import answer, created, page
from ..calls import Call, new_router
from ..fields import Body, CamelBody, CamelQuery, Id, Limit200, Line, MomentAsSent, Name, Offset, Text

router = new_router()
administrators_router = new_router(ADMINISTRATORS)


class Metadata(Body):
    """When, and on which instructions."""

    timestamp: MomentAsSent | None = None
    generationInstructions: str | None = None  # noqa: N815 - the contract's name


class NewViolation(CamelBody):
    """Body of POST /admin/policy-violations."""

    profile_id: Id
    template_id: Id
    template_name: Line
    violation_type: Name
    template_content: str
    reason: Text
    confidence: Annotated[float, Field(ge=0, le=1)]
    client_id: Id | None = None
    metadata: Metadata | None = None
    ip_address: Line | None = None
    user_agent: Line | None = None


class ViolationsQuery(CamelQuery):
    """Parameters of GET /admin/policy-violations."""

    profile_id: Id | None = None
    limit: Limit200 = 50
    offset: Offset = 0


@router.post("/admin/policy-violations")
def report_violation(body: NewViolation, call: Call) -> Response:
    """Report a violation."""
    with call.writing() as db:
        stored = violations.add(db, call.practice, call.person, body.sent())
    return created(violations.shown(stored))


@administrators_router.get("/admin/policy-violations")
def list_violations(query: Annotated[ViolationsQuery, QueryParameters()], call: Call) -> Response:
    """Violations of everybody or of one profile, newest first."""
    with call.reading() as db:
        found = violations.search(db, call.practice, query.profile_id)
    shown = [violations.shown(each) for each in page(found, query.limit, query.offset)]
    return answer({"total": len(found), "violations": shown})
