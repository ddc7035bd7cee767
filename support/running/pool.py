"""The parent's side: forked workers, a shared queue, and the rule that no scenario is ever lost."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Protocol

from support.running import scratch
from support.running.interruption import INTERRUPTS
from support.running.messages import Finished, Message, Notice, Problem, Ready, Started, Unable, UnitDone
from support.running.records import ScenarioRecord
from support.running.selection import Key, Selection, Unit


class Observer(Protocol):
    """Who is told what happens, in the parent."""

    def scenario_started(self, key: Key) -> None:
        """Told when a worker begins a scenario."""

    def scenario_finished(self, key: Key, record: ScenarioRecord) -> bool:
        """Told of a final status; answers False when the run shall stop here."""

    def scenario_broken(self, key: Key, reason: str) -> None:
        """Told of a scenario that no worker can tell of."""

    def scenario_lost(self, key: Key, reason: str) -> None:
        """Told of a scenario in the midst of which its worker died: nobody has undone what it made."""

    def unit_done(self, done: UnitDone, missing: tuple[Key, ...]) -> None:
        """Told at the end of a unit, with the scenarios that it did not reach."""

    def problem(self, text: str) -> None:
        """Told of what makes the run red outside any scenario."""

    def interrupted(self) -> None:
        """Told when the user interrupts the run, once, after the workers were."""

    def notice(self, text: str) -> None:
        """Told of what is to be said at the end without changing the verdict."""


@dataclass
class _Hand:
    """What the parent knows of one worker."""

    pid: int
    channel: Connection
    lifeline: int
    unit: Unit | None = None
    done: set[Key] = field(default_factory=set)
    running: Key | None = None
    was_ready: bool = False
    stopped: bool = False

    def rest(self) -> tuple[Key, ...]:
        """The unit's scenarios that have not been told of, the running one excluded."""
        keys = self.unit.keys if self.unit else ()
        return tuple(key for key in keys if key not in self.done and key != self.running)


class Pool:
    """Runs all units over N forked workers. `start` is what a worker process does: (channel, lifeline) -> None."""

    def __init__(
        self, selection: Selection, jobs: int, start: Callable[[Connection, int], None], observer: Observer
    ) -> None:
        self._queue = selection.units(jobs)
        self._jobs = min(jobs, len(self._queue))
        self._start = start
        self._observer = observer
        self._hands: list[_Hand] = []
        self._stopping = False
        self._interrupts = 0
        self._failed: list[int] = []

    @property
    def interrupted(self) -> bool:
        """Whether the user interrupted the run."""
        return self._interrupts > 0

    def run(self) -> None:
        """Run until the queue is empty and every worker has taken its systems down."""
        with self._signals():
            for _ in range(self._jobs):
                self._hire()
            while self._hands:
                for channel in wait([hand.channel for hand in self._hands], timeout=0.2):
                    self._listen(next(hand for hand in self._hands if hand.channel is channel))
        for pid in self._failed:
            scratch.remove_of(pid)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """First interrupt: workers undo what they have begun and stop. Second: they are killed."""

        def interrupt(_signal: int, _frame: FrameType | None) -> None:
            self._interrupts += 1
            self._stopping = True
            for hand in self._hands:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(hand.pid, signal.SIGINT if self._interrupts == 1 else signal.SIGKILL)
            if self._interrupts == 1:
                self._observer.interrupted()

        before = {number: signal.signal(number, interrupt) for number in INTERRUPTS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hire(self) -> None:
        ours, theirs = Pipe()
        death, lifeline = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        # Until it listens for itself the child is a copy of this process, its handlers of signals included; and a child
        # that this process does not know of yet could not be told to stop.
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        pid = os.fork()
        if pid == 0:
            # A worker must not hold the parent's ends: its own or another worker's death would go unnoticed.
            ours.close()
            os.close(lifeline)
            for hand in self._hands:
                hand.channel.close()
                os.close(hand.lifeline)
            self._be_worker(theirs, death)
        theirs.close()
        os.close(death)
        self._hands.append(_Hand(pid, ours, lifeline))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)

    def _be_worker(self, channel: Connection, death: int) -> None:
        code = 1
        try:
            self._start(channel, death)
            code = 0
        except BaseException:  # noqa: BLE001 - a forked child must never return into the parent's code
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _listen(self, hand: _Hand) -> None:
        try:
            message: Message = hand.channel.recv()
        except (EOFError, ConnectionResetError):
            self._bury(hand)
            return
        self._handle(hand, message)

    def _handle(self, hand: _Hand, message: Message) -> None:
        match message:
            case Ready():
                hand.was_ready = True
                self._give(hand)
            case Unable(reason):
                self._give_up(f"not run: before_all failed: {reason}")
                self._observer.problem(f"before_all failed: {reason}")
            case Started(key):
                hand.running = key
                self._observer.scenario_started(key)
            case Finished(key, record):
                hand.running = None
                hand.done.add(key)
                if not self._observer.scenario_finished(key, record):
                    self._stopping = True
            case UnitDone():
                self._observer.unit_done(message, hand.rest())
                hand.unit = None
                if message.goes_on:
                    self._give(hand)
                else:
                    self._stopping = True
                    self._dismiss(hand)
            case Problem(text):
                self._observer.problem(text)
            case Notice(text):
                self._observer.notice(text)

    def _give(self, hand: _Hand) -> None:
        if self._stopping or not self._queue:
            self._dismiss(hand)
            return
        hand.unit, hand.done = self._queue.pop(0), set()
        with contextlib.suppress(BrokenPipeError):  # a death right now is seen by the next recv
            hand.channel.send(hand.unit)

    def _dismiss(self, hand: _Hand) -> None:
        if not hand.stopped:
            hand.stopped = True
            with contextlib.suppress(BrokenPipeError):
                hand.channel.send(None)

    def _bury(self, hand: _Hand) -> None:
        """A worker has ended: as told, or by a death that must not lose a scenario."""
        hand.channel.close()
        os.close(hand.lifeline)
        _, status = os.waitpid(hand.pid, 0)
        self._hands.remove(hand)
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            self._failed.append(hand.pid)
        died = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        if hand.running is not None:
            how = "was interrupted" if self.interrupted else f"ended {died}"
            self._observer.scenario_lost(hand.running, f"the worker process {how} while it ran this scenario")
        elif code != 0 and not self.interrupted:
            when = "between two scenarios" if hand.was_ready else "before it could start"
            self._observer.problem(f"a worker process ended {died} {when}")
        rest = hand.rest()
        if rest and not self._stopping:
            self._queue.insert(0, Unit(rest))
        if code != 0 and not hand.was_ready:
            if not self._hands:  # nobody else goes on
                self._give_up(f"not run: a worker process ended {died} before it could start")
        elif self._queue and not self._stopping and len(self._hands) < self._jobs:
            self._hire()

    def _give_up(self, reason: str) -> None:
        """Nothing more can be run: every waiting scenario is broken, with the reason."""
        for unit in self._queue:
            for key in unit.keys:
                self._observer.scenario_broken(key, reason)
        self._queue.clear()
