"""Proves that the shares of a run are together the run: same verdicts, nothing twice, and one merged report."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from behave.exception import ConfigError
from typer.testing import CliRunner

from support.cli import app
from support.reporting.merging import Merged, MergeError, merge
from support.reporting.results_folder import UnreadableError
from support.running.sharding import Shard
from tests.conftest import BehaveProject
from tests.test_runner import EVERY_END, STEPS

ALLURE = "support.reporting.allure:AllureFormatter"
Make = Callable[..., BehaveProject]


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="such as 2/4"):
        Shard.parse(text)


@pytest.mark.parametrize(("length", "of"), [(0, 1), (1, 3), (7, 3), (100, 7)])
def test_shares_are_together_the_whole_and_alike_in_size(length: int, of: int) -> None:
    whole = list(range(length))
    shares = [Shard(number, of).share(whole) for number in range(1, of + 1)]
    assert sorted(each for share in shares for each in share) == whole
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_four_shares_say_what_one_run_says(behave_project: Make, tmp_path: Path) -> None:
    project = behave_project(EVERY_END, STEPS)
    whole = project.run().verdicts()
    shares = [
        project.run(f"-Dshard={number}/4", "-f", ALLURE, "-o", str(tmp_path / f"share-{number}")).verdicts()
        for number in range(1, 5)
    ]
    assert sum(map(len, shares)) == len(whole)
    assert {name: verdict for share in shares for name, verdict in share.items()} == whole
    folders = [tmp_path / f"share-{number}" for number in range(1, 5)]
    assert merge(folders, tmp_path / "merged") == Merged(len(whole), ())
    facts = (tmp_path / "merged" / "environment.properties").read_text().splitlines()
    assert "shard = 1/4, 2/4, 3/4, 4/4" in facts
    names = [json.loads(file.read_text())["name"] for file in (tmp_path / "merged").glob("*-result.json")]
    assert len(names) == len(whole)
    with pytest.raises(MergeError, match="hold the same scenario"):
        merge([folders[0], folders[0]], tmp_path / "twice")
    with pytest.raises(MergeError, match="there are no results"):
        merge([tmp_path / "nothing"], tmp_path / "none")


def test_a_folder_is_never_merged_into_itself(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    kept = folder / "a-result.json"
    kept.write_text('{"historyId": "1"}')
    (tmp_path / "same").symlink_to(folder)
    with pytest.raises(MergeError, match="--into"):
        merge([folder], tmp_path / "same")
    assert kept.is_file()


@pytest.mark.parametrize("content", ["{", "{}", "[]", b"\xff"])
def test_a_result_that_cannot_be_read_is_named(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "a-result.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableError, match=f"{re.escape(str(file))}.*run again"):
        merge([tmp_path], tmp_path / "into")


def test_a_share_of_nothing_is_red(behave_project: Make) -> None:
    run = behave_project("Feature: f\n  Scenario: only\n    Given all is well\n", STEPS).run("-Dshard=2/2")
    assert run.code == 1
    assert "no scenario is selected" in run.output


def share(folder: Path, number: str, title: str = "", *, facts: str = "target = embedded\n") -> str:
    """The results of a share of one scenario."""
    folder.mkdir(parents=True)
    (folder / "a-result.json").write_text(json.dumps({"historyId": title or number}))
    (folder / "a-result.json").rename(folder / f"{title or number}-result.json".replace("/", "-"))
    (folder / "environment.properties").write_text(facts + (f"shard = {number}\n" if number else ""))
    return str(folder)


def test_a_share_that_is_missing_is_named_and_red(tmp_path: Path) -> None:
    folders = [share(tmp_path / number.replace("/", "-"), number) for number in ("4/5", "1/5", "2/5")]
    into = tmp_path / "into"
    told = CliRunner().invoke(app, ["merge", *folders, "--into", str(into)])
    assert told.exit_code == 1
    assert told.stdout == f"3 scenarios in {into}\n"
    assert told.stderr == "RED: the shares 3/5, 5/5 are missing: run what is missing, and merge all\n"
    assert "shard = 1/5, 2/5, 4/5; missing: 3/5, 5/5" in (into / "environment.properties").read_text().splitlines()
    [errors] = [json.loads(file.read_text())["errors"] for file in into.glob("*-globals.json")]
    assert [error["message"] for error in errors] == ["the shares 3/5, 5/5 are missing: not all scenarios are here"]


def test_shares_of_two_runs_are_not_merged(tmp_path: Path) -> None:
    folders = [share(tmp_path / "one", "1/2"), share(tmp_path / "two", "2/3")]
    told = CliRunner().invoke(app, ["merge", *folders, "--into", str(tmp_path / "into")])
    assert told.exit_code == 1
    assert told.stderr == f"RED: {folders[0]} is share 1/2, and {folders[1]} 2/3: merge one run\n"


def test_runs_that_are_no_shares_lack_none(tmp_path: Path) -> None:
    folders = [share(tmp_path / title, "", title) for title in ("one", "two")]
    told = CliRunner().invoke(app, ["merge", *folders, "--into", str(tmp_path / "into")])
    assert told.exit_code == 0, told.output
    assert (tmp_path / "into" / "environment.properties").read_text() == "target = embedded\n"
