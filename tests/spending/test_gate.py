"""Proves the gate: what it lets through, what it charges, what it asks again, and that nothing passes it unpaid."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import anthropic
import httpx
import openai
import pytest

from support.checks.waiting import eventually
from support.clients.model import ScriptedModel, Turn
from support.spending.calls import Call
from tests.backends.model_process import ModelProcess
from tests.spending.conftest import SCENARIO, WORKER, Passage

Open = Callable[..., Passage]


def by_hand(call: Call) -> int:
    """What a call of gpt-4o costs: 2.5 and 10 micro-dollars a token, rounded up."""
    assert call.tokens_in is not None
    assert call.tokens_out is not None
    return -(-call.tokens_in * 5 // 2) + call.tokens_out * 10


def test_a_call_is_charged_what_its_own_account_says(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.saying("I am well, thank you."))
    assert passage.ask(said="judge/run-1/warmth/3") == "I am well, thank you."
    spend = passage.house.spent(SCENARIO)
    [asked] = scripted.received()
    assert asked.usage is not None
    [call] = spend.told
    assert (call.tokens_in, call.tokens_out) == (asked.usage.prompt, asked.usage.completion)
    assert spend.micro_dollars == call.cost == by_hand(call) < call.worst
    assert call.metered
    assert (call.purpose, call.persona, call.model) == ("judge: warmth", "judge", "gpt-4o")
    assert asked.headers["x-client-request-id"] == "judge/run-1/warmth/3"


def test_a_stream_passes_as_it_comes_and_is_charged(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.saying(["I ", "am ", "well."], chunk_delay_s=0.15))
    chunks = passage.client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "How are you?"}],
        max_tokens=50,
        stream=True,
        stream_options={"include_usage": True},
    )
    times, said = [], ""
    for chunk in chunks:
        if chunk.choices and chunk.choices[0].delta.content:
            said += chunk.choices[0].delta.content
            times.append(time.monotonic())
    assert said == "I am well."
    assert times[-1] - times[0] > 0.2
    [call] = passage.house.spent(SCENARIO).told
    assert call.metered
    assert call.cost == by_hand(call)


def test_a_stream_that_gives_no_account_is_charged_in_full(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.saying("well"))
    message: Any = {"role": "user", "content": "How?"}
    for _ in passage.client.chat.completions.create(model="gpt-4o", messages=[message], max_tokens=50, stream=True):
        pass
    [call] = passage.house.spent(SCENARIO).told
    assert not call.metered
    assert call.cost == call.worst > 0


def test_the_account_of_a_cached_prompt_is_read(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    details = {"prompt_tokens_details": {"cached_tokens": 400}, "completion_tokens_details": {"reasoning_tokens": 7}}
    usage = {"prompt_tokens": 1_000, "completion_tokens": 20, "total_tokens": 1_020, **details}
    choice = {"index": 0, "message": {"role": "assistant", "content": "well"}, "finish_reason": "stop"}
    told = {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4o", "choices": [choice]}
    scripted.script(Turn(malformed=json.dumps({**told, "usage": usage})))
    passage.ask("x" * 2_000)
    [call] = passage.house.spent(SCENARIO).told
    assert (call.cost, call.cached, call.reasoning) == (600 * 5 // 2 + 400 * 5 // 4 + 200, 400, 7)


def test_the_messages_of_anthropic_are_priced_too(
    open_gate: Open, scripted: ScriptedModel, model_process: ModelProcess
) -> None:
    passage = open_gate()
    scripted.script(Turn.saying("well"))
    with anthropic.Anthropic(base_url=passage.house.address, api_key=WORKER, max_retries=0) as claude:
        claude.messages.create(
            model="claude-haiku-4-5", max_tokens=20, messages=[{"role": "user", "content": "How are you?"}]
        )
    [call] = passage.house.spent(SCENARIO).told
    assert call.tokens_in is not None
    assert call.tokens_out is not None
    assert call.cost == call.tokens_in * 1 + call.tokens_out * 5


def test_a_stream_that_breaks_off_is_charged_in_full_whatever_it_told_at_its_beginning(
    open_gate: Open, scripted: ScriptedModel
) -> None:
    passage = open_gate()
    scripted.script(Turn.saying(["I ", "am ", "quite ", "well."], cut_after=2))
    with anthropic.Anthropic(base_url=passage.house.address, api_key=WORKER, max_retries=0) as claude:
        said = claude.messages.create(
            model="claude-haiku-4-5",
            max_tokens=900,
            messages=[{"role": "user", "content": "How are you?"}],
            stream=True,
        )
        with pytest.raises(Exception, match="peer closed connection"):
            list(said)
    [call] = passage.house.spent(SCENARIO).told
    assert (call.cost, call.metered) == (call.worst, False)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/models/gemini-2.5-pro:generateContent"), ("DELETE", "/v1/models/ft:mine")]
)
def test_of_a_model_by_its_name_only_the_entry_is_free(
    method: str, path: str, open_gate: Open, scripted: ScriptedModel
) -> None:
    passage = open_gate()
    headers = {"authorization": f"Bearer {WORKER}"}
    answer = httpx.request(method, f"{passage.house.address}{path}", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "unbounded")
    assert scripted.received() == []


@pytest.mark.parametrize(
    ("failure", "charged"),
    [(Turn.failing(429), False), (Turn.failing(500), True), (Turn.failing(503), True), (Turn(malformed=True), None)],
)
def test_what_fails_in_passing_is_asked_again_and_charged_if_it_may_have_cost(
    open_gate: Open, scripted: ScriptedModel, failure: Turn, charged: bool | None
) -> None:
    passage = open_gate()
    scripted.script(failure, Turn.saying("well"))
    if charged is None:  # a whole answer that cannot be read: it is the client's to judge, and charged in full
        with pytest.raises((openai.APIError, json.JSONDecodeError, AttributeError)):
            passage.ask()
        [call] = passage.house.spent(SCENARIO).told
        assert call.cost == call.worst
        return
    assert passage.ask() == "well"
    spend = passage.house.spent(SCENARIO)
    failed, answered = spend.told
    assert failed.cost == (failed.worst if charged else 0)
    assert (failed.attempt, answered.attempt, spend.unasked) == (1, 2, ())
    assert spend.micro_dollars == failed.cost + by_hand(answered)


def test_it_pauses_twice_as_long_each_time_and_gives_up_after_three(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate(pause_s=0.1)
    scripted.script(Turn.failing(503), repeat=True)
    with pytest.raises(openai.InternalServerError) as failure:
        passage.ask()
    assert failure.value.response.headers["x-should-retry"] == "false"
    asked = scripted.received()
    pauses = [later.started - (sooner.ended or 0) for sooner, later in pairwise(asked)]
    assert len(pauses) == 3
    assert all(pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=True)), pauses
    assert pauses[0] < 0.35, pauses  # with some room for a busy machine
    [why] = passage.house.spent(SCENARIO).unasked
    assert why.startswith("the model could not be asked, tried 4 times: 503")
    assert passage.house.take_unasked(SCENARIO) == [why]
    assert passage.house.spent(SCENARIO).unasked == ()


def test_the_pause_that_the_provider_asks_for_is_kept(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate(pause_s=0.01)
    scripted.script(Turn.failing(429, retry_after=0.3), Turn.saying("well"))
    passage.ask()
    first, second = scripted.received()
    assert first.ended is not None
    assert 0.28 <= second.started - first.ended < 0.6


def test_an_empty_account_is_not_asked_again_and_ends_the_run(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.failing(429, code="insufficient_quota", message="You exceeded your quota"), repeat=True)
    with pytest.raises(openai.RateLimitError):
        passage.ask()
    assert len(scripted.received()) == 1
    assert "account is empty" in str(passage.house.statement().stopped)


def test_a_provider_that_is_not_there_costs_nothing(open_gate: Open) -> None:
    passage = open_gate(upstream="http://127.0.0.1:9/v1", pause_s=0.01)
    with pytest.raises(openai.InternalServerError, match="could not be asked, tried 4 times: no answer"):
        passage.ask()
    spend = passage.house.spent(SCENARIO)
    assert (spend.calls, spend.micro_dollars) == (4, 0)


def test_a_client_that_hangs_up_is_charged_in_full_and_its_call_ends(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.saying("late", delay_s=20))
    order = {"model": "gpt-4o", "messages": [{"role": "user", "content": "?"}], "max_tokens": 5}
    headers = {"authorization": f"Bearer {WORKER}"}
    request = httpx.Request("POST", f"{passage.house.address}/v1/chat/completions", json=order, headers=headers)
    lines = [
        f"{request.method} {request.url.path} HTTP/1.1",
        *(f"{name}: {of}" for name, of in request.headers.items()),
    ]
    with socket.create_connection((request.url.host, request.url.port)) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode() + request.content)

        def under_way() -> None:
            assert scripted.received(), "nothing was asked yet"

        eventually(under_way, within=10, what="the call")

    def settled() -> None:
        calls = passage.house.spent(SCENARIO).told
        assert [call.cost for call in calls] == [call.worst for call in calls]
        assert [each.hung_up for each in scripted.received()] == [True] * len(calls) == [True]

    eventually(settled, within=3, what="the end of the call")


def test_what_a_scenario_leaves_under_way_is_broken_off(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.saying("late", delay_s=20))
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(passage.ask)

        def under_way() -> None:
            assert scripted.received(), "nothing was asked yet"

        eventually(under_way, within=3, what="the call")
        spend = passage.house.end(WORKER, SCENARIO)
        assert spend.calls == 1
        assert spend.micro_dollars == spend.told[0].worst
        with pytest.raises(openai.APIError):
            asking.result()


def test_outside_a_scenario_nothing_passes_and_the_attempt_is_told(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    passage.house.end(WORKER, SCENARIO)
    with pytest.raises(openai.PermissionDeniedError, match="@real_ai"):
        passage.ask(said="stray")
    assert scripted.received() == []
    assert passage.house.statement().violations == ("POST /chat/completions (stray)",)


def test_a_key_of_nobody_opens_nothing(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    with pytest.raises(openai.AuthenticationError):
        passage.client.with_options(api_key="sk-real-or-not").models.list()
    assert scripted.received() == []


def test_orders_are_taken_from_the_run_alone(open_gate: Open) -> None:
    house = open_gate().house
    for headers in ({}, {"x-gate-key": "guessed"}):
        assert httpx.post(f"{house.address}/gate/statement", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize(("model", "stops"), [("never-made-9", True), ("gpt-4o", False)])
def test_what_has_no_price_is_not_asked(open_gate: Open, scripted: ScriptedModel, model: str, stops: bool) -> None:
    passage = open_gate()
    more: dict[str, Any] = {} if stops else {"modalities": ["audio"]}
    with pytest.raises(openai.APIStatusError) as refusal:
        passage.ask(model=model, **more)
    assert refusal.value.status_code == 402
    assert scripted.received() == []
    assert (passage.house.statement().stopped is not None) == stops
    assert len(passage.house.spent(SCENARIO).unasked) == 1


def test_a_scenario_asks_no_more_when_its_budget_is_spent(open_gate: Open, scripted: ScriptedModel) -> None:
    passage = open_gate()
    scripted.script(Turn.saying("well"), repeat=True)
    passage.house.limit(SCENARIO, 8_000)
    passage.ask()
    with pytest.raises(openai.APIStatusError, match="the budget of the scenario is spent"):
        passage.ask(max_tokens=800)
    assert len(scripted.received()) == 1


def test_the_key_is_checked_by_one_call(open_gate: Open, scripted: ScriptedModel, model_process: ModelProcess) -> None:
    passage = open_gate()
    assert passage.house.check() is None
    assert [each.path for each in scripted.received()] == ["/v1/models"]


def test_many_callers_at_once_never_spend_more_than_there_is(open_gate: Open, scripted: ScriptedModel) -> None:
    """40 calls by 12 callers, some failing, into a budget that has room for about half of them."""
    limit = 28_000
    passage = open_gate(limit=limit, pause_s=0.01)
    turns = [Turn.saying("well" * random.Random(n).randrange(1, 40), delay_s=0.02) for n in range(40)]
    for place in (5, 11, 17):
        turns.insert(place, Turn.failing(503))
    scripted.script(*turns, repeat=True)

    def ask(number: int) -> int:
        try:
            passage.ask(f"question {number}", max_tokens=200)
        except openai.APIStatusError as refusal:
            return refusal.status_code
        return 200

    with ThreadPoolExecutor(12) as pool:
        served = list(pool.map(ask, range(40)))
    statement = passage.house.statement()
    assert set(served) == {200, 402}
    assert sum(call.cost for call in statement.calls) == statement.spent <= limit
    assert limit - statement.spent < max(call.worst for call in statement.calls), "refused although there was room"
    answered = [each for each in scripted.received() if each.usage is not None and each.status == 200]
    real = sum(-(-each.usage.prompt * 5 // 2) + each.usage.completion * 10 for each in answered if each.usage)
    assert real + sum(call.worst for call in statement.calls if call.status == 503) == statement.spent


def test_it_ends_with_the_run_that_opened_it() -> None:
    script = (
        "from support.spending import OpenGate; import os\n"
        "gate = OpenGate(limit=1, calls=1, pause_s=1, upstream='http://127.0.0.1:9', upstream_key='k')\n"
        "print(gate.house.address, gate.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    address, _ = done.stdout.split()

    def gone() -> None:
        with socket.socket() as caller:
            assert caller.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))), "it still listens"

    eventually(gone, within=5, what="the end of the gate")
