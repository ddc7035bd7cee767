"""What exists in a project: ids by noun. Proves that a scenario left nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .interface import ContractBroken, Door, NotOffered, Refusal, Things

Inventory = Mapping[str, frozenset[str]]
"""Ids by noun. A noun that the platform does not list for this key is absent."""

COUNTED = ("run", "dataset", "datapoint", "configuration", "tool", "metric", "session")
"""In the order in which they can be deleted. Events are counted by their session; projects are seeded and stay."""

_PAGE = 100
_PAGED = frozenset({"run", "session"})
"""Lists that are cut at a default length when no limit is given, and do not say so."""

_UNLISTED = ("not found", "not allowed", "forbidden")
"""Refusals that say that the platform, or this key, has no such list: there is nothing to count."""


def take_inventory(door: Door) -> Inventory:
    """Everything that the holder of the door's key can list.

    Raises:
        Unreachable: there was no answer.
        ContractBroken: a list is refused for another reason than that this key or target has none, or has no end:
            a page brings nothing that those before it did not.

    """
    counted = ((noun, _ids(door, noun, paged=noun in _PAGED)) for noun in COUNTED)
    return {noun: ids for noun, ids in counted if ids is not None}


def left_behind(before: Inventory, after: Inventory) -> dict[str, frozenset[str]]:
    """What exists after and did not before, by noun; nouns without a difference are absent."""
    grown = {noun: ids - before.get(noun, frozenset()) for noun, ids in after.items()}
    return {noun: ids for noun, ids in grown.items() if ids}


def _ids(door: Door, noun: str, *, paged: bool) -> frozenset[str] | None:
    # a session may have no event of its own that says so: it is whatever events belong to
    things: Things[Any] = door.events if noun == "session" else door.of(noun)
    ids: set[str] = set()
    seen: set[str] = set()  # of sessions: their events, of which one session may fill many pages
    number = 1
    while True:
        try:
            page = things.list(limit=_PAGE, page=number) if paged else things.list()
        except NotOffered:
            # No such list; or one without pages, whose first holds all.
            return None if number == 1 else frozenset(ids)
        if isinstance(page, Refusal) and page.reason in _UNLISTED:
            return None
        if isinstance(page, Refusal):
            raise ContractBroken(f"list of {noun}s", "the project cannot be counted", page)
        if page.has_next and not paged:
            paged = True  # from the first on, in pages of a length that is known
            continue
        ids |= {thing.session or thing.id for thing in page.items} if noun == "session" else {t.id for t in page.items}
        if not paged or (len(page.items) < _PAGE and not page.has_next):
            return frozenset(ids)
        if (told := {thing.id for thing in page.items}) <= seen:
            raise ContractBroken(f"list of {noun}s", f"page {number} brings nothing new, yet is not the last", page)
        seen |= told
        number += 1
