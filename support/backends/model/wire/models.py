"""The list of models: GET /v1/models, as OpenAI tells it, or as Anthropic does to its own clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from support.backends.model.refusals import Refusal

from . import openai

OWNER = "scripted"
_CREATED = 1_700_000_000
_CREATED_AT = "2023-11-14T22:13:20Z"


def listed(known: Iterable[str]) -> dict[str, Any]:
    """OpenAI's list; the owner says that the models are scripted."""
    models = [model(name) for name in known if openai.kind_of(name) != "claude"]
    return {"object": "list", "data": models}


def model(name: str) -> dict[str, Any]:
    """One of them."""
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": OWNER}


def one(name: str, known: Iterable[str]) -> dict[str, Any]:
    """One by its name. Raises Refusal (404)."""
    if not openai.exists(name, known):
        raise Refusal(404, f"The model '{name}' does not exist", "model", "model_not_found")
    return model(name)


def listed_anthropic(known: Iterable[str]) -> dict[str, Any]:
    """Anthropic's list, on one page; the display name says that the models are scripted."""
    models = [claude(name) for name in known if openai.kind_of(name) == "claude"]
    ids = [each["id"] for each in models]
    return {"data": models, "has_more": False, "first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}


def claude(name: str) -> dict[str, Any]:
    """One of them."""
    return {
        "type": "model",
        "id": name,
        "display_name": f"{name} (scripted)",
        "created_at": _CREATED_AT,
        "lifecycle": "active",
    }


def one_anthropic(name: str, known: Iterable[str]) -> dict[str, Any]:
    """One by its name. Raises Refusal (404)."""
    if openai.kind_of(name) != "claude" or not openai.exists(name, known):
        raise Refusal(404, f"model: {name}")
    return claude(name)
