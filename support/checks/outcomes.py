"""What a person was told: success that says so, or a refusal for the right reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.checks.tables import path
from support.clients.evaluation_platform.interface import Refusal

REASONS: Mapping[str, str] = {
    "invalid": "invalid",
    "not found": "not found",
    "a duplicate": "conflict",
    "unauthorised": "unauthorised",
    "forbidden": "forbidden",
    "too large": "too large",
}
"""The words of the features for the reasons of the client."""


def succeeded(answer: Any) -> None:
    """The platform did what it was asked, and said so.

    Raises:
        AssertionError: it refused, or answered success and said that nothing was done.

    """
    assert answer is not None, "nothing was asked of the platform"
    assert not isinstance(answer, Refusal), f"expected success, was {answer}"
    assert getattr(answer, "confirmed", True), f"the platform says that nothing was done: {answer!r}"
    assert not getattr(answer, "refused", None), f"some rows were refused: {answer!r}"


def refused(answer: Any, reason: str, *naming: str) -> None:
    """The platform refused for this reason, and its message names these properties.

    Raises:
        AssertionError: it did not refuse, refused for another reason, or names something else.

    """
    assert isinstance(answer, Refusal), f"expected a refusal as {reason}, was {answer!r}"
    assert answer.reason == REASONS[reason], f"expected a refusal as {reason}, was {answer}"
    unnamed = [words for words in naming if path(words)[-1] not in answer.fields | {path(words)[-1]} & _words(answer)]
    assert not unnamed, f"the message does not name {', '.join(unnamed)}; it says: {answer.message}"


def _words(answer: Refusal) -> set[str]:
    """The words of the message, as properties are written."""
    return {word.strip(".,:;'\"()[]").lower() for word in answer.message.split()}
