"""Proves that the daemon lets in whoever says hello as it should, and sends everybody else away with the right code."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.backends.tool_daemon.conftest import TOKEN, Client, Daemon


def end_of(client: Client) -> tuple[int, str]:
    """The code and reason with which the daemon closes."""
    with pytest.raises(ConnectionClosed) as ended:
        client.socket.recv(timeout=5)
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code, ended.value.rcvd.reason


def test_hello_opens_a_session_of_its_own(daemon: Daemon) -> None:
    answers = [daemon.stranger().ask({"op": "hello", "token": TOKEN}) for _ in range(3)]
    assert all(answer["op"] == "hello_ack" and answer["ok"] is True for answer in answers)
    assert len({uuid.UUID(answer["session_id"]) for answer in answers}) == 3


@pytest.mark.parametrize(
    ("frame", "error", "code"),
    [
        ({"op": "hello", "token": "wrong-token"}, "unauthorized", 4003),
        ({"op": "hello"}, "unauthorized", 4003),
        ({"op": "hello", "token": 12}, "unauthorized", 4003),
        ({"op": "hello", "token": "\ud800"}, "unauthorized", 4003),
        ({"op": "list_tools"}, "missing_hello", 4001),
        ({}, "missing_hello", 4001),
        ("hello", "invalid_hello", 4000),
        ("[]", "invalid_hello", 4000),
        (b'{"op": "hello"}', "invalid_hello", 4000),
    ],
)
def test_who_does_not_say_hello_is_sent_away(daemon: Daemon, frame: Any, error: str, code: int) -> None:
    stranger = daemon.stranger()
    assert stranger.ask(frame) == {"op": "hello_ack", "ok": False, "error": error}
    assert end_of(stranger) == (code, error)


def test_who_says_nothing_is_sent_away_after_the_hello_timeout(start: Callable[..., Daemon]) -> None:
    code, _ = end_of(start(hello_timeout=0.05).stranger())
    assert code == 4002


def test_who_leaves_before_the_hello_leaves_nothing_behind(daemon: Daemon) -> None:
    daemon.stranger().socket.close()
    assert daemon.client().ask({"op": "health"})["health"]["sessions"] == 1


def test_the_session_beyond_the_limit_is_told_so(start: Callable[..., Daemon]) -> None:
    daemon = start(session_limit=2)
    daemon.client(), daemon.client()
    late = daemon.stranger()
    answer = late.ask({"op": "hello", "token": TOKEN})
    assert answer["ok"] is False
    assert end_of(late) == (1013, answer["error"])
    assert "session limit of 2 reached" in answer["error"]


def test_a_place_that_is_left_can_be_taken(start: Callable[..., Daemon]) -> None:
    daemon = start(session_limit=1)
    daemon.client().socket.close()
    assert daemon.client().ack["ok"] is True


def test_a_frame_that_is_too_long_ends_the_connection_only(daemon: Daemon) -> None:
    client = daemon.client()
    client.say("x" * (4 * 1024 * 1024 + 1))
    assert end_of(client)[0] == 1009
    assert daemon.client().ask({"op": "health"})["ok"] is True


def test_the_token_is_rotated_for_whoever_comes_later(daemon: Daemon) -> None:
    client = daemon.client()
    refused = client.ask({"op": "rotate_token", "old": "wrong-token", "new": "another-token"})
    assert refused == {"op": "rotate_token_res", "ok": False, "error": "unauthorized"}
    short = client.ask({"op": "rotate_token", "old": TOKEN, "new": "short"})
    assert short == {"op": "rotate_token_res", "ok": False, "error": "invalid_new_token"}
    assert client.ask({"op": "rotate_token", "old": TOKEN, "new": "another-token"}) == {
        "op": "rotate_token_res",
        "ok": True,
    }
    assert client.ask({"op": "health"})["ok"] is True
    assert daemon.client("another-token").ack["ok"] is True
    assert daemon.client(TOKEN).ack["ok"] is False


def test_no_token_stands_in_the_log(daemon: Daemon) -> None:
    daemon.client().ask({"op": "rotate_token", "old": TOKEN, "new": "another-token"})
    daemon.client("wrong-token")
    log = (daemon.folder / "daemon.log").read_text(encoding="utf-8")
    assert "token rotated" in log
    assert not {TOKEN, "another-token", "wrong-token"} & set(log.replace('"', " ").split())
