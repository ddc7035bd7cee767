"""When SIGINT or SIGTERM ends a scenario: after the step that is running, or within it when it goes on for long.

A step that is broken off between making a thing and saying how it is undone would leave it behind.
"""

from __future__ import annotations

import functools
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import behave

INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
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


@contextmanager
def postponed() -> Iterator[None]:
    """In this block no signal interrupts the main thread; one that came is taken at its end, however it ends.

    It may go on for as long as a probe, up to 10 s: the parent has told the user by then what is waited for.
    """
    heard: list[int] = []
    before = {number: signal.signal(number, lambda number, _: heard.append(number)) for number in INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])


class Interruption:
    """Raises KeyboardInterrupt in the main thread, once; later signals disturb no undo."""

    def __init__(self) -> None:
        self._in_scenario = False
        self._heard = False
        self._due: float | None = None
        """The time.monotonic() at which patience ends; None as long as nobody has interrupted."""
        self._news, self._tell = socket.socketpair()

    def listen(self, hooks: dict[str, Callable[..., Any]]) -> None:
        """Take the signals from now on; `hooks` are behave's."""
        hooks["after_step"] = self._ending(hooks.get("after_step", lambda *_: None))
        # The system may give a signal to any thread, and the main thread, asleep in a step, would never hear of it: the
        # byte that the interpreter then writes here wakes the thread that reminds it.
        self._tell.setblocking(False)
        signal.set_wakeup_fd(self._tell.fileno(), warn_on_full_buffer=False)
        # A thread that is there before: none can be started within the handler of a signal.
        threading.Thread(target=self._remind, daemon=True).start()
        for number in INTERRUPTS:
            signal.signal(number, self._hear)

    def deaf(self) -> None:
        """Take no signals from now on: what is taken down is taken down whole."""
        for number in INTERRUPTS:
            # Not SIG_IGN: the interpreter complains of a signal that came just before it.
            signal.signal(number, lambda *_: None)

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
            step = told[-1]
            # What was raised within the step may have been swallowed there, or have become another exception.
            if self._heard and not isinstance(step.exception, KeyboardInterrupt):
                if step.exception is None:  # behave notes that this hook was interrupted, and not by what
                    step.store_exception_context(KeyboardInterrupt("by a signal"))
                self._raise()

        return after_step

    def _hear(self, _signal: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        self._heard = True
        if not self._in_scenario:
            self._raise()
        if self._due is None:
            self._due = now + PATIENCE_S
        elif now >= self._due and in_step(frame):
            self._raise()

    def _remind(self) -> None:
        """After a signal tell the main thread again and again, until a step that goes on is met."""
        while self._news.recv(1)[0] not in INTERRUPTS:
            pass
        main, never = threading.main_thread().ident, threading.Event()
        assert main is not None
        while not never.wait(PATIENCE_S):
            signal.pthread_kill(main, signal.SIGINT)

    def _raise(self) -> None:
        self._due = None
        self.deaf()
        raise KeyboardInterrupt
