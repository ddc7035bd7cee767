"""A run of this suite with scenarios of real AI, as its user starts one: `behave` on a feature made for it.

The real model is the one that the environment names (``OPENAI_BASE_URL``, ``OPENAI_API_KEY``), as for any user.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from behave.__main__ import main as behave

ROOT = Path(__file__).resolve().parents[2]
STEPS = Path(__file__).with_name("real_ai_steps")
REFUSED = "suite.refused"
"""The error of a run that was refused before its first scenario."""
USUAL: Mapping[str, Any] = {"asks": 1, "at once": 1, "room": 50, "words": "How are you?", "answers": 1}
DEEDS = {
    "asks": 'When the model is asked "{words}" {asks} times, {at once} at once, with room for {room} tokens',
    "asks past the gate": 'When the model is asked "{words}" past the gate',
    "asks nothing": "When nothing is asked",
    "asks for several answers": 'When the model is asked "{words}" for {answers} answers in one call',
    "hears half": 'When Claude begins to answer "{words}"',
    "deletes a model": "When a model is deleted by its name",
    "is judged": 'When the judge is asked whether "{words}" is empathetic',
    "is interrupted": 'When Ctrl-C is pressed while the model answers "{words}"',
}


def feature(scenarios: Sequence[Mapping[str, Any]]) -> str:
    """A feature in which each scenario does what it is told to."""
    told = ["Feature: Questions to a model\n  So that it can be seen what a run makes of them.\n"]
    for each in scenarios:
        values = {**USUAL, **each}
        tags = " ".join(f"@{tag}" for tag in each.get("tags", ["real_ai"]))
        told += [f"  {tags}" if tags else "", f"  Scenario: {each['scenario']}"]
        if "may cost" in each:
            told.append(f"    Given it may cost at most {each['may cost']} cents")
        told += [f"    {DEEDS[each.get('does', 'asks')].format_map(values)}", "    Then it is well\n"]
    return "\n".join(told)


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Run ``scenarios`` with the settings ``settings``, by ``workers`` workers, all of it in a folder of its own.

    Each is ``{"scenario", "does", "asks", "at once", "room", "words", "answers", "tags", "may cost"}``, by `USUAL` but
    the first.
    ``asked by`` tells who asks, and which model; ``bill`` is that of an earlier run, if any. Without ``key`` the run
    has none.

    Returns: ``calls``, one: the run as in `support.programs.calls`, its error that of the first scenario that is not
    green; ``scenarios``, each ``{"name", "verdict", "message"}``; ``exit`` (code); ``bill``: what the spending file
    says; ``report``: the text of everything in the report.
    """
    begun = time.monotonic()
    if not arguments["key"]:
        del os.environ["OPENAI_API_KEY"]
    # A rehearsal needs the scripted model, which the folder of this name gets.
    room = "real_ai" if arguments["settings"].get("rehearsal") == "yes" else "questions"
    with tempfile.TemporaryDirectory(prefix="run-") as folder, contextlib.chdir(folder):
        Path("environment.py").symlink_to(ROOT / "environment.py")
        steps = Path("steps")
        steps.mkdir()
        (steps / "asking.py").symlink_to(STEPS / "asking.py")
        (steps / "spending.py").symlink_to(ROOT / "steps/spending.py")
        place = Path("features", room)
        place.mkdir(parents=True)
        (place / "questions.feature").write_text(feature(arguments["scenarios"]), encoding="utf-8")
        if arguments["bill"] is not None:
            Path("spending.json").write_text(json.dumps(arguments["bill"]), encoding="utf-8")
        exit_code = int(behave([*options(arguments), str(place)]) or 0)
        ended = [json.loads(line) for line in read("results.jsonl").splitlines()]
        bill = json.loads(read("spending.json") or "null")
        report = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path("report").glob("*"))}
    red = next((each for each in ended if each["verdict"] not in ("passed", "skipped")), None)
    kind, text = (f"suite.{red['verdict']}", red["message"]) if red else (REFUSED, "")
    error = {"type": kind, "text": text, "own words": text} if red or exit_code else None
    seconds = time.monotonic() - begun
    return {
        "calls": [{"answer": None if error else "passed", "error": error, "seconds": seconds}],
        "scenarios": [{key: each[key] for key in ("name", "verdict", "message")} for each in ended],
        "exit": exit_code,
        "bill": bill,
        "report": report,
    }


def options(arguments: Mapping[str, Any]) -> list[str]:
    """The command line of the run."""
    asked_by = {"address": os.environ.get("OPENAI_BASE_URL"), "key": os.environ.get("OPENAI_API_KEY")}
    settings = {
        "results_folder": "report",
        "results": "results.jsonl",
        **arguments["settings"],
        **{f"AskedBy.{name}": text for name, text in {**asked_by, **arguments["asked by"]}.items() if text},
    }
    return [
        *(f"-D{name}={text}" for name, text in settings.items()),
        f"--jobs={arguments['workers']}",
        "--runner=support.running.runner:Runner",
        *("--format=support.reporting.allure:AllureFormatter", "--outfile=report"),
        "--format=support.reporting.progress:ProgressFormatter",
    ]


def read(name: str) -> str:
    """A file of the run; nothing where there is none."""
    return Path(name).read_text(encoding="utf-8") if Path(name).exists() else ""
