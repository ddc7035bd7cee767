"""Configurations. Paging and getting one by id are ours."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import ConfigDict

from .. import configurations
from ..answers import answer
from ..calls import Call, new_router
from ..fields import Body, Environment, Limit, Name, Object, PageNumber, Query, Text

router = new_router()
Type = Literal["LLM", "pipeline"]


class Message(Body):
    """One message of a chat template."""

    role: Text
    content: str


class Function(Body):
    """A function that the model may call."""

    id: Text
    name: Text
    description: str | None = None
    parameters: Object | None = None


class ResponseFormat(Body):
    """How the model must answer; a schema may go with the type."""

    model_config = ConfigDict(extra="allow")

    type: Text


class Parameters(Body):
    """Everything about the call of the model."""

    call_type: Literal["chat", "completion"]
    model: Text
    hyperparameters: Object | None = None
    responseFormat: ResponseFormat | None = None  # noqa: N815 - the wire's name
    selectedFunctions: list[Function] | None = None  # noqa: N815
    functionCallParams: Literal["none", "auto", "force"] | None = None  # noqa: N815
    forceFunction: Object | None = None  # noqa: N815
    template: list[Message] | str | None = None


class NewConfiguration(Body):
    """Body of POST /v1/configurations."""

    name: Name
    provider: Text
    type: Type | None = None
    parameters: Parameters
    env: list[Environment] | None = None
    tags: list[Text] | None = None
    user_properties: Object | None = None


class ConfigurationChanges(Body):
    """Body of PUT /v1/configurations/{id}: the name, and what else is to be changed."""

    name: Name
    provider: Text = ""
    type: Type = "LLM"
    parameters: Parameters = cast("Parameters", None)  # never read: only what was sent is changed
    env: list[Environment] | None = None
    tags: list[Text] | None = None
    user_properties: Object | None = None


class ConfigurationsQuery(Query):
    """Parameters of GET /v1/configurations; `tags` is one tag."""

    name: str | None = None
    env: Environment | None = None
    tags: str | None = None
    limit: Limit | None = None
    page: PageNumber = 1


@router.post("/v1/configurations")
def create_configuration(body: NewConfiguration, call: Call) -> Response:
    """Create a configuration."""
    with call.writing() as db:
        configuration = configurations.create(db, call.project, body.sent())
    return answer({"acknowledged": True, "insertedId": configuration})


@router.get("/v1/configurations")
def list_configurations(query: Annotated[ConfigurationsQuery, QueryParameters()], call: Call) -> Response:
    """The configurations of the project, newest first."""
    with call.reading() as db:
        found = configurations.list_page(
            db,
            call.project,
            name=query.name,
            env=query.env,
            tag=query.tags,
            limit=query.limit,
            page=query.page,
        )
    return answer({"configurations": found})


@router.get("/v1/configurations/{configuration_id}")
def get_configuration(configuration_id: str, call: Call) -> Response:
    """One configuration."""
    with call.reading() as db:
        found = configurations.get(db, call.project, configuration_id)
    return answer(found)


@router.put("/v1/configurations/{configuration_id}")
def update_configuration(configuration_id: str, body: ConfigurationChanges, call: Call) -> Response:
    """Change a configuration."""
    with call.writing() as db:
        modified = configurations.update(db, call.project, configuration_id, body.sent())
    return answer(
        {"acknowledged": True, "modifiedCount": modified, "upsertedId": None, "upsertedCount": 0, "matchedCount": 1}
    )


@router.delete("/v1/configurations/{configuration_id}")
def delete_configuration(configuration_id: str, call: Call) -> Response:
    """Delete a configuration."""
    with call.writing() as db:
        deleted = configurations.delete(db, call.project, configuration_id)
    return answer({"acknowledged": True, "deletedCount": deleted})
