"""Deeds on keys for part of a project. None can be taken back: each goes with a project that is made for it."""

from __future__ import annotations

from support.clients.evaluation_platform.interface import Created, Refusal
from support.clients.evaluation_platform.keys import Team
from support.clients.evaluation_platform.nouns import noun
from support.deeds.people import OLGA
from support.deeds.things import keep
from support.world import World

AN_HOUR = 3600.0


def give_out(world: World, part: str, seconds: float | None) -> None:
    """Let the team of a new project give out a key for a part of it, for so many seconds, or for an hour."""
    made = OLGA.platform(world).second.projects.create({"name": world.unique("with keys")})
    assert isinstance(made, Created), f"no project was made: {made}"
    keep(world, OLGA, noun("project"), "with keys", made.id)
    team = Team(made.id, str(made.key))
    key = team.give_out(world.platform.asker, part, AN_HOUR if seconds is None else seconds)
    assert not isinstance(key, Refusal), f"no key was given out: {key}"
    world.remember("key", "given out", (team, key))
