"""What the model's routes say that they take: the rules by which requests are checked, as JSON Schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .wire import openai
from .wire.rules import Fields, Nullable

_VERSION = {"name": "anthropic-version", "in": "header", "schema": {"type": "string"}, "example": "2023-06-01"}


def body(rule: Fields, kind: str, known: Iterable[str], **example: Any) -> dict[str, Any]:
    """What a POST takes that asks a model of this kind: a body by the rule, such as `example`."""
    schema = rule.schema()
    named = {"type": "string", "pattern": pattern(name for name in known if openai.kind_of(name) == kind)}
    model = {**rule.needed, **rule.allowed}["model"]
    schema["properties"]["model"] = {"anyOf": [named, {"type": "null"}]} if isinstance(model, Nullable) else named
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def version(*, required: bool) -> dict[str, Any]:
    """The header by which Anthropic's clients are known."""
    return {"parameters": [{**_VERSION, "required": required}]}


def pattern(models: Iterable[str]) -> str:
    """The names that are accepted: these, and their dated snapshots."""
    return rf"^({'|'.join(re.escape(name) for name in models)})(-[0-9]{{4}}-?[0-9]{{2}}-?[0-9]{{2}})?$"
