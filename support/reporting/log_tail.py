"""The log of one scenario. behave's own capture of it ends at the first captured hook, which takes its handler away."""

from __future__ import annotations

import logging
from collections import deque

LINES = 1000
"""The last lines that are kept of a scenario's log."""


class LogTail(logging.Handler):
    """Keeps the last lines logged between `begin` and `end`, in behave's own format; levels stay as they are."""

    def __init__(self, line_format: str | None) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(line_format or "%(levelname)s:%(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._lines.append(self.format(record))

    def begin(self) -> None:
        """Listen, from nothing."""
        self._lines.clear()
        logging.getLogger().addHandler(self)

    def end(self) -> str:
        """Stop listening; what was heard, as text."""
        logging.getLogger().removeHandler(self)
        return "\n".join(self._lines)
