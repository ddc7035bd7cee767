"""Deeds on runs of this suite that ask a real model: which scenarios they have, and what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from support.checks.tables import value
from support.clients.model import Turn
from support.deeds.resilience import MODEL, OPTIONS, Deed, Program, program, talking_to_the_model
from support.deeds.things import Pairs
from support.world import World

ABSENT = "(left out)"
CENT = 10_000
"""Micro-dollars."""
WELL = "All is well."
RUN = Deed("real_ai_run", "main", MODEL, "/v1/chat/completions")
SETTINGS: Mapping[str, str] = {
    "budget": "budget_usd",
    "calls": "model_calls",
    "first pause": "retry_pause_s",
    "rehearsal": "rehearsal",
    "patience": "patience",
    "share": "shard",
    "judge": "judge_model",
    "model it asks itself": "openai_model",
}
"""What a run can be told, and the settings' names."""
ASKED_BY = {"asked by": "who", "model asked": "model"}
NUMBERS = ("asks", "at once", "room", "answers")
RETRIES = 3
"""What a run asks again it asks so often."""


def prepare(world: World, options: Pairs = ()) -> None:
    """A run of the suite; what its table leaves out is as usual, but for the pauses, which are a tenth as long."""
    told = {word: cell for word, cell in options if cell != ABSENT}
    key = dict(options).get("key")
    if strange := told.keys() - {*SETTINGS, *ASKED_BY, "workers", "key"}:
        raise ValueError(f"a run of this suite cannot be told its {', '.join(sorted(strange))}")
    settings = {SETTINGS[word]: cell for word, cell in told.items() if word in SETTINGS}
    arguments = {
        **OPTIONS,
        "retries": RETRIES,
        "settings": {"retry_pause_s": "0.2", **settings},
        "asked by": {ASKED_BY[word]: cell for word, cell in told.items() if word in ASKED_BY},
        "workers": int(told.get("workers", 1)),
        "key": key != ABSENT,
        "bill": None,
        "scenarios": [],
    }
    environment = {"OPENAI_API_KEY": told["key"]} if "key" in told else {}
    host = world.worker.systems[MODEL].proxy.address.removeprefix("http://")
    world.remember("program", "it", Program(RUN, arguments, environment, host))
    with talking_to_the_model(world) as model:
        model.script(Turn.saying(WELL), repeat=True, name="well")


def has_scenarios(world: World, rows: Iterable[Mapping[str, str]]) -> None:
    """Say which scenarios the run has."""
    program(world).told["scenarios"] = [_scenario(row) for row in rows]


def _scenario(row: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: cell for name, cell in row.items() if cell}
    for name in NUMBERS:
        if name in given:
            given[name] = value(given[name])
    if "tags" in given:
        given["tags"] = [] if given["tags"] == ABSENT else given["tags"].split()
    return given


def limit(world: World, cents: float) -> None:
    """Give this scenario a budget of its own."""
    world.worker.spending.limit(world.mark, round(cents * CENT))
