"""Messages that no ordinary program sends: in pieces, half of one, against the protocol, very deep, very large."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from support.checks.tables import in_many_scripts
from support.clients.assistant import Conversation

FIN, RESERVED, MASK = 0x80, 0x40, 0x80
CONTINUATION, TEXT, UNKNOWN, CLOSE, PING = 0x0, 0x1, 0x3, 0x8, 0x9
HEARTBEAT = json.dumps({"type": "heartbeat"})
SHORT = 126


def framed(head: int, data: bytes, *, masked: bool = True, said: int | None = None) -> bytes:
    """A frame: its first byte, and its data, of which it says that they are `said` bytes long; at most 125."""
    length = len(data) if said is None else said
    assert length < SHORT
    if not masked:
        return bytes([head, length]) + data
    key = secrets.token_bytes(4)
    return bytes([head, MASK | length]) + key + bytes(sign ^ key[at % 4] for at, sign in enumerate(data))


def _raw(*frames: bytes) -> Callable[[Conversation], Any]:
    return lambda to: to.send_raw(b"".join(frames))


def _in_letters(to: Conversation) -> None:
    to.send_in_pieces(list(HEARTBEAT))


def _around_a_ping(to: Conversation) -> None:
    half = len(HEARTBEAT) // 2
    begins = framed(TEXT, HEARTBEAT[:half].encode())
    ends = framed(FIN | CONTINUATION, HEARTBEAT[half:].encode())
    to.send_raw(begins + framed(FIN | PING, b"are you there?") + ends)


def _page_of(to: Conversation, size: str) -> None:
    to.send({"type": "ui_state_update", "state": {"notes": in_many_scripts(int(size))}})


def _nested(to: Conversation, depth: str) -> None:
    to.send_text('{"type": "heartbeat", "more": ' + "[" * int(depth) + "]" * int(depth) + "}")


def _change(to: Conversation, name: str, what: str) -> None:
    to.send({"type": "ui_state_update", "changeType": "changed", "payload": {name: what}})


RAW: Mapping[str, Callable[..., Any]] = {
    r"a heartbeat letter by letter": _in_letters,
    r"a heartbeat around a ping": _around_a_ping,
    r"a heartbeat with (\d+) brackets in it": _nested,
    r'the change "(.*)" to "(.*)"': _change,
    r"a page of (\d+) MB": _page_of,
    r"a message of half a character": lambda to: to.send_text('{"type": "chat_message", "message": "\\ud83d"}'),
    r"half of a message": _raw(framed(FIN | TEXT, b'{"type": "hea', said=100)),
    r"a message without a mask": _raw(framed(FIN | TEXT, HEARTBEAT.encode(), masked=False)),
    r"a message of a kind that there is not": _raw(framed(FIN | UNKNOWN, HEARTBEAT.encode())),
    r"a message with a reserved sign": _raw(framed(FIN | RESERVED | TEXT, HEARTBEAT.encode())),
    r"the end of a message that never began": _raw(framed(FIN | CONTINUATION, HEARTBEAT.encode())),
    r"a second message within the first": _raw(framed(TEXT, b"{"), framed(FIN | TEXT, HEARTBEAT.encode())),
    r"a ping in two pieces": _raw(framed(PING, b"are you"), framed(FIN | CONTINUATION, b" there?")),
    r"a text that is none": _raw(framed(FIN | TEXT, b'{"type": "heartbeat\xff"}')),
    r"a goodbye with a code that there is not": _raw(framed(FIN | CLOSE, (999).to_bytes(2, "big"))),
}
"""By what the sentences call them."""
