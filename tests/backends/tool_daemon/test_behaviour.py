"""Proves how the daemon behaves over time: cache, duplicates, capacity, time limits, sessions, circuits, expert."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from support.clients.model import Failure, ScriptedModel, Turn
from tests.backends.tool_daemon.conftest import Client, Daemon, soon

FALLBACK = "The model cannot be reached at the moment. Please try again later."


def begun(client: Client, name: str, request_id: str, **arguments: Any) -> None:
    client.begin(name, request_id, **arguments)
    while client.hear()["op"] != "call_tool_ack":
        pass


def circuit(client: Client) -> str:
    """The state of the provider's circuit, by the daemon's own report."""
    told: str = json.loads(client.call("health", "h")["text"])["providers"]["openai"]["circuit"]
    return told


def test_an_identical_call_comes_from_the_cache_on_any_connection(daemon: Daemon, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Two."), Turn.saying("Three."))
    first = daemon.client().call("chat", prompt="How many?", system="Be brief.")
    second = daemon.client().call("chat", system="Be brief.", prompt="How many?")
    assert first["text"] == second["text"] == "Two."
    assert len(scripted.received()) == 1


def test_what_is_cached_is_forgotten_after_its_time(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Two."), Turn.saying("Three."))
    client = start(cache_ttl=0.05).client()
    assert client.call("chat", prompt="How many?")["text"] == "Two."
    soon(lambda: client.call("chat", prompt="How many?")["text"] == "Three.")


@pytest.mark.parametrize("tool", ["version", "health", "listmodels"])
def test_reports_are_never_duplicates_nor_cached(daemon: Daemon, scripted: ScriptedModel, tool: str) -> None:
    del scripted
    client = daemon.client()
    for number in range(3):
        client.begin(tool, str(number))
    frames: list[dict[str, Any]] = []
    while len(frames) < 3:
        frames += [frame] if (frame := client.hear())["op"] == "call_tool_res" else []
    assert all("text" in frame for frame in frames)


def test_a_duplicate_names_the_first_call(daemon: Daemon) -> None:
    first, second = daemon.client(), daemon.client()
    begun(first, "slow", "the-first", seconds=20)
    error = second.call("slow", "the-second", seconds=20)["error"]
    assert (error["code"], error["original_request_id"]) == ("DUPLICATE", "the-first")


def test_a_request_id_is_used_once_at_a_time(daemon: Daemon) -> None:
    client = daemon.client()
    begun(client, "slow", "same", seconds=20)
    error = client.call("echo", "same", text="hi")["error"]
    assert (error["code"], error["original_request_id"]) == ("DUPLICATE", "same")


def test_when_the_first_call_has_gone_its_duplicate_may_begin(daemon: Daemon) -> None:
    first, second = daemon.client(), daemon.client()
    begun(first, "slow", "the-first", seconds=20, steps=1)
    first.socket.close()
    soon(lambda: "error" not in second.call("slow", "probe", seconds=0, steps=1))
    begun(second, "slow", "the-second", seconds=20, steps=1)


@pytest.mark.parametrize("limit", ["global_inflight", "session_inflight"])
def test_the_last_place_is_given_and_the_next_call_refused(start: Callable[..., Daemon], limit: str) -> None:
    client = start(**{limit: 2}).client()
    begun(client, "slow", "1", seconds=20, task="a")
    assert client.call("echo", "2", text="hi")["text"] == "hi"
    begun(client, "slow", "3", seconds=20, task="b")
    error = client.call("echo", "4", text="another")["error"]
    assert (error["code"], error["retry_after"], error["limit"]) == ("OVER_CAPACITY", 1.0, 2)


def test_a_provider_has_places_of_its_own(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Two.", delay_s=20))
    client = start(provider_inflight=1).client()
    begun(client, "chat", "1", prompt="How many?")
    assert client.call("chat", "2", prompt="Which?")["error"]["scope"] == "the provider openai"
    assert "text" in client.call("analyze", "3", question="Which?", use_assistant_model=False)


@pytest.mark.parametrize(("stubborn", "layer", "seconds"), [(False, "tool", 0.05), (True, "daemon", 0.1)])
def test_each_time_limit_names_its_layer(
    start: Callable[..., Daemon], stubborn: bool, layer: str, seconds: float
) -> None:
    client = start(tool_timeout=0.05, daemon_timeout=0.1).client()
    error = client.call("slow", seconds=20, stubborn=stubborn)["error"]
    assert (error["code"], error["layer"], error["timeout"]) == ("TIMEOUT", layer, seconds)


def test_heartbeats_come_at_multiples_of_the_interval(start: Callable[..., Daemon]) -> None:
    client = start(heartbeat_interval=0.05).client()
    client.begin("slow", seconds=0.28, steps=4)
    beats = []
    while (frame := client.hear())["op"] != "call_tool_res":
        if "step" in frame:
            beats.append(frame)
    assert 3 <= len(beats) <= 5
    assert all(beat["elapsed"] >= 0.05 * number - 0.002 for number, beat in enumerate(beats, start=1))
    assert [beat["step"] for beat in beats] == sorted(beat["step"] for beat in beats)


def test_a_client_that_does_not_read_delays_nobody(start: Callable[..., Daemon]) -> None:
    daemon = start(heartbeat_interval=0.001)
    deaf, other = daemon.client(), daemon.client()
    deaf.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    for number in range(8):
        deaf.begin("slow", f"d-{number}", task="x" * 200 + str(number), seconds=20)
    started = time.monotonic()
    assert [other.call("echo", str(number), text=str(number))["text"] for number in range(20)] == [
        str(number) for number in range(20)
    ]
    assert time.monotonic() - started < 2


def test_a_silent_session_is_closed_with_a_reason(start: Callable[..., Daemon]) -> None:
    daemon = start(session_timeout=0.05, sweep_interval=0.01)
    silent = daemon.client()
    with pytest.raises(ConnectionClosed) as ended:
        silent.socket.recv(timeout=5)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 1000
    assert "timed out after 0.05 s" in ended.value.rcvd.reason


def test_a_client_that_does_not_answer_the_farewell_holds_nobody_up(start: Callable[..., Daemon]) -> None:
    daemon = start(session_timeout=0.1, sweep_interval=0.02, ping_interval=30)
    mute = daemon.client()
    mute.socket.protocol.receive_data = lambda data: None  # type: ignore[method-assign]
    other = daemon.client()
    limit = time.monotonic() + 0.4
    while time.monotonic() < limit:
        sessions = other.ask({"op": "health"})["health"]["sessions"]
    assert sessions == 1


def test_the_circuit_opens_counts_operations_and_closes_again(
    start: Callable[..., Daemon], scripted: ScriptedModel
) -> None:
    scripted.script(*[Turn(error=Failure(status=500))] * 8)
    scripted.script(Turn.saying("Well."), repeat=True)
    client = start(breaker_threshold=2, breaker_recovery=0.1).client()
    assert [client.call("chat", prompt="?")["error"]["code"] for _ in range(2)] == ["EXEC_ERROR"] * 2
    assert circuit(client) == "open"
    answer = client.call("chat", prompt="?")
    assert (answer["text"], answer["degraded"]) == (FALLBACK, True)
    assert len(scripted.received()) == 8
    soon(lambda: circuit(client) == "half-open")
    assert client.call("chat", prompt="?")["text"] == "Well."
    assert circuit(client) == "closed"


def test_a_cancelled_trial_leaves_the_circuit_half_open(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    scripted.script(*[Turn(error=Failure(status=500))] * 4)
    scripted.script(Turn.saying("late", delay_s=20), Turn.saying("Well."))
    daemon = start(breaker_threshold=1, breaker_recovery=0.05)
    client, hasty = daemon.client(), daemon.client()
    client.call("chat", prompt="?")
    soon(lambda: circuit(client) == "half-open")
    begun(hasty, "chat", "1", prompt="a trial")
    soon(lambda: len(scripted.received()) == 5)
    hasty.socket.close()
    soon(lambda: client.call("chat", prompt="??").get("text") == "Well.")


def test_the_expert_is_asked_once_for_many(daemon: Daemon, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("It does.", delay_s=0.1), repeat=True)
    clients = [daemon.client() for _ in range(4)]
    for number, client in enumerate(clients, start=1):
        client.begin("analyze", str(number), question="Does it?", steps=number)
    told = [json.loads(client.result(str(n))["text"])["expert"] for n, client in enumerate(clients, start=1)]
    assert [each["text"] for each in told] == ["It does."] * 4
    assert [each["how"] for each in told] == ["computed", "awaited", "awaited", "awaited"]
    later = json.loads(clients[0].call("analyze", "9", question="Does it?", steps=9)["text"])["expert"]
    assert later == {"how": "cached", "text": "It does."}
    assert len(scripted.received()) == 1


def test_the_expert_works_on_while_anybody_waits_and_stops_when_nobody_does(
    daemon: Daemon, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("It does.", delay_s=20))
    first, second = daemon.client(), daemon.client()
    begun(first, "analyze", "1", question="Does it?", steps=1)
    begun(second, "analyze", "2", question="Does it?", steps=2)
    soon(lambda: len(scripted.received()) == 1)
    first.socket.close()
    second.ask({"op": "health"})
    assert not scripted.received()[0].hung_up
    second.socket.close()
    soon(lambda: scripted.received()[0].hung_up)


def test_an_expert_that_fails_takes_nothing_from_what_was_found(daemon: Daemon, scripted: ScriptedModel) -> None:
    scripted.script(Turn(error=Failure(status=400)))
    told = json.loads(daemon.client().call("analyze", question="Parcel?", material="A parcel.", steps=1)["text"])
    assert told["findings"] == [{"step": 1, "found": ["A parcel."]}]
    assert told["expert"]["how"] == "failed"
    assert "400" in told["expert"]["cause"]
