"""What a call costs: the prices of genai-prices as its pinned version has them; nothing is fetched.

A model without a price is refused, never taken to be free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from support.spending.money import charged
from support.spending.requests import Asked

PACKAGE = "genai-prices"
TIER = "service_tier"
CHEAP_TIERS = {"default", "standard_only", "flex"}
"""Whoever names one of these is charged no more than the standard price."""
CACHE_WRITES = ("cache_write_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")


class UnpricedError(LookupError):
    """A model whose price is not known; the message names it, where prices come from, and the remedy."""


def table() -> str:
    """Where the prices come from, with the version."""
    return f"{PACKAGE} {version(PACKAGE)}"


class Prices:
    """The prices at one address of a model provider; another's address is told apart by the models' names only."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._snapshot = get_snapshot()

    def find(self, model: str) -> tuple[Provider, ModelInfo]:
        """The provider's and the model's entries. Raises UnpricedError."""
        try:
            try:
                provider = self._snapshot.find_provider(None, None, self._address)
            except LookupError:
                provider = self._snapshot.find_provider(model, None, None)
            found = self._snapshot.find_provider_model(model, provider, None, None)
        except LookupError:
            raise UnpricedError(
                f'the model "{model}" has no price in {table()}: name one that has, or take a version that knows it'
            ) from None
        if not self._is_priced(found[1]):
            raise UnpricedError(f'the price of the model "{model}" is not stated in {table()}: name another')
        return found

    @staticmethod
    def _is_priced(model: ModelInfo) -> bool:
        prices = model.get_prices(datetime.now(tz=UTC))
        return any(getattr(prices, name, None) is not None for name in ("input_mtok", "output_mtok"))

    def cost(self, model: str, usage: Usage, service_tier: str | None = None) -> int:
        """What a call has cost, in micro-dollars, rounded up. Raises UnpricedError."""
        return self._price(self.find(model), usage, {TIER: service_tier} if service_tier else {})

    def worst_case(self, asked: Asked) -> int:
        """What a request may cost at most, in micro-dollars. Raises UnpricedError.

        Every byte of it a token, none of them cached or all of them to be written into a cache, as much answered as it
        allows (or as the model's window holds, for each choice), and at the dearest tier, unless it names a cheap one.
        """
        found = self.find(asked.model)
        model = found[1]
        tokens_out = asked.tokens_out
        if tokens_out is None and model.context_window is not None:
            tokens_out = model.context_window * asked.choices
        if tokens_out is None:
            raise UnpricedError(
                f'a call of "{asked.model}" names no limit of what is answered, and its window is not in {table()}: '
                "it may cost anything"
            )
        return max(
            self._price(found, usage, context)
            for usage in self._usages(model, asked.tokens_in, tokens_out)
            for context in self._contexts(model, asked)
        )

    @staticmethod
    def _usages(model: ModelInfo, tokens_in: int, tokens_out: int) -> Iterator[Usage]:
        yield Usage(input_tokens=tokens_in, output_tokens=tokens_out)
        prices = model.get_prices(datetime.now(tz=UTC))
        for name in CACHE_WRITES:
            if getattr(prices, name.replace("_tokens", "_mtok"), None) is not None:
                written: dict[str, Any] = {CACHE_WRITES[0]: tokens_in, name: tokens_in}
                yield Usage(input_tokens=tokens_in, output_tokens=tokens_out, **written)

    @staticmethod
    def _contexts(model: ModelInfo, asked: Asked) -> Iterator[Mapping[str, str]]:
        yield {}
        if asked.service_tier not in CHEAP_TIERS:
            yield from ({TIER: variant.when[TIER]} for variant in model.price_variants or () if TIER in variant.when)

    @staticmethod
    def _price(found: tuple[Provider, ModelInfo], usage: Usage, context: Mapping[str, str]) -> int:
        provider, model = found
        return charged(model.calc_price(usage, provider, price_context=context or None).total_price)
