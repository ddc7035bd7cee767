"""Proves that a run keeps its word whatever dies under it: any process but the run's own is killed at any moment.

Then each chosen scenario has one verdict, the same in every report; the exit code says what they say; nothing is left.
`KILLS=20 pytest tests/test_random_kills.py` tries more moments; a failure names its seed.
"""

from __future__ import annotations

import collections
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest

from support.checks.waiting import eventually
from support.reporting.catalogue import read_features

ROOT = Path(__file__).parent.parent
FEATURES = ("features/evaluation_platform/datasets.feature", "features/evaluation_platform/datapoints.feature")
KILLS = int(os.environ.get("KILLS", "2"))
IN_ALLURE = {"passed": "passed", "failed": "failed", "broken": "broken", "skipped": "skipped", "not run": "skipped"}


class Suite:
    """The suite itself, in a folder of its own, so that what it writes is found there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        for name in ("features", "steps", "support", "environment.py", "pyproject.toml"):
            (folder / name).symlink_to(ROOT / name)

    def start(self) -> subprocess.Popen[str]:
        """Begin a run of two workers."""
        command = [sys.executable, "-m", "behave", *FEATURES, "--jobs", "2", "-D", "results=results.jsonl"]
        environment = {**os.environ, "TMPDIR": str(self.temporary), "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONPATH"] = str(self.folder)
        with (self.folder / "said.txt").open("w") as said:
            return subprocess.Popen(command, cwd=self.folder, env=environment, text=True, stdout=said, stderr=said)

    def verdicts(self) -> collections.Counter[tuple[str, str]]:
        """Scenario and verdict, by the results file."""
        lines = (self.folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
        return collections.Counter((told["location"], told["verdict"]) for told in map(json.loads, lines))

    def allure(self) -> collections.Counter[str]:
        """How often each status is in the Allure results."""
        results = (self.folder / "allure-results").glob("*-result.json")
        return collections.Counter(json.loads(each.read_text(encoding="utf-8"))["status"] for each in results)

    def junit(self) -> tuple[int, int, int, int]:
        """Tests, failures, errors and skipped ones, by the JUnit files."""
        suites = [ElementTree.parse(file).getroot() for file in (self.folder / "junit").glob("*.xml")]
        tests, failures, errors, skipped = (
            sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
        )
        return tests, failures, errors, skipped

    def nothing_is_left(self) -> None:
        """No process that has its temporary folder, and nothing in that."""
        mark = str(self.temporary)
        left = [each.info["cmdline"] for each in psutil.process_iter(["cmdline", "environ"]) if _has(each, mark)]
        assert left == []
        assert [each.name for each in self.temporary.iterdir()] == []


def _has(process: psutil.Process, temporary: str) -> bool:
    return (process.info["environ"] or {}).get("TMPDIR") == temporary and process.status() != psutil.STATUS_ZOMBIE


def the_first_verdict(suite: Suite) -> None:
    """Its console tells of one scenario at least."""
    assert "] ✓ " in (suite.folder / "said.txt").read_text(encoding="utf-8")


def chosen() -> set[str]:
    """Where every scenario of these features stands, each row of an outline by itself."""
    found = read_features(ROOT / "features")
    ours = [feature for feature in found if Path(feature.filename).name in {Path(name).name for name in FEATURES}]
    return {
        f"{Path(case.filename).resolve().relative_to(ROOT)}:{case.line}"
        for feature in ours
        for case in feature.walk_scenarios()
    }


@pytest.mark.parametrize("seed", range(KILLS))
def test_whatever_dies_the_verdicts_are_whole(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    suite = Suite(tmp_path)
    run = suite.start()
    eventually(lambda: the_first_verdict(suite), within=60, what="the first verdict")
    time.sleep(chance.uniform(0.0, 1.0))
    victims = psutil.Process(run.pid).children(recursive=True)
    if not victims:
        pytest.skip("the run was over before the moment came")
    victim = chance.choice(sorted(victims, key=lambda each: each.pid))
    killed = " ".join(victim.cmdline())
    victim.send_signal(signal.SIGKILL)
    code = run.wait(timeout=120)

    told = f"seed {seed} killed {killed[:300]}\n{(tmp_path / 'said.txt').read_text(encoding='utf-8')[-3000:]}"
    verdicts = suite.verdicts()
    counts = collections.Counter(dict.fromkeys(IN_ALLURE, 0))
    for (_, verdict), times in verdicts.items():
        counts[verdict] += times
    assert {place for place, _ in verdicts} == chosen(), told
    assert verdicts.total() == len(chosen()), told
    by_status = collections.Counter[str]()
    for verdict, times in counts.items():
        by_status[IN_ALLURE[verdict]] += times
    assert suite.allure() == +by_status, told
    skipped = counts["skipped"] + counts["not run"]
    problems = (tmp_path / "said.txt").read_text(encoding="utf-8").count("PROBLEM: ")  # each is a case of its own
    assert suite.junit() == (verdicts.total() + problems, counts["failed"], counts["broken"] + problems, skipped), told
    assert (code != 0) == bool(counts["failed"] + counts["broken"] + counts["not run"] + problems), told
    eventually(suite.nothing_is_left, within=15, what="the end of all processes and folders")
