"""The REST side of an assistant service. Answers are typed; a refusal is a value; a transport failure is raised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=10.0, pool=5.0)
"""Seconds."""

T = TypeVar("T", bound=BaseModel)


REASONS: Mapping[int, str] = {
    400: "invalid",
    401: "unauthorised",
    403: "forbidden",
    404: "not found",
    409: "conflict",
    413: "too large",
    422: "invalid",
    429: "too many requests",
    500: "inner failure",
    502: "the model's failure",
    503: "unavailable",
    504: "the model's silence",
}
"""What a status means, in words."""


class UnreachableError(ConnectionError):
    """The service gave no answer; the message names it."""


class MisshapenError(AssertionError):
    """The service answered with success and in another shape than it promises."""


class Identity(BaseModel):
    """Who asks: a bearer token, and the profile acted as. None: not shown at all."""

    model_config = ConfigDict(frozen=True)

    token: str | None = Field(None, repr=False)
    profile: str | None = None

    def headers(self) -> dict[str, str]:
        """As every request carries it."""
        shown = {"Authorization": f"Bearer {self.token}"} if self.token is not None else {}
        return {**shown, "ProfileID": self.profile} if self.profile is not None else shown


class Refusal(BaseModel):
    """An answer of 4xx or 5xx. `message` is its text, the fields at fault in `fields`."""

    model_config = ConfigDict(frozen=True)

    status: int
    message: str
    fields: tuple[str, ...] = ()
    body: Any = None

    @property
    def reason(self) -> str:
        """The reason in words."""
        return REASONS.get(self.status, f"status {self.status}")

    def __str__(self) -> str:
        return f"refused as {self.reason}: {self.message}"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Health(_Answer):
    """`status_code` is that of the answer: 200, or 503 when something that is needed is gone."""

    status: str
    service: str
    version: str
    openai: str
    redis_connected: bool
    tools: int | list[str]
    status_code: int = 200


class SessionMade(_Answer):
    """A new session."""

    session_id: str
    persona_type: str
    created_at: datetime


class Message(_Answer):
    """One message of a session's history."""

    model_config = ConfigDict(frozen=True, extra="allow")

    role: str
    content: str | None = None


class SessionRead(_Answer):
    """A session as it is read."""

    model_config = ConfigDict(frozen=True, extra="allow")

    session_id: str
    persona_type: str
    created_at: datetime
    expires_at: datetime
    messages: list[Message]


class _Camel(_Answer):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="allow")


class Document(_Camel):
    """A generated document; `metadata` as it came."""

    content: str
    generated_at: datetime
    metadata: dict[str, Any]


class Summary(_Answer):
    """A summary of conversations."""

    model_config = ConfigDict(frozen=True, extra="allow")

    summary: str
    metadata: dict[str, Any]
    status: str


class StateRead(_Answer):
    """The UI state of a session."""

    session_id: str
    ui_state: dict[str, Any]
    available_capabilities: list[str]
    last_updated: datetime | None
    redis_connected: bool


class Limits(_Answer):
    """How many of the caller's model requests run and wait, of at most `limit`; and of how many users it keeps that."""

    limit: int
    running: int
    waiting: int
    limiters: int


class Service:
    """The REST interface at one address. Close it."""

    def __init__(self, address: str, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.address = address.rstrip("/")
        verify = self.address.startswith("https")
        self._client = httpx.Client(base_url=self.address, timeout=timeout, trust_env=False, verify=verify)

    def health(self) -> Health | Refusal:
        """Whether it is well. An answer of 503 that has the shape is a Health, too."""
        answer = self._send("GET", "/health")
        if answer.status_code in (200, 503):
            return self._typed(Health, {**self._json(answer), "status_code": answer.status_code})
        return refusal(answer)

    def open_session(
        self, who: Identity, persona: Any = None, *, context: Any = None, profile: Any = None, **more: Any
    ) -> SessionMade | Refusal:
        """Make a session. What is None is left out; anything goes, also what the service must refuse."""
        given = {"persona_type": persona, "context": context, "profile_id": profile}
        body = {name: value for name, value in given.items() if value is not None} | more
        return self._ask(SessionMade, "POST", "/sessions", who, body)

    def read_session(self, who: Identity, session: str) -> SessionRead | Refusal:
        """A session with its messages."""
        return self._ask(SessionRead, "GET", f"/sessions/{session}", who)

    def delete_session(self, who: Identity, session: str) -> Refusal | None:
        """Delete a session; None when that was done."""
        answer = self._send("DELETE", f"/sessions/{session}", who)
        return None if answer.is_success else refusal(answer)

    def generate_document(
        self, who: Identity, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Document | Refusal:
        """Generate a document from `body`, which is sent as it is."""
        return self._ask(Document, "POST", "/generate-document-from-template", who, body, headers)

    def summarize(self, who: Identity, body: Any) -> Summary | Refusal:
        """Summarise conversations; `body` is sent as it is."""
        return self._ask(Summary, "POST", "/summarize-ai-conversations", who, body)

    def read_state(self, who: Identity, session: str) -> StateRead | Refusal:
        """The UI state of a session."""
        return self._ask(StateRead, "GET", f"/debug/sessions/{session}/state", who)

    def read_limits(self, who: Identity) -> Limits | Refusal:
        """The caller's model requests, against the limit."""
        return self._ask(Limits, "GET", "/debug/limits", who)

    def read_redis_health(self, who: Identity) -> dict[str, Any] | Refusal:
        """What it says of its Redis."""
        answer = self._send("GET", "/debug/redis/health", who)
        return self._json(answer) if answer.is_success else refusal(answer)

    def raw(
        self,
        method: str,
        path: str,
        who: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **sent: Any,
    ) -> httpx.Response:
        """Any request at all; `sent`: `json`, `content`, `params`."""
        return self._send(method, path, who or Identity(), headers=headers or {}, **sent)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(
        self,
        kind: type[T],
        method: str,
        path: str,
        who: Identity,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> T | Refusal:
        answer = self._send(method, path, who, headers=headers, **({} if body is None else {"json": body}))
        return self._typed(kind, self._json(answer)) if answer.is_success else refusal(answer)

    def _send(
        self,
        method: str,
        path: str,
        who: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **sent: Any,
    ) -> httpx.Response:
        shown = {**(who or Identity()).headers(), **(headers or {})}
        try:
            return self._client.request(method, path, headers=shown, **sent)
        except httpx.TransportError as silence:
            raise UnreachableError(f"the assistant at {self.address} gave no answer: {silence!r}") from silence

    def _json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise MisshapenError(f"{answer.request.url.path} answered no JSON: {answer.text[:500]!r}") from None

    def _typed(self, kind: type[T], body: Any) -> T:
        try:
            return kind.model_validate(body)
        except ValidationError as fault:
            raise MisshapenError(f"the answer is no {kind.__name__}: {fault}") from None


def refusal(answer: httpx.Response) -> Refusal:
    """An answer of 4xx or 5xx as a value."""
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    detail = body.get("detail", body) if isinstance(body, dict) else body
    if isinstance(detail, list):
        faults = [each for each in detail if isinstance(each, dict)]
        fields = tuple(".".join(str(part) for part in each.get("loc", ())[1:]) for each in faults)
        message = "; ".join(f"{field}: {each.get('msg', '')}" for field, each in zip(fields, faults, strict=True))
        return Refusal(status=answer.status_code, message=message, fields=fields, body=body)
    return Refusal(status=answer.status_code, message=detail if isinstance(detail, str) else str(detail), body=body)
