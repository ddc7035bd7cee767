"""Proves the walk of docs/adopting.md: its own files, read from the page, against a platform at an address."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from behave.runner_util import parse_features
from dotenv import dotenv_values

from support.checks.waiting import eventually
from support.running import elsewhere, known_bugs
from tests.hygiene.suite import ROOT

PAGE = (ROOT / "docs" / "adopting.md").read_text(encoding="utf-8")
TARGET, LEDGER, PERSONA, ASSISTANT = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
OWN_FEATURE, OWN_SENTENCE = (re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[0] for kind in ("gherkin", "python"))
COMMANDS = re.findall(r"^    (\S.*)$", PAGE, re.MULTILINE)
DEFECT = "datasets.delete-answers-false"
PLATFORM = {"evaluation_platform": 4}


@contextmanager
def staging(
    folder: Path, *defects: str, systems: Mapping[str, int] = PLATFORM, options: Sequence[str] = (), **variables: str
) -> Iterator[dict[str, str]]:
    """The environment that names systems which somebody else started, each with so many lines."""
    asked = [*(f"--only={each}" for each in systems), *(f"--defect={defect}" for defect in defects), *options]
    command = [sys.executable, "-m", "support", "backends", *asked]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            (folder / "ours.env").write_text("".join(process.stdout.readline() for _ in range(sum(systems.values()))))
            yield {name: str(value) for name, value in dotenv_values(folder / "ours.env").items()}
        finally:
            process.send_signal(signal.SIGINT)


def run(
    folder: Path, keys: dict[str, str], *arguments: str, target: str = "ours"
) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit code, and of each scenario the verdict and the message."""
    results = folder / "results.jsonl"
    fixed = ["-D", f"target={folder / f'{target}.toml'}", "-D", "report=no", "-D", f"results={results}", "-f", "null"]
    ran = subprocess.run(
        [sys.executable, "-m", "behave", *fixed, *arguments],
        cwd=ROOT, env={**os.environ, **keys}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert results.exists(), ran.stdout + ran.stderr
    outcomes = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return ran.returncode, {each["name"]: (each["verdict"], each["message"]) for each in outcomes}


def datasets(keys: dict[str, str]) -> list[Any]:
    """What the platform has, asked past the suite."""
    answer = httpx.get(f"{keys['HH_API_URL']}/v1/datasets", headers={"Authorization": f"Bearer {keys['HH_API_KEY']}"})
    found: list[Any] = answer.json()["datasets"]
    return found


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A folder outside of the repository with the page's files."""
    (tmp_path / "ours.toml").write_text(TARGET, encoding="utf-8")
    (tmp_path / "known_bugs.toml").write_text(LEDGER, encoding="utf-8")
    return tmp_path


def test_a_team_s_own_target_and_ledger_are_judged_as_the_page_says(ours: Path) -> None:
    confirmed = "Deleting a dataset is confirmed, and it is gone for everybody"
    twice, paged = "A dataset cannot be deleted twice", "Turning the pages neither repeats nor loses a dataset"
    short = "A new dataset keeps its metadata"
    claims = 'claims = ["platform.paging"]'
    (ours / "ours.toml").write_text(TARGET.replace("claims = []", claims), encoding="utf-8")
    mended = LEDGER.replace("OURS-1", "OURS-2").replace(confirmed, twice)
    (ours / "known_bugs.toml").write_text(LEDGER + mended, encoding="utf-8")
    feature = "features/evaluation_platform/datasets.feature"
    names = [option for title in (confirmed, twice, paged, short) for option in ("-n", title)]
    with staging(ours, DEFECT) as keys:
        code, told = run(ours, keys, feature, "-D", f"known_bugs={ours / 'known_bugs.toml'}", *names)
    assert code == 1
    verdicts = {title: next(each for name, each in told.items() if name.startswith(title)) for title in names[1::2]}
    assert verdicts[confirmed] == ("skipped", "known bug OURS-1: nothing was done (https://tracker.example/OURS-1)")
    assert verdicts[twice][0] == "failed"
    assert "known bug OURS-2 is fixed: strike it from the ledger" in verdicts[twice][1]
    assert verdicts[paged][0] == "passed"
    assert verdicts[short] == ("skipped", "the target ours does not claim platform.datasets.metadata")


def test_isolation_is_asked_of_a_platform_at_an_address_with_another_team_s_key(ours: Path) -> None:
    searched, same = "Another team's search finds none of our events", "Two teams may use the same name without meeting"
    whole = TARGET.replace("claims = []", 'claims = ["platform.tenants", "platform.projects", "platform.events"]')
    (ours / "ours.toml").write_text(whole, encoding="utf-8")
    listed = "An administrator lists every project once"
    names = [option for title in (searched, same, listed) for option in ("-n", title)]
    asked = ["features/evaluation_platform/projects.feature", *names]
    with staging(ours, "projects.search-finds-anothers-events") as keys:
        code, told = run(ours, keys, *asked)
        assert code == 1
        assert (told[searched][0], told[same][0]) == ("failed", "passed")
        assert "administrator's key" in told[listed][1]
        _, told = run(ours, {**keys, "HH_FOREIGN_KEY": ""}, *asked)
        assert told[searched] == told[same] == ("skipped", "another team's key is needed: give HH_FOREIGN_KEY")
        (ours / "ours.toml").write_text(whole.replace(', foreign_key = "HH_FOREIGN_KEY"', ""), encoding="utf-8")
        _, told = run(ours, keys, *asked)
        assert told[searched][0] == "skipped"
        assert told[searched][1].endswith('name settings.foreign_key = "HH_FOREIGN_KEY" in the target file')


def test_two_keys_of_one_project_are_told_to_be_that(ours: Path) -> None:
    (ours / "ours.toml").write_text(TARGET.replace("claims = []", 'claims = ["platform.tenants"]'), encoding="utf-8")
    same = "Two teams may use the same name without meeting"
    given = {"HH_API_KEY": "key-one", "HH_FOREIGN_KEY": "key-two", "HH_PROJECT": "local"}
    alone = {"evaluation_platform": 1}  # keys that are given are not told
    with staging(ours, systems=alone, PLATFORM_KEYS="local=key-one,local=key-two") as keys:
        code, told = run(ours, {**keys, **given}, "features/evaluation_platform/projects.feature", "-n", same)
    why = "HH_API_KEY and HH_FOREIGN_KEY are keys of the same project, local; give one of another as HH_FOREIGN_KEY"
    assert (code, told[same][0]) == (1, "broken")
    assert told[same][1].endswith(f"platform.tenants is claimed by the target and fails its probe: {why}")


def test_a_key_that_is_refused_is_told_once_and_nothing_else_is_blamed(ours: Path) -> None:
    claims = 'claims = ["platform.paging", "platform.datapoints"]'
    (ours / "ours.toml").write_text(TARGET.replace("claims = []", claims), encoding="utf-8")
    with staging(ours) as keys:
        host = keys["HH_API_URL"].partition("//")[2]
        names = ("-n", "A dataset cannot be deleted twice", "-n", "Turning the pages")
        asked = ["features/evaluation_platform/datasets.feature", *names]
        code, told = run(ours, {**keys, "HH_API_KEY": "hush-wrong"}, *asked)
    why = f"HH_API_KEY (target ours, evaluation_platform): the key is refused by {host} with status 401; "
    assert (code, len(told), {verdict for verdict, _ in told.values()}) == (1, 2, {"broken"})
    assert all(f"{why}give a valid one in the environment or .env" in message for _, message in told.values())
    assert "fails its probe" not in str(told)


OWN_BUG = """
[[bug]]
id = "OURS-3"
file = "evaluation_platform/ours.feature"
scenario = "What nobody has made is found, too"
target = "ours"
fails_with = { step = "the list is 1 long", message = "expected 1, found 0" }
link = "https://tracker.example/OURS-3"
"""


@pytest.fixture
def own_features(ours: Path) -> Path:
    """Features with a sentence of their own, which stand outside of the suite."""
    for name, text in (("features/evaluation_platform/ours.feature", OWN_FEATURE), ("steps/ours.py", OWN_SENTENCE)):
        (ours / name).parent.mkdir(parents=True, exist_ok=True)
        (ours / name).write_text(text, encoding="utf-8")
    return ours / "features"


def test_features_and_sentences_outside_of_the_suite_are_run_like_its_own(ours: Path, own_features: Path) -> None:
    first, second = "A dataset of ours is found by its name", "What nobody has made is found, too"
    (ours / "known_bugs.toml").write_text(OWN_BUG, encoding="utf-8")
    with staging(ours) as keys:
        code, told = run(ours, keys, str(own_features), "--jobs", "2")
        assert (code, told[first][0]) == (1, "passed")
        assert told[second] == ("failed", "expected 1, found 0")
        code, told = run(ours, keys, str(own_features), "-D", f"known_bugs={ours / 'known_bugs.toml'}")
        assert (code, told[second][0]) == (0, "skipped")
        assert datasets(keys) == [], "what they made was taken back"


def test_hooks_above_the_folder_with_the_sentences_are_none_of_the_features(tmp_path: Path) -> None:
    feature = tmp_path / "home" / "team" / "features" / "tracing" / "ours.feature"
    feature.parent.mkdir(parents=True)
    feature.write_text(OWN_FEATURE, encoding="utf-8")
    (tmp_path / "home" / "environment.py").write_text("", encoding="utf-8")
    (tmp_path / "home" / "team" / "steps").mkdir()
    assert elsewhere.outside([str(feature)]) == [feature]
    (tmp_path / "home" / "team" / "environment.py").write_text("", encoding="utf-8")
    assert elsewhere.outside([str(feature)]) == []


SLOW_FEATURE = """Feature: What takes its time
  Somebody will press Ctrl-C while it is under way.

  @OURS-4
  Scenario: A dataset is there while we wait
    Given a dataset "Refund questions"
    When Ada waits
    Then it succeeds

  @OURS-5
  Scenario: A second one that is not begun any more
    Given a dataset "Refund questions"
    When Ada waits
    Then it succeeds
"""
SLOW_SENTENCE = """
import threading
from pathlib import Path

from behave import when


@when("Ada waits")
def waits(context):
    Path(__file__).with_name("waiting").touch()
    threading.Event().wait(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing_on_a_platform_at_an_address(ours: Path, number: signal.Signals) -> None:
    for name, text in (("features/evaluation_platform/slow.feature", SLOW_FEATURE), ("steps/slow.py", SLOW_SENTENCE)):
        (ours / name).parent.mkdir(parents=True, exist_ok=True)
        (ours / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "behave", "-D", f"target={ours / 'ours.toml'}", "-D", "report=no"]

    def step_waits() -> None:
        assert (ours / "steps" / "waiting").exists()

    with staging(ours) as keys:
        with subprocess.Popen(
            [*command, str(ours / "features")],
            cwd=ROOT, env={**os.environ, **keys}, stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as behave:  # fmt: skip
            eventually(step_waits, within=40, what="the step that waits")
            assert len(datasets(keys)) == 1, "it was interrupted in the midst of the scenario"
            tell = os.killpg if number == signal.SIGINT else os.kill  # a terminal tells everybody, a CI server the run
            tell(behave.pid, number)
            out, _ = behave.communicate(timeout=40)
        assert datasets(keys) == []
    assert behave.returncode == 1
    assert "1 broken, 1 not run" in out
    assert out.endswith("INTERRUPTED: what was begun has been undone\n")


def test_a_signal_to_every_process_of_a_run_ends_it_within_seconds(ours: Path) -> None:
    """As a service manager sends it: to the run, its worker, the fork servers and the systems that they started."""
    psutil = pytest.importorskip("psutil")
    for name, text in (("features/evaluation_platform/slow.feature", SLOW_FEATURE), ("steps/slow.py", SLOW_SENTENCE)):
        (ours / name).parent.mkdir(parents=True, exist_ok=True)
        (ours / name).write_text(text, encoding="utf-8")

    def step_waits() -> None:
        assert (ours / "steps" / "waiting").exists()

    with subprocess.Popen(
        [sys.executable, "-m", "behave", "-D", "report=no", str(ours / "features")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as behave:  # fmt: skip
        eventually(step_waits, within=40, what="the step that waits")
        run = psutil.Process(behave.pid)
        others = run.children(recursive=True)
        assert len(others) >= 3, "a worker, a fork server, a platform"
        for process in (*reversed(others), run):
            process.send_signal(signal.SIGTERM)
        out, _ = behave.communicate(timeout=15)
        _, left = psutil.wait_procs(others, timeout=5)
    assert (behave.returncode, left) == (1, [])
    assert "1 broken, 1 not run" in out
    *_, heading, left, last = out.splitlines()
    assert (heading, last) == ("not undone:", "INTERRUPTED: not all that was begun could be undone")
    assert left.startswith('  delete the dataset "Refund questions": Unreachable: no ')


def test_ctrl_c_before_anything_was_begun_is_told_without_a_traceback(ours: Path) -> None:
    waits = "import threading\nfrom pathlib import Path\n\nPath(__file__).with_name('waiting').touch()\n"
    for name, text in (
        ("features/evaluation_platform/slow.feature", SLOW_FEATURE),
        ("steps/slow.py", f"{waits}threading.Event().wait(60)\n"),
    ):
        (ours / name).parent.mkdir(parents=True, exist_ok=True)
        (ours / name).write_text(text, encoding="utf-8")

    def sentences_are_read() -> None:
        assert (ours / "steps" / "waiting").exists()

    with subprocess.Popen(
        [sys.executable, "-m", "behave", "-D", "report=no", str(ours / "features")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as behave:  # fmt: skip
        eventually(sentences_are_read, within=40, what="the reading of the sentences")
        behave.send_signal(signal.SIGINT)
        out, _ = behave.communicate(timeout=40)
    assert (behave.returncode, "Traceback" in out) == (1, False)
    assert out.endswith("INTERRUPTED: nothing was begun\n")


def test_the_folder_of_features_outside_must_say_what_they_are_about(ours: Path, own_features: Path) -> None:
    strayed = own_features / "evaluation_plattform" / "ours.feature"
    strayed.parent.mkdir()
    strayed.write_text(OWN_FEATURE, encoding="utf-8")
    for path, why in (
        (own_features, f"{strayed}: its folder must be named as what it is about; did you mean evaluation_platform?"),
        (ours / "empty", f"no feature file in {ours / 'empty'}"),
    ):
        path.mkdir(exist_ok=True)
        ran = subprocess.run(
            [sys.executable, "-m", "behave", str(path)],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ran.returncode == 1
        assert f"ConfigError: {why}" in ran.stdout


def test_features_outside_keep_the_rules_of_the_house_when_they_are_looked_at(own_features: Path) -> None:
    def looked_at() -> subprocess.CompletedProcess[str]:
        tests = [f"tests/hygiene/test_{name}.py" for name in ("features", "steps", "tags")]
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests, "--features", str(own_features)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    good = looked_at()
    assert good.returncode == 0, good.stdout
    feature = own_features / "evaluation_platform" / "ours.feature"
    worse = OWN_FEATURE.replace("Beyond what the suite asks, our own programs count on this.", "")
    feature.write_text(
        worse.replace("@OURS-2", "@ours").replace("When Ada looks", "Given Ada looks", 1), encoding="utf-8"
    )
    bad = looked_at()
    assert bad.returncode == 1
    broken = ("one_when_and_ends", "every_tag_is_known", "says_why_it_exists", "no_step_is_undefined", "which_promise")
    assert [rule for rule in broken if rule not in bad.stdout] == []


def test_the_page_tells_what_behave_says_in_a_folder_of_a_team_s_own(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "ours.feature").write_text(OWN_FEATURE, encoding="utf-8")
    command = [sys.executable, "-m", "behave"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    said = "No steps directory in "
    assert (ran.returncode, said in ran.stdout) == (1, True)
    assert f"`{said}…`" in PAGE


def test_behave_says_where_it_must_be_started(tmp_path: Path) -> None:
    feature = ROOT / "features" / "evaluation_platform" / "datasets.feature"
    command = [sys.executable, "-m", "behave", str(feature)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert f"behave was started in {tmp_path}" in ran.stdout
    assert f"`cd {ROOT}`" in ran.stdout


def test_the_example_of_the_ledger_is_about_a_scenario_that_there_is(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "known-bug.md").read_text(encoding="utf-8")
    (tmp_path / "known_bugs.toml").write_text("".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)))
    features = parse_features([str(ROOT / "features/evaluation_platform/datasets.feature")])
    (bug,) = known_bugs.for_run({"known_bugs": str(tmp_path / "known_bugs.toml")}, "staging", features, [])
    assert [bug.is_about(each) for each in features[0].walk_scenarios()].count(True) == 1


def test_the_page_names_only_what_there_is() -> None:
    defects = {found for command in COMMANDS for found in re.findall(r"--defect (\S+)", command)}
    assert defects == {DEFECT}
    paths = {found for command in COMMANDS for found in re.findall(r"(?<![./])(?:features|tests)/\S+", command)}
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    linked = set(re.findall(r"\]\((\S+?\.md)\)", PAGE))
    assert {name for name in linked if not (ROOT / "docs" / name).exists()} == set()
