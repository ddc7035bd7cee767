"""The header Idempotency-Key: what is sent twice under one key is done once.

A POST with a key that the same person has used for the same request is answered as that one was, and does nothing
more; for another request (path or body) it is refused with 422. Only successful answers are remembered, so that what
was refused or failed can be tried again. Two at the same time take turns.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

import sqlalchemy as sa
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from . import storage
from .accounts import Caller
from .errors import impossible, invalid

HEADER = "idempotency-key"
_LONGEST = 200


class Repeats:
    """The keys in use at this moment."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def once(
        self, store: storage.Store, caller: Caller, request: Request, carry_out: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Carry out a request, unless its key says that it was. Raises Problem 400, 422."""
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST":
            return await carry_out()
        check_key(key)
        fingerprint = _fingerprint(request.url.path, await request.body())
        async with self._locks.setdefault((caller.person, key), asyncio.Lock()):
            known = await run_in_threadpool(find, store, caller, key)
            if known is not None:
                if known["fingerprint"] != fingerprint:
                    raise impossible(f"Idempotency-Key: {key!r} was used for another request")
                return Response(known["content"], known["status"], media_type="application/json")
            answer = await carry_out()
            if answer.status_code < 300:
                await run_in_threadpool(remember, store, caller, key, fingerprint, answer)
            return answer


def check_key(key: str) -> None:
    """Raises Problem 400 for an empty or endless one."""
    if not key.strip() or len(key) > _LONGEST:
        raise invalid("Idempotency-Key", f"should have 1 to {_LONGEST} characters")


def find(store: storage.Store, caller: Caller, key: str) -> sa.RowMapping | None:
    """What was answered under this key."""
    table = storage.DEEDS
    query = sa.select(table).where(
        table.c.practice_id == caller.practice, table.c.person_id == caller.person, table.c.key == key
    )
    with store.reading() as db:
        return db.execute(query).mappings().first()


def remember(store: storage.Store, caller: Caller, key: str, fingerprint: str, answer: Response) -> None:
    """Keep what is answered under this key."""
    row: dict[str, Any] = {
        "practice_id": caller.practice,
        "person_id": caller.person,
        "key": key,
        "fingerprint": fingerprint,
        "status": answer.status_code,
        "content": bytes(answer.body).decode(),
    }
    with store.writing() as db:
        db.execute(sa.insert(storage.DEEDS), row)


def _fingerprint(path: str, body: bytes) -> str:
    return hashlib.sha256(path.encode() + b"\n" + body).hexdigest()
