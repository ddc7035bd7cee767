"""The kinds of value that requests are made of, and their checks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_NAME_LENGTH = 200
"""Characters, for the names of configurations, datasets, tools and projects."""
MAX_PAGE_SIZE = 7500


class Body(BaseModel):
    """A request body: unknown fields are refused and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True, protected_namespaces=())

    def sent(self) -> dict[str, Any]:
        """The fields that were sent, by name, as they were sent."""
        return self.model_dump(exclude_unset=True, by_alias=True)


class Query(BaseModel):
    """Query parameters: unknown ones are refused. A list is sent as `name[]=a&name[]=b`, also for one value."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


def check_name(value: str) -> str:
    """Raises ValueError for a name that is blank or too long."""
    check_not_blank(value)
    if len(value) > MAX_NAME_LENGTH:
        raise ValueError(f"must have at most {MAX_NAME_LENGTH} characters, has {len(value)}")
    return value


def check_not_blank(value: str) -> str:
    """Raises ValueError for a text without a visible character."""
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _check_name(value: str) -> str:
    return check_name(value)  # looked up at every call, so that a seeded defect can replace it


def _check_not_blank(value: str) -> str:
    return check_not_blank(value)


# What a validator looks for is said in the API's description by hand.
_VISIBLE: dict[str, Any] = {"pattern": r"\S"}

Name = Annotated[str, Field(json_schema_extra={**_VISIBLE, "maxLength": MAX_NAME_LENGTH}), AfterValidator(_check_name)]
Text = Annotated[str, Field(json_schema_extra=_VISIBLE), AfterValidator(_check_not_blank)]
Object = dict[str, Any]
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Environment = Literal["dev", "staging", "prod"]
