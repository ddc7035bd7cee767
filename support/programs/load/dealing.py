"""How the plan comes to whoever plays a part, and the results to whoever asked: the same with workers and without.

The master deals the plan to its workers, nobody twice, so that only the master's machine has the file.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
import gevent.event
from locust import events, runners, stats
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from support.programs.load import sharing

stats.CSV_STATS_FLUSH_INTERVAL_SEC = runners.WORKER_REPORT_INTERVAL = 1
stats.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 3
SENT = "plan"
LOOK_S = 0.1


@dataclass
class Share:
    """What this process was dealt."""

    plan: dict[str, Any] = field(default_factory=dict)
    people: list[dict[str, str]] = field(default_factory=list)
    all_there: gevent.event.Event = field(default_factory=gevent.event.Event)
    workers: int = 0
    """How many of them play, where they do."""
    begun: float = 0.0
    """When the last of all had come."""

    @property
    def over(self) -> bool:
        """Whether nobody is to begin anything any more."""
        return bool(self.all_there.is_set()) and time.monotonic() > self.begun + self.plan["seconds"]


SHARE = Share()


@events.init_command_line_parser.add_listener
def _arguments(parser: LocustArgumentParser) -> None:
    parser.add_argument("--plan", default="", help="file with the plan; for the master, or where there is none")
    parser.add_argument("--report", default="", help="file that the results go to")


@events.init.add_listener
def _init(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(SENT, lambda environment, msg, **_: take(**msg.data))


@events.test_start.add_listener
def _deal(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        return
    assert environment.parsed_options is not None
    plan = json.loads(Path(environment.parsed_options.plan).read_text(encoding="utf-8"))
    people = plan.pop("people")
    if isinstance(runner, MasterRunner):
        workers = sorted(runner.clients)
        SHARE.workers = len(workers)
        for number, worker in enumerate(workers):
            runner.send_message(SENT, {"plan": plan, "people": sharing.part(people, number, len(workers))}, worker)
    else:
        take(plan, people)


def take(plan: dict[str, Any], people: list[dict[str, str]]) -> None:
    """Know what this process's users do, and who they are."""
    SHARE.plan, SHARE.people = plan, list(reversed(people))


@events.init.add_listener
def _when_all_are_there(environment: Environment, **_: Any) -> None:
    runner, timer = environment.runner, gevent.get_hub().loop.timer(LOOK_S, repeat=LOOK_S)

    def look() -> None:
        if runner is not None and runner.user_count == 0:
            timer.stop()
            gevent.spawn(runner.quit)

    def begin(**_: Any) -> None:
        if not SHARE.all_there.is_set():
            SHARE.begun = time.monotonic()
            SHARE.all_there.set()
            if not isinstance(runner, WorkerRunner):
                timer.start(look)

    environment.events.spawning_complete.add_listener(begin)  # type: ignore[no-untyped-call]


@events.quitting.add_listener
def _report(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if runner is None or isinstance(runner, WorkerRunner):
        return
    assert environment.parsed_options is not None
    told = {
        "workers": SHARE.workers,
        "entries": environment.stats.serialize_stats(),
        "errors": [each.to_dict() for each in environment.stats.errors.values()],  # type: ignore[no-untyped-call]
        "exceptions": [{"count": each["count"], "message": each["msg"]} for each in runner.exceptions.values()],
    }
    Path(environment.parsed_options.report).write_text(json.dumps(told), encoding="utf-8")
