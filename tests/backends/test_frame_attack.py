"""Attacks the services that speak WebSocket with frames of any kind: each has the answer that its contract says.

`ATTACK_EXAMPLES` is a twentieth of the number of frames for each service: more of them by `make fuzz`.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload

FRAMES = 20 * int(os.environ.get("ATTACK_EXAMPLES", "3"))
TOKEN = "token-of-lee"
PATIENCE_S = 10.0
attacked = settings(
    max_examples=FRAMES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

TEXTS = st.text(max_size=20) | st.sampled_from(["", " ", "\0", "\ud800", "x" * 300, "é", "\r\nX: y"])
SCALARS = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)
DEEP = [98, 99, 400, 900, 5_000, 100_000]
"""How deep JSON is nested: the parser gives up somewhere here, and what works on what it read may sooner. The assistant
takes 100 levels in all; two of them stand around these."""


def nearly(kind: str, kinds: list[str], *fields: str) -> st.SearchStrategy[str | bytes]:
    """Frames: near misses of those with these fields, any JSON, any text, any bytes."""
    kinds_told = st.sampled_from(kinds) | VALUES
    objects = st.fixed_dictionaries({kind: kinds_told}, optional=dict.fromkeys(fields, VALUES))
    whole = st.one_of(objects, objects, objects, VALUES).map(json.dumps)
    cut = st.tuples(whole, st.integers(0, 30)).map(lambda pair: pair[0][: pair[1]])
    anything = st.text(st.characters(codec="utf-8"), max_size=30)
    return st.one_of(whole, whole, whole, cut, anything, st.binary(max_size=30), whole.map(str.encode))


def nested(depth: int, around: str = "%s") -> str:
    """JSON that deep."""
    return around.replace("%s", '{"a":' * depth + "1" + "}" * depth)


def parsed(frame: str | bytes) -> Any:
    """The JSON of a frame; NotImplemented for what is none."""
    try:
        return json.loads(frame)
    except (ValueError, RecursionError):
        return NotImplemented


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with ForkServer(preload("assistant", "tool_daemon")) as server:
        launcher = Launcher(server, tmp_path_factory.mktemp("attacked"))
        yield launcher
        launcher.close()


def hear(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=PATIENCE_S))


def is_unharmed(backend: Backend) -> None:
    assert "Traceback" not in backend.log_text()
    assert "failed" not in backend.log_text()


# The tool daemon


def daemon_says(frame: str | bytes) -> dict[str, Any]:
    """What the contract has the daemon answer; a message that ends in … begins so."""
    message = parsed(frame)
    if message is NotImplemented:
        return {"op": "error", "message": "invalid_json"}
    wrong = {"op": "error", "message": "invalid_message: …"}
    if isinstance(frame, bytes) or not isinstance(message, dict) or not isinstance(message.get("op"), str):
        return wrong
    op = message["op"]
    at_once: dict[str, Any] = {
        "list_tools": {"op": "list_tools_res"},
        "health": {"op": "health_res", "ok": True},
        "rotate_token": {"op": "rotate_token_res", "ok": False, "error": "unauthorized"},
    }
    if op != "call_tool":
        answer: dict[str, Any] = at_once.get(op, {"op": "error", "message": f"Unknown op: {op}"})
        return answer
    names = [message.get("request_id"), message.get("name")]
    named = all(isinstance(each, str) and 0 < len(each) <= 200 for each in names)
    if not named or not isinstance(message.get("arguments", {}), dict | None):
        return wrong
    return {"op": "call_tool_res", "request_id": names[0], "error": {"code": "TOOL_NOT_FOUND"}}


def fits(told: Any, wanted: Any) -> bool:
    """Whether an answer has what is wanted; more is allowed."""
    if isinstance(wanted, dict):
        return isinstance(told, dict) and all(name in told and fits(told[name], each) for name, each in wanted.items())
    if isinstance(wanted, str) and wanted.endswith("…"):
        return isinstance(told, str) and told.startswith(wanted[:-1])
    return bool(told == wanted)


def with_examples(test: Any, frames: list[str | bytes]) -> Any:
    """A property that is tried on these frames before any other."""
    for frame in frames:
        test = example(frame)(test)
    return test


def test_the_daemon_answers_every_frame(launcher: Launcher) -> None:
    backend = launcher.start("tool_daemon", {"token": TOKEN})
    hello = json.dumps({"op": "hello", "token": TOKEN})
    with (
        connect(backend.address, proxy=None) as socket,
        connect(backend.address, proxy=None) as bystander,
    ):
        for each in (socket, bystander):
            each.send(hello)
            assert hear(each)["ok"] is True

        def answers(frame: str | bytes) -> None:
            socket.send(frame)
            told = hear(socket)
            wanted = daemon_says(frame)
            assert fits(told, wanted), (frame, told, wanted)
            socket.send('{"op": "health"}')
            assert hear(socket)["op"] == "health_res", "a frame has one answer"

        ops = ["list_tools", "health", "rotate_token", "call_tool", "hello", "call_tool"]
        attack = given(nearly("op", ops, "request_id", "name", "arguments", "old", "new", "token"))(answers)
        call = '{"op": "call_tool", "request_id": "1", "name": "\\ud800", "arguments": %s}'
        attacked(with_examples(attack, [b'{"op": "health"}', *(nested(depth, call) for depth in DEEP)]))()
        bystander.send('{"op": "health"}')
        assert hear(bystander)["health"]["sessions"] == 2
    is_unharmed(backend)


@attacked
@given(frame=nearly("op", ["hello"], "token"))
@example(frame='{"op": "hello", "token": "\\ud800"}')
@example(frame=b'{"op": "hello"}')
def first_of(address: str, frame: str | bytes) -> None:
    message = parsed(frame)
    known = not isinstance(frame, bytes) and isinstance(message, dict)
    error, code = ("invalid_hello", 4000)
    if known:
        error, code = ("unauthorized", 4003) if message.get("op") == "hello" else ("missing_hello", 4001)
    with connect(address, proxy=None) as socket:
        socket.send(frame)
        assert hear(socket) == {"op": "hello_ack", "ok": False, "error": error}
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_the_daemon_sends_every_stranger_away(launcher: Launcher) -> None:
    backend = launcher.start("tool_daemon", {"token": TOKEN})
    first_of(backend.address)
    is_unharmed(backend)


# The assistant


MOST_LEVELS = 100


def depth(value: Any) -> int:
    """How many lists and objects stand within each other."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def assistant_says(text: str) -> set[tuple[str, str | None]]:
    """What the contract allows the assistant to answer, by type and code.

    Whether a token, a profile, a time or a change can be taken is left open where the contract does not say it exactly.
    """
    try:
        frame = json.loads(text)
        json.dumps(frame, ensure_ascii=False, allow_nan=False).encode()
        if depth(frame) > MOST_LEVELS:
            raise RecursionError
    except (ValueError, RecursionError):
        return {("message_error", "invalid_json")}
    if not isinstance(frame, dict):
        return {("message_error", "invalid_json")}
    if "type" not in frame:
        return {("message_error", "missing_field")}
    refused: set[tuple[str, str | None]] = {("message_error", "missing_field"), ("message_error", "invalid_field")}
    acknowledged: set[tuple[str, str | None]] = {("ui_state_ack", None), ("ui_state_ack", "stale_state")}
    wrong = [frame.get(name) for name in ("auth_token", "profile_id")]
    if not isinstance(frame["type"], str) or frame["type"] not in {
        "heartbeat",
        "cancel",
        "ui_state_update",
        "chat_message",
    }:
        return {("message_error", "unknown_type")}
    if any(each is not None and not (isinstance(each, str) and each.isascii()) for each in wrong):
        return {("message_error", "invalid_field")}
    by_type: dict[str, set[tuple[str, str | None]]] = {
        "heartbeat": {("heartbeat_ack", None)},
        "cancel": {("message_error", "nothing_to_cancel")},
        "chat_message": refused,
        "ui_state_update": refused | acknowledged,
    }
    usual = by_type[frame["type"]]
    if frame["type"] == "ui_state_update" and "changeType" not in frame and "payload" not in frame:
        taken = isinstance(frame.get("state"), dict) and frame.get("timestamp") is None
        usual = acknowledged if taken else refused | (acknowledged if isinstance(frame.get("state"), dict) else set())
    return usual | ({("message_error", "invalid_field")} if any(each is not None for each in wrong) else set())


def is_chat(text: str) -> bool:
    frame = parsed(text)
    said = frame.get("message") if isinstance(frame, dict) and frame.get("type") == "chat_message" else None
    return isinstance(said, str) and bool(said.strip())


def test_the_assistant_answers_every_frame(launcher: Launcher) -> None:
    backend = launcher.start("assistant", {"practice_url": "http://127.0.0.1:9"})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=backend.address, headers=headers, trust_env=False) as client:
        ids = [client.post("/sessions").json()["session_id"] for _ in range(2)]
    addresses = [f"{backend.address.replace('http', 'ws', 1)}/ws/{each}" for each in ids]

    @contextlib.contextmanager
    def greeted(address: str) -> Iterator[ClientConnection]:
        with connect(address, additional_headers=headers, proxy=None) as socket:
            assert hear(socket)["type"] == "connected"
            yield socket

    with greeted(addresses[0]) as socket, greeted(addresses[1]) as bystander:

        def answers(frame: str | bytes) -> None:
            if isinstance(frame, bytes):
                with greeted(addresses[0]) as other:
                    other.send(frame)
                    with pytest.raises(ConnectionClosed) as closed:
                        other.recv(timeout=PATIENCE_S)
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1003
                return
            if is_chat(frame):
                return  # it begins a reply, which is a sequence of frames
            socket.send(frame)
            told = hear(socket)
            assert (told["type"], told.get("code")) in assistant_says(frame), (frame, told)
            socket.send('{"type": "heartbeat"}')
            assert hear(socket)["type"] == "heartbeat_ack", "a frame has one answer"

        types = ["heartbeat", "cancel", "ui_state_update", "ui_state_update", "chat_message"]
        fields = ["state", "changeType", "payload", "timestamp", "page_type", "message", "auth_token", "profile_id"]
        attack = given(nearly("type", types, *fields))(answers)
        state = '{"type": "ui_state_update", "state": {"deep": %s}}'
        timed = '{"type": "ui_state_update", "state": {}, "timestamp": %s}'
        times = [timed % each for each in ('"2026-99-99"', '"0001-01-01"', "1e400", "-1", "true", "[]")]
        attacked(with_examples(attack, [*times, *(nested(depth, state) for depth in DEEP)]))()
        bystander.send('{"type": "heartbeat"}')
        assert hear(bystander)["type"] == "heartbeat_ack"
    is_unharmed(backend)
