"""What documents and summaries share: bounded material, the model's window, and whether an answer is whole."""

from __future__ import annotations

import math
import secrets
from datetime import UTC, datetime

from openai.types.chat import ChatCompletion

from .model import ModelFault, ModelRequest
from .settings import Settings

CHARACTERS_A_TOKEN = 4


class TooLongError(Exception):
    """More than the model can read at once; says how much, and how much would do."""

    def __init__(self, what: str, tokens: int, window: int) -> None:
        super().__init__(
            f"The {what} is too long: about {tokens} tokens with the answer, counted as a token for every"
            f" {CHARACTERS_A_TOKEN} characters, and the model takes {window}. Nothing was dropped and nothing was"
            " written; give less at once."
        )


class EmptyAnswerError(ModelFault):
    """The model wrote nothing, or not all; names the finish reason."""

    code = "empty_reply"
    status = 500

    def __init__(self, what: str, finish_reason: str) -> None:
        super().__init__(f"The language model {what} (finish reason: {finish_reason}). Nothing was kept.")
        if finish_reason == "content_filter":
            self.code = "content_filtered"


def fenced(kind: str, text: str) -> str:
    """Text as it is, between boundaries that it cannot forge."""
    number = secrets.token_hex(4)
    return f"<{kind} {number}>\n{text}\n</{kind} {number}>"


def check_length(settings: Settings, wanted: ModelRequest, what: str) -> None:
    """Raise TooLongError for a request that does not fit the model's window together with its answer."""
    tokens = estimated_tokens(wanted) + settings.document_max_tokens
    if tokens > settings.document_context_tokens:
        raise TooLongError(what, tokens, settings.document_context_tokens)


def estimated_tokens(wanted: ModelRequest) -> int:
    """A token for every four characters of the messages, rounded up."""
    return math.ceil(sum(len(message["content"]) for message in wanted.messages) / CHARACTERS_A_TOKEN)


def text_of(completion: ChatCompletion) -> str:
    """What the model wrote. Raises EmptyAnswerError when that is nothing, or not all of it."""
    choice = completion.choices[0]
    text = choice.message.content or ""
    if not text.strip():
        raise EmptyAnswerError("wrote nothing", choice.finish_reason)
    if choice.finish_reason in ("length", "content_filter"):
        raise EmptyAnswerError("was stopped before the end", choice.finish_reason)
    return text


def word_count(text: str) -> int:
    """Words, as runs between white space."""
    return len(text.split())


def now() -> str:
    """The moment, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
