"""The seeded defects of the evaluation platform, one module a block of promises; here, what several share."""

from collections import defaultdict
from typing import Any


def forgiving(original: Any, *, answer: Any = None) -> Any:
    """An operation that answers as if it had succeeded where the original finds nothing."""

    def operation(*arguments: Any, **named: Any) -> Any:
        try:
            return original(*arguments, **named)
        except Exception as refused:
            if getattr(refused, "status_code", None) != 404:
                raise
            return answer

    return operation


def haunted(original: Any) -> Any:
    """A list that, asked for everything, goes on showing what it has once shown, deleted or not."""
    seen: dict[str, dict[str, Any]] = defaultdict(dict)

    def list_all(db: Any, project: str, **filters: Any) -> Any:
        rows = original(db, project, **filters)
        if any(value is not None for name, value in filters.items() if name != "page"):
            return rows
        seen[project] |= {row["id"]: row for row in rows}
        there = {row["id"] for row in rows}
        return rows + [row for row_id, row in seen[project].items() if row_id not in there]

    return list_all


def sending(**values: Any) -> Any:
    """A wrapper that calls the original with these named arguments, whatever it was given."""
    return lambda original: lambda *arguments, **named: original(*arguments, **{**named, **values})
