"""Projects (an operation of ours: the reference client has none)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import projects
from ..answers import answer
from ..calls import Call, new_router
from ..fields import Body, Limit, Name, PageNumber, Query

router = new_router()


class NewProject(Body):
    """Body of POST /v1/projects."""

    name: Name
    description: str | None = None


class ProjectChanges(Body):
    """Body of PUT /v1/projects/{id}: what is sent is changed; a null description clears it."""

    name: Name = ""
    description: str | None = None


class ProjectsQuery(Query):
    """Parameters of GET /v1/projects."""

    name: str | None = None
    limit: Limit | None = None
    page: PageNumber = 1


@router.post("/v1/projects")
def create_project(body: NewProject, call: Call) -> Response:
    """Create a project and answer its first key, this once."""
    projects.may_create(call.key)
    with call.writing() as db:
        row, key = projects.create(db, body.name, body.description)
    return answer({**projects.shown(row), "key": key})


@router.get("/v1/projects")
def list_projects(query: Annotated[ProjectsQuery, QueryParameters()], call: Call) -> Response:
    """Every project for the admin key; its own for a project's key."""
    with call.reading() as db:
        rows = projects.list_page(db, call.key, name=query.name, limit=query.limit, page=query.page)
    return answer({"projects": [projects.shown(row) for row in rows]})


@router.get("/v1/projects/{project_id}")
def get_project(project_id: str, call: Call) -> Response:
    """One project; another's is 404 for a project's key."""
    with call.reading() as db:
        row = projects.get(db, call.key, project_id)
    return answer(projects.shown(row))


@router.put("/v1/projects/{project_id}")
def update_project(project_id: str, body: ProjectChanges, call: Call) -> Response:
    """Change name or description."""
    with call.writing() as db:
        row = projects.update(db, call.key, project_id, body.sent())
    return answer(projects.shown(row))
