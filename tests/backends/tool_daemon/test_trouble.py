"""Proves that the trouble of one client, or its nonsense, stays its own, and that a provider in trouble is noticed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from support.backends.tool_daemon import calls, clock, logs
from support.backends.tool_daemon.progress import Progress
from support.backends.tool_daemon.refusals import Refused
from support.clients.model import Failure, ScriptedModel, Turn
from tests.backends.tool_daemon.conftest import MODEL_KEY, TOKEN, Daemon, soon
from tests.backends.tool_daemon.test_behaviour import FALLBACK, begun, circuit

ODD_IDS = ["Grüße", "two\nlines", "日本", " ", "50%", "\ud800"]


async def deaf(address: str) -> ClientConnection:
    """A client that has said hello, and reads nothing of what its calls bring."""
    client = await connect(address, compression=None, ping_interval=None, close_timeout=0)
    await client.send(json.dumps({"op": "hello", "token": TOKEN}))
    await client.recv()
    client.transport.pause_reading()
    for number in range(4):
        await client.send(called("echo", f"loud-{number}", text=f"{number}" * 3_000_000))
    return client


def called(name: str, request_id: str, **arguments: Any) -> str:
    return json.dumps({"op": "call_tool", "request_id": request_id, "name": name, "arguments": arguments})


def test_a_client_that_does_not_read_is_cut_off_and_its_places_are_free(start: Callable[..., Daemon]) -> None:
    daemon = start(ping_interval=0.2, global_inflight=2)

    async def act() -> dict[str, Any]:
        client = await deaf(daemon.backend.address)
        other = await asyncio.to_thread(daemon.client)
        await asyncio.to_thread(soon, lambda: "client cut off: it does not read" in log.read_text())
        await asyncio.to_thread(soon, lambda: other.ask({"op": "health"})["health"]["sessions"] == 1)
        client.transport.abort()
        health: dict[str, Any] = other.ask({"op": "health"})["health"]
        return health

    log = daemon.folder / "daemon.log"
    assert asyncio.run(act())["global_capacity"] == 2


def test_a_client_that_does_not_read_does_not_hold_up_the_end(start: Callable[..., Daemon]) -> None:
    daemon = start()

    async def act() -> None:
        client = await deaf(daemon.backend.address)
        other = await asyncio.to_thread(daemon.client)
        await asyncio.to_thread(soon, lambda: other.ask({"op": "health"})["health"]["global_capacity"] < 24)
        await asyncio.to_thread(daemon.backend.stop)
        client.transport.abort()

    begun_at = time.monotonic()
    asyncio.run(act())
    assert time.monotonic() - begun_at < 5
    assert daemon.lines("daemon.log")[-1]["message"] == "daemon stopped"


def test_large_material_is_read_beside_the_others_work(daemon: Daemon) -> None:
    busy, other = daemon.client(), daemon.client()
    begun(busy, "analyze", "1", question="Which parcel?", material="Some words. " * 250_000, use_assistant_model=False)
    served = 0
    while True:
        try:
            assert busy.hear(within=0)["op"] == "call_tool_res"
            break
        except TimeoutError:
            served += other.ask({"op": "health"})["ok"]
    assert served >= 10


@pytest.mark.parametrize("request_id", ODD_IDS)
def test_any_request_id_asks_the_model(start: Callable[..., Daemon], scripted: ScriptedModel, request_id: str) -> None:
    scripted.script(Turn.saying("Well."))
    client = start(breaker_threshold=1).client()
    assert client.call("chat", request_id, prompt="?")["text"] == "Well."
    assert circuit(client) == "closed"


@pytest.mark.parametrize("said", ["<html>no</html>", '{"choices": [{}]}', '{"choices": "yes"}', "[]", '{"choi'])
def test_a_provider_that_answers_with_nonsense_is_in_trouble(
    start: Callable[..., Daemon], scripted: ScriptedModel, said: str
) -> None:
    scripted.script(Turn(malformed=said), repeat=True)
    client = start(breaker_threshold=2).client()
    assert "answered with what is no completion" in client.call("chat", prompt="?")["error"]["message"]
    told = json.loads(client.call("analyze", question="Does it?", steps=1)["text"])
    assert told["expert"]["how"] == "failed"
    assert circuit(client) == "open"


@pytest.mark.parametrize(
    ("tool", "times"),
    [
        ("chat", {"tool_timeout": 0.3, "daemon_timeout": 0.45}),
        ("chat", {"tool_timeout": 0.3, "daemon_timeout": 0.45, "provider_timeout": 30}),
        ("analyze", {"expert_timeout": 0.3}),
        ("analyze", {"tool_timeout": 0.3, "daemon_timeout": 0.45}),
    ],
)
def test_a_provider_that_hangs_longer_than_a_call_may_take_is_in_trouble(
    start: Callable[..., Daemon], scripted: ScriptedModel, tool: str, times: dict[str, float]
) -> None:
    scripted.script(Turn.saying("late", delay_s=20), repeat=True)
    client = start(**{"breaker_threshold": 1, "provider_timeout": 0.1, "retry_base": 0.05, **times}).client()
    client.call(tool, **{"prompt" if tool == "chat" else "question": "Does it?"})
    assert circuit(client) == "open"


def test_a_tool_that_is_out_of_time_is_told_so_each_time_it_is_stopped() -> None:
    heard: list[tuple[Any, ...]] = []

    async def work(*_: Any) -> None:
        while len(heard) < 2:  # as a client that closes its connection first, and is stopped in the midst of that
            try:
                await asyncio.sleep(20)
            except asyncio.CancelledError as end:
                heard.append(end.args)

    async def act() -> None:
        state = SimpleNamespace(settings=SimpleNamespace(tool_timeout=0.01, daemon_timeout=0.02))
        call: Any = SimpleNamespace(state=state, progress=Progress(), tell=None, name="slow", arguments={})
        tool: Any = SimpleNamespace(read=dict, call=work)
        with pytest.raises(Refused, match="daemon"):
            await calls.run(call, tool)
        await asyncio.sleep(0.01)

    asyncio.run(act())
    assert heard == [(clock.OUT_OF_TIME,)] * 2


def test_who_leaves_says_nothing_against_the_provider(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("late", delay_s=20), repeat=True)
    daemon = start(breaker_threshold=1)
    hasty, other = daemon.client(), daemon.client()
    begun(hasty, "chat", "1", prompt="?")
    begun(hasty, "analyze", "2", question="Does it?")
    soon(lambda: len(scripted.received()) == 2)
    hasty.socket.close()
    soon(lambda: all(each.hung_up for each in scripted.received()))
    assert circuit(other) == "closed"


@pytest.mark.parametrize("end", ["gone", "answered", "failed"])
def test_an_operation_from_before_the_circuit_opened_changes_nothing_any_more(
    start: Callable[..., Daemon], scripted: ScriptedModel, end: str
) -> None:
    late = {"gone": Turn.saying("old", delay_s=20), "answered": Turn.saying("old"), "failed": Turn.failing(400)}
    scripted.script(late[end], any_user_contains="old", held_until=None if end == "gone" else "opened")
    scripted.script(*[Turn(error=Failure(status=500))] * 4, any_user_contains="fails")
    scripted.script(Turn.saying("trial", delay_s=20), repeat=True, any_user_contains="trial")
    daemon = start(breaker_threshold=1, breaker_recovery=0.1)
    old, trial, other = daemon.client(), daemon.client(), daemon.client()
    begun(old, "chat", "1", prompt="old")
    soon(lambda: len(scripted.received()) == 1)
    other.call("chat", prompt="fails")
    soon(lambda: circuit(other) == "half-open")
    begun(trial, "chat", "1", prompt="the first trial")
    soon(lambda: len(scripted.received()) == 6)
    if end == "gone":
        old.socket.close()
        soon(lambda: scripted.received()[0].hung_up)
    else:
        scripted.open_gates()
        old.result()
    assert other.call("chat", prompt="another trial").get("text") == FALLBACK
    assert len(scripted.received()) == 6


def test_a_request_id_in_use_is_refused_counted_and_told(daemon: Daemon) -> None:
    client = daemon.client()
    begun(client, "slow", "same", seconds=20)
    assert client.call("echo", "same", text="hi")["error"]["code"] == "DUPLICATE"
    metrics = json.loads(client.call("health", "h")["text"])["metrics"]
    assert (metrics["calls"]["by_tool"], metrics["errors"]["by_code"]) == ({"echo": 1}, {"DUPLICATE": 1})
    assert [(line["request_id"], line["code"]) for line in daemon.lines("metrics.jsonl")][:1] == [("same", "DUPLICATE")]
    assert client.call("echo", "same", text="hi")["error"]["code"] == "DUPLICATE"


def test_a_token_is_a_secret_from_the_moment_when_it_is_changed(daemon: Daemon) -> None:
    client = daemon.client()
    client.ask({"op": "rotate_token", "old": TOKEN, "new": "another-token"})
    for secret in (TOKEN, "another-token", MODEL_KEY):
        client.call(secret, secret)
        client.call("fail", "1", message=f"refused: {secret}")
    for file in daemon.folder.iterdir():
        told = file.read_text(encoding="utf-8")
        assert not [each for each in (TOKEN, "another-token", MODEL_KEY) if each in told], file


@pytest.mark.parametrize("tool", ["chat", "analyze"])
@pytest.mark.parametrize("secret", [MODEL_KEY, TOKEN, "Bearer eyJhbGciOi.J9-x_1", "sk-proj-99-ABCDEFGHIJ"])
def test_a_secret_in_a_providers_error_reaches_nobody(
    start: Callable[..., Daemon], scripted: ScriptedModel, tool: str, secret: str
) -> None:
    scripted.script(Turn(error=Failure(status=503, message=f"refused: {secret}!")), repeat=True)
    daemon = start(log_level="DEBUG")
    client = daemon.client()
    result = client.call(tool, **{"prompt" if tool == "chat" else "question": "Does it?"})
    told = [json.dumps(result), *(file.read_text(encoding="utf-8") for file in daemon.folder.iterdir())]
    assert not [each for each in told if secret.rpartition(" ")[2] in each]
    assert "refused: " in told[0]
    assert "**********" in told[0]
    assert sum("refused: " in each for each in told) == 2
    assert any("provider failed; asked again" in each for each in told)


def test_masking_leaves_ordinary_words() -> None:
    words = "bearer authentication failed; the bearer of risk-42 and sk-learn, bearer 12"
    assert logs.masked(words) == words


def test_the_list_of_models_goes_through_the_circuit(start: Callable[..., Daemon]) -> None:
    client = start(openai_base_url="http://127.0.0.1:9/v1", breaker_threshold=2).client()
    for _ in range(2):
        assert "the provider openai gave no answer" in client.call("listmodels")["error"]["message"]
    assert circuit(client) == "open"
    answer = client.call("listmodels")
    assert (answer["text"], answer["degraded"]) == (FALLBACK, True)


def test_a_list_of_models_closes_the_circuit(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    scripted.script(*[Turn(error=Failure(status=503))] * 4)
    client = start(breaker_threshold=1, breaker_recovery=0.05).client()
    client.call("chat", prompt="?")
    soon(lambda: circuit(client) == "half-open")
    assert json.loads(client.call("listmodels")["text"])["provider"] == "openai"
    assert circuit(client) == "closed"


def test_the_fallback_lists_its_models(start: Callable[..., Daemon]) -> None:
    spare = {"fallback_base_url": start().backend.settings["openai_base_url"], "fallback_api_key": MODEL_KEY}
    client = start(openai_base_url="http://127.0.0.1:9/v1", breaker_threshold=1, **spare).client()
    client.call("listmodels")
    assert json.loads(client.call("listmodels")["text"])["provider"] == "fallback"


def test_without_a_key_no_models_are_listed(start: Callable[..., Daemon]) -> None:
    assert "set OPENAI_API_KEY" in start(openai_api_key="").client().call("listmodels")["error"]["message"]
