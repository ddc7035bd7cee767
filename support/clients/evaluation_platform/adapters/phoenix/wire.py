"""Phoenix's wire: who asks, one request of either interface, and what a refusal says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpx
from pydantic import BaseModel, ValidationError

from ...carrying import refusal
from ...interface import Accepted, ContractBroken, Malformation, Reason, Refusal
from ...plain import TIMEOUT, requested
from ...things import MALFORMED, json_or_text

PROJECT = "x-project-name"
"""The header that names the project of what is exported."""
MISSING = re.compile(r"^Unknown \w+: |not found$|does not exist$")
TAKEN = re.compile(r"already exists\.?$")
UNSAID = "an unexpected error occurred"
"""What GraphQL says instead of the reason, whatever the reason is."""


@dataclass(frozen=True)
class Key:
    """Who asks (an API key; None: nobody), and the project that their spans are in."""

    token: str | None
    project: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """The key that a text of `str(key)` is; any other text is a token of nobody."""
        token, _, project = text.partition("@")
        return cls(token, project)

    def __str__(self) -> str:
        return f"{self.token}@{self.project}"


class Told(BaseModel):
    """One error of GraphQL."""

    message: str
    path: list[str | int] | None = None


class Answer(BaseModel):
    """An answer of GraphQL."""

    data: dict[str, Any] | None = None
    errors: list[Told] = []


class Wire:
    """Requests of the holder of a key, each on a connection of its own. Close it."""

    def __init__(self, address: str, key: Key) -> None:
        self.key = key
        self._address = address
        # loopback, or a remote one behind TLS; environment proxies see no test traffic
        self._client = httpx.Client(
            base_url=address,
            headers={} if key.token is None else {"Authorization": f"Bearer {key.token}"},
            timeout=TIMEOUT,
            trust_env=False,
            verify=not address.startswith("http://"),
            # after an answer of 500 Phoenix closes the connection without a word: the next request on it would be lost
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def ask(self, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None) -> Any | Refusal:
        """The JSON object of a success ({} for no content), or the refusal. `path` is what follows `/v1/`.

        Raises:
            Unreachable: there was no answer.
            ContractBroken: a success that is no JSON object.

        """
        return self._ask(method, path, query or {}, **({} if body is None else {"json": body}))

    def upload(
        self, path: str, form: Mapping[str, Any], rows: Sequence[Any], query: Mapping[str, Any]
    ) -> Any | Refusal:
        """Send rows as a file of a form, an object a line; see `ask`."""
        lines = "\n".join(map(json.dumps, rows)).encode()
        return self._ask("POST", path, query, data=form, files={"file": ("rows.jsonl", lines, "application/jsonl")})

    def _ask(self, method: str, path: str, query: Mapping[str, Any], **parts: Any) -> Any | Refusal:
        given = {name: value for name, value in query.items() if value is not None}
        answer = self._request(method, f"/v1/{path}", params=given, **parts)
        if answer.status_code == httpx.codes.NO_CONTENT:
            return {}
        body = _json(answer)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            return refused(answer.status_code, answer.text if body is None else body)
        if not isinstance(body, dict):
            raise ContractBroken(f"{method} {path}", f"status {answer.status_code} with no JSON object", answer.text)
        return body

    def query(self, operation: str, text: str, **variables: Any) -> Any | Refusal:
        """The member of GraphQL's data that `operation` names, or the refusal; errors as of `ask`."""
        answer = self.query_all(operation, text, **variables)
        return answer if isinstance(answer, Refusal) else answer.get(operation)

    def query_all(self, operation: str, text: str, **variables: Any) -> Mapping[str, Any] | Refusal:
        """Everything that GraphQL answers to a question of several parts; see `query`."""
        answer = self._request("POST", "/graphql", json={"query": text, "variables": variables})
        body = _json(answer)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            return refused(answer.status_code, answer.text if body is None else body)
        try:
            told = Answer.model_validate(body)
        except ValidationError as fault:
            raise ContractBroken(operation, "no answer of GraphQL", answer.text) from fault
        if told.errors:
            return denied(told.errors[0].message)
        return told.data or {}

    def create_malformed(self, path: str, how: Malformation) -> Accepted | Refusal:
        """What comes of a creation that is malformed as a whole; see `interface.Things`."""
        body, media_type = MALFORMED[how]
        headers = {"Content-Type": media_type} if media_type else {}
        answer = self._request("POST", f"/v1/{path}", content=body, headers=headers)
        if answer.status_code < httpx.codes.BAD_REQUEST:
            return Accepted(status=answer.status_code, body=answer.text)
        return refused(answer.status_code, json_or_text(answer.text))

    def exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send bytes to the collector, for the key's own project."""
        return self._request(method, path, content=body, headers={**headers, PROJECT: self.key.project})

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        return requested(self._client, self._address, method, path, **parts)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def refused(status: int, body: Any) -> Refusal:
    """The refusal in an error answer: plain text, or the validation's list of faults."""
    detail = body.get("detail") if isinstance(body, Mapping) else None
    if isinstance(detail, list):
        body = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in detail)
    elif detail is not None:
        body = str(detail)
    told = refusal(status, body)
    # 422 is what Phoenix answers to any field that is not as it should be
    return told.model_copy(update={"reason": "invalid"}) if status == httpx.codes.UNPROCESSABLE_ENTITY else told


def denied(message: str) -> Refusal:
    """The refusal in an error of GraphQL, which has no status of its own and mostly tells no reason."""
    reason: Reason = "invalid"
    if MISSING.search(message):
        reason = "not found"
    elif TAKEN.search(message):
        reason = "conflict"
    elif message == UNSAID:
        reason = "server error"
    return Refusal(status=httpx.codes.OK, reason=reason, message=message)
