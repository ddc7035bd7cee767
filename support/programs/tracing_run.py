"""A run of this suite, as its user starts one: `behave` on a feature of its own, against the platform it is told of.

Where the platform is comes from the environment (``HH_API_URL``, ``HH_API_KEY``, ``HH_PROJECT``).
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

from behave.__main__ import main as behave

ROOT = Path(__file__).resolve().parents[2]
TARGET = """
name = "elsewhere"
description = "The platform that the run is told of."
[systems.evaluation_platform]
settings = { address = "HH_API_URL", key = "HH_API_KEY", project = "HH_PROJECT" }
claims = ["platform.sessions.delete"]
"""
ENDS = {"well": "it succeeds", "in a failure": "it is refused as invalid"}
"""What the last sentence of a scenario is that ends so."""


def feature(scenarios: list[dict[str, str]]) -> str:
    """A feature in which each scenario starts a session of its name."""
    told = [
        f'  Scenario: {each["name"]}\n    When Ada starts a session "{each["name"]}"\n    Then {ENDS[each["ends"]]}\n'
        for each in scenarios
    ]
    return "\n".join(["Feature: Sessions that a run makes\n  So that they can be seen to go.\n", *told])


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Run ``scenarios``, each ``{"name", "ends"}`` with a word of `ENDS`.

    Returns: ``scenarios``, what the run reports of each: ``{"name", "verdict", "message"}``; ``exit`` (code).
    """
    with tempfile.TemporaryDirectory(prefix="run-") as folder, contextlib.chdir(folder):
        for name in ("steps", "environment.py"):
            Path(name).symlink_to(ROOT / name)
        Path("elsewhere.toml").write_text(TARGET, encoding="utf-8")
        room = Path("features/evaluation_platform")
        room.mkdir(parents=True)
        (room / "run.feature").write_text(feature(arguments["scenarios"]), encoding="utf-8")
        settings = ["-Dtarget=elsewhere.toml", "-Dreport=no", "-Dresults=results.jsonl"]
        exit_code = behave([*settings, "--runner=support.running.runner:Runner", "--format=null", str(room)])
        lines = Path("results.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    return {
        "scenarios": [{key: each[key] for key in ("name", "verdict", "message")} for each in told],
        "exit": int(exit_code or 0),
    }
