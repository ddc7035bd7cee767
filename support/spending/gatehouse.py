"""The gate as the run that started it, and its workers, speak to it."""

from __future__ import annotations

import http.client
import importlib
import json
import os
import secrets
import signal
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from support.checks.waiting import eventually
from support.spending.calls import Spend, Statement
from support.spending.orders import CONTROL, CONTROL_KEY, Orders

CLOSE_S = 5.0
TIMEOUT_S = 90.0
"""Above what the check of a key may take with all its tries."""


class GateError(RuntimeError):
    """The gate does not answer, or refused an order: nothing can be asked any more."""


@dataclass(frozen=True)
class Gatehouse:
    """Where the gate is, for whoever was forked from the run that started it. Holds no connection."""

    address: str
    control_key: str

    def desk(self, key: str, upstream: str, upstream_key: str) -> None:
        """Introduce a worker, whose clients show `key`; the other two are its scripted model, for a rehearsal."""
        self._order("desks", {"key": key, "upstream": upstream, "upstream_key": upstream_key})

    def begin(self, key: str, scenario: str, title: str) -> str | None:
        """Allow a worker's clients to ask, for a scenario; answers why nothing may be asked any more, or None."""
        why: str | None = self._order("scenarios", {"key": key, "scenario": scenario, "title": title})
        return why

    def end(self, key: str, scenario: str) -> Spend:
        """Allow it no more; what is under way is broken off, and charged."""
        return Spend.model_validate(self._order("end", {"key": key, "scenario": scenario}))

    def stop(self, why: str) -> None:
        """Let nobody ask any more, and end what is under way."""
        self._order("stop", {"why": why})

    def limit(self, scenario: str, micro_dollars: int) -> None:
        """Give a scenario a budget of its own."""
        self._order("limits", {"scenario": scenario, "limit": micro_dollars})

    def introduce(self, session: str, persona: str) -> None:
        """Tell who answers in a session."""
        self._order("personas", {session: persona})

    def spent(self, scenario: str) -> Spend:
        """What a scenario has spent by now."""
        return Spend.model_validate(self._order("spent", {"scenario": scenario}))

    def take_unasked(self, scenario: str) -> list[str]:
        """What could not be asked in a scenario since the last time, in words; whoever takes it answers for it."""
        taken: list[str] = self._order("taken", {"scenario": scenario})
        return taken

    def statement(self) -> Statement:
        """What the whole run has spent by now."""
        return Statement.model_validate(self._order("statement", {}))

    def check(self) -> dict[str, Any] | None:
        """One call to the provider with the key: None when it is taken, else `status` and what was `said`."""
        refusal: dict[str, Any] | None = self._order("check", {})
        return refusal

    def _order(self, what: str, told: Any) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT_S)
        try:
            connection.request("POST", f"{CONTROL}{what}", json.dumps(told), {CONTROL_KEY: self.control_key})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as silence:
            raise GateError(f"the gate to the model at {self.address} gives no answer: {silence}") from silence
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise GateError(f"the gate to the model refused the order {what}: {body.decode('utf-8', 'replace')[:300]}")
        return json.loads(body)


class OpenGate:
    """The gate's process, in the hands of the run that forked it. Fork it before any thread is started. Close it."""

    def __init__(
        self, *, limit: int, calls: int, pause_s: float, upstream: str | None, upstream_key: str | None
    ) -> None:
        control_key = secrets.token_urlsafe(24)
        orders = Orders(
            limit=limit,
            calls=calls,
            pause_s=pause_s,
            control_key=control_key,
            upstream=upstream.rstrip("/") if upstream else None,
            upstream_key=upstream_key,
        )
        keeper = importlib.import_module("support.spending.gatekeeper")
        lifeline, self._hold = os.pipe()
        told, tells = os.pipe()
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it is read when the gate has ended
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            keeper.run(orders, lifeline, tells, self._log.fileno())
        os.close(lifeline)
        os.close(tells)
        with os.fdopen(told, "rb") as line:
            address = line.readline().decode().strip()
        if not address:
            self.close()
            raise GateError(f"the gate to the model did not start:\n{self.log_text()[-2000:]}")
        self.house = Gatehouse(address, control_key)
        """What workers are given."""

    def log_text(self) -> str:
        """What it wrote of itself: nothing, if all went well."""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def let_go(self) -> None:
        """Drop this process's hold on it, in a forked worker: the gate ends with the run, not with its workers."""
        hold, self._hold = self._hold, -1
        if hold >= 0:
            os.close(hold)

    def close(self) -> None:
        """End it, and wait for its end. Closing twice is harmless."""
        if self._hold < 0:
            return
        self.let_go()
        try:
            eventually(self._ended, within=CLOSE_S, what="the end of the gate to the model")
        except AssertionError:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def _ended(self) -> None:
        assert os.waitpid(self.pid, os.WNOHANG)[0] == self.pid, "it still runs"
