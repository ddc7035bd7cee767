"""Lists of Phoenix's, which are turned by cursor only: a page is reached through those before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...interface import Refusal
from ...things import need
from .wire import Wire

PAGE = 100
"""What GraphQL is asked for where a list has no limit."""

Turned = tuple[Sequence[Any], str | None] | Refusal
"""What a page holds, and the cursor of the next."""


def turn(wire: Wire, path: str, cursor: str | None, query: Mapping[str, Any]) -> Turned:
    """One page of REST's."""
    answer = wire.ask("GET", path, query={**query, "cursor": cursor})
    return answer if isinstance(answer, Refusal) else (need(answer, "data", path, list), answer.get("next_cursor"))


def turn_graph(answer: Any, member: str) -> Turned:
    """The page in an answer of GraphQL's: of the connection itself ("edges"), or of a member of it ("spans.edges")."""
    if isinstance(answer, Refusal):
        return answer
    within = member.removesuffix("edges")
    found = [edge["node"] for edge in need(answer, member, member, list)]
    place = need(answer, f"{within}pageInfo", member)
    return found, place["endCursor"] if place["hasNextPage"] else None


def whole(turned: Callable[[str | None], Turned]) -> list[Any] | Refusal:
    """What all pages hold."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = turned(cursor)
        if isinstance(page, Refusal):
            return page
        found += page[0]
        if (cursor := page[1]) is None:
            return found


def page_of(number: int | None, turned: Callable[[str | None], Turned]) -> Turned:
    """The page of that number, from 1; one beyond the last is empty."""
    cursor: str | None = None
    for _ in range((number or 1) - 1):
        before = turned(cursor)
        if isinstance(before, Refusal):
            return before
        cursor = before[1]
        if cursor is None:
            return [], None
    return turned(cursor)
