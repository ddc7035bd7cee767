"""Deeds on experiments: recording scores, evaluating a function, asking for sums and comparisons."""

from __future__ import annotations

from collections.abc import Sequence

from support.checks.tables import value
from support.clients.evaluation_platform.interface import Created, Refusal
from support.clients.evaluation_platform.nouns import noun
from support.deeds.people import ADA, Person
from support.deeds.things import Pairs, have, keep, known
from support.world import World


def have_scored(world: World, label: str, rows: Sequence[Pairs]) -> None:
    """See to it that an experiment has a session for each row: its datapoint, and the value of each metric."""
    if label not in world.named("run"):
        have(world, "run", label)
    sessions = [_score(world, label, list(row)) for row in rows]
    changed = world.platform.second.runs.update(
        known(world, "run", label), {"status": "completed", "sessions": sessions}
    )
    if isinstance(changed, Refusal):
        raise RuntimeError(f'the experiment "{label}" that the scenario starts from was {changed}')


def _score(world: World, label: str, row: list[tuple[str, str]]) -> str:
    (_, datapoint), *scores = row
    if datapoint not in world.named("datapoint"):
        have(world, "datapoint", datapoint)
    belongs = {"run_id": known(world, "run", label), "datapoint_id": known(world, "datapoint", datapoint)}
    metrics = {metric: value(cell) for metric, cell in scores}
    fields = {"name": world.unique(label), "source": "acceptance", "metadata": belongs, "metrics": metrics}
    started = world.platform.second.sessions.create(fields)
    if not isinstance(started, Created):
        raise RuntimeError(f'the session of "{datapoint}" that the scenario starts from was {started}')
    keep(world, ADA, noun("session"), f"{label}: {datapoint}", started.id)
    return started.id


def evaluate(world: World, dataset: str, label: str, evaluators: Sequence[str], answers: Pairs) -> None:
    """Evaluate a function over a dataset with the vendor's SDK, in a process of its own.

    `answers` are pairs of a question and what the function answers to it.

    Raises:
        AssertionError: the program failed; with its output.

    """
    asked = {"dataset_id": known(world, "dataset", dataset), "name": world.unique(label)}
    ended = world.worker.program(
        "evaluate",
        {
            **asked,
            "answers": dict(answers),
            "evaluators": list(evaluators),
            "workers": 1,
        },
    )
    assert ended.exit_code == 0, f"the evaluation ended with exit code {ended.exit_code}:\n{ended.output}"
    world.answer = ended.answer
    keep(world, ADA, noun("run"), label, ended.answer["run_id"])
    run = world.platform.second.runs.get(ended.answer["run_id"])
    for number, session in enumerate([] if isinstance(run, Refusal) else run.sessions, 1):
        keep(world, ADA, noun("session"), f"{label}: session {number}", session)


def ask_for_summary(world: World, person: Person, label: str, aggregate: str) -> None:
    """Ask for the summary of an experiment."""
    world.answer = person.door(world).runs.result(known(world, "run", label), aggregate)


def compare(world: World, person: Person, new: str, old: str) -> None:
    """Ask how an experiment compares with an older one."""
    world.answer = person.door(world).runs.compare(known(world, "run", new), known(world, "run", old))
