"""What requests may say of an event or a session."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from .. import fields
from ..fields import Body, Object

MAX_MILLISECONDS = 8.64e15
"""The last moment that JavaScript's dates know."""

EventType = Literal["session", "model", "tool", "chain", "generic"]
# The lambdas look the check up when they are called, so that a seeded defect can replace it.
Identifier = Annotated[str, Field(max_length=255), AfterValidator(lambda value: fields.check_not_blank(value))]  # noqa: PLW0108
Words = Annotated[str, AfterValidator(lambda value: fields.check_not_blank(value))]  # noqa: PLW0108
Instant = Annotated[int | float, Field(ge=0, le=MAX_MILLISECONDS)]
Duration = Annotated[int | float, Field(ge=0, le=MAX_MILLISECONDS)]


class CommonFields(Body):
    """What sessions, events and model events have in common."""

    project: str | None = None
    project_id: str | None = None
    source: str | None = None
    session_id: Identifier | None = None
    event_name: Words | None = None
    start_time: Instant | None = None
    end_time: Instant | None = None
    duration: Duration | None = None
    config: Object | None = None
    inputs: Object | None = None
    outputs: Object | None = None
    error: str | None = None
    metadata: Object | None = None
    feedback: Object | None = None
    metrics: Object | None = None
    user_properties: Object | None = None
    children_ids: list[str] | None = None


class SessionFields(CommonFields):
    """A session to start."""

    session_name: Words | None = None


class SessionProperties(SessionFields):
    """The session of a batch."""


class AnyEventFields(CommonFields):
    """What every event may say beyond a session."""

    event_id: Identifier | None = None
    parent_id: Identifier | None = None


class EventFields(AnyEventFields):
    """An event to store."""

    event_type: EventType


class ModelEventFields(AnyEventFields):
    """A model call to store, in the terms of a model call."""

    event_type: Literal["model"] | None = None
    model_name: str | None = None
    model_version: str | None = None
    model: str | None = None
    messages: list[Any] | None = None
    response: Any = None
    provider: str | None = None
    usage: Object | None = None
    cost: Any = None
    hyperparameters: Object | None = None
    template: Any = None
    template_inputs: Any = None
    tools: Any = None
    tool_choice: Any = None
    response_format: Any = None


class EventUpdate(Body):
    """Changes to an event."""

    metadata: Object | None = None
    feedback: Object | None = None
    metrics: Object | None = None
    outputs: Object | None = None
    config: Object | None = None
    user_properties: Object | None = None
    duration: Duration | None = None
    end_time: Instant | None = None
    children_ids: list[str] | None = None
