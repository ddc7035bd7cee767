"""What a route answers with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Response
from pydantic.alias_generators import to_camel

from . import storage


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer. Routes declare `-> Response`, so that FastAPI does not walk the body a second time."""
    return Response(storage.to_json(body).encode(), status, media_type="application/json")


def created(body: Any) -> Response:
    """The answer to a POST."""
    return answer(body, 201)


def camel(record: storage.Record, *names: str) -> storage.Record:
    """These properties of a record, under their names in camelCase; what it has not is null."""
    return {to_camel(name): record.get(name) for name in names}


def page(records: Sequence[Any], limit: int, offset: int = 0) -> list[Any]:
    """A part of a list."""
    return list(records[offset : offset + limit])
