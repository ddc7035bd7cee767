"""The model, as everything in the service asks it: in the user's turn, with an id, and with faults of one kind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from .identity import Caller
from .limiter import Limiters
from .settings import Settings

REQUEST_ID = "x-client-request-id"


class ModelFault(Exception):  # noqa: N818 - the family; its members are errors
    """No answer from the model. The texts may be shown to users: they say nothing of the inside."""

    code = "model_error"
    status = 502
    """What a REST call answers."""


class ModelFailedError(ModelFault):
    """It answered an error, something unreadable, or broke off; `upstream` is its HTTP status, None without one."""

    def __init__(self, upstream: int | None = None) -> None:
        super().__init__("The language model could not answer. Please try again.")
        self.upstream = upstream


class ModelTimeoutError(ModelFault):
    """It did not answer in time."""

    code = "model_timeout"
    status = 504

    def __init__(self) -> None:
        super().__init__("The language model did not answer in time. Please try again.")


class ModelRateLimitError(ModelFault):
    """It takes no more requests at the moment."""

    code = "model_rate_limited"
    status = 429

    def __init__(self, retry_after: str | None = None) -> None:
        super().__init__("The language model is busy. Please try again in a moment.")
        self.retry_after = retry_after


class ModelNotConfiguredError(ModelFault):
    """The service has no key for a model."""

    code = "model_not_configured"
    status = 500

    def __init__(self) -> None:
        super().__init__("No language model is configured for this service (OPENAI_API_KEY is not set).")


@dataclass(frozen=True)
class ModelRequest:
    """What is asked. `messages` and `tools` as OpenAI's chat completions take them; None and () are left out."""

    model: str
    messages: Sequence[Mapping[str, Any]]
    temperature: float | None = None
    max_tokens: int | None = None
    tools: Sequence[Mapping[str, Any]] = ()
    response_format: Mapping[str, Any] | None = None


class ModelClient:
    """One for a service. Every request waits for a place of its user's in `limiters`, and gives it back."""

    def __init__(self, settings: Settings, limiters: Limiters) -> None:
        self.limiters = limiters
        self.timeout_s = settings.openai_timeout
        key = settings.openai_api_key
        self._openai: AsyncOpenAI | None = None
        if key is not None and key.get_secret_value():
            plain = (settings.openai_base_url or "").startswith("http://")
            self._openai = AsyncOpenAI(
                api_key=key.get_secret_value(),
                base_url=settings.openai_base_url,
                timeout=settings.openai_timeout,
                max_retries=settings.openai_max_retries,
                # Without TLS there is no certificate to check, and reading all of them takes time.
                http_client=DefaultAsyncHttpxClient(verify=False) if plain else None,
            )

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask."""
        return self._openai is not None

    async def stream(
        self, request: ModelRequest, caller: Caller, request_id: str
    ) -> AsyncGenerator[ChatCompletionChunk]:
        """The chunks as they come; close the iterator (contextlib.aclosing) to end the call. Raises a ModelFault.

        The last chunk has the usage and no choices. `request_id` is `<session>/<turn>`.
        """
        provider = self._provider()
        asked = arguments(request) | {"stream": True, "stream_options": {"include_usage": True}}
        async with self.limiters.place(caller.user):
            with told():
                chunks = await provider.chat.completions.create(**asked, extra_headers={REQUEST_ID: request_id})
            async with chunks:
                with told():
                    async for chunk in chunks:
                        if not is_chunk(chunk):
                            raise ModelFailedError
                        yield chunk

    async def complete(self, request: ModelRequest, caller: Caller, request_id: str) -> ChatCompletion:
        """The whole answer at once, which has at least one choice. Raises a ModelFault."""
        provider = self._provider()
        async with self.limiters.place(caller.user):
            with told():
                completion: ChatCompletion = await provider.chat.completions.create(
                    **arguments(request), extra_headers={REQUEST_ID: request_id}
                )
        if not has_answer(completion):
            raise ModelFailedError
        return completion

    async def close(self) -> None:
        """Close its connections."""
        if self._openai is not None:
            await self._openai.close()

    def _provider(self) -> AsyncOpenAI:
        if self._openai is None:
            raise ModelNotConfiguredError
        return self._openai


def arguments(request: ModelRequest) -> dict[str, Any]:
    """The request as the provider takes it: what was not given is not sent."""
    given: dict[str, Any] = {"model": request.model, "messages": list(request.messages)}
    if request.temperature is not None:
        given["temperature"] = request.temperature
    if request.max_tokens is not None:
        given["max_tokens"] = request.max_tokens
    if request.tools:
        # Not as `tools`: the client would walk through every schema, 5 ms for 59 tools.
        given["extra_body"] = {"tools": list(request.tools)}
    if request.response_format is not None:
        given["response_format"] = dict(request.response_format)
    return given


def has_answer(completion: Any) -> bool:
    """Whether what came is an answer: proxies and gateways send other things with status 200."""
    return isinstance(completion, ChatCompletion) and bool(completion.choices) and bool(completion.choices[0].message)


def is_chunk(chunk: Any) -> bool:
    """Whether what came is a piece of an answer: the client does not check it."""
    choices = getattr(chunk, "choices", None)
    return isinstance(choices, list) and all(getattr(choice, "delta", None) is not None for choice in choices)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Whatever goes wrong at the provider, told as a ModelFault."""
    try:
        yield
    except ModelFault:
        raise
    except asyncio.CancelledError:
        raise
    except Exception as fault:
        raise as_model_fault(fault) from fault


def as_model_fault(fault: Exception) -> ModelFault:
    """What a fault of the client means to the user."""
    if isinstance(fault, openai.APITimeoutError) or type(fault).__name__.endswith("Timeout"):
        return ModelTimeoutError()
    if isinstance(fault, openai.RateLimitError):
        return ModelRateLimitError(fault.response.headers.get("retry-after"))
    if isinstance(fault, openai.APIStatusError):
        return ModelFailedError(fault.status_code)
    return ModelFailedError()
