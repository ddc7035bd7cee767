"""What two tenants keep, and how each asks for what is the other's: requests as data, sent and answered as they are.

The data stands in `tenants.toml`. A request fills the template of a route; `$name` in any of its texts stands for a
value that is known when it is sent, such as an id; a text that is nothing but one name becomes that value itself.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field

from .carrying import refusal
from .interface import Refusal, Unreachable
from .plain import TIMEOUT, bracketed, host_of

KeyKind = Literal["project", "ingestion", "data_plane"]
DATA = Path(__file__).with_name("tenants.toml")


class Request(BaseModel):
    """One request. `route` is method and path as the platform's own description of its interface writes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    route: str
    at: Mapping[str, str] = Field(default_factory=dict)
    """What the names in the path stand for."""
    query: Mapping[str, Any] = Field(default_factory=dict)
    body: Any = None
    key: KeyKind = "project"
    """Which of the tenant's keys it is sent with."""


class Keep(Request):
    """Something that a tenant keeps: the request that makes it, and what its id is called (`gives`)."""

    only: str | None = None
    """The one tenant that keeps it; None: both do."""
    gives: Mapping[str, str] = Field(default_factory=dict)
    """Names for values of the answer, each found at its dotted path."""


class Question(Request):
    """Something that one tenant asks for or tries, in the words of the feature."""

    asks: str
    owner: int | None = None
    """The status that Harbour Support itself is answered with; None: success, and where it only reads, its own."""


class Tenants(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    same: Mapping[str, str]
    """Ids and names that both tenants use."""
    only: Mapping[str, str]
    """Ids and names that only one of them uses."""
    elsewhere: Mapping[str, str]
    """Routes that show and change nothing of a tenant, each with the reason."""
    keeps: tuple[Keep, ...]
    questions: tuple[Question, ...]

    def question(self, words: str) -> Question:
        """The question of these words; a LookupError when there is none."""
        found = [each for each in self.questions if each.asks == words]
        if not found:
            raise LookupError(f'{DATA.name} has no question that asks "{words}"')
        return found[0]


@cache
def tenants() -> Tenants:
    """What the file says."""
    return Tenants.model_validate(tomllib.loads(DATA.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Answer:
    """An answer, whole: the text of its body, and its headers but the date."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    @property
    def raw(self) -> str:
        """Everything that was answered, as text."""
        return "\n".join([str(self.status), *(f"{name}: {value}" for name, value in self.headers), "", self.text])

    @property
    def body(self) -> Any:
        """The parsed body."""
        return json.loads(self.text)

    @property
    def outcome(self) -> Any | Refusal:
        """The parsed body of a success, or the refusal."""
        return refusal(self.status, self.body) if self.status >= 400 else self.body


class Asker:
    """Sends requests as they are, whoever's key they bear. Close it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = httpx.Client(base_url=address, timeout=TIMEOUT, trust_env=False, verify=False)  # noqa: S501

    def ask(self, request: Request, key: str, known: Mapping[str, Any]) -> Answer:
        """Send a request; `known` gives what its names stand for.

        Raises:
            Unreachable: there was no answer.
            LookupError: a name stands for nothing.

        """
        method, _, path = request.route.partition(" ")
        places = {name: quote(str(filled(value, known)), safe="") for name, value in request.at.items()}
        body = filled(request.body, known)
        sent = {"Content-Type": "application/json"} if body is not None else {}
        try:
            answer = self._client.request(
                method,
                path.format_map(places),
                params=httpx.QueryParams(tuple(bracketed(filled(request.query, known)))),
                content=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
                headers={"Authorization": f"Bearer {key}", **sent},
            )
        except httpx.TransportError as cause:
            raise Unreachable(host_of(self._address), cause) from cause
        shown = tuple((name, value) for name, value in answer.headers.items() if name != "date")
        return Answer(answer.status_code, shown, answer.text)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


class _Names(Template):
    idpattern = r"[a-z]+(?:\.[a-z_]+)?"


_ONE_NAME = re.compile(rf"\$({_Names.idpattern})")


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """A value with every name in its texts replaced by what it stands for. Raises LookupError for an unknown name."""
    if isinstance(value, str):
        alone = _ONE_NAME.fullmatch(value)
        return known[alone[1]] if alone else _Names(value).substitute(known)
    if isinstance(value, Mapping):
        return {_Names(name).substitute(known): filled(one, known) for name, one in value.items()}
    return [filled(one, known) for one in value] if isinstance(value, list | tuple) else value


def found_at(body: Any, path: str) -> Any:
    """What stands at a dotted path of an answer; a number is a place in a list."""
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return body
