"""A file of lines that is rotated by size, and that several processes may write at a time, as shims do their log."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import logging.handlers
import os
from collections.abc import Iterator
from pathlib import Path

from .settings import Settings


class SharedFile(logging.handlers.RotatingFileHandler):
    """Appends to a file, rotates it at the set size, and keeps the set number of old ones.

    Whoever writes holds a lock, `.<name>.lock` beside the file, and looks first whether another has rotated the file.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(
            path,
            maxBytes=settings.log_max_bytes,
            backupCount=settings.log_count,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self._lock_file = path.with_name(f".{path.name}.lock").open("a")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            with self._alone():
                self._follow()
                super().emit(record)
        except OSError:
            self.handleError(record)

    def close(self) -> None:
        """Write no more."""
        super().close()
        self._lock_file.close()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def _follow(self) -> None:
        if self.stream is not None and not _is_at(self.stream.fileno(), self.baseFilename):
            self.stream.close()
            self.stream = self._open()


def _is_at(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), Path(path).stat())
    except FileNotFoundError:
        return False
