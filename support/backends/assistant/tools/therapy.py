"""Tools of the therapist: for clients, about themselves."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from . import calls
from .base import Tool, ToolContext
from .schema import needed, one_of, takes, text, whole

_DATA = Path(__file__).with_name("therapy.toml")
_USUAL_MINUTES = 5

TOOLS = (
    Tool(
        "mood_check_in",
        "Record how the client feels just now.",
        takes(
            current_mood=needed(text("the mood in the client's own words", 500)),
            mood_scale=needed(whole("how good it is, 1 the worst and 10 the best", 1, 10)),
        ),
    ),
    Tool(
        "coping_strategies",
        "Strategies that may help in a situation.",
        takes(situation=needed(text("the situation in the client's own words", 2_000))),
        "therapy:coping",
    ),
    Tool(
        "breathing_exercise",
        "A breathing exercise, step by step.",
        takes(
            exercise_type=one_of("which exercise", "box", "4-7-8", "diaphragmatic", "paced"),
            duration=whole("minutes", 1, 15),
        ),
        "therapy:breathing",
    ),
    Tool("get_client_mood_profile", "The moods that the client has recorded lately.", takes()),
    Tool("get_user_profile", "Who the user is, and their local time.", takes(), "therapy:user_profile"),
)


@cache
def data() -> dict[str, Any]:
    """therapy.toml."""
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


async def coping(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Strategies for what the situation is about."""
    del context
    return {"situation": arguments["situation"], "strategies": strategies(arguments["situation"])}


def strategies(situation: str) -> list[str]:
    """Those of every subject that the situation mentions; the general ones when it mentions none."""
    told = situation.casefold()
    fitting = [entry for entry in data()["coping"] if any(word in told for word in entry["about"])]
    chosen = fitting or [entry for entry in data()["coping"] if not entry["about"]]
    return [strategy for entry in chosen for strategy in entry["strategies"]]


async def breathing(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """An exercise of the wanted length, in rounds."""
    del context
    exercise = data()["breathing"][arguments.get("exercise_type", "box")]
    minutes = arguments.get("duration", _USUAL_MINUTES)
    steps = [
        f"{step} for {seconds} seconds." for step, seconds in zip(exercise["steps"], exercise["seconds"], strict=True)
    ]
    return {
        "exercise": exercise["name"],
        "good_for": exercise["good_for"],
        "duration_minutes": minutes,
        "rounds": minutes * 60 // sum(exercise["seconds"]),
        "steps": steps,
    }


async def user_profile(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """The user's own account."""
    return await calls.make(context, "get_user_profile", {**arguments, "timezone": context.timezone})
