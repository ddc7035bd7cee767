"""A user's program that sends events in one batch through the platform's unmodified SDK, and looks at each one's fate.

Address and key come from the environment (``HH_API_URL``, ``HH_API_KEY``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from honeyhive import HoneyHive
from honeyhive.models import PostEventBatchRequest

from support.programs.calls import told

Event = dict[str, Any]
MENDED_TYPE = "tool"


def send(client: HoneyHive, events: Sequence[Event]) -> dict[str, Any]:
    """Send events in one batch: ``ids`` of what was stored and ``refused`` (reason by index), or an ``error``."""
    batch = PostEventBatchRequest(events=list(events))
    try:
        answer = client.events.create_batch(batch)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the user is told
        kind = f"{type(failure).__module__.partition('.')[0]}.{type(failure).__qualname__}"
        return {"ids": [], "refused": {}, "error": {"type": kind, "text": told(failure), "own words": str(failure)}}
    return {"ids": answer.event_ids, "refused": refused(answer.model_extra or {}), "error": None}


def refused(extra: Mapping[str, Any]) -> dict[int, str]:
    """Why events were refused, by their index in the batch."""
    return {fault["index"]: fault["message"] for fault in extra.get("errors", [])}


def failed(events: Sequence[Event], fate: Mapping[str, Any]) -> list[Event]:
    """The events that are not stored: those refused, or all of them when the whole batch was."""
    return [event for index, event in enumerate(events) if fate["error"] or index in fate["refused"]]


def mended(event: Event) -> Event:
    """The event with a type that the platform knows."""
    return {**event, "event_type": MENDED_TYPE}


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Send ``events`` in one batch; with ``mends``, mend what was not stored and send that, and only that, again.

    Returns: ``first`` and ``again`` (or None), each ``{"ids", "refused": {index: reason}, "error"}``.
    """
    client = HoneyHive()
    client.api_config.verify = False  # nothing is encrypted on loopback, and reading all certificates takes time
    events = arguments["events"]
    first = send(client, events)
    if not arguments["mends"]:
        return {"first": first, "again": None}
    return {"first": first, "again": send(client, [mended(event) for event in failed(events, first)])}
