"""Pages of lists: `limit` items a page, pages counted from 1; without `limit` there is one page with everything."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def page_of(query: sa.Select[Any], limit: int | None, page: int) -> sa.Select[Any]:
    """The page of an ordered query."""
    if limit is None:
        return query if page == 1 else query.where(sa.false())
    return query.limit(limit).offset((page - 1) * limit)
