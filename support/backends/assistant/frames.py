"""Frames of the WebSocket: what comes in, checked, and what goes out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import identity, values
from .sessions import iso

Frame = dict[str, Any]

HEARTBEAT, CANCEL, AUTH, CHAT, UI_STATE = "heartbeat", "cancel", "auth", "chat_message", "ui_state_update"
TYPES = (HEARTBEAT, CANCEL, AUTH, CHAT, UI_STATE)

_LONGEST_QUOTE = 60
_MILLISECONDS_FROM = 1e11
"""A timestamp this large counts milliseconds, as JavaScript's Date.now() does."""


class FrameFaultError(Exception):
    """A frame that cannot be taken: a code, and for the sender a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def written(type_: str, session_id: str, fields: Mapping[str, Any]) -> str:
    """A frame as it is sent; every one has a timestamp."""
    frame = {"type": type_, "session_id": session_id, **fields}
    frame.setdefault("timestamp", iso(time.time()))
    return json.dumps(frame, ensure_ascii=False, default=str)


def read(text: str) -> Frame:
    """A frame of a known type. Raises FrameFaultError."""
    frame = parsed(text)
    if not isinstance(frame, dict):
        raise FrameFaultError("invalid_json", "A frame must be a JSON object.")
    if "type" not in frame:
        raise FrameFaultError("missing_field", "The field `type` is missing.")
    if frame["type"] not in TYPES:
        kind = json.dumps(frame["type"])[:_LONGEST_QUOTE]
        raise FrameFaultError("unknown_type", f"There is no type {kind}; known: {', '.join(TYPES)}.")
    return frame


def parsed(text: str) -> Any:
    """JSON. Raises FrameFaultError."""
    try:
        return values.loaded(text)
    except values.UnusableError:
        wanted = f"whole characters, finite numbers, at most {values.DEEPEST} levels"
        raise FrameFaultError("invalid_json", f"The frame is not valid JSON ({wanted}).") from None


def required_text(frame: Frame, name: str) -> str:
    """A text that must be there and say something. Raises FrameFaultError."""
    if name not in frame:
        raise FrameFaultError("missing_field", f"The field `{name}` is missing.")
    value = frame[name]
    if not isinstance(value, str) or not value.strip():
        raise FrameFaultError("invalid_field", f"The field `{name}` must be a text that is not empty.")
    return value


def optional_text(frame: Frame, name: str) -> str | None:
    """A text that may be left out or null. Raises FrameFaultError."""
    return None if frame.get(name) is None else required_text(frame, name)


def optional_header(frame: Frame, name: str) -> str | None:
    """A text that may be left out, and that can be sent on as a header. Raises FrameFaultError."""
    value = optional_text(frame, name)
    if value is not None and not identity.fits_header(value):
        raise FrameFaultError("invalid_field", f"The field `{name}` has characters that cannot be sent on.")
    return value


def required_object(frame: Frame, name: str) -> dict[str, Any]:
    """An object that must be there. Raises FrameFaultError."""
    if name not in frame:
        raise FrameFaultError("missing_field", f"The field `{name}` is missing.")
    value = frame[name]
    if not isinstance(value, dict):
        raise FrameFaultError("invalid_field", f"The field `{name}` must be an object.")
    return value


def message_of(frame: Frame, most: int) -> str:
    """What the user says in a chat frame. Raises FrameFaultError."""
    text = required_text(frame, "message")
    if len(text) > most:
        raise FrameFaultError(
            "too_large", f"The message has {len(text):,} characters; at most {most:,} are taken. Please shorten it."
        )
    return text


def moment_of(frame: Frame) -> float | None:
    """The frame's timestamp in unix seconds: ISO 8601, seconds or milliseconds. Raises FrameFaultError."""
    value = frame.get("timestamp")
    if value is None:
        return None
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e14:
            return value / 1000 if value >= _MILLISECONDS_FROM else float(value)
    except (ValueError, OverflowError):
        pass
    raise FrameFaultError("invalid_field", "The field `timestamp` must be an ISO 8601 time, or a number (unix time).")


def told_keys(frame: Frame) -> dict[str, Any]:
    """What an incremental update of the UI state changes: its payload's keys, and the page. Raises FrameFaultError."""
    required_text(frame, "changeType")
    page = {name: optional_text(frame, name) for name in ("page_type", "page_url") if frame.get(name) is not None}
    return {**required_object(frame, "payload"), **page}


def is_incremental(frame: Frame) -> bool:
    """Whether an update tells only what changed."""
    return "state" not in frame and ("changeType" in frame or "payload" in frame)
