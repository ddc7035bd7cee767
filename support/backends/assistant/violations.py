"""Reporting violations to the practice: in the background, those of a user in order, until each is taken."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tenacity

from .identity import Caller
from .practice import (
    PracticeApi,
    PracticeError,
    PracticeFault,
    PracticeMalformedError,
    PracticeUnavailableError,
)

PATH = "/admin/policy-violations"
_FIRST_PAUSE_S = 0.1
_PASSING = (408, 425, 429)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """A violation, and as whom it is reported. `key` is the same for every try."""

    caller: Caller
    record: Mapping[str, Any]
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


class Outbox:
    """The reports of one user that the practice has not yet taken."""

    def __init__(self, practice: PracticeApi, pause_s: float) -> None:
        self.practice, self.pause_s = practice, pause_s
        self.waiting: deque[Report] = deque()
        self.worker: asyncio.Task[None] | None = None

    def put(self, caller: Caller, record: Mapping[str, Any]) -> None:
        """Report it soon; returns at once."""
        report = Report(caller, record)
        _log.warning("policy violation %s (%s): is being reported", report.key, record.get("violationType"))
        self.waiting.append(report)
        if self.worker is None or self.worker.done():
            self.worker = asyncio.create_task(self.work())

    async def work(self) -> None:
        """Report what waits, first come first served, until nothing does."""
        while self.waiting:
            await self.deliver(self.waiting[0])
            self.waiting.popleft()

    async def deliver(self, report: Report) -> None:
        """Report one until it is taken, or refused for good: then the log holds it."""
        try:
            async for attempt in self.retrying():
                with attempt:
                    await self.post(report)
        except PracticeMalformedError:
            _log.warning("policy violation %s: taken, with an answer that cannot be read", report.key)
        except PracticeFault as fault:
            _log.error("policy violation %s was refused (%s): %s", report.key, fault, as_text(report))
        except Exception:  # noqa: BLE001 - the next report must not wait for ever behind this one
            _log.exception("policy violation %s could not be reported: %s", report.key, as_text(report))
        else:
            _log.info("policy violation %s: taken", report.key)

    async def post(self, report: Report) -> None:
        """One call to the practice, as the caller whose document it was."""
        await self.practice.call(report.caller, "POST", PATH, body=report.record, key=report.key)

    def retrying(self) -> tenacity.AsyncRetrying:
        """Again and again, with pauses that grow."""
        return tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(is_passing),
            wait=tenacity.wait_random_exponential(multiplier=_FIRST_PAUSE_S, max=self.pause_s),
            reraise=True,
        )

    async def close(self, within_s: float) -> None:
        """Report what waits, for so many seconds; what is left then is in the log."""
        if self.worker is None:
            return
        await asyncio.wait([self.worker], timeout=within_s)
        self.worker.cancel()
        await asyncio.wait([self.worker])
        for report in self.waiting:
            _log.error(
                "policy violation %s was not reported before the service stopped: %s", report.key, as_text(report)
            )


class Outboxes:
    """An outbox for each user with something to report: a report that the practice does not take holds up no other's.

    For one event loop; `pause_s`: at most between tries.
    """

    def __init__(self, practice: PracticeApi, pause_s: float) -> None:
        self.practice, self.pause_s = practice, pause_s
        self.of_users: dict[str, Outbox] = {}

    def of(self, user: str) -> Outbox:
        """The outbox of this user; those in which nothing waits any more are forgotten."""
        self.of_users = {whose: outbox for whose, outbox in self.of_users.items() if outbox.waiting}
        return self.of_users.setdefault(user, Outbox(self.practice, self.pause_s))

    async def close(self, within_s: float) -> None:
        """Close all of them, at once."""
        await asyncio.gather(*(outbox.close(within_s) for outbox in self.of_users.values()))


def is_passing(fault: BaseException) -> bool:
    """Whether a later try may be taken."""
    if isinstance(fault, PracticeError):
        return fault.status in _PASSING
    return isinstance(fault, PracticeUnavailableError)


def as_text(report: Report) -> str:
    """What is logged of a report, so that it can be entered by hand; never the token."""
    return json.dumps(dict(report.record), ensure_ascii=False)
