"""Where sessions and UI states are kept: in Redis, with a copy in memory that takes over while Redis is away.

Keys are `session:{id}` and `ui_state:{id}`, values JSON objects with a `revision` that counts changes and `expires_at`
(unix seconds). Nothing acknowledged is lost: what is changed while Redis is away is kept here and joined with what
stands in Redis when it returns, and what Redis itself forgot (a restart without a disk, an eviction) is put back.
A deletion leaves `deleted:{id}` behind, so that no other instance puts back what was meant to go.

Every operation on Redis ends in `REDIS_TIMEOUT`, waiting for a connection included; after a failed one, memory serves
until `look` has found Redis again and everything is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, WatchError

from .settings import Settings

Value = dict[str, Any]
Change = Callable[[Value | None], Value]
"""From what stands there (None: nothing) to what is to stand there; may be called more than once, and may refuse."""
Merge = Callable[[Value, Value], Value]
"""From what Redis has and what this instance has to what both have."""
Answer = TypeVar("Answer")

FAULTS = (RedisError, OSError, TimeoutError)
_ATTEMPTS = 20
_BATCH = 100
_SLOWEST_LOOK_S = 2.0

_log = logging.getLogger(__name__)


class StoreUnavailableError(Exception):
    """It cannot be told now what stands there: Redis is away and this instance has never seen it."""

    def __init__(self) -> None:
        super().__init__("Sessions are not available at the moment. Please try again.")


class GoneError(Exception):
    """What was to be put back has ended meanwhile."""


@dataclass(frozen=True)
class Kept:
    """A copy in memory: JSON text (None: deleted), and whether Redis does not know it yet."""

    text: str | None
    revision: int
    expires_at: float
    unsaved: bool

    @property
    def value(self) -> Value | None:
        """A value of its own for whoever asks."""
        return None if self.text is None else json.loads(self.text)


class Store:
    """`merges` says by the first part of a key how two versions become one."""

    def __init__(self, settings: Settings, merges: Mapping[str, Merge]) -> None:
        self.merges = merges
        self.timeout_s = settings.redis_timeout
        self.deletion_s = max(settings.session_seconds, settings.ui_state_seconds)
        self.memory: dict[str, Kept] = {}
        self.redis_connected = False
        self._redis = connect(settings)
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._next_look = 0.0
        self.check_s = self._pause_s = settings.redis_check

    @property
    def configured(self) -> bool:
        """Whether there is to be a Redis at all."""
        return self._redis is not None

    async def start(self) -> None:
        """Look for Redis once."""
        await self.look()
        if self.configured and not self.redis_connected:
            _log.warning("Redis is not there; going on in memory until it is")

    async def close(self) -> None:
        """Save what is not saved, if Redis is there, and close the connections."""
        if self._redis is not None:
            if any(kept.unsaved for kept in self.memory.values()):
                await self.look()
            await self._redis.aclose()

    async def read(self, key: str) -> Value | None:
        """What stands there. Raises StoreUnavailableError when that cannot be told."""
        if self.redis_connected:
            try:
                text, deleted = await self._bounded(self._client().mget(key, deletion(key)))
            except FAULTS as fault:
                self.lose(fault)
            else:
                return await self._found(key, text, deleted)
        return self.read_memory(key)

    async def change(self, key: str, change: Change, lives_s: float | None = None) -> Value:
        """Change what stands there, as one step; it then lives for `lives_s` (None: as long as before).

        Whatever `change` raises is raised, and nothing is changed.
        """
        async with self._lock(key):
            if self.redis_connected:
                try:
                    return await self._bounded(self._change_redis(key, change, lives_s))
                except FAULTS as fault:
                    self.lose(fault)
            return self.change_memory(key, change, lives_s)

    async def delete(self, *keys: str) -> None:
        """Delete these, for every instance."""
        for key in keys:
            async with self._lock(key):
                if self.redis_connected:
                    try:
                        await self._bounded(self._delete_redis(key))
                        continue
                    except FAULTS as fault:
                        self.lose(fault)
                self.delete_memory(key)

    def sweep(self) -> int:
        """Drop from memory what has expired; how many."""
        now = time.time()
        gone = [key for key, kept in self.memory.items() if expired(kept, now)]
        for key in gone:
            del self.memory[key]
        return len(gone)

    async def look(self) -> None:
        """See whether Redis is there; when it is back, bring it up to date before it is used again."""
        if self._redis is None or time.monotonic() < self._next_look:
            return
        try:
            await self._bounded(self._redis.ping())
        except FAULTS as fault:
            self.lose(fault)
            return
        if not self.redis_connected:
            await self._return()

    async def _return(self) -> None:
        try:
            await self.resynchronise()
            self._pause_s = self.check_s
        except FAULTS as fault:
            # It is there and does not take what is not saved: tried less and less often.
            _log.warning("Redis is there, but cannot be used (%s)", type(fault).__name__)
            self._next_look = time.monotonic() + self._pause_s
            self._pause_s = min(_SLOWEST_LOOK_S, 2 * self._pause_s)

    def lose(self, fault: BaseException) -> None:
        """Go on in memory."""
        if self.redis_connected:
            _log.warning("Redis is lost (%s); going on in memory", type(fault).__name__)
        self.redis_connected = False

    async def resynchronise(self) -> None:
        """Bring Redis up to date: what is not saved here, then what Redis forgot; and use it again."""
        await self._push(self.unsaved_keys())
        await self._push([key async for key in self._missing()])
        while unsaved := self.unsaved_keys():
            await self._push(unsaved)
        self.redis_connected = True
        _log.info("Redis is connected; %d records are in memory", len(self.memory))

    def unsaved_keys(self) -> list[str]:
        """Which records Redis does not know as they are here."""
        return [key for key, kept in self.memory.items() if kept.unsaved]

    # In memory

    def read_memory(self, key: str) -> Value | None:
        """What stands in memory. Raises StoreUnavailableError for what only Redis could know."""
        kept = self.memory.get(key)
        if kept is None and self.configured:
            raise StoreUnavailableError
        return None if kept is None or expired(kept, time.time()) else kept.value

    def change_memory(self, key: str, change: Change, lives_s: float | None) -> Value:
        """Change what stands in memory."""
        value = stamped(change(self.live(key)), lives_s, self._revision(key) + 1)
        self.keep(key, value, unsaved=self.configured)
        return value

    def delete_memory(self, key: str) -> None:
        """Delete from memory, and from Redis when it returns."""
        if self.configured:
            self.memory[key] = Kept(None, self._revision(key) + 1, time.time() + self.deletion_s, unsaved=True)
        else:
            self.memory.pop(key, None)

    def live(self, key: str) -> Value | None:
        """What stands in memory and has not expired."""
        kept = self.memory.get(key)
        return None if kept is None or expired(kept, time.time()) else kept.value

    def keep(self, key: str, value: Value, *, unsaved: bool = False) -> None:
        """Put a copy into memory, unless a later version is there."""
        if value["revision"] >= self._revision(key):
            self.memory[key] = Kept(as_text(value), value["revision"], value["expires_at"], unsaved)

    def _revision(self, key: str) -> int:
        kept = self.memory.get(key)
        return 0 if kept is None else kept.revision

    # In Redis

    async def _found(self, key: str, text: str | bytes | None, deleted: str | bytes | None) -> Value | None:
        value: Value | None = None if text is None else json.loads(text)
        if deleted is not None:
            self.memory.pop(key, None)
        if self.live(key) is None or self._revision(key) <= revision(value):
            if value is not None:
                self.keep(key, value)
            return value
        # Redis forgot it, or its last change: a restart from an old disk, an eviction.
        try:
            return await self.change(key, unchanged)
        except GoneError:
            return None

    async def _change_redis(self, key: str, change: Change, lives_s: float | None) -> Value:
        for _ in range(_ATTEMPTS):
            async with self._client().pipeline(transaction=True) as transaction:
                await transaction.watch(key)
                text, deleted = await transaction.mget(key, deletion(key))
                if deleted is not None:
                    self.memory.pop(key, None)
                before = self.joined(key, None if text is None else json.loads(text))
                value = stamped(change(before), lives_s, revision(before) + 1)
                transaction.multi()  # type: ignore[no-untyped-call]
                transaction.set(key, as_text(value), px=milliseconds_left(value))
                try:
                    await transaction.execute()
                except WatchError:
                    continue
                self.memory.pop(key, None)
                self.keep(key, value)
                return value
        raise RedisError("too many others change this record")

    def joined(self, key: str, theirs: Value | None) -> Value | None:
        """What Redis has, with what only this instance has."""
        ours, kept = self.live(key), self.memory.get(key)
        if theirs is None or ours is None or kept is None:
            return theirs if ours is None else ours
        if not kept.unsaved and kept.revision <= revision(theirs):
            return theirs
        merged = self.merges[kind(key)](theirs, ours)
        return merged | {
            "revision": max(revision(theirs), kept.revision),
            "expires_at": max(theirs["expires_at"], ours["expires_at"]),
        }

    async def _delete_redis(self, key: str) -> None:
        async with self._client().pipeline(transaction=True) as transaction:
            transaction.delete(key)
            transaction.set(deletion(key), "1", px=round(self.deletion_s * 1000))
            await transaction.execute()
        self.memory.pop(key, None)

    async def _push(self, keys: Sequence[str]) -> None:
        for key in keys:
            async with self._lock(key):
                kept = self.memory.get(key)
                if kept is None or expired(kept, time.time()):
                    self.memory.pop(key, None)
                elif kept.text is None:
                    await self._bounded(self._delete_redis(key))
                else:
                    await self._bounded(self._restore(key))

    async def _restore(self, key: str) -> None:
        if await self._client().exists(deletion(key)):
            self.memory.pop(key, None)  # another instance deleted it
        else:
            with contextlib.suppress(GoneError):
                await self._change_redis(key, unchanged, None)

    async def _missing(self) -> AsyncIterator[str]:
        """The keys of what Redis does not have, or has in an older version than this instance."""
        for keys in batches(list(self.memory)):
            for key, text in zip(keys, await self._bounded(self._client().mget(keys)), strict=True):
                kept = self.memory.get(key)
                if kept is not None and (text is None or revision(json.loads(text)) < kept.revision):
                    yield key

    async def _bounded(self, work: Awaitable[Answer]) -> Answer:
        # In a task of its own: the client may swallow a cancellation, and whoever said stop would wait for the rest.
        task = asyncio.ensure_future(work)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        done, _ = await asyncio.wait({task}, timeout=self.timeout_s)
        if not done:
            task.cancel()
            raise TimeoutError(f"no answer within {self.timeout_s:g} s")
        return task.result()

    def _client(self) -> Redis:
        assert self._redis is not None
        return self._redis

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())


def connect(settings: Settings) -> Redis | None:
    """A client with a bounded pool; nothing is sent before it is used."""
    if settings.redis_url is None:
        return None
    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=settings.redis_pool,
        timeout=settings.redis_timeout,
        socket_timeout=settings.redis_timeout,
        socket_connect_timeout=settings.redis_timeout,
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )
    return Redis(connection_pool=pool)


def expired(kept: Kept, now: float) -> bool:
    """Whether its time is over."""
    return kept.expires_at <= now


def unchanged(value: Value | None) -> Value:
    """The change that changes nothing."""
    if value is None:
        raise GoneError
    return value


def stamped(value: Value, lives_s: float | None, number: int) -> Value:
    """With its revision, and its new end."""
    expires_at = value["expires_at"] if lives_s is None else time.time() + lives_s
    return value | {"revision": number, "expires_at": expires_at}


def milliseconds_left(value: Value) -> int:
    """How long Redis is to keep it."""
    left_s: float = value["expires_at"] - time.time()
    return max(1, round(left_s * 1000))


def revision(value: Value | None) -> int:
    """How often it was changed; 0 for nothing."""
    return 0 if value is None else int(value["revision"])


def kind(key: str) -> str:
    """The first part of a key."""
    return key.partition(":")[0]


def deletion(key: str) -> str:
    """The key of the note that a record was deleted."""
    return f"deleted:{key.partition(':')[2]}"


def as_text(value: Value) -> str:
    """A value as it is kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many keys at a time as one request should name."""
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))
