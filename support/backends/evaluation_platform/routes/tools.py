"""Tools (operations of ours: the reference client no longer has them)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import tools
from ..answers import answer
from ..calls import Call, new_router
from ..fields import Body, Limit, Name, Object, PageNumber, Query

router = new_router()
ToolType = Literal["function", "tool"]


class NewTool(Body):
    """Body of POST /v1/tools."""

    name: Name
    description: str | None = None
    parameters: Object
    tool_type: ToolType


class ToolChanges(Body):
    """Body of PUT /v1/tools/{id}: what is sent is changed; a null description clears it."""

    name: Name = ""
    description: str | None = None
    parameters: Object = Field(default_factory=dict)
    tool_type: ToolType = "function"


class ToolsQuery(Query):
    """Parameters of GET /v1/tools."""

    name: str | None = None
    type: ToolType | None = None
    limit: Limit | None = None
    page: PageNumber = 1


@router.post("/v1/tools")
def create_tool(body: NewTool, call: Call) -> Response:
    """Create a tool."""
    with call.writing() as db:
        tool = tools.create(db, call.project, body.sent())
    return answer({"inserted": True, "result": {"insertedId": tool}})


@router.get("/v1/tools")
def list_tools(query: Annotated[ToolsQuery, QueryParameters()], call: Call) -> Response:
    """The tools of the project, newest first."""
    with call.reading() as db:
        found = tools.list_page(
            db, call.project, name=query.name, tool_type=query.type, limit=query.limit, page=query.page
        )
    return answer({"tools": found})


@router.get("/v1/tools/{tool_id}")
def get_tool(tool_id: str, call: Call) -> Response:
    """One tool."""
    with call.reading() as db:
        found = tools.get(db, call.project, tool_id)
    return answer(found)


@router.put("/v1/tools/{tool_id}")
def update_tool(tool_id: str, body: ToolChanges, call: Call) -> Response:
    """Change a tool."""
    with call.writing() as db:
        changed = tools.update(db, call.project, tool_id, body.sent())
    return answer({"updated": True, "result": changed})


@router.delete("/v1/tools/{tool_id}")
def delete_tool(tool_id: str, call: Call) -> Response:
    """Delete a tool."""
    with call.writing() as db:
        tools.delete(db, call.project, tool_id)
    return answer({"deleted": True})
