"""Proves that what must not be torn apart is not: a signal that comes meanwhile is taken at its end."""

from __future__ import annotations

import os
import signal

import pytest

from support.running.interruption import INTERRUPTS, postponed


def _make_and_take_away(number: signal.Signals, done: list[str]) -> None:
    with postponed():
        os.kill(os.getpid(), number)
        done.append("made")
        os.kill(os.getpid(), number)
        done.append("taken away")


def _fail_in_the_midst(number: signal.Signals) -> None:
    with postponed():
        os.kill(os.getpid(), number)
        raise ValueError("it failed")


@pytest.mark.parametrize("number", INTERRUPTS)
def test_a_signal_is_taken_at_the_end_of_what_is_not_to_be_torn_apart(number: signal.Signals) -> None:
    done: list[str] = []
    own = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _make_and_take_away(number, done)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, own)
    assert done == ["made", "taken away"]


@pytest.mark.parametrize("number", INTERRUPTS)
def test_a_signal_is_not_lost_when_the_work_fails(number: signal.Signals) -> None:
    own = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            _fail_in_the_midst(number)
    finally:
        signal.signal(number, own)
    assert isinstance(caught.value.__context__, ValueError)


def test_without_a_signal_nothing_is_raised_and_the_next_one_is_heard_at_once() -> None:
    with postponed():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
