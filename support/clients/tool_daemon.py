"""A tool daemon as its clients see it: WebSocket frames, each with the time at which it came or went.

    with Agent("ws://127.0.0.1:40001") as planner:
        planner.hello("token")
        call = planner.begin("slow", {"steps": 3})
        assert call.result(within=2).text == "…"

Several agents are several connections; each reads in a thread of its own, so that none keeps another waiting.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI
from websockets.sync.client import ClientConnection, connect

CONNECT_S = 5.0
ANSWER_S = 10.0
"""Within this time every answer has come that is not kept waiting on purpose."""
BROKEN_DOWN = 1011
"""The code with which a server closes that has met a fault of its own."""
T = TypeVar("T")


class UnreachableError(ConnectionError):
    """The daemon cannot be connected to, or has broken down (1011); the message names it."""


class NoAnswerError(AssertionError):
    """A daemon that stands there gave no answer in time, or ended the connection before it did: a broken promise."""


@dataclass(frozen=True)
class Frame:
    """One message from the daemon; `at` is in seconds of a clock that never goes back."""

    at: float
    message: Mapping[str, Any]


@dataclass(frozen=True)
class Farewell:
    """How a connection ended: the close code (1006: without a word), the reason, and when."""

    code: int
    reason: str
    at: float


@dataclass(frozen=True)
class Result:
    """What came of a call: a text, or an error with its code. `seconds` from the request to the answer."""

    text: str | None
    error: Mapping[str, Any] | None
    degraded: bool
    seconds: float
    frame: Mapping[str, Any]

    @property
    def code(self) -> str | None:
        """The error's code; None for a call that went well."""
        return None if self.error is None else str(self.error["code"])

    @property
    def content(self) -> Any:
        """The text of a tool that answers with a structure."""
        return json.loads(self.text or "null")


@dataclass
class Call:
    """A call that an agent has begun."""

    agent: Agent
    request_id: str
    tool: str
    arguments: Mapping[str, Any]
    begun: float = field(default_factory=time.monotonic)

    @property
    def frames(self) -> list[Frame]:
        """All that the daemon has said of it so far, in order."""
        return [frame for frame in self.agent.frames if frame.message.get("request_id") == self.request_id]

    @property
    def progress(self) -> list[Frame]:
        """Its heartbeats: what was said of its progress, without the first word that it is accepted."""
        return [frame for frame in self.frames if frame.message["op"] == "progress" and "step" in frame.message]

    @property
    def over(self) -> bool:
        """Whether the result has come."""
        return any(frame.message["op"] == "call_tool_res" for frame in self.frames)

    def accepted(self, within: float = ANSWER_S) -> Frame:
        """The acknowledgement. Raises NoAnswerError."""
        return self.agent.await_frame("call_tool_ack", within, self.request_id)

    def result(self, within: float = ANSWER_S) -> Result:
        """The result, waited for. Raises NoAnswerError."""
        frame = self.agent.await_frame("call_tool_res", within, self.request_id)
        said = frame.message
        degraded = bool(said.get("degraded"))
        return Result(said.get("text"), said.get("error"), degraded, frame.at - self.begun, said)


class Agent:
    """One client of the daemon. Close it."""

    _numbers = itertools.count(1)

    def __init__(self, address: str, name: str = "agent") -> None:
        self.name = name
        self.address = address.replace("http", "ws", 1)
        self.session: str | None = None
        self.welcome: Mapping[str, Any] | None = None
        """The answer to its hello."""
        self.frames: list[Frame] = []
        self.farewell: Farewell | None = None
        self._news = threading.Condition()
        self._reading = threading.Event()
        self._reading.set()
        self._open = contextlib.ExitStack()
        self.spoke_at = time.monotonic()
        """When it last began to say something, or to connect: the daemon has heard of it later than that."""
        try:
            opening = connect(
                self.address,
                proxy=None,
                compression=None,
                open_timeout=CONNECT_S,
                close_timeout=0.2,
                max_size=None,
                max_queue=1,  # one that reads nothing any more must not have a library that reads for it
            )
            self._socket: ClientConnection = self._open.enter_context(opening)
        except (OSError, TimeoutError, ConnectionClosed, InvalidMessage) as silence:
            raise UnreachableError(f"the tool daemon at {self.address} cannot be reached: {silence}") from silence
        except (InvalidHandshake, InvalidURI) as oddity:
            raise NoAnswerError(f"what answers at {self.address} opens no WebSocket: {oddity}") from oddity
        self._reader = threading.Thread(target=self._read, name=f"reads for {name}", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def hello(self, token: str) -> Mapping[str, Any]:
        """Present a token; answers the daemon's answer. Raises NoAnswerError."""
        self.send({"op": "hello", "token": token})
        self.welcome = self.await_frame("hello_ack").message
        self.session = self.welcome.get("session_id")
        return self.welcome

    def begin(self, tool: str, arguments: Mapping[str, Any], request_id: str | None = None) -> Call:
        """Begin a call, without waiting for anything."""
        call = Call(self, request_id or f"{self.name}-{next(self._numbers)}", tool, arguments)
        self.send({"op": "call_tool", "request_id": call.request_id, "name": tool, "arguments": dict(arguments)})
        return call

    def ask(self, message: Mapping[str, Any], answer: str) -> Mapping[str, Any]:
        """Send a message and wait for the next answer of that kind. Raises NoAnswerError."""
        seen = len(self.frames)
        self.send(message)
        return self.await_frame(answer, since=seen).message

    def health(self) -> Mapping[str, Any]:
        """The daemon's own word on how it is."""
        told: Mapping[str, Any] = self.ask({"op": "health"}, "health_res")["health"]
        return told

    def tools(self) -> list[Mapping[str, Any]]:
        """The tools that it offers."""
        return list(self.ask({"op": "list_tools"}, "list_tools_res")["tools"])

    def say(self, text: str) -> None:
        """Send a frame as it is; one to a daemon that has gone is lost without a word."""
        self.spoke_at = time.monotonic()
        try:
            self._socket.send(text)
        except ConnectionClosed as end:
            self._ended(end)

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        self.say(json.dumps(message))

    def await_frame(self, op: str, within: float = ANSWER_S, request_id: str | None = None, *, since: int = 0) -> Frame:
        """The first message of a kind, after `since` others. Raises NoAnswerError."""

        def found() -> Frame | None:
            wanted = (
                frame
                for frame in self.frames[since:]
                if frame.message.get("op") == op and request_id in (None, frame.message.get("request_id"))
            )
            return next(wanted, None)

        return self._wait(found, within, f"{op} for {request_id or 'the ' + self.name}")

    def sent_away(self, within: float = ANSWER_S) -> Farewell:
        """How the daemon ended the connection, waited for. Raises NoAnswerError when it does not."""
        return self._wait(lambda: self.farewell, within, "the end of the connection")

    def stays(self, seconds: float) -> bool:
        """Whether the connection stands for so long; answers at once when it ends."""
        with self._news:
            return not self._news.wait_for(lambda: self.farewell is not None, seconds)

    def stop_reading(self) -> None:
        """Read nothing any more, as a program that hangs; it can still say something."""
        self._reading.clear()
        self._socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def close(self) -> None:
        """Leave as one should."""
        self._reading.set()
        self._open.close()
        self._reader.join(timeout=CONNECT_S)

    def vanish(self) -> None:
        """Go without a word: the connection ends as if the program had been killed."""
        self._socket.socket.shutdown(socket.SHUT_RDWR)
        with self._news:
            self.farewell = self.farewell or Farewell(1006, "it vanished", time.monotonic())
            self._news.notify_all()

    def _wait(self, found: Callable[[], T | None], within: float, what: str) -> T:
        with self._news:
            ended = self._news.wait_for(lambda: found() is not None or self.farewell is not None, within)
            answer = found()
        if answer is not None:
            return answer
        if self.farewell is not None and self.farewell.code == BROKEN_DOWN:
            raise UnreachableError(f"the tool daemon at {self.address} has broken down: {self.farewell}")
        why = f"the connection ended first: {self.farewell}" if ended else f"nothing within {within:g} s"
        heard = [frame.message for frame in self.frames[-5:]]
        raise NoAnswerError(f"the daemon gave no answer, {what}: {why}; last heard: {json.dumps(heard)[:1000]}")

    def _read(self) -> None:
        try:
            while self._reading.wait():
                frame = Frame(0.0, json.loads(self._socket.recv()))
                with self._news:
                    self.frames.append(Frame(time.monotonic(), frame.message))
                    self._news.notify_all()
        except (ConnectionClosed, OSError) as end:
            self._ended(end)

    def _ended(self, end: Exception) -> None:
        received = end.rcvd if isinstance(end, ConnectionClosed) else None
        code, reason = (received.code, received.reason) if received else (1006, "")
        with self._news:
            if self.farewell is None:
                self.farewell = Farewell(code, reason, time.monotonic())
            self._news.notify_all()
