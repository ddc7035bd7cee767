"""Runs the torture project in a child behave, and reads what its reports say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from behave.model import Scenario
from behave.parser import parse_file

TORTURE = Path(__file__).parent / "torture"
FORMATTER = "support.reporting.allure:AllureFormatter"
STOCK = ("-r", "behave.runner:Runner")
OURS = ("-r", "support.running.runner:Runner", "--jobs", "1")
OURS_PARALLEL = ("-r", "support.running.runner:Runner", "--jobs", "2")
RUNNERS = {"stock": STOCK, "ours": OURS, "ours-2-jobs": OURS_PARALLEL}

# What each of behave's statuses is in a report. Stated here once more, apart from the code under test.
VERDICT_OF = {
    "passed": "passed",
    "failed": "failed",
    "error": "broken",
    "hook_error": "broken",
    "cleanup_error": "broken",
    "untested": "broken",
    "skipped": "skipped",
}
SUMMARY = re.compile(r"^\d+ scenarios? passed.*$", re.MULTILINE)
Json = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """How a scenario of the torture project says that it ends: behave's status, and parts of its message."""

    location: str
    status: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Torture:
    """One finished run of the torture project."""

    code: int
    output: str
    folder: Path

    @cached_property
    def results(self) -> list[Json]:
        """Every Allure result."""
        return self._read("*-result.json")

    @cached_property
    def containers(self) -> list[Json]:
        """Every Allure container: hooks and the uuids of their scenarios."""
        return self._read("*-container.json")

    @cached_property
    def run_errors(self) -> list[Json]:
        """The errors of the whole run."""
        return [error for item in self._read("*-globals.json") for error in item.get("errors", [])]

    @cached_property
    def run_attachments(self) -> list[Json]:
        """The attachments of the whole run."""
        return [attached for item in self._read("*-globals.json") for attached in item.get("attachments", [])]

    @cached_property
    def by_location(self) -> dict[str, Json]:
        """The results by `file:line`; no two may share one."""
        found = {label(result, "location"): result for result in self.results}
        assert len(found) == len(self.results), Counter(label(result, "location") for result in self.results)
        return found

    @cached_property
    def model(self) -> dict[str, Json]:
        """What behave's model said in the end, by `file:line`."""
        return {told["location"]: told for told in json.loads((self.folder / "model.json").read_text())}

    def named(self, name: str) -> Json:
        """The one result with this name."""
        (found,) = (result for result in self.results if result["name"] == name)
        return found

    def verdicts(self) -> Counter[str]:
        """Results by Allure status."""
        return Counter(result["status"] for result in self.results)

    def behave_counts(self) -> Counter[str]:
        """Scenarios by verdict, as behave's own summary counts them."""
        counts: Counter[str] = Counter()
        (line,) = SUMMARY.findall(self.output)
        for number, status in re.findall(r"(\d+) (?:scenarios? )?(\w+)", line):
            counts[VERDICT_OF[status]] += int(number)
        return counts

    def text(self, attachment: Json) -> str:
        """The text of an attachment."""
        source: str = attachment["source"]
        return (self.results_folder / source).read_text(encoding="utf-8")

    @property
    def results_folder(self) -> Path:
        """The folder of Allure results."""
        return self.folder / "allure"

    def cases(self) -> list[Xml.Element]:
        """Every test case of the JUnit files."""
        return [case for suite in self.suites() for case in suite.findall("testcase")]

    def suites(self) -> list[Xml.Element]:
        """Every suite of the JUnit files."""
        return [Xml.parse(path).getroot() for path in sorted((self.folder / "junit").glob("*.xml"))]

    def _read(self, pattern: str) -> list[Json]:
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.results_folder.glob(pattern))]


def torture(
    folder: Path, runner: tuple[str, ...], *arguments: str, environment: dict[str, str] | None = None
) -> Torture:
    """Run the torture project with a runner; reports and dump go below `folder`. A minute at most."""
    command = [
        *(sys.executable, "-m", "behave", *runner),
        *(
            "-f",
            FORMATTER,
            "-o",
            str(folder / "allure"),
            "-f",
            "model_dump:ModelDump",
            "-o",
            str(folder / "model.json"),
        ),
        *("--junit", "--junit-directory", str(folder / "junit"), "-D", "target=embedded", *arguments),
    ]
    return child(folder, command, environment)


def child(folder: Path, command: list[str], environment: dict[str, str] | None = None) -> Torture:
    """Run a child behave in a copy of the torture project, so that what a run leaves behind stays below `folder`."""
    project = folder / "project"
    shutil.copytree(TORTURE, project, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(
        command,
        cwd=project,
        env=variables | {"PYTHONPATH": str(project)} | (environment or {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Torture(done.returncode, done.stdout + done.stderr, folder)


def expectations(*folders: str) -> Iterator[Expected]:
    """What the feature files of the torture project say of themselves."""
    for folder in folders:
        for path in sorted((TORTURE / folder).rglob("*.feature")):
            feature = parse_file(str(path))
            for scenario in feature.walk_scenarios():
                yield _expected(path.relative_to(TORTURE).as_posix(), scenario)


def _expected(file: str, scenario: Scenario) -> Expected:
    location = f"{file}:{scenario.line}"
    row = scenario._row
    if row is not None:
        return Expected(location, row["ends"], _parts(row["says"]))
    (line,) = scenario.description
    status, _, says = line.removeprefix("Ends ").partition(": ")
    return Expected(location, status, _parts(says))


def _parts(says: str) -> tuple[str, ...]:
    return tuple(part for part in says.split(" + ") if part)


def label(result: Json, name: str) -> str:
    """The value of a result's one label of this name."""
    (value,) = labels(result, name)
    return str(value)


def labels(result: Json, name: str) -> list[str]:
    """The values of a result's labels of this name."""
    return [entry["value"] for entry in result["labels"] if entry["name"] == name]


def message(result: Json) -> str:
    """A result's or step's message, empty without one."""
    return str(result.get("statusDetails", {}).get("message", ""))


def attachments(item: Json) -> list[Json]:
    """An item's attachments and those of all steps inside it."""
    return [*item.get("attachments", []), *(a for step in item.get("steps", []) for a in attachments(step))]
