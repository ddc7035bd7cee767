"""The log: one line of JSON an event, in one format from every component, in files that rotate by size.

    {"timestamp", "level", "component", "request_id", "session_id", "message", …what the event tells}

`timestamp` is UTC (ISO 8601, milliseconds). `request_id` and `session_id` are those of the call and session that the
event belongs to, null where it belongs to none. Tokens and keys are masked wherever they would stand: the daemon's own,
and what looks like one.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .rotation import SharedFile
from .settings import Settings

ROOT = "tool_daemon"
MASK = "**********"
SHAPES = re.compile(r"(\bbearer\s+|\bsk-)(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}", re.IGNORECASE)
"""What looks like a bearer token or a provider's key; in words such as "bearer authentication" there is no digit."""
_secrets: list[str] = []

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
session_id: ContextVar[str | None] = ContextVar("session_id", default=None)


def tell(component: str, level: int, message: str, *, error: BaseException | None = None, **more: Any) -> None:
    """Log an event of a component; `more` becomes fields of the line, `error` is told with all its causes."""
    logger = logging.getLogger(f"{ROOT}.{component}")
    if logger.isEnabledFor(level):
        fields = {**more, **({"error": causes(error)} if error is not None else {})}
        logger.log(level, message, extra={"bound": bound(), "fields": fields})


def info(component: str, message: str, **more: Any) -> None:
    """Log what happens in the normal course."""
    tell(component, logging.INFO, message, **more)


def debug(component: str, message: str, **more: Any) -> None:
    """Log what helps to find a fault."""
    tell(component, logging.DEBUG, message, **more)


def warning(component: str, message: str, **more: Any) -> None:
    """Log what an operator should look at."""
    tell(component, logging.WARNING, message, **more)


def failure(component: str, message: str, error: BaseException, **more: Any) -> None:
    """Log an error with its causes."""
    tell(component, logging.ERROR, message, error=error, **more)


def breakdown(component: str, message: str, error: BaseException, **more: Any) -> None:
    """Log an error that nobody foresaw, with its traceback."""
    failure(component, message, error, traceback="".join(traceback.format_exception(error)), **more)


def bound() -> dict[str, str | None]:
    """What every line of the running call bears."""
    return {"request_id": request_id.get(), "session_id": session_id.get()}


@contextlib.contextmanager
def of_session(identifier: str) -> Iterator[None]:
    """Lines written in this block bear the session's id."""
    token = session_id.set(identifier)
    try:
        yield
    finally:
        session_id.reset(token)


def of_request(identifier: str) -> None:
    """Lines written from here on, in this task and those that it starts, bear the request's id."""
    request_id.set(identifier)


def causes(error: BaseException) -> list[str]:
    """An error and what caused it, outermost first."""
    told, seen = [], set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        text = words(current)
        told.append(f"{type(current).__name__}: {text}" if text else type(current).__name__)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return told


def words(error: BaseException) -> str:
    """What an error says, as anybody may read it: a provider's may quote the key that it was given."""
    return str(masked(str(error)))


def hide(*secrets: str) -> None:
    """Mask these from now on, in errors and in every file that the daemon writes, as long as it runs."""
    _secrets.extend(secrets)
    _secrets.sort(key=len, reverse=True)  # a secret may contain another


def masked(value: Any) -> Any:
    """A value, at any depth, without secrets in its texts."""
    if isinstance(value, dict):
        return {name: masked(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked(each) for each in value]
    if isinstance(value, str):
        for secret in _secrets:
            value = value.replace(secret, MASK)
        return SHAPES.sub(rf"\g<1>{MASK}", value)
    return value


class Lines(logging.Formatter):
    """Records as lines of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(masked(line(record)), ensure_ascii=False, default=str)


def line(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    said: dict[str, Any] = {
        "timestamp": at,
        "level": record.levelname,
        "component": record.name.removeprefix(f"{ROOT}."),
        **getattr(record, "bound", {"request_id": None, "session_id": None}),
        "message": record.getMessage(),
        **getattr(record, "fields", {}),
    }
    if record.exc_info and record.exc_info[1]:
        said["error"] = causes(record.exc_info[1])
    return said


def rotating(path: Path, settings: Settings) -> logging.Handler:
    """A handler that appends to a file, rotates it at the set size, and keeps the set number of old ones."""
    return SharedFile(path, settings)


@contextlib.contextmanager
def to(settings: Settings, folder: Path | None, name: str, *, stderr: bool = False) -> Iterator[None]:
    """Write the log to `folder`/`name`, and, where asked, to stderr, for the length of the block."""
    logger = logging.getLogger(ROOT)
    hide(*settings.secrets())
    handlers: list[logging.Handler] = [rotating(folder / name, settings)] if folder is not None else []
    if stderr:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(Lines())
        logger.addHandler(handler)
    logger.setLevel(settings.log_level)
    logger.propagate = False
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
        _secrets.clear()
