"""Proves that a session is taken back also when sessions are out for a moment, and that other refusals are told."""

from __future__ import annotations

import json
import socket

import pytest

from support.clients.assistant import Identity, Service
from support.deeds.chatting import forget
from tests.wire_servers import raw_server, read_until

DR_LEE = Identity(token="dr-lee", profile="practice-1")


def deleting(*statuses: int) -> int:
    """Delete a session at a server that answers with these statuses, one after another; tell how often it was asked."""
    asked = 0

    def serve(connection: socket.socket) -> None:
        nonlocal asked
        read_until(connection, b"\r\n\r\n")
        status = statuses[asked]
        asked += 1
        body = b"" if status == 204 else json.dumps({"detail": "no"}).encode()
        head = f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    with raw_server(serve) as server:
        forget(Service(server.address), DR_LEE, "session-1")
    return asked


def test_a_session_is_deleted_as_soon_as_sessions_are_back() -> None:
    assert deleting(503, 503, 204) == 3


def test_a_session_that_is_gone_needs_no_deletion() -> None:
    assert deleting(404) == 1


def test_another_refusal_is_told_at_once() -> None:
    with pytest.raises(RuntimeError, match="the session was not deleted: refused as inner failure"):
        deleting(500)
