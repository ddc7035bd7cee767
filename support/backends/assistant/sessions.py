"""Sessions: whose they are, what was said in them, and how long they live."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .identity import Caller
from .settings import Settings
from .store import Store, Value

Message = dict[str, Any]
"""`{id, role: user|assistant, content, timestamp, turn}`, of the assistant's also `outcome` and `tools`."""

UNFINISHED = "unfinished"


class SessionNotFoundError(LookupError):
    """There is no such session for this user: unknown, expired, deleted, or somebody else's."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session {session_id} not found")


@dataclass(frozen=True)
class Session:
    """A session as it stood when it was read. Times are unix seconds."""

    id: str
    owner: str
    persona_type: str
    profile: str | None
    context: Mapping[str, Any]
    created_at: float
    expires_at: float
    turns: int
    messages: Sequence[Message]
    last_outcome: Mapping[str, Any] | None


class Sessions:
    """Every session of the service. Activity (a connection, a chat, a change of the UI state) renews its life."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.lives_s = settings.session_seconds

    async def create(
        self, caller: Caller, persona_type: str, context: Mapping[str, Any], profile: str | None
    ) -> Session:
        """A new session of the caller's."""
        value = new(caller, persona_type, context, profile)
        return loaded(await self.store.change(key_of(value["session_id"]), lambda _: value, self.lives_s))

    async def read(self, session_id: str, user: str) -> Session:
        """A session of this user's. Raises SessionNotFoundError."""
        value = await self.store.read(key_of(session_id))
        if value is None or is_over(value, time.time()) or not owned_by(value, user):
            raise SessionNotFoundError(session_id)
        return loaded(value)

    async def touch(self, session_id: str) -> Session:
        """Renew its life. Raises SessionNotFoundError."""
        return await self._change(session_id, lambda value: value)

    async def begin_turn(self, session_id: str, text: str) -> Session:
        """Add what the user says; the turn counts as unfinished until it is ended. Raises SessionNotFoundError."""
        message_id = uuid.uuid4().hex
        return await self._change(session_id, lambda value: with_question(value, message_id, text))

    async def end_turn(self, session_id: str, outcome: Mapping[str, Any], answer: Message | None) -> Session:
        """Add the answer, if there is one, and how the turn ended. Raises SessionNotFoundError."""
        return await self._change(session_id, lambda value: with_answer(value, outcome, answer))

    async def delete(self, session_id: str, user: str) -> None:
        """Delete a session of this user's, with its UI state. Raises SessionNotFoundError."""
        await self.read(session_id, user)
        await self.store.delete(key_of(session_id), f"ui_state:{session_id}")

    async def _change(self, session_id: str, change: Any) -> Session:
        def checked(value: Value | None) -> Value:
            if value is None or is_over(value, time.time()):
                raise SessionNotFoundError(session_id)
            changed: Value = change(value)
            return changed

        return loaded(await self.store.change(key_of(session_id), checked, self.lives_s))


def key_of(session_id: str) -> str:
    """Where it is kept."""
    return f"session:{session_id}"


def new(caller: Caller, persona_type: str, context: Mapping[str, Any], profile: str | None) -> Value:
    """A session in which nothing was said. Of the token only the hash is kept."""
    return {
        "session_id": str(uuid.uuid4()),
        "owner": caller.user,
        "persona_type": persona_type,
        "profile_id": profile,
        "context": dict(context),
        "created_at": time.time(),
        "turns": 0,
        "messages": [],
        "last_outcome": None,
    }


def owned_by(value: Mapping[str, Any], user: str) -> bool:
    """Whether a session is this user's."""
    return bool(value["owner"] == user)


def is_over(value: Mapping[str, Any], now: float) -> bool:
    """Whether a session has expired."""
    return bool(value["expires_at"] <= now)


def with_question(value: Value, message_id: str, text: str) -> Value:
    """With what the user says, as the next turn."""
    turn = value["turns"] + 1
    said = {"id": message_id, "role": "user", "content": text, "timestamp": iso(time.time()), "turn": turn}
    started = {"turn": turn, "outcome": UNFINISHED, "timestamp": said["timestamp"]}
    return value | {"turns": turn, "messages": [*value["messages"], said], "last_outcome": started}


def with_answer(value: Value, outcome: Mapping[str, Any], answer: Message | None) -> Value:
    """With what the assistant said, and how the turn ended."""
    messages = [*value["messages"], *([] if answer is None else [answer])]
    return value | {"messages": messages, "last_outcome": dict(outcome)}


def history(messages: Sequence[Message], limit: int) -> list[dict[str, str]]:
    """The last messages of the conversation as the model is sent them, oldest first."""
    said = [message for message in messages if message["content"]]
    return [{"role": message["role"], "content": message["content"]} for message in said[-limit:]]


def merged(theirs: Value, ours: Value) -> Value:
    """Two versions of one session as one: every message once, in the order of time."""
    messages = {message["id"]: message for message in (*theirs["messages"], *ours["messages"])}
    later = max(theirs, ours, key=lambda value: (value["turns"], (value["last_outcome"] or {}).get("timestamp", "")))
    return later | {"messages": sorted(messages.values(), key=lambda message: message["timestamp"])}


def loaded(value: Value) -> Session:
    """From what is kept."""
    return Session(
        id=value["session_id"],
        owner=value["owner"],
        persona_type=value["persona_type"],
        profile=value["profile_id"],
        context=value["context"],
        created_at=value["created_at"],
        expires_at=value["expires_at"],
        turns=value["turns"],
        messages=value["messages"],
        last_outcome=value["last_outcome"],
    )


def iso(moment: float) -> str:
    """Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
