"""Turning rows of a table, or events, into datapoints.

A mapping names the columns that become inputs, ground truth and history; every other column goes to the metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from .errors import invalid
from .fields import Body, Text

BUCKETS = ("inputs", "history", "ground_truth")


class DatapointMapping(Body):
    """Names of columns for each part of a datapoint."""

    inputs: list[Text] | None = Field(default=None)
    history: list[Text] | None = Field(default=None)
    ground_truth: list[Text] | None = Field(default=None)

    def columns(self, bucket: str) -> list[str]:
        """The columns of one part."""
        return getattr(self, bucket) or []


def check_columns(mapping: DatapointMapping, rows: Iterable[Any]) -> None:
    """Raises Problem 400 for a column that no row has: a slip of the pen that would silently empty the datapoints."""
    present = {column for row in rows if isinstance(row, Mapping) for column in row}
    for bucket in BUCKETS:
        for column in mapping.columns(bucket):
            if column not in present:
                raise invalid(f"mapping.{bucket}", f"no row has the column {column!r}")


def from_row(row: Any, mapping: DatapointMapping, where: str) -> dict[str, Any]:
    """The datapoint that a row is. A mapped column that this row lacks is left out. Raises Problem 400."""
    if not isinstance(row, Mapping):
        raise invalid(where, "must be an object: columns and their values")
    return {
        "inputs": pick(row, mapping.columns("inputs")),
        "ground_truth": pick(row, mapping.columns("ground_truth")),
        "history": history_of(row, mapping.columns("history"), where),
        "metadata": unmapped(row, mapping),
    }


def pick(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """These columns of a row."""
    return {column: row[column] for column in columns if column in row}


def history_of(row: Mapping[str, Any], columns: Sequence[str], where: str) -> list[Any]:
    """The messages in these columns, one after another. Raises Problem 400 for what is no message."""
    messages: list[Any] = []
    for column in columns:
        value = row.get(column)
        found = [] if value is None else value if isinstance(value, list) else [value]
        if not all(isinstance(message, Mapping) for message in found):
            raise invalid(f"{where}.{column}", "a history must be messages: an object or a list of objects")
        messages += found
    return messages


def unmapped(row: Mapping[str, Any], mapping: DatapointMapping) -> dict[str, Any]:
    """The columns that the mapping does not name."""
    named = {column for bucket in BUCKETS for column in mapping.columns(bucket)}
    return {column: value for column, value in row.items() if column not in named}


def from_event(event: Mapping[str, Any], mapping: DatapointMapping | None, where: str) -> dict[str, Any]:
    """The datapoint that an event is, linked to it.

    Without a mapping: its inputs, its outputs as ground truth, `inputs.chat_history` as history, and its metadata. In
    a mapping the columns are dotted paths in the event, or names in its inputs or else its outputs; they keep their
    last part as name. Raises Problem 400.
    """
    link = {"linked_event": event["event_id"]}
    if mapping is not None:
        row = {path: look_up(event, path, where) for bucket in BUCKETS for path in mapping.columns(bucket)}
        mapped = from_row(row, mapping, where)
        parts = {
            bucket: {path.rpartition(".")[2]: value for path, value in mapped[bucket].items()}
            for bucket in ("inputs", "ground_truth")
        }
        return {**mapped, **parts, **link, "metadata": event.get("metadata")}
    inputs = dict(event.get("inputs") or {})
    history = inputs.pop("chat_history", None)
    return {
        "inputs": inputs,
        "ground_truth": event.get("outputs"),
        "history": history_of({"chat_history": history}, ["chat_history"], where),
        "metadata": event.get("metadata"),
        **link,
    }


def check_names(mapping: DatapointMapping) -> None:
    """Raises Problem 400 for two paths in events that would give a datapoint the same name: one would be lost."""
    for bucket in ("inputs", "ground_truth"):
        named: dict[str, str] = {}
        for path in mapping.columns(bucket):
            other = named.setdefault(path.rpartition(".")[2], path)
            if other != path:
                raise invalid(f"mapping.{bucket}", f"{other!r} and {path!r} would have one name")


def look_up(event: Mapping[str, Any], path: str, where: str) -> Any:
    """The value at a path of an event. Raises Problem 400 when there is none."""
    for start in (event, event.get("inputs"), event.get("outputs")):
        value: Any = start
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                break
            value = value[part]
        else:
            return value
    raise invalid(where, f"the event has no {path!r}")
