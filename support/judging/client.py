"""The judge's model over the wire, by the real client. It asks once: whoever stands before the model retries."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import openai

from support.judging.judge import UnaskedError

TIMEOUT_S = 120.0
"""Above what the gate before the model needs for all its tries."""
REQUEST_ID = "x-client-request-id"


class Client:
    """Asks a model at an address ("http://…/v1"). May be used by several threads. Close it, or use it in a `with`."""

    def __init__(self, address: str, key: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address
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
            UnaskedError: the request was refused or not answered, or what came is no answer of a model.

        """
        try:
            answer = self._client.chat.completions.create(**request, extra_headers={REQUEST_ID: request_id})
        except openai.APIError as fault:
            raise UnaskedError(
                f"the judge's model {request['model']} could not be asked: {type(fault).__name__}: {fault}"
            ) from fault
        except (
            ValueError,
            RecursionError,
        ) as fault:  # the client reads what says that it is JSON, and does not wrap what that raises
            raise _unreadable(request) from fault
        try:
            if not answer.choices:
                return None, "no choice"
            choice = answer.choices[0]
            said, finish = choice.message.content, "refusal" if choice.message.refusal else choice.finish_reason
        except AttributeError as fault:  # the client passes on what has another shape as it came
            raise _unreadable(request) from fault
        if not isinstance(said, str | None):
            raise _unreadable(request)
        return said, finish

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _unreadable(request: dict[str, Any]) -> UnaskedError:
    return UnaskedError(f"the judge's model {request['model']} gave no answer that can be read")
