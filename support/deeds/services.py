"""What is done to the assistant service and its Redis: other settings, outages, ends and returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from support.checks.tables import LEFT_OUT, value
from support.deeds.practice import Pairs
from support.world import World

SETTINGS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "requests of one user at once": ("max_requests_per_user", int),
    "minutes a session lasts": ("session_timeout_minutes", float),
    "seconds the model may be silent": ("openai_timeout", float),
    "retries of the model": ("openai_max_retries", int),
    "seconds the practice may be silent": ("practice_timeout", float),
    "tries of the practice": ("practice_tries", int),
    "model key": ("openai_api_key", str),
    "Redis": ("redis_url", str),
    "connections at once": ("max_connections", int),
    "seconds of silence": ("idle_timeout", float),
    "seconds to show a token": ("auth_timeout", float),
    "messages that may wait": ("send_queue", int),
    "seconds a reader may take nothing": ("send_timeout", float),
    "steps of one reply": ("max_iterations", int),
    "characters of a message": ("max_message_chars", int),
    "seconds between looks at Redis": ("redis_check", float),
    "connections to Redis": ("redis_pool", int),
    "Redis is required": ("redis_required", bool),
    "time zone": ("timezone", str),
}
"""The service's settings, by the words of the tables; any other is called by its own name."""


def configure(world: World, pairs: Pairs, start: Callable[..., object] | None = None) -> None:
    """Put an instance with these settings in the service's place until the end of the scenario. (nothing): not set.

    `start` puts it there; by default behind every proxy of this suite.
    """
    told: dict[str, Any] = {}
    for words, cell in pairs:
        name, kind = SETTINGS.get(words, (words.replace(" ", "_"), lambda what: what))
        what = value(cell)
        told[name] = None if what is None or what is LEFT_OUT else kind(what)
    (start or world.worker.assistant.configured)(**told)


def end(world: World, how: str) -> None:
    """End the service and start it again: one of ENDINGS."""
    ENDINGS[how](world)


def _again(world: World, *, kill: bool) -> None:
    world.worker.assistant.end(kill=kill)
    world.worker.assistant.come_back()


def _beside(world: World) -> None:
    """New connections reach another instance with the same settings; those that stand stay where they are."""
    world.worker.assistant.configured()


ENDINGS: Mapping[str, Callable[[World], None]] = {
    "killed and started again": lambda world: _again(world, kill=True),
    "stopped and started again": lambda world: _again(world, kill=False),
    "joined by a second instance": _beside,
}
"""What becomes of the service."""


REDIS: Mapping[str, str] = {
    "is stopped": "stopped",
    "is killed": "killed",
    "answers nothing": "paused",
    "refuses connections": "refusing",
    "takes no more clients": "full of clients",
    "has no memory left": "out of memory",
    "has forgotten everything": "emptied",
}
"""What goes wrong with Redis, in words."""


def disturb(world: World, how: str) -> None:
    """Put Redis out of order, until it is mended or the scenario ends."""
    world.worker.redis.trouble(REDIS[how])


def mend(world: World) -> None:
    """End what is wrong with Redis, and wait until the service has found it again."""
    world.worker.redis.mend()
    world.worker.assistant.settle()
