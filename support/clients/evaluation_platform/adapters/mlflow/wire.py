"""MLflow's wire: who asks in which workspace, one request, and what a refusal says."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from ...carrying import refusal
from ...interface import Accepted, ContractBroken, Malformation, NotOffered, Reason, Refusal
from ...plain import TIMEOUT, requested
from ...things import MALFORMED, json_or_text

WORKSPACE, EXPERIMENT = "X-MLFLOW-WORKSPACE", "x-mlflow-experiment-id"
"""Headers that name a tenant's place; the second is the collector's."""

CODES: Mapping[str, Reason] = {
    "RESOURCE_ALREADY_EXISTS": "conflict",
    "RESOURCE_DOES_NOT_EXIST": "not found",
    "NOT_FOUND": "not found",
}
"""What an error code says more exactly than the status with it."""


@dataclass(frozen=True)
class Key:
    """Who asks, and where: HTTP's basic token (None: nobody's), a workspace, the id of an experiment in it."""

    token: str | None
    workspace: str
    experiment: str

    @classmethod
    def of(cls, text: str) -> Self:
        """The key that a text of `str(key)` is; any other text is the token of nobody, who asks nowhere."""
        token, _, place = text.partition("@")
        workspace, _, experiment = place.partition("/")
        return cls(token, workspace, experiment)

    @staticmethod
    def token_of(user: str, password: str) -> str:
        """The basic token of a user."""
        return base64.b64encode(f"{user}:{password}".encode()).decode()

    def __str__(self) -> str:
        return f"{self.token}@{self.workspace}/{self.experiment}"

    @property
    def headers(self) -> dict[str, str]:
        """What every request of theirs bears."""
        who = {} if self.token is None else {"Authorization": f"Basic {self.token}"}
        return {**who, **({WORKSPACE: self.workspace} if self.workspace else {})}


class Wire:
    """One keep-alive connection to one of the two families of paths, for the holder of a key. Close it.

    `family` is "api", which clients use, or "ajax-api", which the user interface uses.
    """

    def __init__(self, address: str, key: Key, family: str) -> None:
        self.key = key
        self.name = f"MLflow's REST interface (/{family})"
        self._address = address
        self._family = family
        # loopback, or a remote one behind TLS; environment proxies see no test traffic
        self._client = httpx.Client(
            base_url=address,
            headers={"Accept": "application/json", **key.headers},
            timeout=TIMEOUT,
            trust_env=False,
            verify=not address.startswith("http://"),
        )

    def ask(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None, version: str = "3.0"
    ) -> Any | Refusal:
        """The JSON of a success, or the refusal. `path` is what follows `/{family}/{version}/mlflow/`.

        Raises:
            Unreachable: there was no answer.
            ContractBroken: a success that is no JSON object.

        """
        whole = f"/{self._family}/{version}/mlflow/{path}"
        given = {name: value for name, value in (query or {}).items() if value is not None}
        answer = (
            self._request(method, whole, json=body, params=given)
            if body is not None
            else self._request(method, whole, params=given)
        )
        return read(f"{method} {path}", answer)

    def create_malformed(self, path: str, how: Malformation, *, version: str = "3.0") -> Accepted | Refusal:
        """What comes of a creation that is malformed as a whole; see `interface.Things`."""
        body, media_type = MALFORMED[how]
        headers = {"Content-Type": media_type} if media_type else {}
        answer = self._request("POST", f"/{self._family}/{version}/mlflow/{path}", content=body, headers=headers)
        if answer.status_code < httpx.codes.BAD_REQUEST:
            return Accepted(status=answer.status_code, body=answer.text)
        return refused(answer.status_code, json_or_text(answer.text))

    def exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send bytes to the collector, to the tenant's experiment."""
        place = {EXPERIMENT: self.key.experiment} if self.key.experiment else {}
        return self._request(method, path, content=body, headers={**place, **headers})

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        return requested(self._client, self._address, method, path, **parts)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def quoted(value: Any) -> str:
    """The value as a text of MLflow's filters, which know two quotes and no escapes.

    Raises:
        NotOffered: both quotes are in it, or it ends in a backslash, which would take the closing one with it.

    """
    text = str(value)
    if text.endswith("\\") or {"'", '"'} <= set(text):
        raise NotOffered(f"a filter of MLflow cannot say both quotes, or a backslash at the end: {text!r}")
    quote = '"' if "'" in text else "'"
    return f"{quote}{text}{quote}"


def read(operation: str, answer: httpx.Response) -> Any | Refusal:
    """See `Wire.ask`."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code >= 400:
        return refused(answer.status_code, answer.text if body is None else body)
    if not isinstance(body, dict):
        raise ContractBroken(operation, f"status {answer.status_code} with no JSON object", answer.text)
    return body


def refused(status: int, body: Any) -> Refusal:
    """The refusal in an error answer."""
    told = refusal(status, body)
    code = str(body.get("error_code", "")) if isinstance(body, Mapping) else ""
    return told.model_copy(update={"code": code, "reason": CODES.get(code, told.reason)})
