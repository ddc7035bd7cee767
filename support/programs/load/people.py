"""What all users have in common: they are somebody, do something again and again or once, and are measured."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gevent
import websocket
from locust import FastHttpUser, User, task
from locust.exception import StopUser

from support.programs.load.dealing import SHARE

TIMEOUT_S = 45.0
"""Nobody waits for longer than that."""
FAULTS = (OSError, websocket.WebSocketException, ValueError, LookupError)
"""What can befall a conversation: the user hears of it, and goes on."""


def fault_of(answer: Any) -> str | None:
    """Why there is no answer, or what it was refused with; None for an answer that can be read."""
    if 200 <= answer.status_code < 300:
        return None
    return f"{answer.status_code}: {answer.text or answer.error}"


class WrongAnswerError(ValueError):
    """An answer came, and was not the one that was promised."""


class Somebody(User):
    """One of the people of the plan: for its `seconds` since all were there, with pauses of about `pause_s` seconds.

    `once`: they do it once, all together; `times`: so often, without a pause. Pauses differ, or all would do everything
    at the same moment; and are the same in every run.
    """

    abstract = True

    def on_start(self) -> None:
        """Be somebody; where all begin together, wait for the others, else come when it suits you."""
        self.plan, self.me = SHARE.plan, SHARE.people.pop()
        self.mood = random.Random(self.me["name"])  # noqa: S311 - nothing secret
        self.ready()
        if self.plan["once"]:
            SHARE.all_there.wait()
        else:
            self.wait()  # type: ignore[no-untyped-call]

    def ready(self) -> None:
        """What has to be done before the first deed."""

    def wait_time(self) -> float:
        """Seconds until the next deed."""
        return float(self.plan["pause_s"]) * self.mood.uniform(0.5, 1.5)

    @task
    def act(self) -> None:
        """Do it, unless it is over."""
        if self.plan["once"]:
            for _ in range(self.plan.get("times", 1)):
                self.do()
            raise StopUser
        if SHARE.over:
            raise StopUser
        self.do()

    def do(self) -> None:
        """The deed."""
        raise NotImplementedError

    @contextmanager
    def measured(self, name: str) -> Iterator[None]:
        """Have Locust count and measure what happens in the block; a fault is a failure, and goes no further."""
        begun, fault = time.perf_counter(), None
        try:
            late = TimeoutError(f"not within {TIMEOUT_S:g} s")  # whatever pings come meanwhile
            with gevent.Timeout(TIMEOUT_S, late):
                yield
        except FAULTS as met:
            fault = met
        self.environment.events.request.fire(
            request_type="",
            name=name,
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=0,
            exception=fault,
            context={},
        )


class Client(Somebody, FastHttpUser):
    """Somebody who also speaks HTTP, as themselves."""

    abstract = True
    network_timeout = connection_timeout = TIMEOUT_S

    @property
    def shown(self) -> dict[str, str]:
        """The headers by which they are known. No connection is kept: those that are counted are for chats."""
        known = {"Authorization": f"Bearer {self.me['token']}", "ProfileID": self.me["profile"]}
        return {**known, "Connection": "close"}

    def post(self, path: str, body: Mapping[str, Any], name: str) -> dict[str, Any] | None:
        """The answer; None where there is none, or a refusal, which Locust counts as a failure."""
        with self.client.post(path, json=body, headers=self.shown, name=name, catch_response=True) as answer:
            if fault := fault_of(answer):
                answer.failure(fault)
                return None
            found: dict[str, Any] = answer.json()
            return found

    def begin(self) -> str:
        """A new session's id. Raises WrongAnswerError."""
        made = self.post("/sessions", {"persona_type": self.plan["persona"]}, "begin a session")
        if made is None:
            raise WrongAnswerError("no session was made")
        return str(made["session_id"])
