"""Connections that are out of the ordinary: to whose session, over what network, in which bytes."""

from __future__ import annotations

import base64
import re
import secrets
import socket
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from support.deeds import practice
from support.deeds.chatting import Chat, chat, join, keep, key, the_chat
from support.deeds.practice import COLLEAGUES, Colleague
from support.wire.faults import CutAfter, Drip, Fault, ResetAfter
from support.world import World

ANSWER_S = 5.0
"""Within this time a program has its answer."""

# To whose session


SESSIONS: Mapping[str, Callable[[World, Colleague, str], str]] = {
    "the same session": lambda world, who, _: chat(world, who).session,
    r"the session of (?:" + "|".join(COLLEAGUES) + ")": lambda world, _, text: (
        chat(world, COLLEAGUES[text.removeprefix("the session of ")]).session
    ),
    "a session that never was": lambda *_: "00000000-0000-4000-8000-000000000000",
    r'the session "[^"]*"': lambda _world, _who, text: text.split('"')[1],
}
"""Sessions, by what the sentences call them."""


WITHOUT_TOKEN = " without a token"  # noqa: S105


def connect_to(world: World, who: Colleague, which: str, where: str | None = None) -> Chat:
    """Connect to a session, one's own or not; what comes of it is the answer. No remembered chat is replaced."""
    words = which.removesuffix(WITHOUT_TOKEN)
    session = next(find(world, who, words) for pattern, find in SESSIONS.items() if re.fullmatch(pattern, words))
    made = Chat(who, practice.identity(world, who), session)
    if key(who, where) not in world.named("chat"):
        keep(world, made, where)
    join(world, made, shown={} if words != which else None)
    made.mark = made.connection.mark if made.conversation is not None else 0
    return made


# Over what network


BEHIND: Mapping[str, str] = {"the model": "model", "the practice": "practice"}
"""Systems, by what the sentences call them."""
ON_THE_WAY: Mapping[str, Callable[[], Fault]] = {
    "brings answers a few bytes at a time": lambda: Drip(7, 0.001),
    "cuts the next answer off": lambda: CutAfter(1200, times=1),
    "resets the next answer in the middle": lambda: ResetAfter(1200, times=1),
}
"""What the network does, in words."""


def spoil(world: World, system: str, trouble: str) -> None:
    """Have the network before a system do one of ON_THE_WAY, until the scenario ends."""
    world.worker.systems[BEHIND[system]].proxy.inject(ON_THE_WAY[trouble]())


# In which bytes


@dataclass(frozen=True)
class RawAnswer:
    """What came back to a program that speaks for itself: the status, and everything as text."""

    status: int
    text: str


def say_raw(world: World, text: str) -> RawAnswer:
    """Send a request as it is written, and read until the assistant ends it.

    `(session)` and `(token)` stand for those of the last chat, `(key)` for a fresh key of the upgrade.
    """
    it = the_chat(world)
    fresh = base64.b64encode(secrets.token_bytes(16)).decode()
    filled = text.replace("(session)", it.session).replace("(token)", str(it.identity.token)).replace("(key)", fresh)
    host, port = world.worker.assistant.address.removeprefix("http://").split(":")
    request = textwrap.dedent(filled).strip().replace("\r", "").replace("\n", "\r\n") + "\r\n\r\n"
    with socket.create_connection((host, int(port)), ANSWER_S) as line:
        line.sendall(request.encode())
        answer = _read_answer(line)
    world.answer = answer
    return answer


def _read_answer(line: socket.socket) -> RawAnswer:
    """The first answer, up to the end of its body; an AssertionError when none came in time."""
    came = b""
    while not _is_whole(came):
        try:
            piece = line.recv(65536)
        except TimeoutError:
            raise AssertionError(f"no whole answer within {ANSWER_S:g} s, only {came!r}") from None
        if not piece:
            break
        came += piece
    status = re.match(rb"HTTP/1\.1 (\d{3})", came)
    assert status is not None, f"the answer is none: {came!r}"
    return RawAnswer(int(status[1]), came.decode(errors="replace"))


def _is_whole(came: bytes) -> bool:
    head, end, body = came.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and (head.startswith(b"HTTP/1.1 101") or (length is not None and len(body) >= int(length[1])))
