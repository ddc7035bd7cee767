"""OpenAI's embeddings: POST /v1/embeddings. The vector of a text follows from its words alone.

Rule: each word (letters, digits and underscores, in lower case) adds +1 or -1 at one place of the vector. With the
SHA-256 of the word in UTF-8, the place is its first 8 bytes as a big-endian number, modulo the dimensions; the sign is
that of byte 8: + if it is even. The sum is divided by its length (Euclid's); a text without words, or whose words
cancel each other out, is 1 at place 0. So the same text has the same vector, and texts with common words are near each
other.
A list of token numbers counts as the words "token17", …
Usage: by tokens.py for texts, one for each token number.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from collections.abc import Sequence
from typing import Any

from support.backends.model import tokens
from support.backends.model.refusals import invalid
from support.backends.model.settings import Settings

from . import openai
from .rules import Boolean, Choice, Either, Fields, Many, Nullable, Number, Text, type_of

_WORD = re.compile(r"\w+")
_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
_OTHERS = 1536
_IDS = Many(Number(low=0, whole=True), few=1, many=8192)
_INPUT = Either((Text(short=1), Many(Either((Text(short=1), Number(low=0, whole=True), _IDS)), few=1, many=2048)))
RULE = Fields(
    {"model": Text(short=1), "input": _INPUT},
    {
        "dimensions": Number(low=1, whole=True),
        "encoding_format": Nullable(Choice(("float", "base64"))),
        "user": Nullable(Text()),
        "stream": Boolean(),
    },
)

Given = str | list[int]


def embed(body: Any, settings: Settings) -> dict[str, Any]:
    """The answer to a request. Raises Refusal."""
    openai.check(RULE, body)
    openai.require_model(body["model"], "embedding", settings.known_models())
    size = dimensions_of(body)
    inputs = inputs_of(body["input"])
    data = [
        {"object": "embedding", "index": index, "embedding": encoded(vector(given, size), body.get("encoding_format"))}
        for index, given in enumerate(inputs)
    ]
    used = sum(tokens.of_text(given) if isinstance(given, str) else len(given) for given in inputs)
    return {
        "object": "list",
        "data": data,
        "model": body["model"],
        "usage": {"prompt_tokens": used, "total_tokens": used},
    }


def inputs_of(given: Any) -> list[Given]:
    """Each text or list of tokens."""
    if isinstance(given, str):
        return [given]
    kinds = {type_of(item) for item in given}
    if len(kinds) > 1:
        raise invalid("Invalid 'input': texts and tokens cannot be mixed.", "input", "invalid_type")
    return [given] if kinds == {"integer"} else given


def dimensions_of(body: dict[str, Any]) -> int:
    """How long the vectors are. Refuses (400) more than the model has."""
    most = _DIMENSIONS.get(body["model"], _OTHERS)
    wanted: int = body.get("dimensions", most)
    if "dimensions" in body and not body["model"].startswith("text-embedding-3"):
        raise invalid("This model does not support specifying dimensions.", "dimensions")
    if wanted > most:
        message = f"Invalid value for 'dimensions' = {wanted}. Must be less than or equal to {most}."
        raise invalid(message, "dimensions")
    return wanted


def vector(given: Given, size: int) -> list[float]:
    """By the rule at the top of this module."""
    words = _WORD.findall(given.lower()) if isinstance(given, str) else [f"token{number}" for number in given]
    sums = [0] * size
    for word in words:
        digest = hashlib.sha256(word.encode()).digest()
        sums[int.from_bytes(digest[:8], "big") % size] += -1 if digest[8] % 2 else 1
    length = math.sqrt(sum(value * value for value in sums))
    if not length:
        return [1.0, *([0.0] * (size - 1))]
    return [value / length for value in sums]


def encoded(values: Sequence[float], form: str | None) -> Any:
    """As a list of numbers, or as base64 of little-endian 32-bit floats."""
    if form == "base64":
        return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
    return list(values)
