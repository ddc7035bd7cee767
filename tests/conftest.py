"""What several test files share: throw-away behave projects, run as a user would run them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have features that stand outside of the suite looked at by the tests of its hygiene, too."""
    parser.addoption("--features", action="append", default=[], metavar="FOLDER", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Hear Ctrl-C, and take the folders of those features. UsageError for one that holds none."""
    # A job in the background is started deaf to it, and so would be every process that a test interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for folder in config.getoption("--features"):
        if not any(folder.rglob("*.feature")):
            raise pytest.UsageError(f"--features {folder}: there is no feature file below it")
        from tests.hygiene import suite  # only who looks at them needs it

        suite.OWN.append(folder.resolve())


@dataclass(frozen=True)
class BehaveRun:
    """A finished child behave: exit code, output and the outcome of each selected scenario by its name."""

    code: int
    output: str
    outcomes: dict[str, dict[str, Any]]

    def verdicts(self) -> dict[str, str]:
        """Scenario name to verdict."""
        return {name: outcome["verdict"] for name, outcome in self.outcomes.items()}


@dataclass(frozen=True)
class BehaveProject:
    """A folder with features/, steps/ and environment.py of its own."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Write one file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, *arguments: str) -> list[str]:
        """The behave command with our runner and the results file."""
        ours = ["-r", "support.running.runner:Runner", "-D", "results=results.jsonl"]
        progress = ["-f", "support.reporting.progress:ProgressFormatter"]
        return [sys.executable, "-m", "behave", *ours, *arguments, *progress]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it, and leave it running."""
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def finish(self, process: subprocess.Popen[str], seconds: float = 30) -> BehaveRun:
        """Wait for its end and read what it tells."""
        output, _ = process.communicate(timeout=seconds)
        results = self.folder / "results.jsonl"
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
        outcomes = [json.loads(line) for line in lines]
        return BehaveRun(process.returncode, output, {outcome["name"]: outcome for outcome in outcomes})

    def run(self, *arguments: str) -> BehaveRun:
        """Run behave to its end."""
        return self.finish(self.start(*arguments))


@pytest.fixture
def behave_project(tmp_path: Path) -> Callable[..., BehaveProject]:
    """Make a project from feature text, step code and environment code."""

    def make(feature: str, steps: str = "", environment: str = "") -> BehaveProject:
        project = BehaveProject(tmp_path)
        project.write("features/one.feature", feature)
        project.write("steps/steps.py", steps)
        project.write("environment.py", environment)
        return project

    return make
