"""Proves that figures of a crowd are counted rightly, its page is safe to open, and Locust stays in its own process."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from support.checks import load as checks
from support.clients.load import Entry, Moment, Report, read_report, read_series
from support.deeds import load_chart
from support.deeds.load import Coming, Lasting
from support.processes import crowds
from support.processes.vital_signs import Sign, VitalSigns
from tests.hygiene.suite import imports, modules

EVIL = "<script>alert('\"&')</script>"


def entry(name: str = "reply", times: dict[float, int] | None = None, **more: Any) -> Entry:
    taken = times or {100.0: 98, 900.0: 2}
    told: dict[str, Any] = {"num_requests": sum(taken.values()), "num_failures": 0, "num_fail_per_sec": {}}
    return Entry.model_validate(
        {"name": name, "response_times": taken, "num_reqs_per_sec": {10: 60, 11: 40}} | told | more
    )


def report(*entries: Entry, **more: Any) -> Report:
    return Report.model_validate({"workers": 0, "entries": entries, "errors": [], "exceptions": []} | more)


def world(came: Coming) -> Any:
    return SimpleNamespace(answer=came)


def soak(*, bytes_a_reply: float, seconds: int = 20, a_second: int = 10) -> Coming:
    """A soak whose service grows by so much with each reply, after a start in which it grows anyway."""
    noise = (0, 40_000, -20_000)
    grown = [
        50_000_000 + min(at, 5) * 2_000_000 + at * a_second * bytes_a_reply + noise[at % 3] for at in range(seconds)
    ]
    signs = [Sign(100.0 + at, int(size), 5) for at, size in enumerate(grown)]
    done = {100 + at: a_second for at in range(seconds)}
    return Coming("a soak", "reply", report(entry(num_reqs_per_sec=done)), [], signs)


def test_percentiles_are_counted_from_how_often_each_time_was_taken() -> None:
    found = entry()
    assert [found.within_ms(share) for share in (0.5, 0.98, 0.99, 1.0)] == [100.0, 100.0, 900.0, 900.0]
    assert found.rate == 50.0
    assert report().of("reply").within_ms(0.95) == 0.0


def test_more_than_the_limit_is_a_verdict_that_is_kept() -> None:
    came = Coming("many", "reply", report(entry(max_response_time=900.0)), [], [])
    checks.came_within(world(came), 95, "replies", 500)
    with pytest.raises(AssertionError, match=r"99 of 100 replies took at most 900 ms, promised were 500 ms"):
        checks.came_within(world(came), 99, "replies", 500)
    assert [holds for _, holds in came.verdicts] == [True, False]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"errors": [{"name": "reply", "error": "gone", "occurrences": 1}]}, r"1 of 100 failed: 1 x reply: gone"),
        ({"exceptions": [{"count": 1, "message": "a bug"}]}, r"fault of this suite: a bug"),
    ],
)
def test_one_failure_is_too_many(told: dict[str, Any], fault: str) -> None:
    failed = entry(num_failures=1 if "errors" in told else 0)
    with pytest.raises(AssertionError, match=fault):
        checks.none_failed(world(Coming("many", "reply", report(failed, **told), [], [])))


def test_memory_that_grows_only_at_first_is_steady() -> None:
    checks.memory_is_steady(world(soak(bytes_a_reply=0)), 4, 100)


def test_memory_that_grows_with_each_reply_is_found_out() -> None:
    with pytest.raises(AssertionError, match=r"memory grows by \d+\.\d+ KB with each"):
        checks.memory_is_steady(world(soak(bytes_a_reply=20_000)), 4, 100)


def test_memory_that_grows_slowly_for_long_is_found_out() -> None:
    with pytest.raises(AssertionError, match=r"memory grows by \d+\.\d MB in all, promised were at most 100 MB"):
        checks.memory_is_steady(world(soak(bytes_a_reply=3_900, seconds=7200)), 4, 100)


def test_the_page_of_a_crowd_runs_nothing_and_asks_nobody() -> None:
    told = report(entry(EVIL), errors=[{"name": EVIL, "error": EVIL, "occurrences": 3}])
    moments = [Moment(10, 5, 1.0, 2.0, None), Moment(12, 5, 1.5, 3.0, 4.0)]
    came = Coming(EVIL, "reply", told, moments, [Sign(10.5, 10**8, 5), Sign(12.5, 10**8, 5)])
    page = load_chart.chart(came, [(EVIL, False)])
    assert "<script" not in page
    assert not re.search(r"https?:|url\(|@import|\bsrc=|\bhref=", page)
    assert page.count("<svg") == 7
    assert len(page) < 20_000
    assert "color-scheme: light dark" in page


def test_figures_get_keys_that_stay() -> None:
    came = Coming("many", "reply", report(entry()), [], [])
    assert {each.key: (each.value, each.unit) for each in load_chart.metrics_of(came, "many")} == {
        "load.many.median": (0.1, "s"),
        "load.many.p95": (0.1, "s"),
        "load.many.p99": (0.9, "s"),
        "load.many.rate": (50.0, "1/s"),
        "load.many.failures": (0, ""),
    }


@pytest.mark.parametrize(
    ("words", "lasting"),
    [
        (" for 8 seconds, 5 more of them every second", Lasting(8, 5)),
        (" for as long as a soak lasts, 25 more of them every second", Lasting(None, 25)),
        (", all at once", Lasting(once=True)),
    ],
)
def test_how_long_a_crowd_comes(words: str, lasting: Lasting) -> None:
    assert Lasting.of(words) == lasting


def test_a_process_is_seen_from_outside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        signs = VitalSigns(os.getpid(), port)
        before = signs.look()
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            during = signs.look()
    assert before is not None
    assert during is not None
    assert (before.connections, during.connections) == (0, 1)
    assert during.memory > 2**20
    assert VitalSigns(2**22 + 1, port).look() is None


def test_only_the_users_of_a_crowd_import_locust() -> None:
    replaced = ("locust", "gevent", "websocket")
    found = {name for name in modules() for _, imported in imports(name) if imported.split(".")[0] in replaced}
    assert {name for name in found if not name.startswith("support.programs.load.")} == set()
    assert found != set()


def test_the_suite_does_not_load_what_locust_replaces() -> None:
    told = (
        "import sys, support.deeds.load, support.checks.load, support.processes.crowds; print('gevent' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


@pytest.mark.parametrize("workers", [0, 2])
def test_a_crowd_is_counted_whether_workers_play_it_or_not(tmp_path: Path, workers: int) -> None:
    """Nobody is at the address: each of five tries once, and each failure is counted once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    people = [{"name": f"Dr. {number}", "token": "t", "profile": "p"} for number in range(5)]
    plan = {"persona": "p", "seconds": 0, "pause_s": 0, "once": True, "people": people}
    looks: list[int] = []
    crowds.gather(crowds.Crowd("Sessions", 5, 5, address, plan, workers), tmp_path, lambda: looks.append(1), 60)
    found = read_report(tmp_path / crowds.REPORT)
    [begun] = found.entries
    assert (found.workers, begun.name, begun.count, begun.failures) == (workers, "begin a session", 5, 5)
    assert sum(each.occurrences for each in found.errors) == 5
    assert read_series(tmp_path / f"{crowds.SERIES}_stats_history.csv", "begin a session")
    assert looks
    assert (tmp_path / crowds.PLAN).stat().st_mode & 0o077 == 0


def test_a_crowd_that_cannot_come_says_why(tmp_path: Path) -> None:
    with pytest.raises(crowds.CrowdError, match=r"Locust ended with 1"):
        crowds.gather(crowds.Crowd("Nobody", 1, 1, "http://127.0.0.1:1", {"people": []}), tmp_path, list, 30)
    with pytest.raises(crowds.CrowdError, match="say how many, at least 1"):
        crowds.gather(crowds.Crowd("Nobody", 1, 1, "http://127.0.0.1:1", {"people": []}, 0, "h:1"), tmp_path, list, 30)
    with pytest.raises(crowds.CrowdError, match=r"'here' is no address of a master: host:port"):
        crowds.place("here")


def test_the_plan_is_all_that_locust_is_told(tmp_path: Path) -> None:
    words = crowds.master(crowds.Crowd("Chat", 2, 1, "http://x", {"people": [{"token": "secret"}]}), tmp_path, "h", 1)
    assert "secret" not in json.dumps(words)
