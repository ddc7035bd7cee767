"""What is asked again, when, and how often: the provider's refusals that pass, never an answer that one dislikes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, stop_any
from tenacity.stop import stop_base

TRIES = 4
"""The first, and one after each of three pauses."""
LONGEST_PAUSE_S = 60.0
"""A provider that wants more patience than this is not asked again."""
USELESS = ("insufficient_quota", "billing_hard_limit_reached")
"""Refusals with 429 that no pause ends: the account is empty."""


class TransientError(Exception):
    """A try that failed in a way that may pass. `body` is the provider's; None when it gave no answer."""

    def __init__(self, why: str, status: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = dict(headers or {})
        self.body = b""

    @property
    def retry_after_s(self) -> float | None:
        """The pause that the provider asks for, in seconds, given as a number or as a date; None when it asks none."""
        told = self.headers.get("retry-after", "")
        try:
            return max(0.0, float(told))
        except ValueError:
            pass  # a date, or nothing
        try:
            return max(0.0, (parsedate_to_datetime(told) - datetime.now(tz=UTC)).total_seconds())
        except (ValueError, TypeError):
            return None

    @property
    def passes(self) -> bool:
        """Whether asking again may help."""
        return not any(word.encode() in self.body for word in USELESS)


def is_transient(status: int) -> bool:
    """Whether an answer with this status says that the same request may be answered later."""
    return status in (408, 409, 429) or status >= 500


def trying(first_pause_s: float) -> AsyncRetrying:
    """Tries after pauses of `first_pause_s`, twice and four times that, or as the provider asks."""

    def pause(state: RetryCallState) -> float:
        asked = _failure(state).retry_after_s
        return first_pause_s * 2 ** (state.attempt_number - 1) if asked is None else asked

    return AsyncRetrying(
        retry=retry_if_exception_type(TransientError),
        stop=stop_any(stop_after_attempt(TRIES), _Hopeless()),
        wait=pause,
        reraise=True,
    )


class _Hopeless(stop_base):
    def __call__(self, retry_state: RetryCallState) -> bool:
        failure = _failure(retry_state)
        return not failure.passes or (failure.retry_after_s or 0.0) > LONGEST_PAUSE_S


def _failure(state: RetryCallState) -> TransientError:
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, TransientError)
    return failure
