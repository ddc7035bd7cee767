"""What exists in a project: ids by noun. Proves that a scenario left nothing behind."""

from __future__ import annotations

from collections.abc import Mapping

from .interface import ContractBroken, Door, Refusal, Things

Inventory = Mapping[str, frozenset[str]]
"""Ids by noun. A noun that the platform does not list for this key is absent."""

COUNTED = ("dataset", "datapoint", "configuration", "tool", "metric", "run", "event")
"""A session is an event; projects are seeded."""

_PAGE = 100
_PAGED = frozenset({"run", "event"})
"""Lists that are cut at a default length when no limit is given."""


def take_inventory(door: Door) -> Inventory:
    """Everything that the holder of the door's key can list.

    Raises:
        Unreachable: there was no answer.
        ContractBroken: a list is refused for another reason than that this key or target has none.

    """
    counted = ((noun, _ids(door.of(noun), paged=noun in _PAGED)) for noun in COUNTED)
    return {noun: ids for noun, ids in counted if ids is not None}


def left_behind(before: Inventory, after: Inventory) -> dict[str, frozenset[str]]:
    """What exists after and did not before, by noun; nouns without a difference are absent."""
    grown = {noun: ids - before.get(noun, frozenset()) for noun, ids in after.items()}
    return {noun: ids for noun, ids in grown.items() if ids}


def _ids(things: Things[object], *, paged: bool) -> frozenset[str] | None:
    ids: set[str] = set()
    number = 1
    while True:
        page = things.list(limit=_PAGE, page=number) if paged else things.list()
        if isinstance(page, Refusal) and page.reason in ("not found", "not allowed", "forbidden"):
            return None
        if isinstance(page, Refusal):
            raise ContractBroken(f"list of {things.noun}s", "the project cannot be counted", page)
        ids |= {thing.id for thing in page.items}  # type: ignore[attr-defined]
        if not paged or len(page.items) < _PAGE:
            return frozenset(ids)
        number += 1
