"""Templates of documents."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import templates
from ..answers import answer, page
from ..calls import Call, new_router
from ..fields import CamelQuery, Limit200, Line, Name

router = new_router()


class TemplatesQuery(CamelQuery):
    """Parameters of GET /templates."""

    type: Name | None = None
    q: Line = ""
    limit: Limit200 = 50


@router.get("/templates")
def list_templates(query: Annotated[TemplatesQuery, QueryParameters()], call: Call) -> Response:
    """Templates by type and text, by name."""
    with call.reading() as db:
        found = templates.search(db, call.practice, kind=query.type, query=query.q)
    return answer({"total": len(found), "templates": [templates.shown(each) for each in page(found, query.limit)]})


@router.get("/templates/{template_id}")
def get_template(template_id: str, call: Call) -> Response:
    """One template."""
    with call.reading() as db:
        found = templates.get(db, call.practice, template_id)
    return answer(templates.shown(found))
