"""Proves that the report is one file that asks nobody for anything, remembers runs, and flags what became slow."""

import gzip
import json
import re
import shutil
import uuid
from base64 import b64decode, b64encode
from itertools import accumulate
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.cli import app
from support.reporting import allure_cli, html, metrics, packing, run_facts


def result(
    folder: Path,
    title: str,
    start: int,
    milliseconds: int,
    status: str = "passed",
    message: str = "",
    target: str = "embedded",
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    test = {
        "uuid": name,
        "name": title,
        "fullName": f"features/a.feature: {title}",
        "historyId": f"h{title}",
        "testCaseId": f"c{title}",
        "status": status,
        "statusDetails": {"message": message},
        "start": start,
        "stop": start + milliseconds,
        "labels": [
            {"name": "epic", "value": "Our epic"},
            {"name": "feature", "value": "Our feature"},
            {"name": "target", "value": target},
            {"name": "location", "value": "features/our folder/a.feature:42"},
        ],
        "steps": [],
        "attachments": [],
    }
    (folder / f"{name}-result.json").write_text(json.dumps(test), encoding="utf-8")


def build(folder: Path) -> html.Built:
    return html.build(folder / "results", folder / "report" / "index.html", folder / "history.jsonl", lambda _: None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    result(folder / "results", "Kept", 1_700_000_000_000, 400)
    result(folder / "results", "Broken", 1_700_000_001_000, 400, "failed", "expected 1, was <b>2</b>")
    metrics.write(folder / "results", "run", metrics.of_run([0.4, 0.4], 1.0))
    build(folder)
    return folder


def test_the_page_stands_alone(made: Path) -> None:
    page = (made / "report" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?https?:[^>]*", page) == []
    assert "gtag(" not in page
    assert [entry.name for entry in (made / "report").iterdir()] == ["index.html"]


def files_of(page: str) -> dict[str, bytes]:
    """The files in a page by name: what a browser makes of its packed data."""
    found = re.search(r'id="packed-data">([^<]*)<', page)
    assert found, "there is no packed data in this page"
    names, _, content = gzip.decompress(b64decode(found[1])).partition(b"\n")
    ends = list(accumulate(length for _, length in json.loads(names)))
    assert ends[-1] == len(content)
    return {name: content[end - length : end] for (name, length), end in zip(json.loads(names), ends, strict=True)}


def test_the_data_is_packed_whole(made: Path) -> None:
    page = (made / "report" / "index.html").read_text(encoding="utf-8")
    assert "Promise.allSettled" not in page.partition("</head>")[2].partition("<script async>")[2]
    files = files_of(page)
    results = [json.loads(content) for name, content in files.items() if name.startswith("data/test-results/")]
    assert sorted(result["name"] for result in results) == ["Broken", "Kept"]
    assert "widgets/charts.json" in files


def allures(*files: tuple[str, bytes], ready: str = "window.allureReportDataReady = true;") -> str:
    """The end of a page as Allure makes it."""
    entries = ",".join(f'd("{name}","{b64encode(content).decode()}")' for name, content in files)
    return f"<script defer>\n Promise.allSettled([{entries}])\n .then(function(){{\n {ready}\n }})\n </script>\n</body>"


def test_what_is_packed_is_what_was_there() -> None:
    given = {"a/b.json": b"{}", "empty.txt": b"", "c.png": bytes(range(256)), "same.png": bytes(range(256))}
    page = packing.packed(f"<body>{allures(*given.items())}")
    assert files_of(page) == given
    assert page.startswith("<body><script")
    assert page.endswith("</script>\n</body>")


@pytest.mark.parametrize("page", [allures(("a", b"1"), ready="start();"), allures(('a"', b"1")), "<html></html>"])
def test_a_page_that_allure_makes_otherwise_stays_as_it_is(page: str) -> None:
    assert packing.packed(page) == page


def test_a_report_that_is_made_twice_is_one_run_and_another_run_is_another(made: Path) -> None:
    build(made)
    assert len((made / "history.jsonl").read_text().splitlines()) == 1
    for file in (made / "results").glob("*-result.json"):
        file.unlink()
    result(made / "results", "Kept", 1_700_000_100_000, 400)
    build(made)
    assert len((made / "history.jsonl").read_text().splitlines()) == 2


def with_evidence(folder: Path, status: str) -> Path:
    """A result of this status with an attachment of its own, and one of a step within a step."""
    result(folder, status, 1_700_000_000_000, 400, status)
    [file] = [each for each in folder.glob("*-result.json") if json.loads(each.read_text())["name"] == status]
    names = [f"{status}-{number}-attachment.txt" for number in (1, 2)]
    for name in names:
        (folder / name).write_text("said on the wire", encoding="utf-8")
    first, second = ([{"name": "evidence", "source": name, "type": "text/plain"}] for name in names)
    inner = {"name": "Then", "status": status, "steps": [], "attachments": second}
    test = {**json.loads(file.read_text()), "attachments": first, "steps": [{"name": "When", "steps": [inner]}]}
    file.write_text(json.dumps(test), encoding="utf-8")
    return file


def test_a_report_that_is_made_once_more_still_tells_what_has_changed(tmp_path: Path) -> None:
    result(tmp_path / "results", "Kept", 1_700_000_000_000, 400)
    build(tmp_path)
    [of_before] = (tmp_path / "results").glob("*-result.json")
    of_before.unlink()
    result(tmp_path / "results", "Kept", 1_700_000_100_000, 400, "failed", "expected 1, was 2")
    for _ in range(2):
        build(tmp_path)
        files = files_of((tmp_path / "report" / "index.html").read_text(encoding="utf-8"))
        [told] = [json.loads(content) for name, content in files.items() if name.startswith("data/test-results/")]
        assert told["transition"] == "regressed"


def test_a_brief_page_lacks_the_evidence_of_what_passed_and_no_other(tmp_path: Path) -> None:
    files = {status: with_evidence(tmp_path, status) for status in ("passed", "failed", "broken", "skipped")}
    (tmp_path / "of-the-run-attachment.html").write_text("<p>the matrix</p>", encoding="utf-8")
    for children in (["passed"], ["passed", "failed"]):
        told = f"{len(children)}-attachment.html"
        (tmp_path / told).write_text("<p>told behind the scenario</p>", encoding="utf-8")
        afters = [{"name": "after", "attachments": [{"name": "told", "source": told, "type": "text/html"}]}]
        ids = [json.loads(files[status].read_text())["uuid"] for status in children]
        container = json.dumps({"uuid": told, "children": ids, "afters": afters})
        (tmp_path / f"{len(children)}-container.json").write_text(container, encoding="utf-8")
    html.leave_out_evidence_of_passed(tmp_path)
    left = sorted(each.name for each in tmp_path.glob("*-attachment.*"))
    others = [f"{status}-{number}-attachment.txt" for status in ("broken", "failed", "skipped") for number in (1, 2)]
    assert left == sorted([*others, "2-attachment.html", "of-the-run-attachment.html"])
    assert "attachment" not in files["passed"].read_text(encoding="utf-8")
    assert files["failed"].read_text(encoding="utf-8").count("-attachment.txt") == 2


KEPT = {
    "fullName": "features/a.feature: Kept",
    "name": "Kept",
    "status": "passed",
    "labels": [{"name": "target", "value": "embedded"}],
}


def history(folder: Path, *milliseconds: int) -> None:
    runs = [
        {
            "timestamp": number,
            "testResults": {"k": {**KEPT, "duration": taken}},
        }
        for number, taken in enumerate(milliseconds)
    ]
    (folder / "history.jsonl").write_text("".join(json.dumps(run) + "\n" for run in runs), encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "now", "flagged"),
    [
        ((400, 400, 400), 900, ["Kept"]),
        ((400, 400, 400), 790, []),  # not twice
        ((100, 100, 100), 390, []),  # twice, but who minds
        ((400, 400), 900, []),  # two runs make no habit
        ((100, 900, 900, 900), 1700, []),  # the median counts
        ((100,) * 12 + (900,) * 10, 1700, []),  # and only the recent ones
    ],
)
def test_what_took_over_twice_its_recent_median_is_flagged(
    tmp_path: Path, before: tuple[int, ...], now: int, flagged: list[str]
) -> None:
    history(tmp_path, *before)
    result(tmp_path / "results", "Kept", 1, now)
    assert list(html.flag_slower(tmp_path / "results", html.durations(tmp_path / "history.jsonl"))) == flagged
    [file] = (tmp_path / "results").glob("*-result.json")
    tags = [label["value"] for label in json.loads(file.read_text())["labels"] if label["name"] == "tag"]
    assert tags == [html.SLOW_TAG for _ in flagged]


def test_only_runs_against_the_same_target_say_what_is_usual(tmp_path: Path) -> None:
    for run in range(html.FEWEST):
        shutil.rmtree(tmp_path / "results", ignore_errors=True)
        result(tmp_path / "results", "Kept", 1_700_000_000_000 + run, 400)
        build(tmp_path)
    assert list(html.durations(tmp_path / "history.jsonl").values()) == [[0.4] * html.FEWEST]
    for target, slower in (("embedded", ("Kept",)), ("staging", ())):
        shutil.rmtree(tmp_path / "results")
        result(tmp_path / "results", "Kept", 1_700_000_009_000, 900, target=target)
        assert tuple(html.flag_slower(tmp_path / "results", html.durations(tmp_path / "history.jsonl"))) == slower


def test_a_history_that_was_cut_off_is_named_with_its_line(tmp_path: Path) -> None:
    history(tmp_path, 400)
    file = tmp_path / "history.jsonl"
    for broken in (b'{"timestamp": 1, "testRes', b"[]", b"{}", b"\xff"):
        file.write_bytes(file.read_bytes().partition(b"\n")[0] + b"\n\n" + broken)
        with pytest.raises(html.HistoryError, match=r"history\.jsonl line 3 is no run of a history: remove the line"):
            html.durations(file)


@pytest.mark.parametrize("option", ["--output", "--history"])
def test_a_page_that_cannot_be_written_is_refused_before_it_is_made(option: str, tmp_path: Path) -> None:
    result(tmp_path / "results", "Kept", 1, 400)
    run = CliRunner().invoke(app, ["report", "--results", str(tmp_path / "results"), option, "/proc/a/b"])
    assert run.exit_code == 2
    assert "/proc/a/b cannot be written (No such file or directory)" in " ".join(run.stderr.split())


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (
            "https://host.example/o/r/blob/main/",
            "https://host.example/o/r/blob/main/features/our%20folder/a.feature#L42",
        ),
        ("../..", "../../features/our%20folder/a.feature#L42"),
    ],
)
def test_each_scenario_is_linked_to_its_line(tmp_path: Path, source: str, url: str) -> None:
    result(tmp_path, "Kept", 1, 400)
    html.link_sources(tmp_path, source)
    [file] = tmp_path.glob("*-result.json")
    assert json.loads(file.read_text())["links"] == [
        {"type": "link", "name": "features/our folder/a.feature:42", "url": url}
    ]


@pytest.mark.parametrize(
    ("source", "urls"),
    [
        ("https://host.example/o/r/blob/main", []),  # not shown there
        ("..", ["../../ours/features/load/a.feature#L3"]),
    ],
)
def test_a_feature_outside_of_the_repository_is_linked_only_on_the_disk(
    tmp_path: Path, source: str, urls: list[str]
) -> None:
    result(tmp_path, "Kept", 1, 400)
    [file] = tmp_path.glob("*-result.json")
    file.write_text(file.read_text().replace("features/our folder/a.feature:42", "../ours/features/load/a.feature:3"))
    html.link_sources(tmp_path, source)
    assert [link["url"] for link in json.loads(file.read_text()).get("links", ())] == urls


def test_without_an_address_the_files_are_looked_for_from_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert html.relative_to(Path("allure-report/index.html")) == ".."
    assert html.relative_to(tmp_path / "a" / "b" / "report.html") == "../.."


def test_github_says_where_its_files_are_shown() -> None:
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_SHA": "4d5cbf3",
    }
    assert run_facts.source(variables) == "https://github.example/o/r/blob/4d5cbf3"
    assert run_facts.source({**variables, "GITHUB_ACTIONS": ""}) is None
    assert run_facts.source({**variables, "GITHUB_SHA": ""}) is None


def test_without_results_it_is_said_what_makes_them(tmp_path: Path) -> None:
    with pytest.raises(html.NoResultsError, match="there are no results of a run; make them with behave"):
        build(tmp_path)


@pytest.mark.parametrize("name", ["a-result.json", "a-container.json"])
@pytest.mark.parametrize("content", [b"{", b"{}", b"[]", b"\xff"])
def test_a_result_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    result(tmp_path / "results", "Kept", 1_700_000_000_000, 400)
    (tmp_path / "results" / name).write_bytes(content)
    told = CliRunner().invoke(app, ["report", "--results", str(tmp_path / "results"), "--output", str(tmp_path / "o")])
    remedy = "is no result of a scenario: run again what it was, or remove the file"
    assert (told.exit_code, told.stderr) == (1, f"RED: {tmp_path / 'results' / name} {remedy}\n")


def test_without_node_it_is_said_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(allure_cli, "WHEEL", "no_such_package")
    with pytest.raises(allure_cli.GeneratorError, match=r"pip install 'llm-acceptance\[report\]'"):
        allure_cli.node()


def test_node_of_the_wheel_serves_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    binary, npm = allure_cli.node()
    assert allure_cli.run([str(binary), "-e", "console.log(6 * 7)"], binary, 20).strip() == "42"
    assert allure_cli.run([*npm, "--version"], binary, 20).strip()[0].isdigit()
