"""One exchange with the model: a request that was taken, and the answer it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .answers import Answer
from .asked import Api, Asked
from .refusals import Refusal
from .settings import Settings

Frame = tuple[bytes, bool]
"""A piece of a stream, and whether it is a chunk of the answer (text, arguments): only these are delayed, counted."""


@dataclass(frozen=True)
class Exchange:
    """What a wire protocol needs to write the answer. `created` is in unix seconds."""

    id: str
    created: int
    body: Mapping[str, Any]
    asked: Asked
    answer: Answer


class Provider(Protocol):
    """What all endpoints of a provider have in common: `wire.openai` and `wire.anthropic` are such."""

    def authorise(self, headers: Mapping[str, str], accepted: tuple[str, ...]) -> None:
        """Refuse a request without a key that is accepted."""

    def refused(self, refusal: Refusal, request_id: str) -> dict[str, Any]:
        """The body of an error answer."""
        ...

    def usual(self, status: int) -> Refusal:
        """The provider's own error of that status."""
        ...

    def limits(self, retry_after: float) -> dict[str, str]:
        """Headers of a 429."""
        ...


class Wire(Protocol):
    """A protocol in which a model answers: `wire.chat`, `wire.responses` and `wire.messages` are such."""

    @property
    def PROVIDER(self) -> Provider:  # noqa: N802 - a constant of the module
        """Whose it is."""
        ...

    @property
    def NAME(self) -> Api:  # noqa: N802 - a constant of the module
        """Its name in scripts."""
        ...

    @property
    def ID(self) -> str:  # noqa: N802 - a constant of the module
        """What the ids of its answers begin with."""
        ...

    def check(self, body: Any, headers: Mapping[str, str], settings: Settings) -> None:
        """Refuse a request that the provider would refuse."""

    def read(self, body: Mapping[str, Any], headers: Mapping[str, str], shelf: Mapping[str, Any]) -> Asked:
        """The request in no provider's words; `shelf` holds earlier answers that were stored."""
        ...

    def shown(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`messages`, `system` and `tools` as they were sent, for the ledger."""
        ...

    def plain(self, exchange: Exchange) -> dict[str, Any]:
        """The whole answer."""
        ...

    def frames(self, exchange: Exchange) -> Iterator[Frame]:
        """The answer as a stream."""
        ...
