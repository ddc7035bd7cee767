"""Running the criteria of a PYTHON metric in a process of their own, with a time and a memory limit."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("sandbox_child.py")
MAX_CHARACTERS = 10_000
"""The longest text that a metric may give as its value or its explanation; what it says of its fault is cut there."""


class MetricError(Exception):
    """A metric that gives no value; the text is the cause, fit to be shown."""

    def __init__(self, cause: str) -> None:
        super().__init__(readable(cause))


def readable(text: str) -> str:
    """The text with what is no character (half of a surrogate pair) written out: neither UTF-8 nor a store has it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def run_python(
    criteria: str, name: str, event: Mapping[str, Any], *, seconds: float, memory_bytes: int
) -> tuple[Any, str | None]:
    """(value, explanation) of the criteria for an event. Raises MetricError with the cause."""
    limits = {"seconds": seconds, "memory_bytes": memory_bytes, "characters": MAX_CHARACTERS}
    task = {"criteria": criteria, "name": name, "event": event, **limits}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, isolated, without environment
            [sys.executable, "-I", "-S", "-B", str(CHILD)],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=seconds,
            env={},
            cwd=tempfile.gettempdir(),
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise MetricError(f"no value after {seconds:g} s (time limit)") from late
    return read_answer(done)


def read_answer(done: subprocess.CompletedProcess[bytes]) -> tuple[Any, str | None]:
    """(value, explanation) as the process told it. Raises MetricError."""
    try:
        answer = json.loads(done.stdout)
    except ValueError as silent:
        raise MetricError(describe_end(done.returncode)) from silent
    if "fault" in answer:
        raise MetricError(str(answer["fault"]))
    return answer["value"], answer["explanation"]


def describe_end(code: int) -> str:
    """Why a process ended that has not answered."""
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "stopped at the limit of processor time"
    return f"the interpreter ended with code {code} before it had a value (out of memory?)"
