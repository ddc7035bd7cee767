"""The life of one worker process: start what is needed, run units until told to stop, take everything down."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from behave.model import Feature, Rule
from behave.runner import Context

from support.running import verdicts
from support.running.interruption import INTERRUPTS, Interruption
from support.running.known_bugs import KnownBug
from support.running.messages import Finished, Message, Notice, Problem, Ready, Started, Unable, UnitDone
from support.running.records import record_container, record_scenario
from support.running.selection import Key, Selection, Unit

if TYPE_CHECKING:
    from support.running.runner import Runner

GRACE_S = 10.0
"""How long an orphaned worker may take to undo its scenario before it is ended."""


class WorkerProcess:
    """The worker's side of the pipe. Made in the parent, run after the fork."""

    def __init__(self, runner: Runner, selection: Selection, bugs: Sequence[KnownBug], channel: Connection) -> None:
        self._runner = runner
        self._selection = selection
        self._bugs = bugs
        self._channel = channel
        self._interruption = Interruption()

    def run(self, lifeline: int) -> None:
        """Work until the parent says stop, goes away, or the run is interrupted."""
        self._interruption.listen(self._runner.hooks)
        threading.Thread(target=_watch_parent, args=(lifeline,), daemon=True).start()
        runner = self._runner
        runner.formatters = [formatter for formatter in runner.formatters if getattr(formatter, "live", False)]
        runner.config.reporters = []
        if runner.config.should_capture():
            # What steps and hooks print is captured and reported; behave would print a hook's share here once more.
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the rest of this process
        runner.context = Context(runner)
        runner.context.selection = self._selection
        runner.context.settings = runner.settings
        runner.context.target = runner.target
        runner.context.clients = runner.clients
        runner.context.fork_server = runner.fork_server
        runner.context.gatehouse = None
        if runner.asking is not None:
            runner.asking.let_go()
            runner.context.gatehouse = runner.asking.house
        runner.context.tell_problem = lambda text: self._tell(Problem(text))
        runner.context.tell_notice = lambda text: self._tell(Notice(text))
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)  # blocked by the pool until here
            self._work()
        except (EOFError, ConnectionError, KeyboardInterrupt):
            pass  # the parent is gone or the user has interrupted: what is left is taking everything down
        finally:
            self._close()

    def _work(self) -> None:
        runner = self._runner
        if error := self._hook("before_all"):
            self._tell(Unable(error))
            return
        self._tell(Ready())
        while unit := self._channel.recv():
            with self._selection.only(unit) as feature:
                self._run_unit(unit, feature)
            if runner.aborted:
                return

    def _run_unit(self, unit: Unit, feature: Feature) -> None:
        runner = self._runner
        for key in unit.keys:
            self._watch(key)
        runner.feature = feature
        rules = [rule for rule in feature.run_items if isinstance(rule, Rule)]
        for container in (feature, *rules):
            _forget_earlier_unit(container)
        for formatter in runner.formatters:
            formatter.uri(feature.filename)
        feature.run(runner)
        containers = [(None, record_container(feature)), *((rule.line, record_container(rule)) for rule in rules)]
        self._tell(UnitDone(unit.feature, tuple(containers), goes_on=not runner.aborted))

    def _watch(self, key: Key) -> None:
        """Make a scenario tell its start, and settle and tell its end, each time it is run."""
        scenario = self._selection.scenario(key)
        run: Callable[[Any], bool] = type(scenario).run.__get__(scenario)

        def watched(runner: Any) -> bool:
            with self._interruption.scenario():
                self._tell(Started(key))
                started = time.monotonic()
                run(runner)
                verdicts.settle(scenario, self._bugs)
                seconds = time.monotonic() - started
                for formatter in runner.formatters:
                    if finished := getattr(formatter, "scenario_finished", None):
                        finished(scenario)
                self._tell(Finished(key, record_scenario(scenario, seconds)))
                if runner.stops_after(scenario):
                    runner.config.stop = True
            return bool(scenario.status.has_failed())

        scenario.run = watched

    def _close(self) -> None:
        self._interruption.deaf()
        runner = self._runner
        if error := self._hook("after_all"):
            self._tell_if_heard(Problem(f"after_all failed: {error}"))
        try:
            runner.context._do_remaining_cleanups()  # noqa: SLF001 - behave offers no public way to end the root layer
        except Exception as error:  # noqa: BLE001 - whatever a cleanup raises makes the run red, and is told
            self._tell_if_heard(Problem(f"cleanup after all: {type(error).__name__}: {error}"))
        for formatter in runner.formatters:
            formatter.close()
        self._channel.close()

    def _hook(self, name: str) -> str | None:
        """Run a hook of the whole worker; answer its error as text, None when it went well."""
        self._runner.hook_errors.clear()
        self._runner.run_hook(name)
        return "; ".join(self._runner.hook_errors) or None

    def _tell(self, message: Message) -> None:
        # An interrupt in the middle of a message would leave the parent with half of it.
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        try:
            self._channel.send(message)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)

    def _tell_if_heard(self, message: Message) -> None:
        try:
            self._tell(message)
        except (BrokenPipeError, OSError):
            print(message, file=sys.__stderr__)


def _forget_earlier_unit(container: Feature | Rule) -> None:
    """A unit is a run of its own: a skip or an error that hooks left on the feature in the one before must not last."""
    container.should_skip = False
    container.skip_reason = None
    container.error_message = None
    container.exception = None
    container.exc_traceback = None
    container.captured.reset()


def _watch_parent(lifeline: int) -> None:
    """When the parent is gone, however it ended, interrupt the scenario so that it is undone; then end for good."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(GRACE_S)
    os._exit(1)
