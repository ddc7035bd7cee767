"""OpenAI's moderations: POST /v1/moderations. A text is flagged exactly when a rule of the control port matches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from support.backends.model import answers, moderating
from support.backends.model.settings import Settings

from . import openai
from .rules import Anything, Either, Fields, Many, Nullable, Tagged, Text

MODEL = "omni-moderation-latest"
_ANY = Anything()
_PART = Tagged(
    "type",
    {
        "text": Fields({"type": _ANY, "text": Text()}),
        "image_url": Fields({"type": _ANY, "image_url": Fields({"url": Text(short=1)})}),
    },
)
RULE = Fields({"input": Either((Text(), Many(Either((Text(), _PART)), few=1)))}, {"model": Nullable(Text(short=1))})


def moderate(body: Any, settings: Settings, flags: Sequence[moderating.Flag]) -> dict[str, Any]:
    """The answer to a request: a result for each text; one in all for parts of several kinds. Raises Refusal."""
    openai.check(RULE, body)
    model = body.get("model") or MODEL
    openai.require_model(model, "moderation", settings.known_models())
    results = [result(moderating.categories_of(text, flags)) for text in texts_of(body["input"])]
    return {"id": answers.new_id("modr-"), "model": model, "results": results}


def texts_of(given: Any) -> list[str]:
    """What is judged, each by itself."""
    if isinstance(given, str):
        return [given]
    if all(isinstance(item, str) for item in given):
        return list(given)
    return ["\n".join(item if isinstance(item, str) else item.get("text", "") for item in given)]


def result(found: set[moderating.Category]) -> dict[str, Any]:
    """One result; scores are 1 where flagged, else 0."""
    return {
        "flagged": bool(found),
        "categories": {name: name in found for name in moderating.CATEGORIES},
        "category_scores": {name: float(name in found) for name in moderating.CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in moderating.CATEGORIES},
    }
