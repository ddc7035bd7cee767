"""Proves what is told of money: estimates, lines, tables, figures; and pauses, limits and the guard, piece by piece."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from behave.exception import ConfigError

from support.reporting import spending
from support.running import real_ai, time_limits
from support.running.asking import Asking
from support.settings import Settings
from support.spending.calls import Call, Spend, Statement
from support.spending.estimate import costs, estimate, replies
from support.spending.prices import Prices
from support.spending.retrying import TransientError, trying
from support.targets.loading import find

LOCAL = "http://127.0.0.1:1/v1"


def call(number: int, scenario: str = "m-1", **more: Any) -> Call:
    told: dict[str, Any] = {"model": "gpt-4o", "worst": 900, "started": 0.0, "attempt": 1, "metered": True}
    told |= {"tokens_in": 10, "tokens_out": 5, "cost": 75, "request_id": "s-1/1"}
    return Call(number=number, scenario=scenario, **(told | more))


def statement(*calls: Call, **more: Any) -> Statement:
    told: dict[str, Any] = {"prices": "p 1", "limit": 1_000_000, "stopped": None, "excess": 0, "violations": ()}
    told |= {
        "scenarios": {"m-1": "a.feature:3 One", "m-2": "a.feature:9 Two"},
        "spent": sum(each.cost for each in calls),
    }
    return Statement(calls=calls, **(told | more))


def test_sums_are_told_by_scenario_persona_and_model() -> None:
    told = statement(
        call(1, persona="jaimee_therapist"),
        call(2, "m-2", model="gpt-4.1", cost=50, persona="judge", request_id="judge/m-2/warmth/1"),
        call(3, "m-2", cost=900, metered=False, tokens_in=None, tokens_out=None),
    )
    lines = spending.lines(told, 2_000_000, rehearsal=False)
    assert lines[0] == "spent $0.001025 of $2.00: 3 calls, 30 tokens, prices of p 1"
    assert [(kind, name, spend.micro_dollars) for kind, name, spend in spending.sums(told)] == [
        ("scenario", "a.feature:9 Two", 950),
        ("scenario", "a.feature:3 One", 75),
        ("persona", "no persona", 900),
        ("persona", "jaimee_therapist", 75),
        ("persona", "judge", 50),
        ("model", "gpt-4o", 975),
        ("model", "gpt-4.1", 50),
    ]
    assert lines[-1] == "  1 calls told no usage and were charged at their worst case"
    assert spending.sheet(told).splitlines()[-1] == "run,total,3,20,10,0,0,$0.001025"
    assert {each.key: each.value for each in spending.metrics(told)}["ai.dollars.persona.judge"] == 0.00005


def test_a_rehearsal_says_so_first() -> None:
    assert spending.lines(statement(), 1, rehearsal=True)[0].startswith("REHEARSAL against the scripted model")


def test_a_judge_is_told_with_its_criterion() -> None:
    page = spending.calls_page(Spend.of([call(1, request_id="judge/m-1/warmth/2")]), "what it has cost")
    assert "<td>judge: warmth</td>" in page


def test_the_bill_shows_each_part_of_the_whole() -> None:
    told = statement(call(1, cost=75), call(2, "m-2", cost=25, persona="<judge>"))
    page = spending.bill(told, "what the model has cost")
    assert "<b>$0.0001</b>, 2 calls, 30 tokens" in page
    assert re.findall(r'<td>([^<]*)</td>(?:<td class="number">[^<%]*</td>)*<td class="number">(\d+ %)</td>', page) == [
        ("a.feature:3 One", "75 %"),
        ("a.feature:9 Two", "25 %"),
        ("no persona", "75 %"),
        ("&lt;judge&gt;", "25 %"),
        ("gpt-4o", "100 %"),
    ]


def test_an_estimate_is_what_it_cost_last_time_wherever_it_stands(tmp_path: Path) -> None:
    last = tmp_path / "spending.json"
    kept = {**statement(call(1), call(2, "m-2", cost=30)).model_dump(), "rehearsal": False, "sums": []}
    last.write_text(json.dumps(kept), encoding="utf-8")
    assert costs(last) == {"a.feature One": 75, "a.feature Two": 30}
    found = estimate({"a.feature:33 One": [], "a.feature:9 Two": []}, ["gpt-4o"], Prices(LOCAL), last)
    assert str(found) == "about $0.000105 (2 scenarios as last time)"


def test_what_was_never_run_is_estimated_by_its_replies(tmp_path: Path) -> None:
    steps = {"a.feature:3 New": ["Maya writes, 10 times, each in a new conversation", "it is well"]}
    found = estimate(steps, ["gpt-4o", "gpt-4o-mini"], Prices(LOCAL), tmp_path / "none")
    # 2,000 in and 400 out: 9,000 micro-dollars of gpt-4o and 540 of gpt-4o-mini, ten times
    assert found.micro_dollars == 95_400


@pytest.mark.parametrize(("steps", "count"), [([], 1), (["asks"], 1), (["3 times", "10 times"], 10)])
def test_replies_are_read_from_the_sentences(steps: list[str], count: int) -> None:
    assert replies(steps) == count


@pytest.mark.parametrize(
    ("headers", "pauses"), [({}, [2, 4, 8]), ({"retry-after": "3"}, [3, 3, 3]), ({"retry-after": "61"}, [])]
)
def test_by_default_it_pauses_two_four_and_eight_seconds(headers: dict[str, str], pauses: list[float]) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def ask() -> None:
        async for attempt in trying(Settings().retry_pause_s).copy(sleep=sleep):
            with attempt:
                raise TransientError("busy", 503, headers)

    with pytest.raises(TransientError):
        asyncio.run(ask())
    assert slept == pauses


@pytest.mark.parametrize(
    ("tags", "limit"),
    [
        (["real_ai"], 60),
        (["real_ai", "within.15s"], 15),
        (["within.30s"], 30),
        (["within.60s", "within.30s"], 30),
        (["load"], None),
    ],
)
def test_the_tightest_limit_holds(tags: list[str], limit: int | None) -> None:
    scenario: Any = SimpleNamespace(effective_tags=tags)
    assert time_limits.limit_of(scenario) == limit


def test_a_target_that_spends_unseen_is_not_run_unless_its_key_is_limited() -> None:
    target = find("embedded").model_copy(update={"name": "far", "systems": {}})
    settings = Settings(openai_api_key="sk-0123456789")
    assert "does not claim model.metered" in str(real_ai.reason_to_skip(settings, target))
    declared = settings.model_copy(update={"provider_limit_usd": 5.0})
    assert real_ai.reason_to_skip(declared, target) is None


@pytest.mark.parametrize("host", ["api.openai.com", "eu.api.openai.com", "api.anthropic.com", "127.0.0.1"])
def test_no_client_gets_past_the_guard(host: str) -> None:
    script = (
        "import socket, sys\nfrom support.spending import guard\n"
        "guard.install('http://127.0.0.1:9/v1', lambda why: print('TOLD', why))\n"
        f"try: socket.create_connection(('{host}', 9), timeout=1)\n"
        "except guard.UnmeteredCallError as refused: print('REFUSED', refused)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["TOLD", "REFUSED"]
    assert host in done.stdout


def test_the_guard_leaves_everything_else_alone() -> None:
    script = (
        "import socket\nfrom support.spending import guard\n"
        "guard.install('http://127.0.0.1:9/v1', print)\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    socket.create_connection(server.getsockname(), timeout=1).close()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == ""


@pytest.mark.parametrize(("place", "fault"), [(".", "is a folder"), ("nowhere/spent.json", "there is no folder")])
def test_a_bill_that_cannot_be_written_is_found_before_anything_is_asked(
    place: str, fault: str, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"rehearsal": True, "spending_file": tmp_path / place})
    with pytest.raises(ConfigError, match=f"nothing was asked: .*{fault}.*: name a file .* in ACCEPTANCE_SPENDING"):
        Asking(settings, [])
