"""The kinds of value that requests are made of, and their checks."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from . import times


class Body(BaseModel):
    """A request body in snake_case: unknown fields are refused and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def sent(self) -> dict[str, Any]:
        """The fields that were sent, by our names."""
        return self.model_dump(exclude_unset=True)


class CamelBody(Body):
    """A request body in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False)


class Query(BaseModel):
    """Query parameters in snake_case: unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")


class CamelQuery(Query):
    """Query parameters in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False)


def check_not_blank(value: str) -> str:
    """Raises ValueError for a text without a visible character, or one that cannot be stored."""
    if not value.strip():
        raise ValueError("should not be empty")
    return value


def _check_not_blank(value: str) -> str:
    return check_not_blank(value)  # looked up at every call, so that a seeded defect can replace it


def check_email(value: str) -> str:
    """Raises ValueError unless it has the form name@host."""
    name, at, host = value.partition("@")
    if not (name and at and host) or "@" in host or any(sign.isspace() for sign in value):
        raise ValueError("must be an email address")
    return value


# What a validator looks for is said in the API's description by hand.
_VISIBLE: dict[str, Any] = {"pattern": r"\S"}
# The first year and the last reach beyond the calendar in some time zone.
_MOMENT = {"type": "string", "format": "date-time", "pattern": r"^(?!0001|9999)"}
_DAY = {"type": "string", "format": "date"}
_SENT_MOMENT = WithJsonSchema({**_MOMENT, "maxLength": 40})
_SENT_DAY = WithJsonSchema({**_DAY, "maxLength": 40})
_SENT_EITHER = WithJsonSchema({"anyOf": [_DAY, _MOMENT], "maxLength": 40})

SHOWABLE = re.compile(r"[!-~]{4,200}")
"""What can be a token: a header carries it as it is, and its ends are no spaces."""


def check_token(value: str) -> str:
    """Raises ValueError for a token that nobody could show."""
    if not SHOWABLE.fullmatch(value):
        raise ValueError("should have 4 to 200 visible ASCII characters, and no spaces")
    return value


Token = Annotated[
    str,
    Field(json_schema_extra={"minLength": 4, "maxLength": 200, "pattern": r"^[!-~]+$"}),
    AfterValidator(check_token),
]
Text = Annotated[str, Field(json_schema_extra=_VISIBLE), AfterValidator(_check_not_blank)]
Name = Annotated[str, Field(max_length=200, json_schema_extra=_VISIBLE), AfterValidator(_check_not_blank)]
Line = Annotated[str, Field(max_length=1_000)]
Id = Annotated[str, Field(min_length=1, max_length=100)]
Email = Annotated[
    str, Field(max_length=320, json_schema_extra={"pattern": r"^[^@\s]+@[^@\s]+$"}), AfterValidator(check_email)
]
Moment = Annotated[str, Field(max_length=40), AfterValidator(times.check_moment), _SENT_MOMENT]
Day = Annotated[str, Field(max_length=40), AfterValidator(times.check_day), _SENT_DAY]
From = Annotated[str, Field(max_length=40), AfterValidator(times.check_from), _SENT_EITHER]
Until = Annotated[str, Field(max_length=40), AfterValidator(times.check_until), _SENT_EITHER]
Timezone = Annotated[str, Field(max_length=60), AfterValidator(times.check_timezone)]
MomentAsSent = Annotated[str, Field(max_length=40), AfterValidator(times.check_only), _SENT_MOMENT]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
Minutes = Annotated[int, Field(ge=5, le=480)]
Cents = Annotated[int, Field(ge=0, le=100_000_000)]
Limit50 = Annotated[int, Field(ge=1, le=50)]
Limit100 = Annotated[int, Field(ge=1, le=100)]
Limit200 = Annotated[int, Field(ge=1, le=200)]
Limit500 = Annotated[int, Field(ge=1, le=500)]
Activity = Literal["active", "inactive"]


class Segment(Body):
    """A piece of what was said; `startTime` in seconds from the session's beginning."""

    speaker: Annotated[str, Field(min_length=1, max_length=200)]
    text: str
    startTime: Annotated[float, Field(ge=0, le=1_000_000)] = 0.0  # noqa: N815 - the contract's name
