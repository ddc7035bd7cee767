"""What the adapters of foreign platforms share: a door of the nouns that there are, and how fields are named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .absent import Absent
from .interface import BatchOutcome, ContractBroken, Created, NotOffered, Refusal, Things
from .nouns import NOUNS
from .nouns import noun as noun_of


class ForeignDoor:
    """See `interface.Door`. `vendor` is the platform's name, `name` that of this way in, `had` what it has."""

    def __init__(self, vendor: str, name: str, *had: Things[Any]) -> None:
        """Nothing is sent."""
        self._by_noun: dict[str, Any] = {kind: Absent(kind, vendor) for kind in NOUNS}
        self._by_noun |= {things.noun: things for things in had}
        self.name = self.carried_by = name
        self.datasets = self._by_noun["dataset"]
        self.datapoints = self._by_noun["datapoint"]
        self.configurations = self._by_noun["configuration"]
        self.tools = self._by_noun["tool"]
        self.metrics = self._by_noun["metric"]
        self.runs = self._by_noun["run"]
        self.sessions = self._by_noun["session"]
        self.events = self._by_noun["event"]
        self.projects = self._by_noun["project"]

    def of(self, noun: str) -> Things[Any]:
        """See `interface.Door`."""
        things: Things[Any] = self._by_noun[noun_of(noun).key]
        return things


def naming(no: Refusal, words: Mapping[str, str | Sequence[str]]) -> Refusal:
    """The refusal with the product fields that its message names.

    `words` is the vendor's word by product field, as it is spelt, or all that it is called, where that is several.
    """
    named = {
        field
        for field, said in words.items()
        if any(_named(word, no.message) for word in ([said] if isinstance(said, str) else said))
    }
    return no.model_copy(update={"fields": frozenset(named)})


def _named(word: str, message: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message) is not None


def all_at_once(what: str, limit: Any, page: int | None) -> None:
    """Raise NotOffered when a page is asked for of what is told all at once."""
    if limit is not None or page is not None:
        raise NotOffered(f"{what} are told all at once: there are no pages of them")


def the_one(stored: BatchOutcome | Refusal, operation: str) -> Created | Refusal:
    """The one thing that became of a batch of one.

    Raises:
        ContractBroken: the platform took it, and shows nothing, or several things.

    """
    if isinstance(stored, Refusal):
        return stored
    if len(stored.ids) != 1:
        raise ContractBroken(operation, f"of the one that was taken, {len(stored.ids)} are there", list(stored.ids))
    return Created(id=stored.ids[0])
