"""Connections and sessions: who may in, what is refused and how, and that nothing waits for ever."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from support.checks.waiting import eventually
from support.clients.model import ScriptedModel
from tests.backends.assistant.services import KIM, LEE, PATIENCE_S, Chat, Service, script


def closing(chat: Chat) -> tuple[int, str]:
    """With which code and reason the service ends this connection."""
    with pytest.raises(ConnectionClosed) as caught:  # noqa: PT012 - frames may come before the end
        while True:
            chat.socket.recv(timeout=PATIENCE_S)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


def test_a_session_is_its_owners_only(service: Service) -> None:
    session = service.session(profile_id="client-maya", context={"page_type": "billing"})
    shown = service.read(session).json()
    assert (shown["persona_type"], shown["profile_id"], shown["messages"]) == ("web_assistant", "client-maya", [])
    for method, path in (
        ("GET", f"/sessions/{session}"),
        ("DELETE", f"/sessions/{session}"),
        ("GET", f"/debug/sessions/{session}/state"),
    ):
        foreign = service.http.request(method, path, headers=KIM)
        unknown = service.http.request(method, path.replace(session, "nowhere"), headers=LEE)
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.text.replace(session, "") == unknown.text.replace("nowhere", "")
        assert service.http.request(method, path).status_code == 401
    assert service.http.delete(f"/sessions/{session}", headers=LEE).status_code == 204
    assert service.read(session).status_code == 404


def test_an_unknown_persona_is_refused_with_the_known_ones(service: Service) -> None:
    answer = service.http.post("/sessions", json={"persona_type": "pirate"}, headers=LEE)
    assert answer.status_code == 422
    fault = answer.json()["detail"][0]
    assert fault["loc"] == ["body", "persona_type"]
    assert "jaimee_therapist, transcriber_agent, web_assistant" in fault["msg"]
    assert service.http.post("/sessions", json={"persona_type": None}, headers=LEE).status_code == 422
    assert service.http.post("/sessions", json={"persona_type": "pirate"}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"), [(KIM, 404), ({"Authorization": "Basic eA=="}, 401), ({"Authorization": "Bearer "}, 401)]
)
def test_an_upgrade_is_refused_with_a_status(service: Service, headers: dict[str, str], status: int) -> None:
    session = service.session()
    with pytest.raises(InvalidStatus) as caught, service.connect(session, headers):
        pass
    assert caught.value.response.status_code == status
    assert service.http.get(f"/ws/{session}").status_code == 426


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ('{"type":"heartbeat"}', 4401),
        ("no json", 4401),
        ('{"type":"auth","auth_token":"token-of-dr-kim"}', 4404),
    ],
)
def test_a_connection_that_shows_no_right_token_is_closed(service: Service, first: str, code: int) -> None:
    with Chat(service.connect(service.session()), greeted=False) as chat:
        chat.socket.send(first)
        assert closing(chat)[0] == code


def test_silence_ends_a_connection(start: Callable[..., Service]) -> None:
    service = start(auth_timeout=0.1, idle_timeout=0.1)
    session = service.session()
    with Chat(service.connect(session), greeted=False) as nameless, service.chat(session) as idle:
        assert closing(nameless)[0] == 4401
        assert closing(idle)[0] == 4408


def test_too_many_connections_are_told(start: Callable[..., Service]) -> None:
    service = start(max_connections=1)
    session = service.session()
    with service.chat(session) as first:
        with Chat(service.connect(session, LEE), greeted=False) as second:
            assert closing(second)[0] == 1013
        assert first.is_usable()

    def again() -> None:
        with service.chat(session) as chat:
            assert chat.is_usable()

    eventually(again, within=1.0, what="the place is free again")


def nested(lists: int) -> str:
    """A page with so many lists within each other, within two objects."""
    return '{"type":"ui_state_update","state":{"page":' + "[" * lists + "]" * lists + "}}"


def test_a_page_as_deep_as_is_taken_is_shown_and_chatted_about(service: Service, scripted: ScriptedModel) -> None:
    script(scripted, [{"text": "Hello"}])
    session = service.session()
    with service.chat(session) as chat:
        chat.socket.send(nested(98))
        assert chat.next()["success"]
        assert chat.ask("Hi")[-2]["content"] == "Hello"
    assert json.dumps(service.ui_state(session)).count("[") == 98


@pytest.mark.parametrize("deep", [98, 99, 500])
def test_a_context_is_taken_only_if_it_can_be_shown(service: Service, deep: int) -> None:
    body = '{"context": {"a": ' + "[" * deep + "]" * deep + "}}"
    answer = service.http.post("/sessions", content=body, headers={**LEE, "content-type": "application/json"})
    assert answer.status_code == (422 if deep > 99 else 200)
    if deep <= 99:
        assert service.read(answer.json()["session_id"]).status_code == 200


def test_a_profile_that_cannot_be_shown_to_the_practice_is_refused(service: Service) -> None:
    unfit = [(b"authorization", LEE["Authorization"].encode()), (b"profileid", b"profile-\xe4")]
    answer = service.http.post("/sessions", json={}, headers=unfit)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["header", "ProfileID"])
    session = service.session()
    head = f"GET /ws/{session} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    place = urlsplit(service.backend.address)
    with socket.create_connection((place.hostname, place.port), timeout=PATIENCE_S) as raw:
        raw.sendall((head + key).encode() + b"".join(name + b": " + value + b"\r\n" for name, value in unfit) + b"\r\n")
        assert b" 400 " in raw.recv(100)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", "invalid_json"),
        ("[]", "invalid_json"),
        ('{"type":"chat_message","message":"\\ud83d"}', "invalid_json"),
        ('{"type":"ui_state_update","state":{"n":NaN}}', "invalid_json"),
        ('{"type":"ui_state_update","state":{"n":1e999}}', "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        (nested(100), "invalid_json"),
        ("{}", "missing_field"),
        ('{"type":7}', "unknown_type"),
        ('{"type":"sing"}', "unknown_type"),
        ('{"type":"chat_message"}', "missing_field"),
        ('{"type":"chat_message","message":null}', "invalid_field"),
        ('{"type":"chat_message","message":"  "}', "invalid_field"),
        ('{"type":"chat_message","message":"x","auth_token":7}', "invalid_field"),
        (json.dumps({"type": "chat_message", "message": "x" * 1_000_000}), "too_large"),
        ('{"type":"ui_state_update"}', "missing_field"),
        ('{"type":"ui_state_update","state":[]}', "invalid_field"),
        ('{"type":"ui_state_update","changeType":"page","payload":{},"timestamp":"yesterday"}', "invalid_field"),
    ],
)
def test_a_bad_frame_is_told_and_the_connection_goes_on(service: Service, sent: str, code: str) -> None:
    with service.chat(service.session()) as chat:
        chat.socket.send(sent)
        answer = chat.next()
        assert (answer["type"], answer["code"]) == ("message_error", code)
        assert answer["message"]
        assert chat.is_usable()


def test_what_is_no_text_or_too_large_ends_the_connection(service: Service) -> None:
    session = service.session()
    with service.chat(session) as chat:
        chat.socket.send(b"\x00")
        assert closing(chat)[0] == 1003
    with service.chat(session) as chat:
        with contextlib.suppress(ConnectionClosed):
            chat.socket.send("x" * (16 * 1024 * 1024 + 1))
        assert closing(chat)[0] == 1009


def test_the_ui_state_is_told_changed_and_defended(service: Service) -> None:
    session = service.session()
    with service.chat(session) as chat:
        chat.send("ui_state_update", state={"page_type": "sessions", "selectedTemplate": {"templateId": "t1"}})
        assert chat.next()["success"]
        chat.send("ui_state_update", changeType="page", payload={"selectedTemplate": None}, page_type="billing")
        assert chat.next()["success"]
        chat.send("ui_state_update", changeType="page", payload={"page_type": "x"}, timestamp="2020-01-01T00:00:00Z")
        answer = chat.next()
        assert (answer["type"], answer["success"], answer["code"]) == ("ui_state_ack", False, "stale_state")
    assert service.ui_state(session) == {"page_type": "billing"}


def test_a_burst_is_answered_in_order_and_too_much_of_it_is_told(
    start: Callable[..., Service], scripted: ScriptedModel
) -> None:
    service = start(max_pending=20)
    script(scripted, [{"text": "ok", "delay_s": 0.3}])
    session = service.session()
    with service.chat(session) as chat:
        chat.send("chat_message", message="Hi")
        chat.until("typing", typing=True)
        for number in range(22):
            chat.send("ui_state_update", changeType="count", payload={"n": number})
        assert [chat.next()["code"] for _ in range(2)] == ["busy", "busy"]
        chat.until("typing", typing=False)
        assert all(chat.next()["success"] for _ in range(20))
    assert service.ui_state(session) == {"n": 19}


def test_a_reader_that_does_not_read_is_closed_with_a_reason(
    start: Callable[..., Service], scripted: ScriptedModel
) -> None:
    service = start(send_queue=1, send_timeout=0.2)
    script(scripted, [{"text": ["full"] * 2_000}, {"text": "Hi"}])
    session = service.session()
    with service.chat(session) as healthy:
        address = urlsplit(service.backend.address)
        slow = service.connect(session, LEE, sock=_small_socket(address.hostname or "", address.port or 0), max_queue=1)
        chat = Chat(slow)
        chat.send("chat_message", message="Tell me everything")

        def outcome() -> None:
            assert service.read(session).json()["last_outcome"]["outcome"] == "interrupted"

        eventually(outcome, within=PATIENCE_S, what="the reply is given up")
        assert closing(chat)[0] == 1008
        assert healthy.ask("Hi")[-2]["content"] == "Hi"


def _small_socket(host: str, port: int) -> socket.socket:
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    small.connect((host, port))
    return small
