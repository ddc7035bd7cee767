"""Pages of lists: `limit` items a page, pages counted from 1; without `limit` there is one page with everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")


def page_of(query: sa.Select[Any], limit: int | None, page: int) -> sa.Select[Any]:
    """The page of an ordered query."""
    if limit is None:
        return query if page == 1 else query.where(sa.false())
    return query.limit(limit).offset((page - 1) * limit)


def slice_of(items: Sequence[T], limit: int | None, page: int) -> list[T]:
    """The same of what is in memory."""
    if limit is None:
        return list(items) if page == 1 else []
    return list(items[(page - 1) * limit : page * limit])
