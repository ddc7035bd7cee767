"""The people of the scenarios, and whose key each of them holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from support.clients.evaluation_platform.interface import Door
from support.clients.evaluation_platform.platform import Platform
from support.world import World


@dataclass(frozen=True)
class Person:
    """Somebody in a scenario, and whose key they hold."""

    name: str
    holding: Callable[[Platform], Platform]

    def platform(self, world: World) -> Platform:
        """The platform as this person sees it."""
        return self.holding(world.platform)

    def door(self, world: World) -> Door:
        """The door that this person goes through."""
        return self.platform(world).main


PEOPLE: Mapping[str, Person] = {
    person.name: person
    for person in (
        Person("Ada", lambda ours: ours),
        Person("Noor of Northwind Claims", lambda ours: ours.foreign),
        Person("Olga the administrator", lambda ours: ours.admin),
        Person("a visitor without a key", lambda ours: ours.keyless),
        Person("a visitor with a made-up key", lambda ours: ours.unknown_key),
    )
}
ADA, NOOR, OLGA = PEOPLE["Ada"], PEOPLE["Noor of Northwind Claims"], PEOPLE["Olga the administrator"]
VISITORS = PEOPLE["a visitor without a key"], PEOPLE["a visitor with a made-up key"]
"""Whom no platform lets in: nothing is theirs."""
