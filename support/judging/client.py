"""The judge's model over the wire, by the real client; transport is retried, verdicts never."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import openai
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from support.judging.judge import UnaskedError

PAUSES_S = (2.0, 4.0, 8.0)
"""Before the second, third and fourth try; `Retry-After` is obeyed instead where the provider sends it."""
LONGEST_PAUSE_S = 60.0
TIMEOUT_S = 60.0
REQUEST_ID = "x-client-request-id"


class Client:
    """Asks a model at an address ("http://…/v1"). May be used by several threads. Close it, or use it in a `with`."""

    def __init__(
        self, address: str, key: str, *, pauses: Sequence[float] = PAUSES_S, timeout_s: float = TIMEOUT_S
    ) -> None:
        self.address = address
        self._pauses = pauses
        self._client = openai.OpenAI(base_url=address, api_key=key, max_retries=0, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, request: dict[str, Any], request_id: str) -> tuple[str | None, str]:
        """The text of the answer (None: it has none) and the reason for its end.

        Raises:
            UnaskedError: refused, or not answered after all tries.

        """
        retrying = Retrying(
            stop=stop_after_attempt(len(self._pauses) + 1),
            wait=self._pause,
            retry=retry_if_exception(may_pass),
            reraise=True,
        )
        try:
            answer = retrying(self._client.chat.completions.create, **request, extra_headers={REQUEST_ID: request_id})
        except openai.APIError as fault:
            tries = retrying.statistics.get("attempt_number", 1)
            raise UnaskedError(
                f"the judge's model {request['model']} at {self.address} could not be asked ({tries} tries): "
                f"{type(fault).__name__}: {fault}"
            ) from fault
        if not answer.choices:
            return None, "no choice"
        choice = answer.choices[0]
        return choice.message.content, "refusal" if choice.message.refusal else choice.finish_reason

    def _pause(self, state: RetryCallState) -> float:
        """Seconds before the next try."""
        failure = state.outcome.exception() if state.outcome else None
        asked = retry_after(failure) if failure else None
        return self._pauses[state.attempt_number - 1] if asked is None else asked

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def may_pass(failure: BaseException) -> bool:
    """Whether the same request may be answered another time: no connection, no time, too many requests, or 5xx."""
    if isinstance(failure, openai.APIStatusError):
        return failure.status_code == 429 or failure.status_code >= 500
    return isinstance(failure, openai.APIConnectionError)


def retry_after(failure: BaseException) -> float | None:
    """The seconds that the provider asks to wait, at most `LONGEST_PAUSE_S`; None when it says nothing of use."""
    if not isinstance(failure, openai.APIStatusError):
        return None
    try:
        seconds = float(failure.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(seconds, LONGEST_PAUSE_S) if math.isfinite(seconds) and seconds >= 0 else None
