"""Proves each operation of the contract: its frames, in their order, and every error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from support.clients.model import Failure, ScriptedModel, Turn
from tests.backends.tool_daemon.conftest import Daemon

TOOLS = ["echo", "chat", "analyze", "slow", "fail", "version", "health", "listmodels"]


def test_tools_are_listed_with_the_schema_of_their_arguments(daemon: Daemon) -> None:
    answer = daemon.client().ask({"op": "list_tools"})
    assert answer["op"] == "list_tools_res"
    assert [tool["name"] for tool in answer["tools"]] == TOOLS
    for tool in answer["tools"]:
        assert set(tool) == {"name", "description", "inputSchema"}
        jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
        assert tool["inputSchema"]["additionalProperties"] is False


def test_health_counts_sessions_and_free_places(start: Callable[..., Daemon]) -> None:
    daemon = start(global_inflight=3)
    client = daemon.client()
    busy = daemon.client()
    busy.begin("slow", seconds=20)
    busy.hear()
    answer = client.ask({"op": "health"})
    assert answer["op"] == "health_res"
    assert answer["ok"] is True
    assert set(answer["health"]) == {"t", "sessions", "global_capacity"}
    assert (answer["health"]["sessions"], answer["health"]["global_capacity"]) == (2, 2)


def test_a_call_is_told_in_the_order_of_the_contract(start: Callable[..., Daemon]) -> None:
    client = start(heartbeat_interval=0.02, daemon_timeout=181).client()
    client.begin("slow", "r-1", seconds=0.1, steps=2)
    frames = [client.hear()]
    while frames[-1]["op"] != "call_tool_res":
        frames.append(client.hear())
    first, ack, *beats, result = frames
    assert set(first) == {"op", "request_id", "name", "t", "note"}
    assert first["note"].startswith("accepted")
    assert ack == {"op": "call_tool_ack", "request_id": "r-1", "accepted": True, "timeout": 181.0, "name": "slow"}
    assert beats
    for beat in beats:
        shape = {"op", "request_id", "name", "t", "step", "total_steps", "elapsed", "estimated_remaining"}
        assert set(beat) == shape
    text = "wait: done in 2 steps"
    outputs = [{"type": "text", "text": text}]
    assert result == {"op": "call_tool_res", "request_id": "r-1", "outputs": outputs, "text": text}


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ("{", "invalid_json"),
        ("", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ("[]", "invalid_message: an object is expected"),
        ("null", "invalid_message: an object is expected"),
        (b'{"op": "health"}', "invalid_message: a text frame is expected"),
        ({}, "invalid_message: op must be a text"),
        ({"op": 1}, "invalid_message: op must be a text"),
        ({"op": "hello"}, "Unknown op: hello"),
        ({"op": "knit"}, "Unknown op: knit"),
        ({"op": "call_tool", "name": "echo"}, "invalid_message: request_id must be a text that is not empty"),
        ({"op": "call_tool", "request_id": "1"}, "invalid_message: name must be a text that is not empty"),
        (
            {"op": "call_tool", "request_id": "1" * 201, "name": "echo"},
            "invalid_message: request_id must have at most 200 characters",
        ),
        (
            {"op": "call_tool", "request_id": "1", "name": "echo", "arguments": "hi"},
            "invalid_message: arguments must be an object",
        ),
    ],
)
def test_nonsense_is_answered_and_the_connection_stays(daemon: Daemon, frame: Any, message: str) -> None:
    client = daemon.client()
    assert client.ask(frame) == {"op": "error", "message": message}
    assert client.call("echo", text="still here")["text"] == "still here"


def test_an_unknown_tool_is_told_with_those_that_there_are(daemon: Daemon) -> None:
    error = daemon.client().call("knit")["error"]
    assert error["code"] == "TOOL_NOT_FOUND"
    assert all(tool in error["message"] for tool in TOOLS)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("echo", {}, "text: Field required"),
        ("echo", {"text": 12}, "text: Input should be a valid string"),
        ("echo", {"text": "a", "more": 1}, "more: Extra inputs are not permitted"),
        ("slow", {"steps": 0}, "steps: Input should be greater than or equal to 1"),
        ("slow", {"seconds": "1"}, "seconds: Input should be a valid number"),
        ("chat", {"prompt": ""}, "prompt: String should have at least 1 character"),
    ],
)
def test_arguments_are_checked(daemon: Daemon, tool: str, arguments: dict[str, Any], words: str) -> None:
    error = daemon.client().call(tool, **arguments)["error"]
    assert error["code"] == "EXEC_ERROR"
    assert words in error["message"]


def test_any_text_survives(daemon: Daemon) -> None:
    text = "Grüße, 你好, 👩🏽‍🚀, \u0000, \ud800, </script>\u2028"
    assert daemon.client().call("echo", "\ud800-id", text=text) == {
        "op": "call_tool_res",
        "request_id": "\ud800-id",
        "outputs": [{"type": "text", "text": text}],
        "text": text,
    }


def test_an_error_has_its_causes(daemon: Daemon) -> None:
    error = daemon.client().call("fail", message="no minutes")["error"]
    assert error["code"] == "EXEC_ERROR"
    assert error["causes"][0] == "ExerciseError: no minutes"
    assert error["causes"][1].startswith("FileNotFoundError: ")


def test_chat_asks_the_model_as_told(daemon: Daemon, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Two parcels."))
    answer = daemon.client().call("chat", "r-7", prompt="What is due?", system="Be brief.", model="gpt-4o")
    assert answer["text"] == "Two parcels."
    (request,) = scripted.received()
    assert (request.model, request.system) == ("gpt-4o", "Be brief.")
    assert request.messages[-1] == {"role": "user", "content": "What is due?"}
    assert request.headers["x-client-request-id"] == "r-7"


def test_an_empty_answer_of_the_model_is_a_failure(daemon: Daemon, scripted: ScriptedModel) -> None:
    scripted.script(Turn(empty=True))
    error = daemon.client().call("chat", prompt="What is due?")["error"]
    assert "answered without a text" in error["message"]


def test_models_are_listed(daemon: Daemon, scripted: ScriptedModel) -> None:
    del scripted
    assert "gpt-4o" in json.loads(daemon.client().call("listmodels")["text"])["models"]


def test_without_a_key_the_model_is_not_asked(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    error = start(openai_api_key="").client().call("chat", prompt="What is due?")["error"]
    assert "has no key; set OPENAI_API_KEY" in error["message"]
    assert scripted.received() == []


def test_a_provider_that_hangs_is_given_up_and_asked_again(
    start: Callable[..., Daemon], scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("late", delay_s=20), Turn.saying("in time"))
    assert start(provider_timeout=0.2).client().call("chat", prompt="What is due?")["text"] == "in time"


def test_a_key_that_is_refused_is_told_and_not_tried_again(daemon: Daemon, scripted: ScriptedModel) -> None:
    scripted.script(Turn(error=Failure(status=401)), repeat=True)
    assert "401" in daemon.client().call("chat", prompt="What is due?")["error"]["message"]
    assert len(scripted.received()) == 1
