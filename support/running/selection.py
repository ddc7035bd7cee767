"""Which scenarios a run selects, and how the work is cut into units for the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from behave.configuration import Configuration
from behave.model import Feature, Rule, Scenario, ScenarioOutline

from support.running.sharding import WHOLE, Shard

UNITS_PER_WORKER = 4
"""Enough units that the last worker is not left alone with a long one, few enough to keep features together."""


class Key(NamedTuple):
    """A scenario's place: the feature's index in the run, and the scenario's index in its walk (outline rows counted).

    Parent and workers share it, since workers are forked after parsing.
    """

    feature: int
    scenario: int


@dataclass(frozen=True)
class Unit:
    """What one worker takes from the queue at a time: scenarios of one feature, in their order."""

    keys: tuple[Key, ...]

    @property
    def feature(self) -> int:
        """The index of the feature that the unit belongs to."""
        return self.keys[0].feature


class Selection:
    """The scenarios of a run, by key, in the order of the files: those that paths, tags and names choose.

    `only` narrows them further, and `shard` takes its share of what is left.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        config: Configuration,
        only: Callable[[Scenario], bool] = lambda _: True,
        shard: Shard = WHOLE,
    ) -> None:
        self.features = list(features)
        self._walks = [list(feature.walk_scenarios()) for feature in self.features]
        chosen = [
            Key(f, s)
            for f, (feature, walk) in enumerate(zip(self.features, self._walks, strict=True))
            for s, scenario in enumerate(walk)
            if feature.should_run(config) and scenario.should_run(config) and only(scenario)
        ]
        self.keys = shard.share(chosen)

    def scenario(self, key: Key) -> Scenario:
        """The scenario at a key."""
        return self._walks[key.feature][key.scenario]

    def scenarios(self) -> list[Scenario]:
        """All selected scenarios."""
        return [self.scenario(key) for key in self.keys]

    def unselected(self) -> Iterator[Scenario]:
        """The scenarios that were parsed but not chosen."""
        chosen = set(self.keys)
        for f, walk in enumerate(self._walks):
            for s, scenario in enumerate(walk):
                if Key(f, s) not in chosen:
                    yield scenario

    def units(self, jobs: int) -> list[Unit]:
        """The queue: one worker keeps the order of the files; several take the biggest first."""
        by_feature: dict[int, list[Key]] = {}
        for key in self.keys:
            by_feature.setdefault(key.feature, []).append(key)
        if jobs == 1:
            return [Unit(tuple(keys)) for keys in by_feature.values()]
        size = max(1, len(self.keys) // (jobs * UNITS_PER_WORKER))
        cut = [Unit(tuple(keys[i : i + size])) for keys in by_feature.values() for i in range(0, len(keys), size)]
        return sorted(cut, key=lambda unit: -len(unit.keys))

    @contextmanager
    def only(self, unit: Unit) -> Iterator[Feature]:
        """The unit's feature with nothing but the unit's scenarios in it; restored afterwards."""
        feature = self.features[unit.feature]
        keep = {id(self.scenario(key)) for key in unit.keys}
        undo: list[tuple[object, str, object]] = []
        _prune(feature, keep, undo)
        try:
            yield feature
        finally:
            for owner, attribute, value in reversed(undo):
                setattr(owner, attribute, value)


def _prune(container: Feature | Rule, keep: set[int], undo: list[tuple[object, str, object]]) -> bool:
    """Cut a container's items down to the kept scenarios; tell whether anything is left."""

    def put(owner: object, attribute: str, value: object) -> None:
        undo.append((owner, attribute, getattr(owner, attribute)))
        setattr(owner, attribute, value)

    items = []
    for item in container.run_items:
        if isinstance(item, Rule):
            kept = _prune(item, keep, undo)
        elif isinstance(item, ScenarioOutline):
            rows = [row for row in item.scenarios if id(row) in keep]
            put(item, "_scenarios", rows)
            kept = bool(rows)
        else:
            kept = id(item) in keep
        if kept:
            items.append(item)
    put(container, "run_items", items)
    put(container, "scenarios", [item for item in items if not isinstance(item, Rule)])
    return bool(items)
