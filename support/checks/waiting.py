"""Waiting: the only place of the suite that pauses. It polls, returns at once, and tells the last thing seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

T = TypeVar("T")


@dataclass(frozen=True)
class Waited(Generic[T]):
    """What a wait ended with: the value seen, how long it took (seconds) and after how many looks."""

    value: T
    seconds: float
    looks: int


def eventually(probe: Callable[[], T], *, within: float, what: str) -> Waited[T]:
    """Look until `probe` raises no AssertionError any more; return what it saw.

    `within` is in seconds; `what` names the awaited state for the failure message. The pauses grow from 5 ms to 100 ms.
    An AssertionError of the probe means "not yet"; any other exception ends the wait at once, unchanged.
    Raises AssertionError with the probe's last complaint when the time is over.
    """
    started = time.monotonic()
    looking = Retrying(
        stop=stop_after_delay(within),
        wait=wait_exponential(multiplier=0.005, max=0.1),
        retry=retry_if_exception_type(AssertionError),
    )
    try:
        value = looking(probe)
    except RetryError as given_up:
        last = given_up.last_attempt.exception()
        looks = given_up.last_attempt.attempt_number
        raise AssertionError(f"{what}: not within {within:g} s ({looks} looks). Last seen: {last}") from last
    return Waited(value, time.monotonic() - started, int(looking.statistics.get("attempt_number", 1)))
