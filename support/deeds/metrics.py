"""Deeds on metrics: running them, keeping and deploying their versions."""

from __future__ import annotations

from typing import Any

from support.checks.wording import description, empty, sent
from support.clients.evaluation_platform.interface import MetricVersion, Refusal
from support.deeds.people import Person
from support.deeds.things import Pairs, known, watch
from support.world import World

NOT_CONTENT = {"created_at", "updated_at"}


def run(world: World, person: Person, label: str, pairs: Pairs) -> None:
    """Run a metric, as it is stored, on an event."""
    event = {"type": "model", "inputs": {}, **description(pairs)}
    world.answer = person.door(world).metrics.compute(stored(world, label), sent(world, event))


def stored(world: World, label: str) -> dict[str, Any]:
    """The content of a metric as the second door shows it.

    Raises:
        AssertionError: the platform does not give it out.

    """
    found = world.platform.second.metrics.get(known(world, "metric", label))
    assert not isinstance(found, Refusal), f'the metric "{label}" was {found}'
    return {field: what for field, what in found.fields.items() if field not in NOT_CONTENT and not empty(what)}


def keep_version(world: World, person: Person, version: str, label: str, pairs: Pairs) -> None:
    """Keep another version of a metric: what is stored, with the changes of a table."""
    watch(world, "metric")
    content = {**stored(world, label), **sent(world, description(pairs))}
    world.answer = kept = person.door(world).metrics.add_version(known(world, "metric", label), version, content)
    if isinstance(kept, MetricVersion):
        world.remember("version", version, kept.name)


def deploy(world: World, person: Person, version: str, label: str) -> None:
    """Make a version of a metric the one that counts."""
    watch(world, "metric", label)
    name = world.recall("version", version)
    world.answer = person.door(world).metrics.deploy(known(world, "metric", label), name)
