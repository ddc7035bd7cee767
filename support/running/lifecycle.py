"""What happens around a worker, a scenario and a step. environment.py only calls these."""

from __future__ import annotations

import importlib.util
import logging
import secrets
from functools import partial
from pathlib import Path
from typing import Any

import allure
import httpx
from behave.exception import ConfigError
from behave.model import Scenario, Step
from behave.model_type import Status

from support import rehearsal
from support.processes import crowds
from support.reporting import evidence, exchanges, spending
from support.running import real_ai, time_limits
from support.running.selection import Selection
from support.running.systems import ROOMS, Counts, ModelUnderTest
from support.running.worker import Worker
from support.spending import guard
from support.spending.money import told
from support.wire import Exchange, WireError
from support.world import World

NEEDS = "needs."
LOG_LINES = 60


class LeftBehindError(Exception):
    """A scenario was not undone, a server died under it, or it received what is another tenant's."""


def start_worker(context: Any) -> None:
    """Start the systems that the selection needs; tell what the target claims wrongly, or does not claim."""
    if not hasattr(context, "settings"):
        root = Path(__file__).parents[2]
        message = f"behave was started in {Path.cwd()}, where the suite's configuration is not: first `cd {root}`"
        raise ConfigError(message)
    defects = [one for one in context.config.userdata.get("defects", "").split(",") if one]
    context.worker = worker = Worker(
        context.settings, context.target, secrets.token_hex(3), defects, context.fork_server
    )
    worker.clients = context.clients
    context.add_cleanup(worker.close)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # every exchange is evidence already
    if any("program" in scenario.effective_tags for scenario in context.selection.scenarios()):
        worker.warm_up()
    guard.install(context.settings.openai_base_url, context.tell_problem)
    worker.start(systems_of(context.selection))
    if context.gatehouse is not None:
        worker.open_till(context.gatehouse)
    for reason in (*worker.closed.values(), *worker.unproven.values()):
        context.tell_problem(reason)
    for capability in worker.unclaimed:
        context.tell_notice(f"{capability} works although the target {worker.target.name} does not claim it")


def systems_of(selection: Selection) -> set[str]:
    """The systems under test that the selected scenarios need: by the folders of their features."""
    return {system for scenario in selection.scenarios() for system in room_of(scenario)}


def room_of(scenario: Scenario) -> tuple[str, ...]:
    """The systems under test that a scenario needs: by the folder of its feature."""
    return ROOMS.get(Path(scenario.filename).parent.name, ())


def start_scenario(context: Any, scenario: Scenario) -> None:
    """Decide whether the scenario can be run here, and give it a fresh world."""
    worker: Worker = context.worker
    if reason := reason_to_skip(scenario, worker):
        scenario.skip(reason)
        return
    if why := worker.why_not_asked(room_of(scenario), needed(scenario)):
        raise LeftBehindError(why)
    mark = worker.next_mark()
    scenario.server_errors, scenario.advised = 0, []
    # What it cannot reach is left alone: looking after seven systems takes longer than most scenarios do.
    worker.in_play = {name: system for name, system in worker.systems.items() if name in room_of(scenario)}
    for system in worker.in_play.values():
        system.refresh()
    worker.drain()
    worker.canary.sightings()
    worker.canary.passed_on()
    if real_ai.asks(scenario) and (why := worker.spending.begin(mark, scenario)):
        scenario.skip(f"not run: {why}")
        return
    context.world = World(worker, mark)
    if worker.settings.rehearsal and real_ai.asks(scenario):
        allure.dynamic.tag("rehearsal")
        if ModelUnderTest.name in worker.systems:
            rehearsal.prompt(worker.model.scripted, scenario.name)
    limit_s = time_limits.limit_of(scenario)
    scenario.clock = None
    if limit_s is not None:
        break_off = partial(worker.spending.break_off, mark) if real_ai.asks(scenario) else lambda: None
        scenario.clock = time_limits.Clock(limit_s, worker.settings.patience, break_off)


def _no_load(scenario: Scenario, worker: Worker) -> str | None:
    if not worker.settings.load:
        return "load scenarios run only with -D load=yes"
    played = Path(scenario.filename).parent.name == "load"
    return crowds.MISSING if played and not crowds.installed() else None


def reason_to_skip(scenario: Scenario, worker: Worker) -> str | None:
    """Why a scenario is not run on this target, in words; None when it is run."""
    tags = set(scenario.effective_tags)
    lacking = sorted(needed(scenario) - worker.target.claims)
    if lacking:
        return f"the target {worker.target.name} does not claim {', '.join(lacking)}"
    for system in worker.systems.values():
        if reasons := [reason for capability, reason in system.lacking.items() if capability in needed(scenario)]:
            return reasons[0]
    if "load" in tags and (why := _no_load(scenario, worker)):
        return why
    if "agents" in tags and importlib.util.find_spec("pydantic_ai") is None:
        return "the agent framework is not installed: pip install 'llm-acceptance[agents]'"
    if real_ai.asks(scenario) and (why := real_ai.reason_to_skip(worker.settings, worker.target)):
        return why
    return worker.clients.reason_to_skip(scenario)


def needed(scenario: Scenario) -> set[str]:
    """The capabilities that a scenario's tags name."""
    return {tag.removeprefix(NEEDS) for tag in scenario.effective_tags if tag.startswith(NEEDS)}


def finish_step(context: Any, step: Step) -> None:
    """Attach to the step what was said on the wire while it ran, whoever said it."""
    worker: Worker = context.worker
    if "world" not in context:
        return
    seen = attach_traffic(worker)
    context.scenario.server_errors += sum(map(unordered_failure, seen))
    if real_ai.asks(context.scenario):
        for exchange in seen:
            worker.spending.hear(exchange)
    if context.world.advice and not step.status.has_failed():
        step.status = Status.skipped  # nobody has decided it; see verdicts.settle for what becomes of the scenario
    context.scenario.advised += context.world.advice
    context.world.advice.clear()
    if step.status.has_failed():
        for name, system in worker.in_play.items():
            if told := tail(system.log_text()):
                evidence.attach(f"log of {name}", told)


def attach_traffic(worker: Worker) -> list[Exchange]:
    """Attach every exchange and conversation since the last time, as they began; answers the exchanges."""
    drained, spoken = worker.drain()
    seen = sorted(drained, key=lambda exchange: exchange.started_at)
    if not evidence.wanted():
        return seen
    for exchange in seen:
        exchanges.attach_exchange(exchange)
    for conversation in sorted(spoken, key=lambda conversation: conversation.opened_at):
        exchanges.attach_conversation(conversation)
    return seen


def unordered_failure(exchange: Exchange) -> bool:
    """Whether the system failed by itself: an answer 5xx, or none to a client that waited, and none was ordered."""
    if exchange.status is None:
        return not exchange.client_hung_up and exchange.ordered_fault is None
    return exchange.status >= 500


def finish_scenario(context: Any, scenario: Scenario) -> None:
    """Undo in reverse, then check what must hold after every scenario. The next one starts clean either way."""
    if "world" not in context:
        return
    world: World = context.world
    if scenario.clock is not None:
        scenario.too_late = scenario.clock.stop()
    if real_ai.asks(scenario):
        settle_bill(world, scenario)
    faults = tell_evidence(world)
    scenario.first_chunks = world.first_chunks
    faults += calm(context.worker, scenario)
    scenario.not_undone = [str(failure) for failure in world.undoing.run()]
    faults += [f"not undone: {failure}" for failure in scenario.not_undone]
    attach_traffic(context.worker)  # the last answers are read behind it: the canary has been looked for in them
    faults += invariants(context.worker)
    attach_traffic(context.worker)
    if faults:
        raise LeftBehindError("\n".join(faults))


def settle_bill(world: World, scenario: Scenario) -> None:
    """Let the scenario ask no more, show what it has cost, and note what could not be asked."""
    spent = world.worker.spending.end(world.mark)
    scenario.unasked = spent.unasked
    would = "would have cost (rehearsal)" if world.worker.settings.rehearsal else "has cost"
    if evidence.wanted():
        cost = f"what it {would}: {told(spent.micro_dollars)}"
        evidence.attach(cost, spending.calls_page(spent, cost), "html")


def tell_evidence(world: World) -> list[str]:
    """Have the scenario's evidence told, while all of it is there; what could not be told is a fault of the suite."""
    faults = []
    for telling in world.tellings:
        try:
            telling()
        except Exception as failure:  # noqa: BLE001 - whatever it is, undoing must go on
            faults.append(f"evidence was not told: {type(failure).__name__}: {failure}")
    return faults


def calm(worker: Worker, scenario: Scenario) -> list[str]:
    """End every fault that was ordered, so that undoing meets none; failures that were ordered are not the system's."""
    faults = []
    for name, system in worker.in_play.items():
        try:
            if scenario.server_errors:
                scenario.server_errors = max(0, scenario.server_errors - system.ordered_failures())
            system.calm()
        except (httpx.HTTPError, WireError) as error:
            faults.append(f"faults of {name} not ended: {type(error).__name__}: {error}")
    return faults


def invariants(worker: Worker) -> list[str]:
    """What must hold after every scenario.

    No server died or logged a failure that it did not expect, nothing is left behind, no foreign canary was received.
    """
    faults = [f"another tenant's canary was in the answer to {place}" for place in worker.canary.sightings()]
    faults += [f"another tenant's canary was passed on in {place}" for place in worker.canary.passed_on()]
    for name, system in worker.in_play.items():
        now, reason = system.take_stock()
        if reason:
            faults.append(f"a server process died: {reason}")
        if broken := system.breakdowns():
            faults += [f"{name} logged a failure that it did not expect: {failure}" for failure in broken]
            evidence.attach(f"log of {name}", tail(system.log_text()))
        if left := difference(worker.counts[name], now):
            faults.append(f"left behind: {left}")
            system.sweep()
            worker.counts[name] = system.counts()
    return faults


def difference(before: Counts, after: Counts) -> str:
    """How the counts of things have changed, by project and kind, as text; empty when they have not."""
    changes = {
        (project, kind): after.get(project, {}).get(kind, 0) - before.get(project, {}).get(kind, 0)
        for project in {*before, *after}
        for kind in {*before.get(project, {}), *after.get(project, {})}
    }
    return ", ".join(
        f"{change:+d} {kind} in {project}" for (project, kind), change in sorted(changes.items()) if change
    )


def tail(text: str) -> str:
    """The end of a log."""
    return "\n".join(text.splitlines()[-LOG_LINES:])
