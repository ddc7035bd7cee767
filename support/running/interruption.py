"""When SIGINT or SIGTERM ends a scenario: after the step that is running, or within it when it goes on for long.

A step that is broken off between making a thing and saying how it is undone would leave it behind.
"""

from __future__ import annotations

import functools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import behave

PATIENCE_S = 0.5
"""A step may go on for so long after the signal."""
MATCHERS = str(Path(behave.__file__).parent / "matchers.py")


def in_step(frame: FrameType | None) -> bool:
    """Whether a step runs in this frame: only there does behave take an exception for the step's end."""
    while frame is not None:
        if frame.f_code.co_filename == MATCHERS:
            return True
        frame = frame.f_back
    return False


class Interruption:
    """Raises KeyboardInterrupt in the main thread, once; later signals disturb no undo."""

    def __init__(self) -> None:
        self._in_scenario = False
        self._due: float | None = None
        """The time.monotonic() at which patience ends; None as long as nobody has interrupted."""

    def listen(self, hooks: dict[str, Callable[..., Any]]) -> None:
        """Take the signals from now on; `hooks` are behave's."""
        hooks["after_step"] = self._ending(hooks.get("after_step", lambda *_: None))
        signal.signal(signal.SIGINT, self._hear)
        signal.signal(signal.SIGTERM, self._hear)

    @contextmanager
    def scenario(self) -> Iterator[None]:
        """In this block the interruption waits for the end of a step, in front of it and behind it for nothing."""
        self._in_scenario = True
        try:
            yield
        finally:
            self._in_scenario = False
        if self._due is not None:
            self._raise()

    def _ending(self, hook: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(hook)  # behave reads attributes of the hook, such as `capture`
        def after_step(*told: Any) -> None:
            hook(*told)
            if self._due is not None:
                self._raise()

        return after_step

    def _hear(self, _signal: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._in_scenario:
            self._raise()
        if self._due is None:
            self._due = now + PATIENCE_S
            again = threading.Timer(PATIENCE_S, os.kill, (os.getpid(), signal.SIGINT))
            again.daemon = True
            again.start()
        elif now >= self._due and in_step(frame):
            self._raise()

    def _raise(self) -> None:
        self._due = None
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt
