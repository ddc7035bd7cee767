"""The seeded defects of the evaluation platform, one module a block of promises; here, what several share."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

MATRIX = ("TR-90", "TR-91", "TR-92", "TR-93", "TR-94", "TR-95")
"""The promises of the isolation matrix, which looks through every route there is."""


GONE = ("DS-5", "DP-5", "CF-5", "TL-5", "MT-6", "EV-6", "SE-6")
"""The promises of deletion: that something is gone is seen by opening it."""


def forgiving(original: Any, *, answer: Callable[[str], Any] = lambda _id: None) -> Any:
    """A deletion that answers as if it had succeeded where the thing was deleted before."""
    gone: set[tuple[str, str]] = set()

    def delete(db: Any, project: str, id_: str) -> Any:
        try:
            answered = original(db, project, id_)
        except Exception as refused:
            if getattr(refused, "status_code", None) != 404 or (project, id_) not in gone:
                raise
            return answer(id_)
        gone.add((project, id_))
        return answered

    return delete


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
