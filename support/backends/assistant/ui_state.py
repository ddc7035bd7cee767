"""The UI state of a session: what the front end shows, as it told us and as the tools changed it."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from typing import Any

from .settings import Settings
from .store import Store, StoreUnavailableError, Value


class StaleStateError(Exception):
    """An update that is older than what the front end has told since."""

    def __init__(self) -> None:
        super().__init__("This update is older than the state that is stored; it was not applied.")


class UiStates:
    """The UI state of every session; each is kept for a day after its last change."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.lives_s = settings.ui_state_seconds

    async def read(self, session_id: str) -> Value:
        """The record: `{state, changed, told_at, updated_at}`; times in unix seconds, None before there is any."""
        try:
            return await self.store.read(key_of(session_id)) or empty()
        except StoreUnavailableError:
            return empty()  # joined with what Redis has when it returns

    async def replace(self, session_id: str, state: Mapping[str, Any], at: float | None) -> Value:
        """The front end tells its whole state, as of `at` (None: now). Raises StaleStateError."""
        return await self._change(session_id, lambda record: replaced(record, state, moment(record, at)))

    async def update(self, session_id: str, keys: Mapping[str, Any], at: float | None) -> Value:
        """The front end tells what changed, as of `at` (None: now). Raises StaleStateError."""
        return await self._change(session_id, lambda record: updated(record, keys, moment(record, at)))

    async def set(self, session_id: str, keys: Mapping[str, Any]) -> Value:
        """A tool changes it."""
        return await self._change(session_id, lambda record: with_keys(record, keys, time.time()))

    async def access(self, session_id: str) -> Access:
        """What the tools of this session may touch."""
        return Access(self, session_id, await self.read(session_id))

    async def _change(self, session_id: str, change: Any) -> Value:
        return await self.store.change(key_of(session_id), lambda record: change(record or empty()), self.lives_s)


class Access:
    """The UI state of one session, and of no other."""

    def __init__(self, states: UiStates, session_id: str, record: Value) -> None:
        self._states, self._session_id, self._record = states, session_id, record

    def read(self) -> dict[str, Any]:
        """The whole state as it is now; changing the answer changes nothing."""
        return copy.deepcopy(self._record["state"])

    async def change(self, **keys: Any) -> None:
        """Set top-level keys; the others stay."""
        self._record = await self._states.set(self._session_id, keys)


def key_of(session_id: str) -> str:
    """Where it is kept."""
    return f"ui_state:{session_id}"


def empty() -> Value:
    """Before anything was told."""
    return {"state": {}, "changed": {}, "told_at": None, "updated_at": None}


def moment(record: Mapping[str, Any], at: float | None) -> float:
    """When an update was made; one that does not say is never older than what is stored."""
    return max(time.time(), record["told_at"] or 0.0) if at is None else at


def is_stale(record: Mapping[str, Any], at: float) -> bool:
    """Whether the front end has told something later already."""
    return record["told_at"] is not None and at < record["told_at"]


def replaced(record: Value, state: Mapping[str, Any], at: float) -> Value:
    """With this state and nothing else."""
    if is_stale(record, at):
        raise StaleStateError
    changed = dict.fromkeys([*record["changed"], *state], at)
    return record | {"state": dict(state), "changed": changed, "told_at": at, "updated_at": time.time()}


def updated(record: Value, keys: Mapping[str, Any], at: float) -> Value:
    """With these keys changed; None takes a key away."""
    if is_stale(record, at):
        raise StaleStateError
    return with_keys(record, keys, at) | {"told_at": at}


def with_keys(record: Value, keys: Mapping[str, Any], at: float) -> Value:
    """With these keys set, the others as they are."""
    state = {name: value for name, value in {**record["state"], **keys}.items() if value is not None}
    return record | {
        "state": state,
        "changed": record["changed"] | dict.fromkeys(keys, at),
        "updated_at": time.time(),
    }


def merged(theirs: Value, ours: Value) -> Value:
    """Two versions of one state as one: of each key what was changed last."""
    sides = {
        name: max((theirs, ours), key=lambda record: record["changed"].get(name, 0.0))
        for name in {**theirs["changed"], **ours["changed"]}
    }
    return ours | {
        "state": {name: side["state"][name] for name, side in sides.items() if name in side["state"]},
        "changed": {name: side["changed"][name] for name, side in sides.items()},
        "told_at": max(theirs["told_at"] or 0.0, ours["told_at"] or 0.0) or None,
        "updated_at": max(theirs["updated_at"] or 0.0, ours["updated_at"] or 0.0),
    }
