"""Redacts what is logged, before any handler sees it: a handler of the user's or of behave's may write it anywhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from support.reporting.redaction import redact_text


def redact_logs() -> None:
    """From here on, every record of `logging` in this process is made redacted, its traceback included."""
    make = logging.getLogRecordFactory()
    if not getattr(make, "redacts", False):
        logging.setLogRecordFactory(_redacting(make))


def _redacting(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def made(*args: Any, **more: Any) -> logging.LogRecord:
        record = make(*args, **more)
        record.msg, record.args = redact_text(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = redact_text(logging.Formatter().formatException(record.exc_info))
        return record

    made.redacts = True  # type: ignore[attr-defined]
    return made
