"""Keys for part of a project: for ingestion, and for its data plane."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import Field

from .. import auth, ids, search
from ..answers import answer
from ..calls import Call, new_router
from ..errors import invalid
from ..fields import Body, Name, Text
from .charts import check_project

router = new_router()


class NewIngestionKey(Body):
    """Body of POST /v1/projects/{id}/ingestion_api_keys."""

    name: Name
    description: str | None = None


class NewDataPlaneKey(NewIngestionKey):
    """Body of POST /v1/projects/{id}/fine_grained_api_keys."""

    permissions: Annotated[list[Text], Field(min_length=1)]
    expires_at: str


@router.post("/v1/projects/{project_id}/ingestion_api_keys")
def create_ingestion_key(project_id: str, body: NewIngestionKey, call: Call) -> Response:
    """Create a key that opens what takes sessions, events and spans in; its value is answered this once."""
    check_project(call, project_id)
    with call.writing() as db:
        key_id, token = auth.add_key(db, call.project, auth.Kind.INGESTION, name=body.name)
    data = {
        "key_value": token,
        "key_id": key_id,
        "name": body.name,
        "description": body.description,
        "root_scope_type": "project",
        "root_scope_id": call.project,
    }
    return answer({"success": True, "data": data})


@router.post("/v1/projects/{project_id}/fine_grained_api_keys")
def create_data_plane_key(project_id: str, body: NewDataPlaneKey, call: Call) -> Response:
    """Create a key that opens the project's charts; its value is answered this once."""
    check_project(call, project_id)
    expiry = read_expiry(body.expires_at)
    with call.writing() as db:
        key_id, token = auth.add_key(db, call.project, auth.Kind.DATA_PLANE, name=body.name, expires_at=expiry)
    data = {
        "key_value": token,
        "key_id": key_id,
        "permissions": body.permissions,
        "root_scope_type": "project",
        "root_scope_id": call.project,
        "expires_at": body.expires_at,
    }
    return answer({"success": True, "data": data})


def read_expiry(expires_at: str) -> int:
    """The moment in microseconds since 1970. Raises Problem 400 unless it is one to come."""
    moment = search.as_milliseconds(expires_at)
    if moment is None or not ids.now() / 1000 < moment <= search.MAX_MAGNITUDE:
        raise invalid("expires_at", f"must be an ISO 8601 time in the future, not {expires_at!r}")
    return int(moment * 1000)
