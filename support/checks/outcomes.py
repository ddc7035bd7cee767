"""What a person was told: success that says so, or a refusal for the right reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from support.checks.tables import path
from support.clients import assistant
from support.clients.evaluation_platform import interface

Refusal = interface.Refusal | assistant.Refusal

REASONS: Mapping[str, str] = {
    "invalid": "invalid",
    "not found": "not found",
    "a duplicate": "conflict",
    "unauthorised": "unauthorised",
    "forbidden": "forbidden",
    "too large": "too large",
    "failed": "unprocessable",
    "of an unknown kind": "unsupported media type",
    "too many requests": "too many requests",
    "an inner failure": "inner failure",
    "the model's failure": "the model's failure",
    "the model's silence": "the model's silence",
    "unavailable": "unavailable",
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


def refused(answer: Any, reason: str, saying: tuple[str, str] | None = None) -> None:
    """The platform refused for this reason; its message names a property ("naming") or holds some words ("saying").

    Raises:
        AssertionError: it did not refuse, refused for another reason, or names something else.

    """
    assert isinstance(answer, Refusal), f"expected a refusal as {reason}, was {answer!r}"
    assert answer.reason == REASONS[reason], f"expected a refusal as {reason}, was {answer}"
    if saying is None:
        return
    how, words = saying
    heard = names(answer, path(words)[-1]) if how == "naming" else words.casefold() in answer.message.casefold()
    assert heard, f'expected a refusal {how} "{words}"; the message says: {answer.message or "(nothing)"}'


def names(answer: Refusal, prop: str) -> bool:
    """Whether the message names a property, by the product's word or by the platform's."""
    return prop in answer.fields or re.search(rf"(?<!\w){re.escape(prop)}(?!\w)", answer.message) is not None
