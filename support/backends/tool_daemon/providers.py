"""The providers of models: asked through OpenAI's client, with retries, each behind its own circuit breaker."""

from __future__ import annotations

import asyncio
import json
import string
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import openai
from openai.types.chat import ChatCompletionMessageParam
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential

from . import clock, logs
from .breaker import Breaker
from .settings import Settings

COMPONENT = "provider"
RETRIES = 3
FALLBACK_TEXT = "The model cannot be reached at the moment. Please try again later."
WORTH_RETRYING = frozenset({408, 409, 429})
"""Statuses below 500 after which the same request may succeed."""

MALFORMED = (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError, LookupError)
"""What OpenAI's client, which checks no answer, and whoever reads one meet in an answer that is none."""
PLAIN = string.punctuation.replace("%", "")


class ProviderError(Exception):
    """A provider gave no answer; its cause is the client's error."""


@dataclass(frozen=True)
class Ask:
    """What a model is asked."""

    prompt: str
    system: str = ""
    model: str | None = None

    def messages(self) -> list[ChatCompletionMessageParam]:
        """As the provider takes it."""
        asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": self.prompt}]
        return [{"role": "system", "content": self.system}, *asked] if self.system else asked


@dataclass(frozen=True)
class Answer:
    """What a model said. `degraded`: another than the first provider said it, or nobody did."""

    text: str
    provider: str | None
    model: str | None = None
    degraded: bool = False


@dataclass
class Provider:
    """One provider. Its client is made when it is first asked."""

    name: str
    base_url: str
    key: str
    model: str
    timeout: float
    retry_base: float
    breaker: Breaker
    _client: openai.AsyncOpenAI | None = None

    @property
    def client(self) -> openai.AsyncOpenAI:
        """OpenAI's client; it retries nothing by itself."""
        if self._client is None:
            plain = self.base_url.startswith("http://")
            self._client = openai.AsyncOpenAI(
                api_key=self.key,
                base_url=self.base_url or None,
                timeout=self.timeout,
                max_retries=0,
                # Without TLS there is no certificate to check, and reading all of them takes time.
                http_client=openai.DefaultAsyncHttpxClient(verify=False) if plain else None,
            )
        return self._client

    async def complete(self, ask: Ask) -> Answer:
        """One request. Raises openai.OpenAIError, ProviderError."""
        try:
            made = await self.client.chat.completions.create(
                model=ask.model or self.model,
                messages=ask.messages(),
                extra_headers={"x-client-request-id": header(logs.request_id.get() or "")},
            )
            text = made.choices[0].message.content if made.choices else None
        except MALFORMED as nonsense:
            raise ProviderError(f"the provider {self.name} answered with what is no completion") from nonsense
        if not text:
            raise ProviderError(f"the provider {self.name} answered without a text")
        return Answer(text, self.name, made.model)

    async def list_models(self) -> Answer:
        """The names of its models, as a text of JSON. Raises openai.OpenAIError, ProviderError."""
        try:
            names = sorted([model.id async for model in self.client.models.list()])
        except MALFORMED as nonsense:
            raise ProviderError(f"the provider {self.name} answered with what is no list of models") from nonsense
        return Answer(json.dumps({"provider": self.name, "models": names}), self.name)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()


Request = Callable[[Provider], Awaitable[Answer]]
"""What is asked of a provider, whichever it is. Raises openai.OpenAIError, ProviderError."""


@dataclass
class Providers:
    """The provider, and the one to ask while the circuit of the first is open, if any."""

    first: Provider
    fallback: Provider | None
    made: list[Provider] = field(default_factory=list)

    @staticmethod
    def of(settings: Settings) -> Providers:
        """As the settings name them."""

        def provider(name: str, base_url: str, key: str, model: str) -> Provider:
            breaker = Breaker(name, settings.breaker_threshold, settings.breaker_recovery)
            return Provider(name, base_url, key, model, settings.provider_timeout, settings.retry_base, breaker)

        key, spare = settings.openai_api_key.get_secret_value(), settings.fallback_api_key.get_secret_value()
        first = provider("openai", settings.openai_base_url, key, settings.model)
        if not spare:
            return Providers(first, None, [first])
        fallback = provider("fallback", settings.fallback_base_url, spare, settings.fallback_model)
        return Providers(first, fallback, [first, fallback])

    async def ask(self, ask: Ask) -> Answer:
        """What a model says; see `request`."""
        own = replace(ask, model=None)
        return await self.request(lambda provider: provider.complete(ask if provider is self.first else own))

    async def list_models(self) -> Answer:
        """Which models there are; see `request`."""
        return await self.request(lambda provider: provider.list_models())

    async def request(self, request: Request) -> Answer:
        """The answer of the first provider; while its circuit is open, at once that of the fallback.

        Raises ProviderError when the first provider fails.
        """
        if not self.first.key:
            raise ProviderError(f"the provider {self.first.name} has no key; set OPENAI_API_KEY")
        if self.first.breaker.admit():
            return await guarded(self.first, lambda: operate(self.first, request))
        logs.warning(COMPONENT, "circuit open: the fallback answers", provider=self.first.name)
        return await self.fall_back(request)

    async def fall_back(self, request: Request) -> Answer:
        """What is answered while the circuit is open: the fallback's word, else a fixed text."""
        spare = self.fallback
        if spare is not None and spare.breaker.admit():
            try:
                answer = await guarded(spare, lambda: operate(spare, request))
            except ProviderError as silence:
                logs.failure(COMPONENT, "the fallback failed, too", silence, provider=spare.name)
            else:
                return replace(answer, degraded=True)
        return Answer(FALLBACK_TEXT, None, None, degraded=True)

    def shown(self) -> dict[str, Any]:
        """As the health report shows them."""
        return {
            each.name: {
                "circuit": each.breaker.state,
                "failures": each.breaker.failures,
                "retry_after": round(each.breaker.retry_after(), 3),
            }
            for each in self.made
        }

    async def close(self) -> None:
        """Close all connections."""
        for each in self.made:
            await each.close()


async def guarded(provider: Provider, operation: Callable[[], Any]) -> Answer:
    """An operation that its provider's circuit breaker learns of: once, however often it was tried."""
    breaker = provider.breaker
    trial = breaker.trying  # it has just been admitted, and nobody else is while one tries
    try:
        answer: Answer = await operation()
    except BaseException as end:
        if not breaker.heeds(trial=trial):
            pass
        elif out_of_time(end) or (isinstance(end, ProviderError) and speaks_against(end)):
            breaker.failed()
        else:
            breaker.said_nothing()
        raise
    if breaker.heeds(trial=trial):
        breaker.succeeded()
    return answer


def out_of_time(end: BaseException) -> bool:
    """Whether an operation was cut short since the provider took too long, and not since its asker has gone."""
    return isinstance(end, asyncio.CancelledError) and clock.OUT_OF_TIME in end.args


def speaks_against(failure: ProviderError) -> bool:
    """Whether a failure is the provider's: a request that it understands and refuses is not."""
    return worth_retrying(failure) or not isinstance(failure.__cause__, openai.APIStatusError)


async def operate(provider: Provider, request: Request) -> Answer:
    """Ask a provider, again after each pause as long as that may help. Raises ProviderError."""
    attempts = AsyncRetrying(
        stop=stop_after_attempt(RETRIES + 1),
        wait=pauses(provider.retry_base),
        retry=retry_if_exception(worth_retrying),
        before_sleep=lambda state: tell_of_retry(provider, state),
        reraise=True,
    )
    try:
        async for attempt in attempts:
            with attempt:
                logs.debug(COMPONENT, "provider asked", provider=provider.name)
                return await request(provider)
    except (openai.OpenAIError, ProviderError) as cause:
        message = f"the provider {provider.name} gave no answer: {describe(cause)}"
        raise ProviderError(message) from cause
    raise AssertionError("unreachable: tenacity returns or raises")


def header(text: str) -> str:
    """A text of a client's as the value of an HTTP header: what cannot stand there is percent-encoded."""
    return quote(text, safe=PLAIN, errors="replace")[:512]


def pauses(base: float) -> Any:
    """The waits before the retries: the base, twice and four times that."""
    return wait_exponential(multiplier=base, exp_base=2)


def worth_retrying(failure: BaseException) -> bool:
    """Whether the same request may succeed a moment later."""
    cause = failure.__cause__ if isinstance(failure, ProviderError) and failure.__cause__ else failure
    if isinstance(cause, openai.APIStatusError):
        return cause.status_code >= 500 or cause.status_code in WORTH_RETRYING
    return isinstance(cause, openai.APIConnectionError)


def tell_of_retry(provider: Provider, state: RetryCallState) -> None:
    """Log that a request failed and will be repeated."""
    failure = state.outcome.exception() if state.outcome else None
    pause = state.next_action.sleep if state.next_action else 0.0
    logs.warning(
        COMPONENT,
        "provider failed; asked again after a pause",
        provider=provider.name,
        attempt=state.attempt_number,
        pause=round(pause, 3),
        cause=describe(failure) if failure else None,
    )


def describe(cause: BaseException) -> str:
    """A provider's error in one line, without secrets."""
    status = f"{cause.status_code} " if isinstance(cause, openai.APIStatusError) else ""
    return f"{status}{logs.words(cause)}" or type(cause).__name__
