"""Expert analysis: what a tool found is judged by a model, once for each distinct question.

An answer is kept; whoever asks the same while it is being worked out waits for it. The work goes on as long as anybody
waits, whoever began it, so that a client which goes away takes nothing from the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from . import caching, clock, logs
from .providers import Answer, ProviderError
from .settings import Settings

COMPONENT = "expert"
How = Literal["computed", "cached", "awaited", "timed out", "failed", "skipped", "degraded"]
Beat = Callable[[float], Awaitable[None]]
"""Told every so often that the analysis goes on, with the seconds since it was asked for."""


@dataclass(frozen=True)
class Opinion:
    """What came of an analysis: how, the text if any, else the cause."""

    how: How
    text: str | None = None
    cause: str | None = None

    @property
    def lasting(self) -> bool:
        """Whether the same question would have the same answer later."""
        return self.how in ("computed", "cached", "awaited", "skipped")

    def shown(self) -> dict[str, Any]:
        """As a tool's result shows it."""
        told = {"how": self.how, "text": self.text, "cause": self.cause}
        return {name: value for name, value in told.items() if value is not None}


@dataclass
class Work:
    """An analysis in progress, by whom it was begun, and how many wait for it."""

    task: asyncio.Task[Answer]
    begun_by: str | None
    waiting: int = 0


@dataclass
class Expert:
    """The analyses of one daemon."""

    settings: Settings
    cache: caching.Cache[str]
    in_progress: dict[str, Work] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def judge(self, question: list[str], ask: Callable[[], Awaitable[Answer]], beat: Beat) -> Opinion:
        """The answer to a question: kept, or worked out by `ask`; `beat` is told while it takes time."""
        key = self.identity(question)
        async with self.lock:
            kept = self.cache.get(key)
            if kept is not None:
                logs.info(COMPONENT, "expert analysis from the cache")
                return Opinion("cached", kept)
            work, how = self.join(key, ask)
        heart = asyncio.create_task(self.keep_beating(beat))
        why: tuple[str, ...] = ()
        try:
            return await self.wait(work, key, how)
        except asyncio.CancelledError as end:
            why = end.args
            raise
        finally:
            heart.cancel()
            self.leave(work, key, *why)

    def identity(self, question: list[str]) -> str:
        """The same text for the same question."""
        return caching.identity("expert", {"question": question})

    def join(self, key: str, ask: Callable[[], Awaitable[Answer]]) -> tuple[Work, How]:
        """The work on a question: that which is in progress, else new."""
        work = self.in_progress.get(key)
        how: How = "awaited"
        if work is None:
            how = "computed"
            task = asyncio.ensure_future(self.limited(ask))
            work = self.in_progress[key] = Work(task, logs.request_id.get())
            task.add_done_callback(lambda _: self.finished(key, work))
        logs.info(COMPONENT, f"expert analysis {'begun' if how == 'computed' else 'awaited'}", begun_by=work.begun_by)
        work.waiting += 1
        return work, how

    async def limited(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """The work itself, within its time. Raises TimeoutError."""
        own = asyncio.current_task()
        assert own is not None
        end = asyncio.get_running_loop().call_later(self.settings.expert_timeout, own.cancel, clock.OUT_OF_TIME)
        try:
            return await ask()
        except asyncio.CancelledError as late:
            if clock.OUT_OF_TIME in late.args:
                raise TimeoutError from late
            raise
        finally:
            end.cancel()

    def finished(self, key: str, work: Work) -> None:
        """The work is done: keep its answer, unless it is a makeshift."""
        if self.in_progress.get(key) is work:
            del self.in_progress[key]
        if not work.task.cancelled() and work.task.exception() is None and not work.task.result().degraded:
            self.cache.put(key, work.task.result().text)

    async def wait(self, work: Work, key: str, how: How) -> Opinion:
        """What comes of the work."""
        try:
            answer = await asyncio.shield(work.task)
        except TimeoutError:
            limit = self.settings.expert_timeout
            logs.warning(COMPONENT, "expert analysis timed out", timeout=limit)
            return Opinion("timed out", cause=f"no expert analysis within {limit:g} s")
        except asyncio.CancelledError:
            if not work.task.cancelled():  # it is the asker that is cancelled, not the work
                raise
            return Opinion("failed", cause="the expert analysis was given up")
        except ProviderError as failure:
            logs.failure(COMPONENT, "expert analysis failed", failure)
            return Opinion("failed", cause=logs.words(failure))
        logs.info(COMPONENT, "expert analysis done", key=key[:12], how=how)
        return Opinion("degraded" if answer.degraded else how, answer.text)

    def leave(self, work: Work, key: str, *why: str) -> None:
        """One that waited has its answer, or has gone (`why`); when nobody waits any more, the work ends."""
        work.waiting -= 1
        if not work.waiting and not work.task.done():
            self.in_progress.pop(key, None)
            work.task.cancel(*why)

    async def keep_beating(self, beat: Beat) -> None:
        """Tell at every interval that the analysis goes on."""
        async for elapsed in clock.ticks(self.settings.expert_heartbeat_interval):
            await beat(elapsed)
