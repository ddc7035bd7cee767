"""Who is played by which worker. It knows nothing of Locust."""

from __future__ import annotations

from typing import Any


def part(people: list[Any], number: int, parts: int) -> list[Any]:
    """Whom a worker plays (`number` counts from 0): the parts are equal but for one, and nobody is in two."""
    return people[number::parts]
