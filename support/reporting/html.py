"""The report that people open: one HTML file that needs no server and no network, made from the results of a run."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from support.reporting import allure_cli, packing, results_folder

TITLE = "Acceptance"
HISTORY = 20
"""How many runs the history keeps."""
RECENT, FEWEST = 10, 3
SLOWER, AT_LEAST_S = 2.0, 0.3
"""A scenario is flagged that takes over twice the median of its recent runs, and this much longer."""
SLOW_TAG = "slower than usual"

CATEGORIES: Sequence[Mapping[str, Any]] = (
    {"name": "Promise broken", "matchedStatuses": ["failed"]},
    {"name": "Could not be asked", "matchedStatuses": ["broken"]},
    {"name": "Known bug, fails as recorded", "matchedStatuses": ["skipped"], "messageRegex": "known bug.*"},
    {"name": "Not claimed by the target", "matchedStatuses": ["skipped"], "messageRegex": ".*does not claim.*"},
    {"name": "Not run here: a key, a switch or a calibration is missing", "matchedStatuses": ["skipped"]},
)


@dataclass(frozen=True)
class Built:
    """What was made. `slower` are the titles of the scenarios that were flagged."""

    file: Path
    tests: int
    slower: tuple[str, ...]


class NoResultsError(Exception):
    """There is nothing to make a report of."""


class HistoryError(Exception):
    """A history that cannot be read: says which line of which file, and the remedy."""


def build(
    results: Path,
    output: Path,
    history: Path,
    tell: Callable[[str], None],
    source: str | None = None,
    *,
    brief: bool = False,
) -> Built:
    """Write the report of `results` to the file `output`, and remember this run in `history` (JSON lines).

    `source` is the address of the repository's files, where each scenario is linked to; None: the files on this disk.
    `brief` leaves out the evidence of what passed, which is most of its data.
    Raises NoResultsError, UnreadableError, HistoryError, and GeneratorError where Allure cannot be had or fails.
    """
    tests = sorted(results.glob("*-result.json"))
    if not tests:
        raise NoResultsError(f"{results}: there are no results of a run; make them with behave")
    for file in tests:
        results_folder.read(file, "uuid", "name", "fullName", "status", "start", "stop")
    for file in results.glob("*-container.json"):
        results_folder.read(file, "uuid", "children")
    command = allure_cli.generator(tell)
    output.parent.mkdir(parents=True, exist_ok=True)
    history.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="report-") as scratch:
        folder = Path(scratch)
        copy = Path(shutil.copytree(results, folder / "results"))
        past = without(tests, history, folder / "past.jsonl")
        slower = tuple(flag_slower(copy, durations(past)))
        if brief:
            leave_out_evidence_of_passed(copy)
        source = source or relative_to(output)
        link_sources(copy, source)
        (folder / "allurerc.json").write_text(
            json.dumps(configuration(folder / "made", past.absolute(), append=past == history)),
            encoding="utf-8",
        )
        (folder / "allurerc.mjs").write_text(
            'import { readFileSync } from "node:fs";\n'
            'export default JSON.parse(readFileSync(new URL("allurerc.json", import.meta.url), "utf-8"));\n',
            encoding="utf-8",
        )
        generate = ["generate", str(copy), "--config", str(folder / "allurerc.mjs")]
        allure_cli.run([*command, *generate], Path(command[0]), allure_cli.GENERATE_SECONDS)
        page = (folder / "made" / "index.html").read_text(encoding="utf-8")
    output.write_text(packing.packed(fitted(without_strangers(page), source)), encoding="utf-8")
    return Built(output, len(tests), slower)


_HEAD = Path(__file__).with_name("report_head.html")
"""What Allure's page lacks: that it fits a phone, and that attachments are as high, and as dark, as they should be."""

LOCATION = "location"
"""The label that says where a scenario stands, as behave takes it: `features/a.feature:42`."""

HIDDEN_LABELS = ("framework", "language", "host", "thread", LOCATION)
"""Labels that tell a reader nothing, or what a link says already."""


def configuration(made: Path, history: Path, *, append: bool) -> dict[str, Any]:
    """Allure's configuration: behaviours as epic, feature and rule; one file; verdicts in words."""
    return {
        "name": TITLE,
        "output": str(made),
        "historyPath": str(history),
        "historyLimit": HISTORY,
        "appendHistory": append,
        "hideLabels": list(HIDDEN_LABELS),
        "categories": list(CATEGORIES),
        "plugins": {
            "awesome": {
                "options": {
                    "reportName": TITLE,
                    "singleFile": True,
                    "theme": "auto",
                    "groupBy": ["epic", "feature", "story"],
                    "sections": ["charts", "timeline", "metrics"],
                }
            }
        },
    }


_STRANGE_SOURCE = re.compile(r"<script\b[^>]*\bsrc=[\"']?https?:[^>]*>\s*</script>", re.IGNORECASE)
_ANALYTICS = re.compile(r"<script>(?:(?!</script>).)*\bgtag\((?:(?!</script>).)*</script>", re.DOTALL)


def without_strangers(page: str) -> str:
    """The page without scripts of other hosts, and without what reports its opening to anybody."""
    return _ANALYTICS.sub("", _STRANGE_SOURCE.sub("", page))


def fitted(page: str, source: str) -> str:
    """The page with what it needs to be read on any screen, and to follow links to files beside it."""
    head, found, rest = page.partition("</head>")
    head = head.replace("<html ", f'<html data-source="{escape(source)}" ', 1)
    return f"{head}{_HEAD.read_text(encoding='utf-8')}{found}{rest}"


def relative_to(output: Path) -> str:
    """The way from the page to the folder that the suite is run in."""
    return Path(os.path.relpath(Path.cwd(), output.absolute().parent)).as_posix()


def link_sources(results: Path, source: str) -> None:
    """Link each scenario to its line in its feature file, below this address, if it stands there."""
    for file in results.glob("*-result.json"):
        test = json.loads(file.read_text(encoding="utf-8"))
        for label in test.get("labels", []):
            if label["name"] == LOCATION:
                place, _, line = label["value"].rpartition(":")
                if "://" in source and place.startswith(("../", "/")):
                    continue  # a feature outside of the repository, which is not shown there
                link = {"type": "link", "name": label["value"], "url": f"{source.rstrip('/')}/{quote(place)}#L{line}"}
                test.setdefault("links", []).insert(0, link)
        file.write_text(json.dumps(test), encoding="utf-8")


def leave_out_evidence_of_passed(results: Path) -> None:
    """Take their attachments from the scenarios that passed; those of all others, and of the run, stay."""
    tests = {file: json.loads(file.read_text(encoding="utf-8")) for file in results.glob("*-result.json")}
    passed = {test["uuid"] for test in tests.values() if test["status"] == "passed"}
    around = {file: json.loads(file.read_text(encoding="utf-8")) for file in results.glob("*-container.json")}
    of_passed = [file for file, test in tests.items() if test["uuid"] in passed]
    of_passed += [file for file, container in around.items() if passed.issuperset(container["children"])]
    for file in of_passed:
        part = (tests | around)[file]
        for name in _attachments_taken_from(part):
            (results / name).unlink(missing_ok=True)
        file.write_text(json.dumps(part), encoding="utf-8")


def _attachments_taken_from(part: dict[str, Any]) -> Iterator[str]:
    """Take the attachments from a test, a container or a step, and from what is below it; the names of their files."""
    for attachment in part.pop("attachments", ()):
        yield attachment["source"]
    for below in ("steps", "befores", "afters"):
        for each in part.get(below, ()):
            yield from _attachments_taken_from(each)


Named = tuple[str, str, str]
"""A scenario by target, full name and title: rows of an outline differ in the title."""


def durations(history: Path) -> dict[Named, list[float]]:
    """Seconds that each scenario took in its recent runs; the newest last."""
    seconds: dict[Named, list[float]] = {}
    for run in _runs(history):
        for test in run["testResults"].values():
            if test["status"] == "passed":
                seconds.setdefault(_named(test), []).append(test["duration"] / 1000)
    return {each: taken[-RECENT:] for each, taken in seconds.items()}


def _named(test: Mapping[str, Any]) -> Named:
    targets = (label["value"] for label in test.get("labels", ()) if label["name"] == "target")
    return next(targets, ""), test["fullName"], test["name"]


def without(tests: Sequence[Path], history: Path, other: Path) -> Path:
    """The history that a run is compared with: this one, or where it has the run already, an `other` without it.

    A report that is made twice is one run, and tells twice what has changed since the run before.
    """
    start = json.loads(tests[0].read_text(encoding="utf-8"))["start"]
    runs = list(_runs(history))
    earlier = [run for run in runs if all(test["start"] != start for test in run["testResults"].values())]
    if len(earlier) == len(runs):
        return history
    other.write_text("".join(f"{json.dumps(run)}\n" for run in earlier), encoding="utf-8")
    return other


def _runs(history: Path) -> Iterator[dict[str, Any]]:
    """The runs in a history, the oldest first. Raises HistoryError."""
    runs = []
    for number, line in enumerate(history.read_bytes().split(b"\n") if history.is_file() else (), 1):
        if line.strip():
            try:
                run = json.loads(line)
                run["testResults"].values()
            except (ValueError, LookupError, TypeError, AttributeError) as fault:
                message = f"{history} line {number} is no run of a history: remove the line, or the file"
                raise HistoryError(message) from fault
            runs.append(run)
    yield from sorted(runs, key=lambda run: run.get("timestamp", 0))


def flag_slower(results: Path, before: Mapping[Named, Sequence[float]]) -> Iterator[str]:
    """Tag the results that took much longer than in their recent runs; their titles."""
    for file in sorted(results.glob("*-result.json")):
        test = json.loads(file.read_text(encoding="utf-8"))
        recent = before.get(_named(test), ())
        if len(recent) < FEWEST or test["status"] != "passed":
            continue
        taken, usual = (test["stop"] - test["start"]) / 1000, median(recent)
        if taken > SLOWER * usual and taken - usual > AT_LEAST_S:
            test.setdefault("labels", []).append({"name": "tag", "value": SLOW_TAG})
            test["description"] = f"Took {taken:.2f} s; the median of its last {len(recent)} runs is {usual:.2f} s."
            file.write_text(json.dumps(test), encoding="utf-8")
            yield test["name"]
